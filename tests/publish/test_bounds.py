"""What the page holds of long lists, and that it stays small whatever is loaded."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

import pytest

from publish.report.bounds import MOST_BYTES, MOST_ISBNS, MOST_ROWS, fewer_isbns, packed
from publish.report.page import SCRIPTED

from .conftest import unpacked


def lists(scopes: int, books: int, letters: int) -> dict[str, Any]:
    """Books of several subjects, with titles that cannot be compressed to less than half."""
    dice = Random(18)  # noqa: S311 - not a secret
    names = [f"s{number}" for number in range(scopes)]
    found: dict[str, Any] = defaultdict(list)
    found["report_scopes"] = [{"scope": name} for name in names]
    found["report_books"] = [
        {"scope": name, "book_rank": rank, "title": dice.randbytes(letters // 2).hex()}
        for name in names
        for rank in range(1, books + 1)
    ]
    return found


def ranks(data: str) -> dict[str, list[int]]:
    """The ranks of the books that the page holds, by scope."""
    books = unpacked(data)["tables"]["report_books"]
    position = books["columns"].index("book_rank")
    return {scope: [row[position] for row in rows] for scope, rows in books["groups"].items()}


def test_a_list_that_fits_is_held_as_the_query_gave_it() -> None:
    held = ranks(packed(lists(2, 200, 40), SCRIPTED))
    assert held == {scope: [*range(1, 201)] for scope in ("s0", "s1")}


@pytest.mark.parametrize(("letters", "most"), [(500, 100), (1_000, 50), (2_500, 20)])
def test_longer_lists_lose_their_ends(letters: int, most: int) -> None:
    data = packed(lists(21, 200, letters), SCRIPTED)
    assert len(data) <= MOST_BYTES
    assert most in MOST_ROWS
    assert ranks(data) == {f"s{number}": [*range(1, most + 1)] for number in range(21)}


def test_a_subject_that_cannot_be_chosen_takes_no_room() -> None:
    tables = lists(2, 3, 40)
    del tables["report_scopes"][1]
    assert ranks(packed(tables, SCRIPTED)) == {"s0": [1, 2, 3]}


def test_of_many_isbns_those_of_frequent_languages_stay() -> None:
    listed = [
        "1 (paperback, 2024)",
        "2 (ger, paperback, 2023)",
        "3 (ger, hardcover, 2022)",
        "4 (wel, 2021)",
        "5 (eng, hardcover, 2020)",
        "6",
        "7 (eng, audio cd, 2019)",
        "8 (fre, paperback, 2018)",
        "9 (eng, fre, 2017)",
    ]
    assert MOST_ISBNS == 6
    # the newest, those newest in the languages, and the two newest of the others
    kept = [listed[place] for place in (0, 1, 2, 3, 4, 7)]
    assert fewer_isbns("; ".join(listed), "eng, fre, ger, wel") == "; ".join(kept)
    assert fewer_isbns("1 (eng, 2000); 2", None) == "1 (eng, 2000); 2"
