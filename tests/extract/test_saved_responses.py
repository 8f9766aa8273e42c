"""Saved responses are landed by the same rules as the API's."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.faults import subject_body
from tests.support.loader_runs import PROJECT, Runs, works
from tests.support.raw_reader import commits

SAMPLE = PROJECT / "samples" / "open_library" / "love-limit1000-offset0.json.gz"
EVERYTHING = works(2500)
OVERLAPPING = [(0, 1000), (999, 1999), (1998, 2500)]

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Save a part of a subject of 2,500 works as the API would have answered it."""

    def save(
        start: int = 0, end: int = 2500, *, slug: str = "love", count: int = 2500, name: str = ""
    ) -> Path:
        path = tmp_path / (name or f"{slug}-{start}.json").replace(":", "-")
        path.write_bytes(subject_body(slug, count, EVERYTHING[start:end]))
        return path

    return save


def test_the_tracked_sample_is_landed_byte_for_byte_and_partial(loader: Runs) -> None:
    assert loader.run("subjects", "love", "--from", SAMPLE).code == 0
    found = loader.committed()
    assert len(found.works) == found.record["work_count"] == 1000
    assert found.record["promised_count"] == 16_212
    assert not found.record["is_complete"]
    assert found.record["source"] == "files"
    assert found.record["source_url"] is None
    assert found.record["requests"] == 0
    assert found.record["source_files"] == [
        {"name": SAMPLE.name, "sha256": hashlib.sha256(SAMPLE.read_bytes()).hexdigest()}
    ]
    body = gzip.decompress(SAMPLE.read_bytes())
    assert all(work in body for work in found.works)
    assert [json.loads(work) for work in found.works] == json.loads(body)["works"]
    assert loader.api.requests == []


@pytest.mark.parametrize("named", [True, False])
def test_files_that_hold_the_whole_subject_together_are_complete(
    loader: Runs, save: Save, named: bool
) -> None:
    files = [save(start, end) for start, end in OVERLAPPING]
    assert loader.run("subjects", *(["love"] if named else []), "--from", *files).code == 0
    found = loader.committed()
    assert found.record["is_complete"]
    assert found.record["work_count"] == 2500
    assert found.record["record_count"] == 2502
    assert [part["records"] for part in found.record["parts"]] == [1000, 1000, 502]
    assert list(dict.fromkeys(work for _, work in found.lines)) == EVERYTHING
    assert [source["name"] for source in found.record["source_files"]] == [f.name for f in files]


def test_one_file_of_a_whole_subject_is_complete(loader: Runs, save: Save) -> None:
    path = save(0, 300, count=300)
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert loader.run("subjects", "--from", path).code == 0
    assert loader.committed().record["is_complete"]
    assert loader.committed().works == EVERYTHING[:300]


def test_files_may_be_about_several_subjects(loader: Runs, save: Save) -> None:
    files = [save(slug="person:mark_twain"), save(slug="space")]
    assert loader.run("subjects", "--from", files[0], "--from", files[1]).code == 0
    assert loader.committed("person:mark_twain").record["subject_given"] == "person:mark_twain"
    assert loader.committed("space").works == EVERYTHING


def test_the_name_given_is_recorded(loader: Runs, save: Save) -> None:
    path = save(slug="person:mark_twain")
    assert loader.run("subjects", "Person:Mark Twain", "--from", path).code == 0
    assert loader.committed("person:mark_twain").record["subject_given"] == "Person:Mark Twain"


def damaged(save: Save) -> Path:
    path = save()
    path.write_bytes(gzip.compress(path.read_bytes())[:-50])
    return path


def with_text(save: Save, text: bytes) -> Path:
    path = save()
    path.write_bytes(text)
    return path


REFUSED: dict[str, tuple[Callable[[Save], list[Path]], str]] = {
    "missing": (lambda save: [save().with_name("none.json")], "No such file"),
    "folder": (lambda save: [save().parent], "Is a directory"),
    "cut": (lambda save: [damaged(save)], "save the response again"),
    "html": (lambda save: [with_text(save, b"<html>")], "not a saved response"),
    "empty": (lambda save: [with_text(save, b"")], "not a saved response"),
    "latin": (lambda save: [with_text(save, b'{"key":"\xe9"}')], "not a saved response"),
    "null_count": (
        lambda save: [with_text(save, b'{"key":"/subjects/love","work_count":null,"works":[]}')],
        "not a saved response",
    ),
    "nameless": (
        lambda save: [with_text(save, b'{"key":"/subjects/","work_count":1,"works":[{}]}')],
        "no letter or digit",
    ),
    "another_subject": (lambda save: [save(slug="space")], "about 'space'"),
    "one_of_another": (lambda save: [save(), save(slug="space")], "about 'space'"),
    "other_counts": (
        lambda save: [save(), save(5, 9, count=2501)],
        "different counts (2500, 2501)",
    ),
    "one_damaged": (lambda save: [save(), with_text(save, b"{")], "not a saved response"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_right_is_refused_before_anything_is_landed(
    loader: Runs, save: Save, case: str
) -> None:
    files, message = REFUSED[case]
    outcome = loader.run("subjects", "love", "--from", *files(save))
    assert outcome.code == 2
    assert message in outcome.complaint
    assert not loader.root.exists()


def test_a_subject_without_a_file_is_refused(loader: Runs, save: Save) -> None:
    outcome = loader.run("subjects", "love", "space", "--from", save())
    assert outcome.code == 2
    assert "'space'" in outcome.complaint


def test_an_oversized_file_is_refused(
    loader: Runs, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.subjects.saved_responses.MAX_BODY", 100_000)
    outcome = loader.run("subjects", "--from", save())
    assert outcome.code == 2
    assert "too large for one response" in outcome.complaint


def test_more_works_than_promised_fail_the_load(loader: Runs, save: Save) -> None:
    outcome = loader.run("subjects", "--from", save(0, 1000, count=999))
    assert outcome.code == 5
    assert loader.records("loads") == []


@pytest.mark.parametrize("known", [False, True])
def test_a_response_without_works_commits_nothing(loader: Runs, save: Save, known: bool) -> None:
    if known:
        assert loader.run("subjects", "love").code == 0
    before = loader.landed()
    outcome = loader.run("subjects", "love", "--from", save(0, 0, count=0))
    assert outcome.code == (6 if known else 7)
    assert loader.landed() == before


def test_whole_files_of_a_subject_that_shrank_are_refused(loader: Runs, save: Save) -> None:
    assert loader.run("subjects", "love").code == 0  # 3,500 works
    before = loader.landed()
    files = [save(start, end) for start, end in OVERLAPPING]
    assert loader.run("subjects", "love", "--from", *files).code == 6
    assert loader.landed() == before
    assert loader.run("subjects", "love", "--allow-shrink", "--from", *files).code == 0
    assert loader.committed().record["work_count"] == 2500


def test_a_file_about_one_subject_does_not_stop_another(loader: Runs, save: Save) -> None:
    files = [save(0, 1000, count=999), save(slug="space")]
    assert loader.run("subjects", "--from", *files).code == 5
    assert loader.committed("space").works == EVERYTHING


def test_a_work_that_is_not_json_does_not_stop_its_file(loader: Runs, tmp_path: Path) -> None:
    flawed = b'{"key":"/works/OL8500W","title":"a\nb\xe9","n":NaN}'
    path = tmp_path / "love.json"
    path.write_bytes(subject_body("love", 3, [EVERYTHING[0], flawed, EVERYTHING[1]]))
    assert loader.run("subjects", "--from", path).code == 0
    found = loader.committed()
    kept = b'{"key":"/works/OL8500W","title":"a\\u000ab\\xe9","n":NaN}'
    assert found.works == [EVERYTHING[0], kept, EVERYTHING[1]]
    assert [head.get("flaw") is not None for head, _ in found.lines] == [False, True, False]


def test_files_are_landed_again_each_time(loader: Runs, save: Save) -> None:
    path = save()
    for _ in range(2):
        assert loader.run("subjects", "--from", path).code == 0
    assert len(commits(loader.root, "love")) == 2
    assert loader.run("resume").code == 0
    assert loader.api.requests == [], "what came from files is not asked for"


def test_a_raw_root_that_cannot_be_written_is_nothing_to_resume(loader: Runs, save: Save) -> None:
    loader.root.write_bytes(b"")
    outcome = loader.run("subjects", "--from", save())
    assert outcome.code == 8
    assert outcome.complaint.endswith("(fix the path or change RAW_ROOT, then try again)")


def test_an_interrupt_is_nothing_to_resume(
    loader: Runs, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("extract.subjects.saved_responses.SavedPage.read", interrupted)
    outcome = loader.run("subjects", "--from", save())
    assert outcome.code == 130
    assert outcome.complaint.endswith("uncommitted data is ignored: run the command again")


def test_a_limit_is_not_for_files(loader: Runs, save: Save) -> None:
    assert loader.run("subjects", "--limit", "5", "--from", save()).code == 2
