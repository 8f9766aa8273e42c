"""Received files are landed together, unchanged and once, or not at all and with a reason."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from extract.files.file_sets import file_sets
from extract.subjects.names import parse_subject
from tests.support import faulty_s3
from tests.support.faulty_s3 import Fault, FaultyS3, download, gets, puts
from tests.support.loader_runs import PROJECT, Runs
from tests.support.raw_reader import everything, file_lines, files_landed, records, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mypy_boto3_s3 import S3Client

    Look = Callable[[], None]

SAMPLE = PROJECT / "samples" / "streaming"
STORE = PROJECT / "samples" / "store"
FILES = {
    "movies": "internal/movies.csv",
    "streams": "internal/streams.csv",
    "users": "internal/users.csv",
    "vendor_books": "vendor/books.json",
    "vendor_authors": "vendor/authors.json",
    "vendor_reviews": "vendor/reviews.json",
}
COUNTS = {
    "movies": 91,
    "streams": 9652,
    "users": 783,
    "vendor_books": 103,
    "vendor_authors": 201,
    "vendor_reviews": 501,
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture
def received(tmp_path: Path) -> Path:
    """The sample, unpacked."""
    folder = tmp_path / "received"
    for name in FILES.values():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.decompress((SAMPLE / f"{name}.gz").read_bytes()))
    return folder


def records_of(path: Path) -> list[Any]:
    """What a file contains, read without the loader's code."""
    body = path.read_bytes()
    text = (gzip.decompress(body) if path.suffix == ".gz" else body).decode()
    if ".csv" in path.name:
        return list(csv.DictReader(io.StringIO(text, newline="")))
    found: list[Any] = json.loads(text)
    return found


def assert_landed(root: Path, folder: Path, ending: str = "") -> None:
    """The newest load holds each file's records, in their order."""
    landed = file_lines(root)
    assert landed.keys() == FILES.keys()
    for dataset, lines in landed.items():
        expected = records_of(folder / (FILES[dataset] + ending))
        assert [json.loads(record) for _, record in lines] == expected
        assert [head["row"] for head, _ in lines] == list(range(1, len(lines) + 1))


def landed_items(loader: Runs) -> list[Any]:
    """The records of the store's newest load."""
    return [json.loads(record) for _, record in file_lines(loader.root, "store")["store_books"]]


def land(loader: Runs, folder: Path | str, *options: str) -> None:
    outcome = loader.run("files", "streaming", folder, *options)
    assert outcome.code == 0, outcome.err


# --- what is landed -------------------------------------------------------------------------------


def test_the_sample_is_landed_as_it_was_received(loader: Runs) -> None:
    land(loader, SAMPLE)
    assert_landed(loader.root, SAMPLE, ".gz")
    landed = file_lines(loader.root)
    assert {dataset: len(lines) for dataset, lines in landed.items()} == COUNTS
    for dataset, lines in landed.items():
        for head, _ in lines:
            assert head.keys() == {"load_id", "file", "row", "landed_at"}
            assert head["file"] == f"{FILES[dataset]}.gz"
            assert TIME.fullmatch(head["landed_at"])
        if dataset.startswith("vendor_"):
            body = gzip.decompress((SAMPLE / f"{FILES[dataset]}.gz").read_bytes())
            compact = re.sub(rb"\n *", b"", body)
            assert b"[" + b",".join(record for _, record in lines) + b"]" == compact

    (record,) = files_landed(loader.root)
    assert record.keys() == {
        "load_id",
        "dataset",
        "source",
        "source_url",
        "started_at",
        "completed_at",
        "extract_version",
        "is_complete",
        "files",
        "record_count",
        "bytes",
        "parts",
    }
    assert (record["source"], record["source_url"]) == ("files", None)
    assert record["is_complete"]
    assert record["files"] == [
        {
            "dataset": dataset,
            "name": f"{name}.gz",
            "sha256": hashlib.sha256((SAMPLE / f"{name}.gz").read_bytes()).hexdigest(),
            "bytes": (SAMPLE / f"{name}.gz").stat().st_size,
            "records": COUNTS[dataset],
        }
        for dataset, name in FILES.items()
    ]
    assert [(part["dataset"], part["offset"]) for part in record["parts"]] == [
        (dataset, 0) for dataset in FILES
    ]
    (event,) = records(loader.root, "load_events")
    assert (event["event"], event["dataset"]) == ("started", "streaming")


def test_the_stores_catalogue_is_landed_with_its_further_columns(
    loader: Runs, tmp_path: Path
) -> None:
    for folder in (STORE, STORE, tmp_path):  # the second time nothing has changed
        (tmp_path / "books.csv").write_bytes((STORE / "books.csv").read_bytes() + b"1,T,,,,,,,\n")
        outcome = loader.run("files", "store", folder)
        assert outcome.code == 0, outcome.err
    first, second = files_landed(loader.root, "store")
    assert (first["dataset"], [file["name"] for file in first["files"]]) == ("store", ["books.csv"])
    assert second["record_count"] == first["record_count"] + 1
    assert landed_items(loader) == records_of(tmp_path / "books.csv")
    assert {"category", "shelf"} < landed_items(loader)[0].keys()


def test_the_stores_columns_are_known_whatever_their_case(loader: Runs, tmp_path: Path) -> None:
    """In records they have the names that the project knows, and nothing else is changed."""
    header, rows = (STORE / "books.csv").read_bytes().split(b"\n", 1)
    shouted = header.replace(b"isbn", b"ISBN ").replace(b"category", b"Category")
    shouted = shouted.replace(b"store", b" STORE").replace(b"shelf", b"Shelf ") + b",,"
    more = b"\n,,,,,,,,\n, ,,,,,,,,,\n"
    (tmp_path / "books.csv").write_bytes(
        shouted + b"\n" + rows.rstrip(b"\n").replace(b"\n", b",,\n") + more
    )
    outcome = loader.run("files", "store", tmp_path)
    assert outcome.code == 0, outcome.err
    expected = records_of(STORE / "books.csv")
    assert landed_items(loader) == [
        {("Shelf " if name == "shelf" else name): cell for name, cell in record.items()}
        for record in expected
    ]


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("flat", [False, True])
def test_files_may_be_compressed_and_lie_in_one_folder(
    loader: Runs, received: Path, ending: str, flat: bool
) -> None:
    given = loader.root.parent / "given"
    for name in FILES.values():
        path = given / ((Path(name).name if flat else name) + ending)
        path.parent.mkdir(parents=True, exist_ok=True)
        body = (received / name).read_bytes()
        path.write_bytes(gzip.compress(body) if ending else body)
    land(loader, given)
    assert_landed(loader.root, received)


def test_a_compressed_file_is_known_by_its_content(loader: Runs, received: Path) -> None:
    """Tools on the way compress a file, or decompress it, and keep its name."""
    given = loader.root.parent / "given"
    shutil.copytree(received, given)
    users, reviews = given / "internal/users.csv", given / "vendor/reviews.json"
    users.write_bytes(gzip.compress(users.read_bytes()))
    reviews.rename(reviews.with_name("reviews.json.gz"))
    land(loader, given)
    assert_landed(loader.root, received)


def test_a_record_with_half_of_a_character_is_landed_with_its_flaw(
    loader: Runs, received: Path
) -> None:
    sent = [
        b'{"name":"cut \\ud83d"}',
        b'{"name":"\\ud83d\\udcda","pages":1e400}',
        b'{"name":"\\udcda"}',
    ]
    (received / "vendor/books.json").write_bytes(b"[" + b",".join(sent) + b"]")
    land(loader, received)
    lines = file_lines(loader.root)["vendor_books"]
    assert [record for _, record in lines] == sent
    assert [(head["row"], "flaw" in head) for head, _ in lines] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    assert all(next(iter(head)) == "flaw" for head, _ in lines if "flaw" in head)


def test_a_large_file_is_landed_in_parts(
    loader: Runs, received: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.files.landing.PART_BYTES", 100_000)
    land(loader, received)
    assert_landed(loader.root, received)
    parts = [p for p in files_landed(loader.root)[0]["parts"] if p["dataset"] == "streams"]
    assert len(parts) > 20
    ends = [part["offset"] + part["records"] for part in parts]
    assert [0, *ends] == [*(part["offset"] for part in parts), COUNTS["streams"]]
    sizes = [
        len(gzip.decompress((loader.root / "streams" / p["path"]).read_bytes())) for p in parts
    ]
    assert all(100_000 <= size < 101_000 for size in sizes[:-1])


def test_a_file_that_went_through_a_spreadsheet_is_landed_as_before(
    loader: Runs, received: Path
) -> None:
    """It has a byte order mark, other ends of lines, blank rows and columns, names in capitals."""
    users = received / "internal/users.csv"
    header, *rows = users.read_text().splitlines()
    edited = [header.title() + ",,", *(f"{row},," for row in rows), ",,,,", ",,"]
    expected = records_of(users)
    users.write_bytes("".join(f"{row}\r\n" for row in edited).encode("utf-8-sig"))
    land(loader, received)
    landed = file_lines(loader.root)["users"]
    assert [json.loads(record) for _, record in landed] == expected
    assert [head["row"] for head, _ in landed] == list(range(1, len(rows) + 1))


def test_files_without_records_are_landed(loader: Runs, received: Path) -> None:
    for name, body in (("internal/users.csv", ",".join), ("vendor/books.json", None)):
        columns = ("first_name", "last_name", "email")
        (received / name).write_text(body(columns) if body else " []\n")
    land(loader, received)
    assert_landed(loader.root, received)


PEAK = """
import re, sys
from pathlib import Path
from extract.cli import cli
try:
    cli()
except SystemExit as done:
    print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
    raise
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the process's peak")
def test_memory_does_not_grow_with_the_files(loader: Runs, received: Path) -> None:
    peaks = []
    for times in (1, 60):
        header, rows = (received / "internal/streams.csv").read_bytes().split(b"\n", 1)
        array = (received / "vendor/reviews.json").read_bytes().strip()[1:-1]
        large = loader.root.parent / f"large{times}"
        shutil.copytree(received, large)
        (large / "internal/streams.csv").write_bytes(header + b"\n" + rows * times)
        (large / "vendor/reviews.json").write_bytes(b"[" + b",".join([array] * times) + b"]")
        command = [sys.executable, "-c", PEAK, "files", "streaming", str(large)]
        env = loader.env | {"RAW_ROOT": str(loader.root.parent / f"raw{times}")}
        done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, check=True)
        peaks.append(int(done.stdout) * 1024)
    assert peaks[1] < 150e6
    assert peaks[1] - peaks[0] < 50e6, "one part and what is read at a time, not 90 MB of files"


# --- the same again -------------------------------------------------------------------------------


def test_the_same_files_are_landed_once(loader: Runs, received: Path) -> None:
    land(loader, received)
    before = everything(loader.root)
    outcome = loader.run("files", "streaming", received)
    assert outcome.code == 0
    assert everything(loader.root) == before
    (message,) = outcome.log
    (record,) = files_landed(loader.root)
    assert (message["event"], message["load_id"]) == ("already_loaded", record["load_id"])


def test_a_file_that_differs_in_a_byte_is_landed_and_so_is_what_was_before(
    loader: Runs, received: Path
) -> None:
    path = received / "vendor/books.json"
    first = path.read_bytes()
    second = first.replace(b"6302", b"6303")
    for body in (first, second, second, first):
        path.write_bytes(body)
        land(loader, received)
        assert_landed(loader.root, received)
    assert len(files_landed(loader.root)) == 3


# --- what is refused ------------------------------------------------------------------------------


def rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return apply


def both(folder: Path) -> None:
    shutil.copy(folder / "internal/users.csv", folder / "users.csv")


def folder_instead(folder: Path) -> None:
    (folder / "vendor/books.json").unlink()
    (folder / "books.json").mkdir()


def cut_gzip(folder: Path) -> None:
    path = folder / "vendor/reviews.json"
    path.with_name("reviews.json.gz").write_bytes(gzip.compress(path.read_bytes())[:-20])
    path.unlink()


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (
        lambda folder: (folder / "vendor/books.json").unlink(),
        "lacks vendor/books.json: add what is missing",
    ),
    "all_missing": (shutil.rmtree, "lacks internal/movies.csv, internal/streams.csv, internal/us"),
    "a_folder": (folder_instead, "lacks vendor/books.json"),
    "both": (both, "contains both internal/users.csv and users.csv: keep only one"),
    "empty": (rewrite("internal/users.csv", lambda _: b""), "internal/users.csv is empty"),
    "no_header": (
        rewrite("internal/movies.csv", lambda body: body.split(b"\n", 1)[1]),
        "line 1: the header lacks title, duration_mins, original_language, size_mb and begins 'The",
    ),
    "wrong_header": (
        rewrite("internal/movies.csv", lambda body: body.replace(b"size_mb", b"size", 1)),
        "internal/movies.csv, line 1: the header lacks size_mb and begins 'title,duration_mins,ori",
    ),
    "too_few_cells": (
        rewrite("internal/streams.csv", lambda body: body[: body.rindex(b",")]),
        "internal/streams.csv, line 9653: expected 5 cells but found 4",
    ),
    "too_many_cells": (
        rewrite("internal/users.csv", lambda body: body.replace(b"Conn,", b"Conn,,")),
        "internal/users.csv, line 3: expected 3 cells but found 4",
    ),
    "latin": (
        rewrite("internal/users.csv", lambda body: body.replace(b"Conn", "Cöln".encode("latin1"))),
        "internal/users.csv, line 3 is not UTF-8",
    ),
    "latin_json": (
        rewrite("vendor/books.json", lambda body: body.replace(b"Evil", b"Ev\xeel")),
        "vendor/books.json, line 3, column 22: not UTF-8",
    ),
    "cut": (
        rewrite("vendor/reviews.json", lambda body: body[:-100]),
        "vendor/reviews.json, line 15",
    ),
    "no_array": (
        rewrite("vendor/authors.json", lambda body: b'{"authors":' + body + b"}"),
        "vendor/authors.json, line 1, column 1: the file is not a JSON array",
    ),
    "no_objects": (
        rewrite("vendor/authors.json", lambda _: b'[{},\n"Al Hamill"]'),
        "vendor/authors.json, line 2, column 1: expected an object",
    ),
    "a_column_twice": (
        rewrite("internal/users.csv", lambda body: body.replace(b",email", b",email,email", 1)),
        "internal/users.csv, line 1: the header has 2 columns named 'email': give each a name",
    ),
    "cut_gzip": (cut_gzip, "cannot read vendor/reviews.json.gz: Compressed file ended before"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_files_that_are_not_what_they_must_be_are_refused(
    loader: Runs, received: Path, case: str
) -> None:
    damage, message = REFUSED[case]
    whole = received.with_name("whole")
    shutil.copytree(received, whole)
    damage(received)
    outcome = loader.run("files", "streaming", received)
    assert outcome.code == 2
    assert outcome.complaint.startswith("extract: error: ")
    assert message in outcome.complaint
    assert files_landed(loader.root) == []
    assert {event["event"] for event in records(loader.root, "load_events")} in (
        set(),
        {"started", "failed"},
    )
    land(loader, whole)
    assert_landed(loader.root, whole)


@pytest.mark.parametrize("folder", ["s3://", "https://x/y", "s3://reader:hush@bucket/"])
def test_a_folder_of_another_kind_is_refused(loader: Runs, folder: str) -> None:
    outcome = loader.run("files", "streaming", folder)
    assert outcome.code == 2
    assert "DIR" in outcome.complaint
    assert "hush" not in outcome.err


def test_another_set_is_refused(loader: Runs, received: Path) -> None:
    outcome = loader.run("files", "films", received)
    assert outcome.code == 2
    assert "'streaming'" in outcome.err


# --- shrinking ------------------------------------------------------------------------------------


def with_books(folder: Path, count: int) -> None:
    (folder / "vendor/books.json").write_text(json.dumps([{"name": str(n)} for n in range(count)]))


def test_a_file_that_shrank_is_refused_unless_that_is_right(loader: Runs, received: Path) -> None:
    with_books(received, 100)
    land(loader, received)
    with_books(received, 79)
    outcome = loader.run("files", "streaming", received)
    assert outcome.code == 6
    assert (
        "vendor/books.json has 79 records, but its last committed load had 100" in outcome.complaint
    )
    assert "--allow-shrink" in outcome.complaint
    assert len(files_landed(loader.root)) == 1

    land(loader, received, "--allow-shrink")
    assert_landed(loader.root, received)
    with_books(received, 64)  # four fifths of 79, rounded up
    land(loader, received)
    with_books(received, 51)
    assert loader.run("files", "streaming", received).code == 6


def test_a_file_of_what_is_new_may_be_small(loader: Runs, received: Path) -> None:
    streams = received / "internal/streams.csv"
    header, row, *_ = streams.read_text().splitlines(keepends=True)
    streams.write_text(header + row * 10)
    land(loader, received)
    streams.write_text(header + row)
    land(loader, received)
    assert_landed(loader.root, received)


# --- killed and stopped ---------------------------------------------------------------------------


def wait_until_begun(loader: Runs, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while not visible(loader.root, "load_events") and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize("number", range(12))
def test_killed_at_any_point_it_leaves_nothing_visible(
    loader: Runs, received: Path, number: int
) -> None:
    process = loader.start("files", "streaming", received)
    wait_until_begun(loader, process)
    time.sleep(random.uniform(0, 0.15) * number / 12)  # noqa: S311
    process.kill()
    loader.finish(process)
    for path in (path for dataset in FILES for path in visible(loader.root, dataset)):
        assert gzip.decompress(path.read_bytes()).endswith(b"}\n")
    done = files_landed(loader.root)
    if done:
        assert_landed(loader.root, received)
    land(loader, received)
    assert_landed(loader.root, received)
    assert len(files_landed(loader.root)) == 1


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_with_a_line_on_how_to_continue(
    loader: Runs, received: Path, sent: signal.Signals
) -> None:
    header, rows = (received / "internal/streams.csv").read_bytes().split(b"\n", 1)
    (received / "internal/streams.csv").write_bytes(header + b"\n" + rows * 10)
    process = loader.start("files", "streaming", received)
    wait_until_begun(loader, process)
    time.sleep(0.1)
    process.send_signal(sent)
    outcome = loader.finish(process)
    assert outcome.code == 130
    assert outcome.complaint == "extract: interrupted; nothing was committed: run the command again"
    assert files_landed(loader.root) == []
    assert {e["event"] for e in records(loader.root, "load_events")} == {"started", "interrupted"}
    land(loader, received)
    assert_landed(loader.root, received)


@pytest.mark.parametrize("file", ["", "streams", "loads", "load_events"])
def test_a_root_that_cannot_be_written_is_one_line(loader: Runs, received: Path, file: str) -> None:
    (loader.root / file).parent.mkdir(parents=True, exist_ok=True)
    (loader.root / file).write_bytes(b"")
    outcome = loader.run("files", "streaming", received)
    assert outcome.code == 8
    assert "Not a directory (fix the path or change RAW_ROOT, then try again)" in outcome.complaint
    (loader.root / file).unlink()
    land(loader, received)
    assert_landed(loader.root, received)


# --- files and subjects ---------------------------------------------------------------------------


def test_files_and_subjects_leave_each_other_alone(loader: Runs, received: Path) -> None:
    loader.api.catalogue["streaming"] = list(loader.api.catalogue["love"])[:50]
    process = loader.start("files", "streaming", received)
    wait_until_begun(loader, process)
    process.kill()
    loader.finish(process)
    assert loader.run("resume").code == 0
    assert loader.api.requests == [], "files that were cut short are not asked for"
    land(loader, received)
    assert loader.run("subjects", "streaming").code == 0
    loader.assert_whole("streaming")
    assert_landed(loader.root, received)
    assert file_sets()["streaming"].digest != parse_subject("streaming").digest


def test_loads_lists_files_too(loader: Runs, received: Path) -> None:
    land(loader, received)
    assert loader.run("subjects", "love", "--limit", "5").code == 0
    with_books(received, 1)
    assert loader.run("files", "streaming", received).code == 6
    listed = loader.run("loads")
    assert listed.code == 0
    rows = [re.split(r"  +", line) for line in listed.out.splitlines()[1:]]
    assert [row[1] for row in rows] == ["failed: LoadShrank", "partial", "complete"]
    assert [row[-1] for row in rows] == ["files streaming", "'love'", "files streaming"]
    assert rows[2][2] == f"{sum(COUNTS.values()):,}"


# --- S3 -------------------------------------------------------------------------------------------


@pytest.fixture
def look(aws: S3Client, bucket: str, loader: Runs, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Let the loader land in S3; calling it copies what is there to ``loader.root``."""
    loader.env["RAW_ROOT"] = f"s3://{bucket}/raw"
    monkeypatch.setattr("extract.storage.s3.ATTEMPTS", 3)
    monkeypatch.setattr("extract.storage.s3.RANGE", 50_000)

    def look() -> None:
        shutil.rmtree(loader.root, ignore_errors=True)
        download(aws, bucket, "raw/", loader.root)

    return look


@pytest.fixture
def uploaded(aws: S3Client, bucket: str, received: Path) -> str:
    """The sample in S3."""
    for name in FILES.values():
        aws.put_object(Bucket=bucket, Key=f"in/{name}", Body=(received / name).read_bytes())
    return f"s3://{bucket}/in"


def test_files_of_s3_are_landed_in_s3_once(
    loader: Runs, received: Path, uploaded: str, look: Look, s3: FaultyS3
) -> None:
    land(loader, uploaded)
    look()
    assert_landed(loader.root, received)
    assert files_landed(loader.root)[0]["source_url"] == uploaded
    before = everything(loader.root)
    land(loader, uploaded)
    look()
    assert everything(loader.root) == before
    assert not [call for call in s3.calls if call.method not in ("GET", "HEAD", "PUT")]


@pytest.mark.parametrize("kind", ["internal_error", "slow_down", "cut"])
def test_reading_a_file_that_fails_once_is_done_again(
    loader: Runs, received: Path, uploaded: str, look: Look, s3: FaultyS3, kind: str
) -> None:
    s3.faults = [Fault(getattr(faulty_s3, kind), gets("in/internal/streams"), times=1)]
    land(loader, uploaded)
    assert s3.faults[0].happened == 1
    look()
    assert_landed(loader.root, received)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (
            "access_denied",
            "(allow it for these credentials or change DIR, then try again)",
        ),
        ("no_bucket", "(create the bucket or change DIR, then try again)"),
        ("hung_up", "check the network"),
    ],
)
def test_files_that_cannot_be_read_are_one_line(
    loader: Runs, uploaded: str, look: Look, s3: FaultyS3, kind: str, message: str
) -> None:
    s3.faults = [Fault(getattr(faulty_s3, kind), gets("in/vendor/books"))]
    outcome = loader.run("files", "streaming", uploaded)
    assert outcome.code == 2
    assert f"cannot read the folder {uploaded}/" in outcome.complaint
    assert message in outcome.complaint
    look()
    assert files_landed(loader.root) == []


def test_a_file_that_is_replaced_while_it_is_read_is_refused(
    loader: Runs, uploaded: str, look: Look, s3: FaultyS3, aws: S3Client, bucket: str
) -> None:
    def replaced(call: faulty_s3.Call) -> Iterable[bytes]:
        body = b"movie_title,user_email,size_mb,start_at,end_at\n" * 30_000
        aws.put_object(Bucket=bucket, Key="in/internal/streams.csv", Body=body)
        return call.usual()

    s3.faults = [Fault(replaced, gets("in/internal/streams"), times=1)]
    outcome = loader.run("files", "streaming", uploaded)
    assert outcome.code == 2
    assert "let nothing else write it meanwhile" in outcome.complaint
    look()
    assert files_landed(loader.root) == []


@pytest.mark.parametrize("dataset", ["load_events/", "streams/", "loads/"])
@pytest.mark.parametrize("kind", ["internal_error", "lost"])
def test_a_put_that_fails_once_or_whose_answer_is_lost_is_sent_again(
    loader: Runs, received: Path, look: Look, s3: FaultyS3, kind: str, dataset: str
) -> None:
    s3.faults = [Fault(getattr(faulty_s3, kind), puts(f"raw/{dataset}"), times=1)]
    land(loader, received)
    assert s3.faults[0].happened == 1
    look()
    assert_landed(loader.root, received)
    assert len(files_landed(loader.root)) == 1


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.2, 0.4])
def test_killed_while_it_lands_in_s3_it_leaves_nothing_visible(
    loader: Runs, received: Path, look: Look, s3: FaultyS3, moment: float
) -> None:
    process = loader.start("files", "streaming", received)
    deadline = time.monotonic() + 30
    while not any(map(puts("raw/"), s3.calls)) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(moment)
    process.kill()
    loader.finish(process)
    time.sleep(0.2)  # what is under way comes in
    look()
    if files_landed(loader.root):
        assert_landed(loader.root, received)
    land(loader, received)
    look()
    assert_landed(loader.root, received)
    assert len(files_landed(loader.root)) == 1
