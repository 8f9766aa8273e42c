"""Synthetic dumps look like real ones, and are the same for the same seed."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.synthetic_dump import FREQUENCIES, KINDS, LINES, Universe, write_dump

if TYPE_CHECKING:
    from pathlib import Path

SCALE = Fraction(1, 8_000)
TYPES = {
    "works": ("work", r"/works/OL\d+W"),
    "editions": ("edition", r"/books/OL\d+M"),
    "authors": ("author", r"/authors/OL\d+A"),
    "redirects": ("redirect", r"/(works/OL\d+W|authors/OL\d+A)"),
    "deletes": ("delete", r"/(works/OL\d+W|authors/OL\d+A)"),
}

Record = dict[str, Any]


@cache
def lines(kind: str, seed: int = 1) -> tuple[bytes, ...]:
    return tuple(LINES[kind](Universe(SCALE, seed)))


@cache
def records(kind: str) -> tuple[Record, ...]:
    return tuple(json.loads(line.split(b"\t")[4]) for line in lines(kind))


@cache
def keys(kind: str) -> set[str]:
    return {record["key"] for record in records(kind)}


def share(kind: str, name: str) -> float:
    return sum(name in record for record in records(kind)) / len(records(kind))


def test_a_seed_gives_the_same_lines_again() -> None:
    again = tuple(LINES["works"](Universe(SCALE, 1)))
    assert again == lines("works")
    assert again != lines("works", seed=2)


def test_a_scale_is_a_share_of_open_library() -> None:
    counts = {kind: len(lines(kind)) for kind in ("works", "editions", "authors")}
    assert counts == {"works": 5_200, "editions": 7_087, "authors": 1_750}


@pytest.mark.parametrize("kind", TYPES)
def test_a_line_is_written_as_the_real_dumps_are(kind: str) -> None:
    name, key = TYPES[kind]
    for line in lines(kind):
        text = line.decode("ascii").removesuffix("\n")
        columns = text.split("\t")
        record = json.loads(columns[4])
        assert json.dumps(record) == columns[4]
        assert columns[:4] == [
            f"/type/{name}",
            record["key"],
            str(record["revision"]),
            record["last_modified"]["value"],
        ]
        assert re.fullmatch(key, columns[1])


@pytest.mark.parametrize("kind", ["works", "editions", "authors"])
def test_no_key_is_twice_and_each_bucket_is_sorted(kind: str) -> None:
    listed = [record["key"] for record in records(kind)]
    assert len(set(listed)) == len(listed)
    assert sum(one > two for one, two in pairwise(listed)) < 256
    assert sum(one > two for one, two in pairwise(listed)) > 100


@pytest.mark.parametrize(("kind", "real"), [("works", 500), ("editions", 1_110), ("authors", 330)])
def test_lines_are_as_long_as_real_ones(kind: str, real: int) -> None:
    mean = sum(len(line) for line in lines(kind) if len(line) < 100_000) / len(lines(kind))
    assert 0.85 < mean / real < 1.15


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind, frequencies in FREQUENCIES.items()
        for name in frequencies
        if not name.startswith("isbn")
    ],
)
def test_a_field_is_as_frequent_as_in_the_real_dumps(kind: str, name: str) -> None:
    assert share(kind, name) == pytest.approx(FREQUENCIES[kind][name], abs=0.04)


def test_two_thirds_of_the_editions_have_an_isbn_and_each_is_valid() -> None:
    having = [one for one in records("editions") if "isbn_10" in one or "isbn_13" in one]
    assert len(having) / len(records("editions")) == pytest.approx(0.64, abs=0.04)
    for record in having:
        for isbn in record.get("isbn_13", []):
            assert sum(int(digit) * (1, 3)[n % 2] for n, digit in enumerate(isbn)) % 10 == 0
        for isbn in record.get("isbn_10", []):
            values = [10 if digit == "X" else int(digit) for digit in isbn]
            assert sum(value * (10 - n) for n, value in enumerate(values)) % 11 == 0


def test_editions_are_of_works_that_are_there_have_moved_or_are_gone() -> None:
    of = [record["works"][0]["key"] for record in records("editions") if "works" in record]
    there = Counter("there" if key in keys("works") else "moved" for key in of)
    assert 0.97 < there["there"] / len(of) < 0.999
    moved = {key for key in of if key not in keys("works")}
    assert all(key in keys("redirects") | keys("deletes") for key in moved)
    per_work = Counter(key for key in of if key in keys("works"))
    assert 0.01 < 1 - len(per_work) / len(records("works")) < 0.1
    assert max(per_work.values()) > 20


def test_a_cover_of_a_work_is_most_often_one_of_its_editions() -> None:
    covers: dict[str, set[int]] = {}
    for edition in records("editions"):
        for work in edition.get("works", [])[:1]:
            covers.setdefault(work["key"], set()).update(edition.get("covers", []))
    works = [one for one in records("works") if one.get("covers") and covers.get(one["key"])]
    same = sum(one["covers"][0] in covers[one["key"]] for one in works)
    assert 0.4 < same / len(works) < 0.9


def test_works_name_authors_that_are_there_have_moved_or_are_gone() -> None:
    text = b"".join(lines("works")).decode()
    named = Counter(re.findall(r"/authors/OL\d+A", text))
    known = keys("authors") | keys("redirects") | keys("deletes")
    assert set(named) <= known
    assert not set(named) <= keys("authors")
    assert max(named.values()) > 30
    assert '"author": "/authors/' in text
    assert re.search(r'\{"type": \{"key": "/type/author_role"\}\}', text)


def test_redirects_lead_on_round_or_nowhere() -> None:
    to = {record["key"]: record["location"] for record in records("redirects")}
    assert any(location in to for location in to.values())
    assert any(to.get(to.get(to[key], "")) == key for key in to)
    assert any(location in keys("deletes") for location in to.values())


def test_dates_and_subjects_are_odd_at_times() -> None:
    dates = Counter(record.get("publish_date") for record in records("editions"))
    plain = sum(count for text, count in dates.items() if text and re.fullmatch(r"\d{4}", text))
    assert 0.5 < plain / len(records("editions")) < 0.7
    assert {"0000", "9999", "n.d.", "\u0661\u0669\u0668\u0667"} & set(dates)
    subjects = Counter(one for record in records("works") for one in record.get("subjects", []))
    assert subjects.most_common(1)[0][1] > 20
    assert sum(count == 1 for count in subjects.values()) > len(subjects) / 3


@pytest.mark.parametrize("kind", ["ratings", "reading-log"])
def test_readers_lines_have_four_columns_and_no_reader(kind: str) -> None:
    for line in lines(kind):
        work, edition, said, day = line.decode("ascii").removesuffix("\n").split("\t")
        assert re.fullmatch(r"/works/OL\d+W", work)
        assert edition == r"\N" or edition in keys("editions")
        assert said in "12345" or said.endswith(("Read", "Reading"))
        assert str(date.fromisoformat(day)) == day


def test_a_dump_is_seven_files_named_by_its_date(tmp_path: Path) -> None:
    written = write_dump(Fraction(1, 100_000), tmp_path, date(2026, 9, 30))
    assert {file.name for file in written} == {path.name for path in tmp_path.iterdir()}
    assert {file.name for file in written} == {
        f"ol_dump_{kind}_2026-09-30.txt.gz" for kind in KINDS
    }
    for file in written:
        text = gzip.decompress((tmp_path / file.name).read_bytes())
        assert (text.count(b"\n"), len(text)) == (file.lines, file.raw)
