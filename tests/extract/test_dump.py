"""Dumps are landed unchanged, all files or none, once, and go on where they were cut short."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from extract.dump import landing, lines
from extract.dump.disk import Need, refuse_without_space
from extract.dump.dumps import FILES
from extract.errors import InvalidInput
from extract.raw_zone import RawZone
from extract.reporting import LogReporter
from extract.storage.local import LocalStore
from tests.support import faulty_s3
from tests.support.dump_files import (
    KINDS,
    LOADER_OF_SMALL_PARTS,
    SMALL,
    Lines,
    dump_lines,
    name,
    write_dump,
)
from tests.support.faulty_s3 import Fault, FaultyS3, download, gets, puts
from tests.support.loader_runs import PROJECT, Outcome, Runs
from tests.support.raw_reader import dump_lines as landed_lines
from tests.support.raw_reader import dumps_landed, everything, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from extract.loads import Load, Record

SAMPLE = PROJECT / "samples" / "open_library_dump"
DATE = "2026-09-30"
DATASETS = {kind: f"dump_{kind.replace('-', '_')}" for kind in KINDS}
KILLS = 8
SEED = (
    os.environ.get("KILL_SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(4)
)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "PART_BYTES", SMALL["PART_BYTES"])
    monkeypatch.setattr(lines, "BLOCK", SMALL["BLOCK"])


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return write_dump(tmp_path / "received", DATE, dump_lines())


def land(loader: Runs, folder: Path | str, *options: str, date: str = DATE) -> Outcome:
    outcome = loader.run("dump", date, "--from", folder, *options)
    assert outcome.code == 0, outcome.err
    return outcome


def newest(loader: Runs, expected: Lines) -> dict[str, Any]:
    """The newest load's record; its lines are these."""
    record = dumps_landed(loader.root)[-1]
    assert landed_lines(loader.root, record) == {DATASETS[k]: some for k, some in expected.items()}
    return record


def parts_on_disk(root: Path) -> set[str]:
    return {
        f"{dataset}/{path.relative_to(root / dataset)}"
        for dataset in DATASETS.values()
        for path in visible(root, dataset)
    }


def listed(record: dict[str, Any]) -> list[str]:
    return [f"{part['dataset']}/{part['path']}" for part in record["parts"]]


def refusal(loader: Runs, folder: Path, *options: str, code: int = 2, date: str = DATE) -> str:
    """The one line that a load ends with; nothing is committed."""
    before = dumps_landed(loader.root)
    outcome = loader.run("dump", date, "--from", folder, *options)
    assert outcome.code == code, outcome.err
    assert dumps_landed(loader.root) == before
    return outcome.complaint


# --- what is landed -------------------------------------------------------------------------------


def test_lines_are_landed_as_they_came_and_their_origin_stands_in_the_record(
    loader: Runs, dump: Path
) -> None:
    land(loader, dump)
    record = newest(loader, dump_lines())
    parts, files = record.pop("parts"), record.pop("files")
    assert all(record.pop(key) for key in ("load_id", "started_at", "completed_at", "bytes"))
    assert record == {
        "dataset": "open_library_dump",
        "source": "dump",
        "source_url": None,
        "item": "ol_dump_2026-09-30",
        "dump_date": "2026-09-30",
        "extract_version": "0.1.0",
        "is_complete": True,
        "record_count": 280,
    }
    assert [part.keys() for part in parts] == [
        {"dataset", "path", "offset", "records", "bytes", "sha256"}
    ] * 7
    assert files == [
        {
            "dataset": DATASETS[kind],
            "name": f"ol_dump_{kind}_2026-09-30.txt.gz",
            "sha1": hashlib.sha1(body, usedforsecurity=False).hexdigest(),
            "bytes": len(body),
            "records": 40,
        }
        for kind in KINDS
        for body in [(dump / name(kind, DATE)).read_bytes()]
    ]


def test_the_real_sample_is_landed_as_it_is(loader: Runs) -> None:
    kinds = [kind for kind in KINDS if kind != "deletes"]  # the sample has none
    land(loader, SAMPLE, "--only", ",".join(kinds), date="2026-07-31")
    some = {
        kind: gzip.decompress((SAMPLE / name(kind, "2026-07-31")).read_bytes()).splitlines(True)
        for kind in kinds
    }
    record = newest(loader, some)
    assert record["record_count"] == 34 + 194 + 31 + 8 + 25 + 200


@pytest.mark.usefixtures("small_parts")
def test_a_file_becomes_parts_of_whole_lines_cut_at_the_same_places_each_time(
    loader: Runs, dump: Path, tmp_path: Path
) -> None:
    land(loader, dump)
    record = newest(loader, dump_lines())
    assert len(record["parts"]) > 20
    other = Runs(loader.api, tmp_path / "other")
    land(other, dump)
    same = [[(p["offset"], p["records"], p["sha256"]) for p in r["parts"]] for r in (
        record, newest(other, dump_lines()))]  # fmt: skip
    assert same[0] == same[1]


@pytest.mark.usefixtures("small_parts")
def test_a_line_may_be_larger_than_a_part_and_a_file_have_several_members(
    loader: Runs, tmp_path: Path
) -> None:
    some = dump_lines()
    some["works"][7] = some["works"][7].replace(b'"title": "', b'"title": "' + b"x" * 30_000)
    folder = write_dump(tmp_path / "received", DATE, some)
    path = folder / name("works", DATE)
    halves = b"".join(some["works"][:20]), b"".join(some["works"][20:])
    path.write_bytes(b"".join(gzip.compress(half) for half in halves))
    land(loader, folder)
    newest(loader, some)


def test_some_files_make_a_partial_load(loader: Runs, dump: Path) -> None:
    for kind in set(KINDS) - {"works", "reading-log"}:
        (dump / name(kind, DATE)).unlink()
    land(loader, dump, "--only", "works, reading-log")
    some = {kind: dump_lines()[kind] for kind in ("works", "reading-log")}
    assert not newest(loader, some)["is_complete"]
    assert re_listed(loader)[-1].split()[1] == "partial"


def re_listed(loader: Runs) -> list[str]:
    return loader.run("loads").out.splitlines()


def test_what_is_not_of_a_line_is_not_lost_on_the_way(loader: Runs, tmp_path: Path) -> None:
    """Escapes of NUL and of half a character, and a missing edition as older dumps have it."""
    some = dump_lines()
    some["works"][0] = (
        b"/type/work\t/works/OL1W\t3\t2026-09-01T00:00:00\t"
        b'{"title": "\\u0000 \\ud83d \\t \\n", "key": "/works/OL1W"}\n'
    )
    some["ratings"][0] = b"/works/OL1W\t\t5\t2018-01-01\n"
    land(loader, write_dump(tmp_path / "received", DATE, some))
    newest(loader, some)


# --- what is refused ------------------------------------------------------------------------------


def rewrite(folder: Path, kind: str, change: Callable[[list[bytes]], object]) -> None:
    some = dump_lines()
    change(some[kind])
    write_dump(folder, DATE, {kind: some[kind]})


def test_a_missing_file(loader: Runs, dump: Path) -> None:
    for kind in ("authors", "deletes"):
        (dump / name(kind, DATE)).rename(dump / name(kind, "2026-08-31"))
    said = refusal(loader, dump)
    assert "lacks ol_dump_authors_2026-09-30.txt.gz, ol_dump_deletes_2026-09-30.txt.gz: " in said
    assert "of this very date" in said
    assert not (loader.root / "load_events").exists()


def test_an_empty_file(loader: Runs, dump: Path) -> None:
    (dump / name("redirects", DATE)).write_bytes(gzip.compress(b""))
    said = refusal(loader, dump)
    assert said.startswith("extract: error: ol_dump_redirects_2026-09-30.txt.gz is empty")
    (dump / name("redirects", DATE)).write_bytes(b"")
    assert "is empty" in refusal(loader, dump)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda body: body[:-100],
    "cut_in_its_end": lambda body: body[:-3],
    "other_bits": lambda body: body[:300] + bytes([body[300] ^ 255]) + body[301:],
    "no_gzip": gzip.decompress,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file(loader: Runs, dump: Path, damage: str) -> None:
    path = dump / name("editions", DATE)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    said = refusal(loader, dump)
    assert "cannot read ol_dump_editions_2026-09-30.txt.gz: " in said
    assert "fetch the file again" in said


def change(number: int, old: bytes, new: bytes) -> Callable[[list[bytes]], None]:
    def apply(some: list[bytes]) -> None:
        assert old in some[number]
        some[number] = some[number].replace(old, new, 1)

    return apply


BAD: dict[str, tuple[str, Callable[[list[bytes]], object], str]] = {
    "few": ("works", change(0, b"\t", b" "), "line 1 has 4 columns instead of 5"),
    "many": ("editions", change(39, b'"key"', b'\t"key"'), "line 40 has 6 columns instead of 5"),
    "few_and_many": (
        "ratings",
        lambda some: (change(3, b"\t", b" ")(some), change(2, b"\t", b"\t\t")(some)),
        "line 3 has 5 columns instead of 4",
    ),
    "blank": ("authors", lambda some: some.insert(4, b"\n"), "line 5 has 1 column instead of 5"),
    "type": (
        "works",
        change(11, b"/type/work\t", b"/type/edition\t"),
        "line 12 begins with b'/type/edition\\t/works/OL12W\\t3\\t2026-09-01T' instead of /type/",
    ),
    "first": ("authors", change(0, b"/type/author", b"/type/authors"), "line 1 begins with"),
    "no_record": (
        "works",
        change(6, b"{", b"["),
        "line 7 has no record in its last column, but b'[",
    ),
    "not_a_work": ("reading-log", change(5, b"/works/", b"/books/"), "line 6 begins with"),
    "nul": ("works", change(20, b'"key"', b'"key\0"'), "line 21 contains a control character"),
    "return": ("works", change(21, b"\n", b"\r\n"), "line 22 contains a control character"),
    "not_utf8": ("works", change(22, b'"key"', b'"k\xe9y"'), "line 23 contains a control char"),
    "no_end": ("deletes", change(39, b"\n", b""), "line 40 has no end"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_line_that_does_not_belong_in_the_file(loader: Runs, dump: Path, bad: str) -> None:
    kind, make, says = BAD[bad]
    rewrite(dump, kind, make)
    assert refusal(loader, dump).startswith(f"extract: error: {name(kind, DATE)}, {says}")


def test_in_utf8_is_good(loader: Runs, dump: Path) -> None:
    some = dump_lines()
    some["works"][3] = some["works"][3].replace(b'"title": "', '"title": "é'.encode())
    land(loader, write_dump(dump, DATE, some))
    newest(loader, some)


def test_a_line_of_16_mib_is_good_and_a_longer_one_is_not(
    loader: Runs, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK", 100)
    some = dump_lines()
    longest = max(map(len, some["works"]))
    monkeypatch.setattr(lines, "MAX_LINE", longest)
    land(loader, dump, "--only", "works")
    monkeypatch.setattr(lines, "MAX_LINE", longest - 1)
    (number,) = (i for i, line in enumerate(some["works"], 1) if len(line) == longest)
    rewrite(dump, "works", lambda some: some.append(some[0]))
    assert f"line {number} is over" in refusal(loader, dump, "--only", "works")


def test_a_dump_of_under_99_percent_of_the_last_one(loader: Runs, tmp_path: Path) -> None:
    land(loader, write_dump(tmp_path / "a", "2026-08-31", dump_lines(200)), date="2026-08-31")
    some = dump_lines(200)
    folder = write_dump(tmp_path / "b", DATE, some | {"authors": some["authors"][:198]})
    land(loader, folder)

    write_dump(folder, "2026-10-31", some | {"authors": some["authors"][:196]})
    said = refusal(loader, folder, code=6, date="2026-10-31")
    assert f"{name('authors', '2026-10-31')} has 196 lines, but the dump of {DATE} had 198" in said
    assert "--allow-shrink" in said
    land(loader, folder, "--allow-shrink", date="2026-10-31")

    write_dump(folder, "2026-07-31", dump_lines(10))
    land(loader, folder, date="2026-07-31")  # an older dump may be smaller


def test_a_dump_that_was_landed(loader: Runs, dump: Path) -> None:
    land(loader, dump)
    before = everything(loader.root)
    for options in ((), ("--only", "works,ratings")):
        outcome = land(loader, dump, *options)
        assert [line["event"] for line in outcome.log] == ["already_loaded"]
    assert everything(loader.root) == before

    rewrite(dump, "works", lambda some: some.append(some[0].replace(b"OL1W", b"OL9W")))
    land(loader, dump)  # published again
    assert len(dumps_landed(loader.root)) == 2
    for path in visible(loader.root, "dump_deletes"):
        path.unlink()
    land(loader, dump)  # its parts were removed
    assert len(dumps_landed(loader.root)) == 3


def test_a_full_disk(loader: Runs, dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(path.stat().st_size for path in dump.iterdir())
    usage = shutil.disk_usage(dump)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=size))
    said = refusal(loader, dump)
    assert f"{loader.root}: " in said
    assert "make room or change RAW_ROOT" in said
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2 * size))
    assert [line["level"] for line in land(loader, dump).events("disk")] == ["info"]


def test_a_folder_whose_disk_cannot_be_found() -> None:
    need = Need(Path("/", "x" * 300), 1, "RAW_ROOT")
    with pytest.raises(InvalidInput, match=r"File name too long: fix the path or change RAW_ROOT"):
        refuse_without_space([need], LogReporter())


@pytest.mark.parametrize(
    "wrong", ["latest", "2026-9-30", "2026-09-31", "20260930", "../2026-09-30", "2026-09-30\n"]
)
def test_a_date_that_is_not_the_day_of_a_dump(loader: Runs, dump: Path, wrong: str) -> None:
    assert "is not the day of a dump: write it as 2026-09-30" in refusal(loader, dump, date=wrong)


def test_a_file_that_no_dump_has(loader: Runs, dump: Path) -> None:
    said = refusal(loader, dump, "--only", "works,lists")
    assert "--only 'lists': a dump has works, editions, authors, redirects" in said


# --- what was cut short ---------------------------------------------------------------------------


def start(loader: Runs, folder: Path | str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LOADER_OF_SMALL_PARTS, "dump", DATE, "--from", str(folder)],
        cwd=PROJECT,
        env=os.environ | loader.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, int, int]]:
    """The parts that a load must have, cut here once more: dataset, offset and lines."""
    parts = []
    for kind, some in dump_lines().items():
        # a piece is what whole lines a block ends, and a part as many pieces as reach its size
        text, offset, count, size, at, held = b"".join(some), 0, 0, 0, 0, b""
        while at < len(text):
            block = text[at : at + SMALL["BLOCK"]]
            at += SMALL["BLOCK"]
            piece, end, held = (held + block).rpartition(b"\n")
            piece += end
            size += len(piece)
            count += piece.count(b"\n")
            if size >= SMALL["PART_BYTES"] or at >= len(text):
                parts.append((DATASETS[kind], offset, count))
                offset, count, size = offset + count, 0, 0
    return [part for part in parts if part[2]]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_any_instant_it_goes_on_behind_what_is_there(
    loader: Runs, dump: Path, expected: list[tuple[str, int, int]], number: int
) -> None:
    dice = Random(f"{SEED} {number}")  # noqa: S311
    after = number * len(expected) // (KILLS - 1)  # parts; of the last kill all are there
    moment = dice.uniform(0, 0.01)
    print(f"KILL_SEED={SEED}: killed {moment * 1000:.1f} ms after {after} parts")  # noqa: T201
    process = start(loader, dump)
    while len(parts_on_disk(loader.root)) < after and process.poll() is None:
        time.sleep(0.0005)
    time.sleep(moment)
    process.kill()
    loader.finish(process)

    there = parts_on_disk(loader.root)
    done = bool(dumps_landed(loader.root))
    outcome = land(loader, dump)
    record = newest(loader, dump_lines())
    assert [(p["dataset"], p["offset"], p["records"]) for p in record["parts"]] == expected
    assert there <= parts_on_disk(loader.root) == {*listed(record)}, "none twice, none missing"
    assert len(listed(record)) == len({*listed(record)})
    assert len(dumps_landed(loader.root)) == 1
    begun = {event["load_id"] for event in loader.records("load_events")}
    assert begun == {record["load_id"]}, "it is the same load"
    events = [line["event"] for line in outcome.log if line["event"] != "disk"]
    if there and not done:
        assert events == ["load_resumed", "load_stage", "load_committed"]
    elif done:
        assert events == ["already_loaded"]


@pytest.mark.usefixtures("small_parts")
def test_interrupted_it_says_so_and_resume_of_subjects_leaves_it_alone(
    loader: Runs, dump: Path
) -> None:
    process = start(loader, dump)
    while not parts_on_disk(loader.root) and process.poll() is None:
        time.sleep(0.0005)
    process.send_signal(signal.SIGTERM)
    outcome = loader.finish(process)
    assert outcome.code == 130
    assert outcome.complaint.endswith("interrupted; what was landed is kept: run the command again")
    assert loader.run("resume").log[-1]["event"] == "nothing_to_resume"
    status, what = re_listed(loader)[-1].split()[1], re_listed(loader)[-1].split()[-2:]
    assert (status, what) == ("interrupted:", ["dump", DATE])
    land(loader, dump)
    newest(loader, dump_lines())
    assert re_listed(loader)[-1].split()[1] == "complete"


@pytest.mark.usefixtures("small_parts")
def test_after_a_refusal_the_same_load_goes_on_with_the_mended_file(
    loader: Runs, dump: Path
) -> None:
    rewrite(dump, "ratings", change(3, b"\t", b" "))
    refusal(loader, dump)
    assert re_listed(loader)[-1].split()[1:3] == ["failed:", "InvalidInput"]
    write_dump(dump, DATE, dump_lines())
    assert land(loader, dump).events("load_resumed")
    record = newest(loader, dump_lines())
    assert {*listed(record)} == parts_on_disk(loader.root)


@pytest.mark.usefixtures("small_parts")
def test_a_load_is_resumed_only_for_the_same_files(loader: Runs, dump: Path) -> None:
    rewrite(dump, "ratings", change(3, b"\t", b" "))
    refusal(loader, dump)
    (whole,) = {event["load_id"] for event in loader.records("load_events")}
    refusal(loader, dump, "--only", "works,ratings")
    assert len({event["load_id"] for event in loader.records("load_events")}) == 2
    write_dump(dump, DATE, dump_lines())
    assert land(loader, dump).events("load_resumed")[0]["load_id"] == whole
    assert newest(loader, dump_lines())["load_id"] == whole


def let_another_run_commit_first(
    monkeypatch: pytest.MonkeyPatch, loader: Runs, folder: Path
) -> None:
    """Let a run land this folder right before the next load of this process is committed."""
    usual = RawZone.commit

    def late(zone: RawZone, load: Load, outcome: Record, *, amends: bool) -> None:
        other = loader.finish(loader.start("dump", DATE, "--from", folder))
        assert other.events("load_resumed")
        assert other.events("load_committed")
        usual(zone, load, outcome, amends=amends)

    monkeypatch.setattr(RawZone, "commit", late)


def test_of_two_runs_of_a_load_with_other_files_the_second_says_so(
    loader: Runs, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = dump_lines()
    other = write_dump(dump.parent / "other", DATE, some | {"works": some["works"][:-1]})
    with monkeypatch.context() as patched:
        let_another_run_commit_first(patched, loader, other)
        outcome = loader.run("dump", DATE, "--from", dump)
    assert outcome.code == 8
    assert outcome.complaint.endswith("committed this load with other files: run the command again")
    assert not outcome.events("load_committed")
    assert len(dumps_landed(loader.root)) == 1
    land(loader, dump)
    assert len(dumps_landed(loader.root)) == 2
    newest(loader, some)


def test_two_runs_of_a_load_with_the_same_files_succeed(
    loader: Runs, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_another_run_commit_first(monkeypatch, loader, dump)
    assert land(loader, dump).events("load_committed")
    assert len(dumps_landed(loader.root)) == 1
    newest(loader, dump_lines())


def test_parts_that_are_removed_before_the_commit_are_landed_again(
    loader: Runs, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = LocalStore.put

    def put_and_remove(store: LocalStore, key: str, body: bytes | bytearray) -> None:
        put(store, key, body)
        if key.startswith("dump_reading_log/"):
            (path,) = visible(loader.root, "dump_works")
            path.unlink()

    with monkeypatch.context() as patched:
        patched.setattr(LocalStore, "put", put_and_remove)
        said = refusal(loader, dump, code=8)
    assert "were removed while it ran: run the command again" in said
    assert land(loader, dump).events("load_resumed")
    newest(loader, dump_lines())


# --- S3 -------------------------------------------------------------------------------------------


@pytest.fixture
def look(aws: S3Client, bucket: str, loader: Runs, dump: Path) -> Callable[[], None]:
    """Put the dump into S3, and let the loader land there; calling it copies what is there."""
    loader.env["RAW_ROOT"] = f"s3://{bucket}/raw"
    for path in dump.iterdir():
        aws.upload_file(str(path), bucket, f"received/{path.name}")
    return lambda: download(aws, bucket, "raw/", loader.root)


@pytest.mark.usefixtures("small_parts")
def test_from_s3_to_s3(
    loader: Runs,
    look: Callable[[], None],
    bucket: str,
    s3: FaultyS3,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("extract.storage.s3.RANGE", 3_000)
    s3.faults = [
        Fault(faulty_s3.internal_error, puts("dump_works/"), times=1),
        Fault(faulty_s3.lost, puts("dump_editions/"), times=1),
        Fault(faulty_s3.cut, gets("ol_dump_authors"), times=1),
    ]
    outcome = land(loader, f"s3://{bucket}/received")
    assert [fault.happened for fault in s3.faults] == [1, 1, 1]
    assert not outcome.events("disk")
    look()
    record = newest(loader, dump_lines())
    assert record["source_url"] == f"s3://{bucket}/received"
    assert {*listed(record)} == parts_on_disk(loader.root)
    assert land(loader, f"s3://{bucket}/received").events("already_loaded")


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("parts", [0, 1, 9, 20])
def test_killed_while_it_lands_in_s3(
    loader: Runs, look: Callable[[], None], dump: Path, s3: FaultyS3, parts: int
) -> None:
    def put() -> int:
        return sum(call.method == "PUT" and "/dump_" in call.path for call in s3.calls)

    process = start(loader, dump)
    while put() < parts and process.poll() is None:
        time.sleep(0.0005)
    process.kill()
    loader.finish(process)
    time.sleep(0.2)
    look()
    there = parts_on_disk(loader.root)
    before = len(s3.calls)
    land(loader, dump)
    look()
    record = newest(loader, dump_lines())
    assert {*listed(record)} == parts_on_disk(loader.root) >= there
    sent = {c.path.partition("/raw/")[2] for c in s3.calls[before:] if c.method == "PUT"}
    assert not sent & there, "nothing is sent a second time"


# --- how it reads ---------------------------------------------------------------------------------


def test_the_files_are_those_of_a_dump() -> None:
    assert tuple(file.kind for file in FILES) == KINDS
    assert [file.dataset for file in FILES] == list(DATASETS.values())


def test_the_log_tells_how_far_it_is(
    loader: Runs, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.reporting.PROGRESS_SECONDS", 0.0)
    progress = land(loader, dump).events("load_progress")
    size = sum(path.stat().st_size for path in dump.iterdir())
    assert progress[-1]["landed"] == progress[-1]["expected"] == size
    assert progress[-1]["seconds_left"] == 0
    assert json.dumps(progress[-1])
