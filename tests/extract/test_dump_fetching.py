"""A dump is fetched from its item in the archive: pinned, whole, as listed, and never twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from extract.dump.archive import Archive as Fetching
from tests.support.archive import (
    Archive,
    Fault,
    and_then,
    broken,
    of_another_range,
    of_another_size,
    refused,
    to,
    usual,
    without_ranges,
)
from tests.support.dump_files import KINDS, dump_lines, name, write_dump
from tests.support.loader_runs import PROJECT, Outcome, Runs
from tests.support.raw_reader import dump_lines as landed_lines
from tests.support.raw_reader import dumps_landed, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from extract.dump.dumps import Dump
    from extract.dump.supply import Offer
    from extract.reporting import Reporter
    from extract.storage.base import Source
    from tests.support.archive import Kind

DATE = "2026-09-30"
ITEM = "ol_dump_2026-09-30"
WORKS = name("works", DATE)


def files(folder: Path, date: str = DATE, count: int = 40) -> dict[str, bytes]:
    write_dump(folder, date, dump_lines(count, size=2_000))
    return {path.name: path.read_bytes() for path in folder.iterdir() if date in path.name}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive({ITEM: files(tmp_path / "made")}) as stand_in:
        yield stand_in


@pytest.fixture
def dumps(loader: Runs, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the loader to the archive; what it fetches is in this folder."""
    monkeypatch.setattr("extract.dump.archive.CHUNK", 2_000)
    monkeypatch.setattr("extract.dump.archive.BACKOFF", 0.001)
    monkeypatch.setattr("extract.dump.archive.MAX_BACKOFF", 0.01)
    loader.env |= {"OPEN_LIBRARY_DUMPS_URL": archive.url, "DUMPS_ROOT": str(tmp_path / "dumps")}
    return tmp_path / "dumps" / ITEM


def fetch(loader: Runs, *options: str) -> Outcome:
    outcome = loader.run("dump", DATE, *options)
    assert outcome.code == 0, outcome.err
    return outcome


def refusal(loader: Runs, code: int, *options: str) -> str:
    outcome = loader.run("dump", DATE, *options)
    assert outcome.code == code, outcome.err
    assert dumps_landed(loader.root) == []
    return outcome.complaint


def assert_landed(loader: Runs, count: int = 40) -> None:
    (record,) = dumps_landed(loader.root)
    expected = dump_lines(count, size=2_000)
    assert [*landed_lines(loader.root, record).values()] == [expected[kind] for kind in KINDS]
    assert record["is_complete"]


# --- what is fetched ------------------------------------------------------------------------------


def test_it_fetches_the_files_of_the_date_one_after_the_other_and_says_who_asks(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    outcome = fetch(loader)
    assert_landed(loader)
    asked = [r.path.rsplit("/", 1)[1] for r in archive.requests]
    pairs = [file for kind in KINDS for file in [name(kind, DATE)] * 2]  # the redirect, the bytes
    assert asked == [ITEM, *pairs, ITEM], "and the list at both ends"
    assert {r.agent for r in archive.requests} == {"book_analytics/0.1.0 (reader@example.org)"}
    assert not [r for r in archive.requests if r.range or "latest" in r.path]
    (record,) = dumps_landed(loader.root)
    assert record["source_url"] == f"{archive.url}/details/{ITEM}"
    assert not dumps.exists(), "what is landed is not kept twice"
    stages = [(line["stage"], line["expected"]) for line in outcome.events("load_stage")]
    size = sum(map(len, archive.items[ITEM].values()))
    assert stages == [("fetching", size), ("landing", size)]


def test_what_was_landed_is_not_fetched_again_unless_it_is_published_anew(
    loader: Runs, archive: Archive, dumps: Path, tmp_path: Path
) -> None:
    fetch(loader)
    asked = len(archive.requests)
    assert fetch(loader).events("already_loaded")
    assert len(archive.requests) == asked + 1, "only the list"

    archive.items[ITEM] = files(tmp_path / "anew", count=41)
    fetch(loader)
    assert len(dumps_landed(loader.root)) == 2
    assert not dumps.exists()


def test_what_a_run_left_that_was_killed_after_its_commit_is_removed(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    fetch(loader)
    dumps.mkdir(parents=True)
    (dumps / WORKS).write_bytes(archive.items[ITEM][WORKS])
    (dumps / f".{WORKS}.{'0' * 12}.partial").write_bytes(b"")
    assert fetch(loader).events("already_loaded")
    assert not dumps.exists()


def test_what_was_fetched_of_another_version_is_removed(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    dumps.mkdir(parents=True)
    other = dumps / f".{WORKS}.{'0' * 12}.partial"
    other.write_bytes(b"")
    archive.faults = [Fault(broken(after=9_000), "works", times=1), Fault(refused(403), "works")]
    refusal(loader, 3)
    assert [path.stat().st_size for path in dumps.glob(f".{WORKS}.*")] == [9_000]
    assert not other.exists()


def test_some_of_the_files(loader: Runs, archive: Archive, dumps: Path) -> None:
    fetch(loader, "--only", "authors,ratings")
    assert {r.path.rsplit("/", 1)[1] for r in archive.requests if r.is_for_bytes} == {
        name("authors", DATE),
        name("ratings", DATE),
    }
    assert not dumps.exists()


# --- what breaks ----------------------------------------------------------------------------------

PASSING: dict[str, Kind] = {
    "throttled": refused(503, Retry_After="0"),
    "too_many": refused(429),
    "broken": broken(after=100),
    "gone_at_once": broken(after=0),
    "bad_gateway": refused(502),
}


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        *((kind, what) for kind in PASSING for what in ("metadata", "works")),
        ("throttled", "download"),
        ("bad_gateway", "download"),
    ],
)
def test_what_passes_is_waited_for(
    loader: Runs, archive: Archive, dumps: Path, kind: str, what: str
) -> None:
    archive.faults = [Fault(PASSING[kind], what, times=2)]
    outcome = fetch(loader)
    assert archive.faults[0].happened == 2
    assert len(outcome.events("going_on")) == 2, "it says that it waits"
    lists = [r for r in archive.requests if "/metadata/" in r.path]
    assert len(lists) == (4 if what == "metadata" else 2)
    assert_landed(loader)


def test_it_goes_on_where_the_connection_broke(loader: Runs, archive: Archive, dumps: Path) -> None:
    archive.faults = [Fault(broken(after=3_000), "works", times=17)]  # more than the retries
    outcome = fetch(loader)
    assert_landed(loader)
    asked = [r.range for r in archive.asked(WORKS)]
    reached = [f"bytes={line['at']}-" for line in outcome.events("going_on")]
    assert asked[0] is None
    assert asked[1:] == reached
    assert reached == [f"bytes={at}-" for at in range(3_000, 52_000, 3_000)]


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_another_run_goes_on_where_the_last_one_was_stopped(
    loader: Runs, archive: Archive, dumps: Path, sent: signal.Signals
) -> None:
    def slow(exchange: object) -> None:
        archive.faults.append(Fault(lambda _: time.sleep(5), times=1))
        broken(after=20_000)(exchange)  # type: ignore[arg-type]

    archive.faults = [Fault(slow, "works", times=1)]
    process = subprocess.Popen(
        [sys.executable, "-m", "extract", "dump", DATE],
        cwd=PROJECT,
        env=os.environ | loader.env,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(archive.asked(WORKS)) < 1 or not list(dumps.glob(".*.partial")):
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(sent)
    process.communicate(timeout=10)
    (partial,) = dumps.glob(".*.partial")
    got = partial.stat().st_size
    assert 0 < got <= 20_000
    archive.faults.clear()
    asked = len(archive.requests)
    assert fetch(loader).events("load_resumed")
    assert_landed(loader)
    assert [r.range for r in archive.requests[asked:] if r.range and r.is_for_bytes] == [
        f"bytes={got}-"
    ]
    assert len({event["load_id"] for event in records(loader.root, "load_events")}) == 1


def test_a_server_without_ranges_sends_all_again(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    archive.faults = [
        Fault(broken(after=9_000), "editions", times=1),
        Fault(without_ranges, "editions", times=1),
    ]
    outcome = fetch(loader)
    assert len(archive.asked("editions")) == 2
    assert not outcome.events("item_changed")
    assert_landed(loader)


@pytest.mark.parametrize("sent", [None, "bytes 0-51999/52000", "bytes 9000-51999/*"])
def test_another_range_than_was_asked_for_is_asked_for_again(
    loader: Runs, archive: Archive, dumps: Path, sent: str | None
) -> None:
    archive.faults = [
        Fault(broken(after=9_000), "works", times=1),
        Fault(of_another_range(sent), "works", times=2),
    ]
    outcome = fetch(loader)
    assert [r.range for r in archive.asked(WORKS)] == [None, *["bytes=9000-"] * 3]
    assert not outcome.events("item_changed")
    assert_landed(loader)


def test_it_gives_up_after_some_attempts_without_a_byte_and_keeps_what_it_has(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    archive.faults = [
        Fault(broken(after=9_000), "works", times=1),
        Fault(refused(503), "works"),
    ]
    said = refusal(loader, 3)
    assert "HTTP 503 Service Unavailable: run the command again later; what was fetched is " in said
    assert archive.faults[1].happened == 12
    assert [path.stat().st_size for path in dumps.iterdir()] == [9_000]
    archive.faults.clear()
    fetch(loader)
    assert_landed(loader)


@pytest.mark.parametrize(
    ("kind", "status"), [(refused(403), "403"), (refused(503, Retry_After="7200"), "503")]
)
def test_it_gives_up_at_once_where_waiting_is_no_use(
    loader: Runs, archive: Archive, dumps: Path, kind: Kind, status: str
) -> None:
    archive.faults = [Fault(kind, "works")]
    assert f"HTTP {status}" in refusal(loader, 3)
    assert archive.faults[0].happened == 1


def test_an_archive_that_cannot_be_reached(
    loader: Runs, dumps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader.env["OPEN_LIBRARY_DUMPS_URL"] = "http://127.0.0.1:9"
    outcome = loader.run("dump", DATE)
    assert outcome.code == 3
    assert "Connection refused: run the command again later" in outcome.complaint
    waits = [(line["file"], line["error"]) for line in outcome.events("going_on")]
    assert waits == [("the item's list", "Connection refused")] * 4


# --- what is not there yet ------------------------------------------------------------------------


def test_an_item_that_is_not_there(loader: Runs, archive: Archive, dumps: Path) -> None:
    archive.items.clear()
    said = refusal(loader, 9)
    assert f"{archive.url}/details/{ITEM} lacks ol_dump_works_2026-09-30.txt.gz, " in said
    assert "Open Library takes some days to publish a dump" in said
    assert not loader.root.exists()


@pytest.mark.parametrize("missing", ["size", "sha1", "file"])
def test_an_item_without_all_its_files(
    loader: Runs, archive: Archive, dumps: Path, missing: str
) -> None:
    if missing == "file":
        del archive.items[ITEM][name("deletes", DATE)]
    else:
        archive.listed = {name("deletes", DATE): {missing: None}}
    assert f"lacks {name('deletes', DATE)}: " in refusal(loader, 9)
    fetch(loader, "--only", "works")


def test_a_file_that_is_404_while_the_item_is_made(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    archive.faults = [Fault(refused(404), "ratings")]
    assert "HTTP 404: the archive does not have it yet" in refusal(loader, 9)
    archive.faults.clear()
    archive.requests.clear()
    fetch(loader)
    assert_landed(loader)
    asked = {r.path.rsplit("/", 1)[1] for r in archive.requests if r.is_for_bytes}
    assert asked == {name("ratings", DATE), name("reading-log", DATE)}


# --- what is not as listed ------------------------------------------------------------------------


def test_a_file_that_changes_between_two_ranges(
    loader: Runs, archive: Archive, dumps: Path, tmp_path: Path
) -> None:
    anew = files(tmp_path / "anew", count=41)

    def replace() -> None:
        archive.items[ITEM] |= {WORKS: anew[WORKS]}

    archive.faults = [Fault(and_then(broken(after=9_000), replace), "works", times=1)]
    outcome = fetch(loader)
    assert outcome.events("item_changed")
    (record,) = dumps_landed(loader.root)
    expected = dump_lines(40, size=2_000) | {"works": dump_lines(41, size=2_000)["works"]}
    assert [*landed_lines(loader.root, record).values()] == [expected[kind] for kind in KINDS]


def test_a_file_that_is_replaced_by_one_of_the_same_size(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    """Only the SHA-1 tells that two halves do not belong together."""
    body = archive.items[ITEM][WORKS]
    other = bytes(reversed(body))
    archive.faults = [
        Fault(
            and_then(broken(after=9_000), lambda: archive.items[ITEM].update({WORKS: other})),
            "works",
            times=1,
        ),
        Fault(and_then(usual, lambda: archive.items[ITEM].update({WORKS: body})), "works", times=1),
    ]
    outcome = fetch(loader)
    assert "has the SHA-1" in outcome.events("item_changed")[0]["what"]
    assert_landed(loader)


def test_a_file_that_is_replaced_after_it_was_fetched(
    loader: Runs, archive: Archive, dumps: Path, tmp_path: Path
) -> None:
    anew = files(tmp_path / "anew", count=41)
    archive.faults = [
        Fault(and_then(usual, lambda: archive.items[ITEM].update(anew)), "ratings", times=1)
    ]
    assert fetch(loader).events("item_changed")
    assert_landed(loader, count=41)


@pytest.mark.parametrize("listed", [{"size": "63000"}, {"size": "99999"}, {"sha1": "0" * 40}])
def test_a_list_that_is_wrong(
    loader: Runs, archive: Archive, dumps: Path, listed: dict[str, str | None]
) -> None:
    archive.listed = {WORKS: listed}
    said = refusal(loader, 4)
    assert f"{archive.url}/details/{ITEM} changes while it is fetched ({WORKS} has " in said
    assert not [path for path in dumps.iterdir() if "works" in path.name]


@pytest.mark.parametrize("more", [1, -1])
def test_a_file_of_a_wrong_size_once(
    loader: Runs, archive: Archive, dumps: Path, more: int
) -> None:
    archive.faults = [Fault(of_another_size(more), "authors", times=1)]
    fetch(loader)
    assert_landed(loader)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"files": [{"name": 1}]}'])
def test_what_is_not_a_list(loader: Runs, archive: Archive, dumps: Path, body: bytes) -> None:
    def answer(exchange: object) -> None:
        exchange.body = body  # type: ignore[attr-defined]
        exchange.usual()  # type: ignore[attr-defined]

    archive.faults = [Fault(answer, "metadata")]
    assert "is not an item's list" in refusal(loader, 4)


@pytest.mark.parametrize(
    "where", ["http://example.org/x", "ftp://127.0.0.1/x", "http://[", "/download/again"]
)
def test_a_redirect_that_is_not_followed(
    loader: Runs, archive: Archive, dumps: Path, where: str
) -> None:
    archive.faults = [Fault(to(where), "download")]
    assert "redirect" in refusal(loader, 4)


def test_a_download_that_was_tampered_with_is_fetched_again(
    loader: Runs, archive: Archive, dumps: Path
) -> None:
    archive.faults = [Fault(refused(404), "editions")]
    refusal(loader, 9)
    (dumps / WORKS).write_bytes(archive.items[ITEM][WORKS][::-1])
    archive.faults.clear()
    fetch(loader)
    assert_landed(loader)


def test_a_file_that_changes_on_the_disk_after_it_was_fetched(
    loader: Runs, archive: Archive, dumps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring = Fetching.bring
    other = files(tmp_path / "other", count=41)[WORKS]

    def change(
        archive: Fetching, dump: Dump, offers: Sequence[Offer], reporter: Reporter
    ) -> tuple[Source, list[Offer]]:
        brought = bring(archive, dump, offers, reporter)
        (dumps / WORKS).write_bytes(other)
        return brought

    with monkeypatch.context() as patched:
        patched.setattr(Fetching, "bring", change)
        assert f"{WORKS} was changed after it was fetched: run the" in refusal(loader, 2)
    fetch(loader)
    assert_landed(loader)


def test_a_file_that_became_shorter_is_named(loader: Runs, archive: Archive, dumps: Path) -> None:
    archive.faults = [
        Fault(broken(after=9_000), "works", times=1),
        Fault(refused(416), "works", times=1),
    ]
    (change,) = fetch(loader).events("item_changed")
    assert change["what"] == f"{WORKS} is shorter than the item's list says"
    assert_landed(loader)


# --- the folder -----------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written(loader: Runs, dumps: Path) -> None:
    dumps.parent.write_bytes(b"")
    assert "change DUMPS_ROOT" in refusal(loader, 2)


def test_a_folder_of_too_long_a_name(loader: Runs, dumps: Path) -> None:
    loader.env["DUMPS_ROOT"] = "x" * 300
    said = refusal(loader, 2)
    assert "File name too long: make room, fix the path or change DUMPS_ROOT" in said


def test_a_disk_that_is_too_small_for_what_is_fetched(
    loader: Runs, archive: Archive, dumps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil  # noqa: PLC0415

    size = sum(map(len, archive.items[ITEM].values()))
    usage = shutil.disk_usage(dumps.parents[1])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2 * size))
    said = refusal(loader, 2)
    assert "make room or change DUMPS_ROOT or RAW_ROOT" in said
    assert not archive.asked("")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3 * size))
    fetch(loader)
