"""Multiplied files of the streaming company are as said, land, and are what the baseline reads."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from click.testing import CliRunner

from benchmarks import compare
from benchmarks.streaming_baseline import TABLES, build
from tests.support.synthetic_streaming import (
    MONTHS,
    SAMPLE,
    write_day,
    write_streams,
    write_vendor_dump,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
SAMPLE_STREAMS = 9_652
MANY = SAMPLE_STREAMS * MONTHS + 500  # more than the sample's users have in a year

Row = dict[str, str]


def rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def sample(name: str) -> list[Row]:
    with gzip.open(SAMPLE / f"{name}.gz", "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def keys(streams: Iterable[Row]) -> set[tuple[str, str, str]]:
    return {(row["movie_title"].lower(), row["user_email"], row["start_at"]) for row in streams}


def start(stream: Row) -> datetime:
    return datetime.fromisoformat(stream["start_at"])


def duration(stream: Row) -> timedelta:
    return datetime.fromisoformat(stream["end_at"]) - start(stream)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def books(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    listed = json.loads((folder / "books.json").read_text(encoding="utf-8"))
    by_key = {(book["name"], book["author"]): book for book in listed}
    assert len(by_key) == len(listed)
    return by_key


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    write_streams(folder, streams=MANY)
    return folder


# --- streams --------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_files_again(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write_streams(tmp_path / name / "streams", streams=10_000, seed=seed)
        write_day(tmp_path / name / "day", streams=10_000, day=1, count=50, seed=seed)
        write_vendor_dump(tmp_path / name / "dump", books=500, number=3, seed=seed)
    for what, file in (("streams", "streams.csv"), ("day", "streams.csv"), ("dump", "books.json")):
        assert contents(tmp_path / "one" / what) == contents(tmp_path / "again" / what)
        assert (tmp_path / "one" / what / file).read_bytes() != (
            tmp_path / "other" / what / file
        ).read_bytes()


def test_as_many_streams_as_the_sample_has_are_the_sample(tmp_path: Path) -> None:
    write_streams(tmp_path, streams=SAMPLE_STREAMS)
    for name, by in (("streams", "start_at"), ("users", "email"), ("movies", "title")):
        ours, theirs = rows(tmp_path / f"{name}.csv"), sample(f"internal/{name}.csv")
        assert sorted(ours, key=lambda row: row[by]) == sorted(theirs, key=lambda row: row[by])
    for name in ("books", "authors", "reviews"):
        packed = (SAMPLE / f"vendor/{name}.json.gz").read_bytes()
        assert (tmp_path / f"{name}.json").read_bytes() == gzip.decompress(packed)


def test_no_two_streams_have_the_same_movie_user_and_start(many: Path) -> None:
    streams, users = rows(many / "streams.csv"), rows(many / "users.csv")
    assert len(streams) == len(keys(streams)) == MANY
    emails = {user["email"] for user in users}
    assert len(emails) == len(users) == 2 * len(sample("internal/users.csv"))
    assert {stream["user_email"] for stream in streams} <= emails


def test_streams_are_the_sample_s_on_other_days(many: Path) -> None:
    def essence(stream: Row) -> tuple[object, ...]:
        mailbox, host = stream["user_email"].split("@")
        email = f"{mailbox.partition('+')[0]}@{host}"
        clock = stream["start_at"][10:]
        return stream["movie_title"], email, stream["size_mb"], clock, duration(stream)

    theirs = {essence(stream) for stream in sample("internal/streams.csv")}
    assert {essence(stream) for stream in rows(many / "streams.csv")} == theirs


@pytest.mark.parametrize("total", [1, 10_000, MANY])
def test_a_day_comes_after_all_that_was_before(tmp_path: Path, many: Path, total: int) -> None:
    before = many
    if total < MANY:
        before = tmp_path / "before"
        write_streams(before, streams=total)
    days: list[set[date]] = []
    for number in (1, 2):
        write_day(tmp_path / "day", streams=total, day=number, count=100)
        streams = rows(tmp_path / "day" / "streams.csv")
        assert len(streams) == len(keys(streams)) == 100
        assert all(duration(stream) > timedelta() for stream in streams)
        days.append({start(stream).date() for stream in streams})
    assert max(map(start, rows(before / "streams.csv"))).date() < min(days[0])
    assert [len(dates) for dates in days] == [1, 1]
    assert days[0] < {*days[0], *days[1]}
    others = {name for name in contents(before) if name != "streams.csv"}
    assert len(others) == 5
    for name in others:
        assert (before / name).read_bytes() == (tmp_path / "day" / name).read_bytes()
    emails = {user["email"] for user in rows(before / "users.csv")}
    assert {stream["user_email"] for stream in streams} <= emails


def test_a_day_that_needs_more_users_than_there_are_is_refused(tmp_path: Path) -> None:
    write_day(tmp_path, streams=MANY, day=1, count=2 * SAMPLE_STREAMS)
    streams = rows(tmp_path / "streams.csv")
    assert len(keys(streams)) == 2 * SAMPLE_STREAMS
    with pytest.raises(ValueError, match="too many"):
        write_day(tmp_path, streams=MANY, day=1, count=2 * SAMPLE_STREAMS + 1)


# --- a vendor's dumps -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1_000, 20_000])
def test_a_dump_lacks_and_changes_as_many_books_as_said(tmp_path: Path, count: int) -> None:
    write_vendor_dump(tmp_path, books=count, number=1)
    first = before = books(tmp_path)
    assert len(first) == count
    for number in (2, 3, 4):
        write_vendor_dump(tmp_path, books=count, number=number)
        now = books(tmp_path)
        assert set(now) < set(before)
        assert len(before) - len(now) == count // 1_000
        changed = [key for key in now if now[key] != before[key]]
        assert len(changed) == pytest.approx(count / 100, rel=0.02)
        assert all(now[key] == before[key] | {"pages": before[key]["pages"] + 1} for key in changed)
        before = now
    assert sum(now[key] != first[key] for key in now) == pytest.approx(count * 3 / 100, rel=0.02)


def test_the_first_books_are_the_sample_s(tmp_path: Path) -> None:
    with gzip.open(SAMPLE / "vendor/books.json.gz") as packed:
        theirs = json.load(packed)
    write_vendor_dump(tmp_path, books=len(theirs), number=1)
    found = books(tmp_path)
    assert all(found[book["name"], book["author"]] == book for book in theirs)


# --- landed, and built by hand --------------------------------------------------------------------


def land(raw_root: Path, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "extract", "files", "streaming", str(folder), "--allow-shrink"],
        env=os.environ | {"RAW_ROOT": str(raw_root)},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


def query(warehouse: Path, text: str) -> list[Any]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(text).fetchall()


def test_the_baseline_holds_what_was_landed(tmp_path: Path) -> None:
    received, raw, warehouse = (tmp_path / name for name in ("received", "raw", "baseline.duckdb"))
    write_streams(received / "1", streams=10_000)
    write_day(received / "2", streams=10_000, day=1, count=50)
    write_day(received / "3", streams=10_000, day=1, count=70)  # fifty of them again
    write_vendor_dump(received / "4", books=1_000, number=2)
    for folder in sorted(received.iterdir()):
        land(raw, folder)
    build(raw, warehouse)
    streams = rows(received / "1" / "streams.csv") + rows(received / "3" / "streams.csv")
    streams += rows(received / "4" / "streams.csv")  # the sample, all of it known
    wanted = {
        (row["movie_title"].lower(), row["user_email"], start(row).timestamp()) for row in streams
    }
    assert len(wanted) == 10_070
    found = query(warehouse, "select movie_key, user_email, epoch(started_at) from streams")
    assert len(found) == len(wanted)
    assert set(found) == wanted
    assert query(warehouse, "select count(distinct load_id) from streams") == [(3,)]
    assert query(
        warehouse,
        "select count(*) from streams where watched_share not between 0 and 1"
        " or watched_share is null or watched_minutes <= 0",
    ) == [(0,)]
    counts = [query(warehouse, f"select count(*) from {table}")[0][0] for table in TABLES]  # noqa: S608
    assert counts == [91, 10_070, 783, 91]
    assert query(
        warehouse,
        "select sum(stream_count), sum(watched_minutes)::bigint from movie_stream_summary",
    ) == query(warehouse, "select count(*), sum(watched_minutes)::bigint from streams")


def test_the_comparison_sees_another_row(tmp_path: Path) -> None:
    raw, baseline, other = (tmp_path / name for name in ("raw", "baseline.duckdb", "other.duckdb"))
    land(raw, SAMPLE)
    for warehouse in (baseline, other):
        build(raw, warehouse)
    command = ["--domain", "streaming", str(baseline), str(other)]
    assert CliRunner().invoke(compare.main, command).exit_code == 0
    for change in (
        "alter table streams add column more integer",
        "insert into movie_stream_summary (movie_key, stream_count) values ('unwatched', 0)",
    ):
        with duckdb.connect(str(other)) as connection:
            connection.execute(change)
        assert CliRunner().invoke(compare.main, command).exit_code == 0
    with duckdb.connect(str(other)) as connection:
        connection.execute("update streams set size_mb = 0 where movie_key = 'rush'")
    result = CliRunner().invoke(compare.main, command)
    assert result.exit_code == 1
    assert "streams: (9652, " in result.output
    assert "users" not in result.output
