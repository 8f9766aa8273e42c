"""A report over the samples and over a subject that is as odd as a source can make it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from ..warehouse.conftest import SAMPLE, STREAMING, Project

if TYPE_CHECKING:
    from pathlib import Path

Work = dict[str, Any]

IMAGE = "<img src=x onerror=\"document.title='run'\">"
SCRIPT = "</script><script>document.title='run'</script><!-- \u2028 & \"q\" 'a'"
LINK = "javascript:document.title='run'"
DRY = ("--exclude-resource-type", "test", "unit_test")  # other tests test these


def work(number: int, title: object, author: str, year: int | None, editions: int) -> Work:
    return {
        "key": f"/works/OL{990_000 + number}W",
        "title": title,
        "authors": [{"key": f"/authors/OL{990_000 + len(author)}A", "name": author}],
        "first_publish_year": year,
        "edition_count": editions,
    }


BEFORE = [work(1, "Vanished", "A", 2001, 1), work(2, SCRIPT, IMAGE, 1999, 5_000)]
AFTER = [
    work(2, SCRIPT, IMAGE, 1999, 5_000),
    work(3, IMAGE, IMAGE, 2003, 4_000),
    work(4, LINK, LINK, 3000, 3_000),
    work(5, {"nested": "title"}, "rejected", 2001, 1),
]


def love() -> list[Work]:
    """The works of the tracked sample."""
    body: dict[str, Any] = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    works: list[Work] = body["works"]
    return works


def save(folder: Path, name: str, works: list[Work]) -> str:
    """A response of the API with these works, in a file."""
    path = folder / f"{name}.json"
    response = {"key": "/subjects/odd", "name": IMAGE, "subject_type": "subject"}
    path.write_text(json.dumps(response | {"work_count": len(works), "works": works}))
    return str(path)


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The samples and two loads of the odd subject: landed, built and reported."""
    folder = tmp_path_factory.mktemp("reported")
    project = Project(folder)
    project.extract("subjects", "love", "--from", str(SAMPLE))
    project.extract("subjects", "odd", "--from", save(folder, "before", BEFORE))
    project.extract("subjects", "odd", "--from", save(folder, "after", AFTER))
    project.extract("files", "streaming", str(STREAMING))
    project.dbt("build", *DRY)
    project.publish("report")
    return project
