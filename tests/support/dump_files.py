"""Small dumps as Open Library publishes them: seven files of a date, one line a record."""

from __future__ import annotations

import gzip
import json
import shutil
from random import Random
from typing import TYPE_CHECKING

from tests.support.project import DUMP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KINDS = ("works", "editions", "authors", "redirects", "deletes", "ratings", "reading-log")
LETTERS = {"works": "W", "editions": "M", "authors": "A"}
SHELVES = ("Want to Read", "Currently Reading", "Already Read")

Lines = dict[str, list[bytes]]

# The loader with blocks and parts so small that small files have many.
SMALL = {"PART_BYTES": 4_000, "BLOCK": 1_000}
LOADER_OF_SMALL_PARTS = """
from extract.dump import landing, lines
landing.PART_BYTES, lines.BLOCK = {PART_BYTES}, {BLOCK}
from extract.cli import main
main()
""".format_map(SMALL)


def dump_lines(count: int = 40, seed: int = 1, size: int = 200) -> Lines:
    """Lines of each file; those of works, editions and authors have about this many bytes."""
    dice = Random(seed)  # noqa: S311 - nothing secret
    lines: Lines = {kind: [] for kind in KINDS}
    for number in range(1, count + 1):
        for kind, letter in LETTERS.items():
            key = f"/{'books' if kind == 'editions' else kind}/OL{number}{letter}"
            text = "".join(dice.choices("abcdefgh é\t\n\ud83d\0", k=dice.randrange(2 * size)))
            lines[kind].append(_line(kind.removesuffix("s"), key, {"title": text}))
        moved = f"/works/OL{number + 1_000}W"
        lines["redirects"].append(_line("redirect", moved, {"location": f"/works/OL{number}W"}))
        lines["deletes"].append(_line("delete", f"/authors/OL{number + 2_000}A", {}))
        edition = "\\N" if number % 3 else f"/books/OL{number}M"
        rated = f"/works/OL{number}W\t{edition}\t{number % 5 + 1}\t2024-02-29\n"
        lines["ratings"].append(rated.encode())
        shelf = f"/works/OL{number}W\t{edition}\t{SHELVES[number % 3]}\t2026-09-30\n"
        lines["reading-log"].append(shelf.encode())
    return lines


def _line(kind: str, key: str, fields: dict[str, object]) -> bytes:
    record = {"type": {"key": f"/type/{kind}"}, "key": key, "revision": 3} | fields
    columns = (f"/type/{kind}", key, "3", "2026-09-01T12:34:56.123456", json.dumps(record))
    return ("\t".join(columns) + "\n").encode()


def name(kind: str, date: str) -> str:
    return f"ol_dump_{kind}_{date}.txt.gz"


def write_dump(folder: Path, date: str, lines: Mapping[str, list[bytes]]) -> Path:
    """Write the files of a date; the same lines give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, some in lines.items():
        (folder / name(kind, date)).write_bytes(gzip.compress(b"".join(some), 6, mtime=0))
    return folder


def write_sample(folder: Path, work: str) -> Path:
    """Copy the sample of a dump, with one more work, whose author never was."""
    shutil.copytree(DUMP, folder)
    author = {"author": {"key": "/authors/OL999999999A"}}
    record = json.dumps({"key": work, "title": "Book 5", "authors": [author]})
    (works,) = folder.glob("ol_dump_works_*.txt.gz")
    with gzip.open(works, "at") as lines:
        lines.write(f"/type/work\t{work}\t1\t2026-01-01T00:00:00.000000\t{record}\n")
    return folder


def add_readers(folder: Path, work: str, year: int) -> None:
    """Have ten more readers put a work on a shelf in each month of a year and of the one before."""
    (reading_log,) = folder.glob("ol_dump_reading-log_*.txt.gz")
    months = [f"{each}-{month:02}" for each in (year - 1, year) for month in range(1, 13)]
    with gzip.open(reading_log, "at") as lines:
        for month in months:
            lines.write(f"{work}\t\\N\tWant to Read\t{month}-01\n" * 10)
