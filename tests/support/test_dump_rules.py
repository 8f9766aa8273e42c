"""The rule that tests compare ISBNs with says what is known of them, as the macros do."""

from __future__ import annotations

import pytest

from tests.support.dump_rules import read_isbn
from tests.support.macro_cases import ISBNS


@pytest.mark.parametrize(
    ("written", "isbn", "fault"), [case for case in ISBNS if case[0] is not None]
)
def test_an_isbn_is_read_or_has_its_fault(
    written: str, isbn: str | None, fault: str | None
) -> None:
    assert read_isbn(written) == (isbn, fault)
