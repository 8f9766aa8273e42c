"""A path in a variable means the same to publish as to dbt, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from publish.errors import InvalidInput
from publish.paths import path_setting
from tests.support.project import ROOT


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("", ROOT / "data" / "x"),
        ("out/y", ROOT / "out" / "y"),
        ("../y", ROOT / ".." / "y"),
        ("/data/a b [1]*%20'", Path("/data/a b [1]*%20'")),
        ("~", Path("/home/reader")),
        ("~/y", Path("/home/reader/y")),
        ("./~/y", ROOT / "~" / "y"),
    ],
)
def test_a_path_is_read_as_dbt_reads_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str, path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/reader")
    monkeypatch.setenv("EXPORT_ROOT", given)
    assert path_setting("EXPORT_ROOT", "data/x") == path


@pytest.mark.parametrize("given", ["a?b", "a#b", "a\\b", "s3://bucket/x", "~reader/x", "~x"])
def test_a_path_that_means_something_else_elsewhere_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("REPORT_PATH", given)
    with pytest.raises(InvalidInput, match=r"^REPORT_PATH=.*: write another path$"):
        path_setting("REPORT_PATH", "data/x")


def test_a_tilde_needs_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("REPORT_PATH", "~/x")
    with pytest.raises(InvalidInput, match="begins with ~"):
        path_setting("REPORT_PATH", "data/x")
