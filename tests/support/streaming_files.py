"""Received files of the streaming company, a few records each, as a test wants them."""

import csv
import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extract.files.file_sets import file_sets

SAMPLES = Path(__file__).parents[2] / "samples" / "streaming"
Rows = list[Any]
Objects = list[dict[str, Any]]


def book(title: str, author: str, pages: object, publisher: str | None = "P") -> dict[str, Any]:
    return {"name": title, "author": author, "pages": pages, "publisher": publisher}


def author(name: str | None, born: str | None = None, slug: str | None = None) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "birth_date": born, "died_at": None},
        "nationalities": [{"id": None, "label": slug and slug.title(), "slug": slug}],
    }


def review(movie: str, created: str, rating: object, book_title: str = "B") -> dict[str, Any]:
    return {
        "content": {"text": "Good."},
        "rating": {"rate": rating, "label": "N"},
        "books": [{"id": None, "metadata": {"title": book_title, "pages": "unknown"}}],
        "movies": [{"id": 0, "title": "end"}, {"id": 0, "title": movie}],
        "created": created,
        "updated": created,
    }


@dataclass
class Received:
    """A set of files: by default one record that never changes in each, and no streams."""

    movies: Rows = field(default_factory=lambda: [("Rush", 100, "English", 700)])
    streams: Rows = field(default_factory=list)
    users: Rows = field(default_factory=lambda: [("A", "B", "a@example.org")])
    books: Objects = field(default_factory=lambda: [book("B", "Author", 1)])
    authors: Objects = field(default_factory=lambda: [author("Author")])
    reviews: Objects = field(default_factory=lambda: [review("RUSH", at(1, 8), 5)])

    def write(self, folder: Path) -> Path:
        """Write the files to a folder."""
        folder.mkdir(parents=True)
        for wanted in file_sets()["streaming"].files:
            records = getattr(self, Path(wanted.name).stem)
            with (folder / wanted.name).open("w", encoding="utf-8", newline="") as file:
                if wanted.columns:
                    csv.writer(file).writerows([wanted.columns, *records])
                else:
                    json.dump(records, file, indent=4)
        return folder


def at(day: int, hour: int, minute: int = 0) -> str:
    """A time of December 2021 as the sources write it."""
    return f"2021-12-{day:02}T{hour:02}:{minute:02}:00.000+0100"


def sample() -> Received:
    """The streaming company's files of ``samples/``."""
    received: dict[str, list[Any]] = {}
    for wanted in file_sets()["streaming"].files:
        with gzip.open(
            SAMPLES / wanted.folder / f"{wanted.name}.gz", "rt", encoding="utf-8", newline=""
        ) as file:
            name = Path(wanted.name).stem
            received[name] = list(csv.reader(file))[1:] if wanted.columns else json.load(file)
    return Received(**received)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the samples' CSV files, by column."""
    with gzip.open(SAMPLES / "internal" / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def dump(name: str) -> Objects:
    """The records of one of the samples' JSON files."""
    with gzip.open(SAMPLES / "vendor" / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        return list(json.load(file))
