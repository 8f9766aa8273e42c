"""A record of any shape: the build is green, and each line is a book, a duplicate or rejected."""

import gzip
import json
import os
import random
import secrets
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.odd_records import (
    BOOK,
    FIELDS,
    HUGE,
    KEY_TWICE,
    MANY_AUTHORS,
    cases,
    land,
    line,
)
from tests.support.project import NO_UNIT_TESTS, SAMPLE, Project

pytestmark = pytest.mark.xdist_group("odd_records")  # share one build


def test_each_odd_record_is_a_book_or_rejected(tmp_path: Path) -> None:
    project = Project(tmp_path)
    lines = cases()
    land(project.raw_root, [one for one, _ in lines], len(lines))
    project.dbt("build", *NO_UNIT_TESTS)
    expected = sorted(reason for _, reason in lines if reason is not None)
    with project.connect() as marts:
        reasons = marts.execute("select reason from rejected_records order by 1").fetchall()
        assert [reason for (reason,) in reasons] == expected
        books = {key for (key,) in marts.execute("select book_key from books").fetchall()}
        numbers = {n for n, (_, outcome) in enumerate(FIELDS, 1) if outcome is BOOK}
        assert books == {f"/works/OL{n}W" for n in numbers} | {"/works/OL900M", "/works/OL901W"}
        assert marts.execute("select max(length(title)) from books").fetchone() == (len(HUGE),)
        assert marts.execute(
            "select first_publish_year, first_publish_year_reported from books "
            "where first_publish_year_reported is not null order by 2"
        ).fetchall() == [
            (None, -5),
            (None, 1000),
            (1984, 1984),
            (1984, 1984),
            (None, 99999999999),
        ]
        keys = {fields: f"/works/OL{n}W" for n, (fields, _) in enumerate(FIELDS, 1)}
        for fields, count in MANY_AUTHORS.items():
            # the last is the tenth again
            assert marts.execute(
                "select author_count, count(*), count(distinct author_key), max(author_position) "
                "from books inner join author_books using (book_key) where book_key = ? group by 1",
                [keys[fields]],
            ).fetchall() == [(count - 1,) * 4]
        assert marts.execute(
            "select author_key, author_name from main_intermediate.int_book_authors_unnested "
            "where book_key = ?",
            [keys[KEY_TWICE]],
        ).fetchall() == [("/authors/OL7A", "A")]


def anything(rng: random.Random, depth: int = 0) -> Any:  # noqa: ANN401
    """Any JSON value, more or less deep."""
    leaves = [None, True, -1, 1984, 1.5, 1e300, 10**30, "", "text", "/works/OL1W", "\u0000", "é"]
    kind = rng.random() if depth < 3 else 0
    if kind < 0.6:
        return rng.choice(leaves)
    if kind < 0.8:
        return [anything(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(["key", "name", "a"]): anything(rng, depth + 1) for _ in range(3)}


def test_any_record_is_a_book_a_duplicate_or_rejected(tmp_path: Path) -> None:
    seed = int(os.environ.get("ODD_RECORDS_SEED") or secrets.randbits(32))
    sys.stdout.write(f"ODD_RECORDS_SEED={seed}\n")  # shown when the test fails
    rng = random.Random(seed)  # noqa: S311
    sound = json.loads(gzip.decompress(SAMPLE.read_bytes()))["works"]
    lines = []
    for position in range(2000):
        record = dict(rng.choice(sound))
        for field in rng.sample(sorted(record), rng.randrange(4)):
            record[field] = anything(rng)
        lines.append(line(position, json.dumps(record if rng.random() < 0.9 else anything(rng))))
    project = Project(tmp_path)
    land(project.raw_root, lines, len(lines))
    # sound works are drawn more than once, so the loader's count of distinct works is unknown here
    counted = "assert_every_work_that_the_loader_counted_is_a_book_or_rejected"
    project.dbt("build", *NO_UNIT_TESTS, "--exclude", counted)
    with project.connect() as marts:
        assert marts.execute(
            "select record_count, book_count + duplicate_count + rejected_count "
            "from data_quality_summary"
        ).fetchone() == (2000, 2000)
        rejected = marts.execute("select count(*) from rejected_records").fetchone()
        assert rejected is not None
        assert 0 < rejected[0] < 2000


def test_a_source_that_changed_its_shape_leaves_the_last_marts(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.extract("subjects", "love", "--from", str(SAMPLE))
    project.dbt("build", *NO_UNIT_TESTS)
    changed = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    for work in changed["works"]:
        work["first_publish_year"] = f"c. {work['first_publish_year']}"
    saved = tmp_path / "changed.json"
    saved.write_text(json.dumps(changed))
    project.extract("subjects", "love", "--from", str(saved))
    output = project.dbt("build", *NO_UNIT_TESTS, fails=True)
    assert "assert_the_source_has_not_changed_its_shape" in output
    with project.connect() as marts:
        assert marts.execute("select count(*) from books").fetchone() == (1000,)
