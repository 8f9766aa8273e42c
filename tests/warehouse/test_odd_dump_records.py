"""Records of dumps of any shape: the build is green, and each line is read or rejected."""

from __future__ import annotations

import gzip
import json
import os
import random
import secrets
import sys
from typing import TYPE_CHECKING, Any

from tests.support.project import NO_UNIT_TESTS, Project
from tests.support.universe import DATE, HALF, add_jumble, make, write

if TYPE_CHECKING:
    from pathlib import Path

LEAVES = [
    None,
    True,
    -1,
    1984,
    1.5,
    1e300,
    10**30,
    "",
    "text",
    "/works/OL1",
    "\0",
    "é",
    "}\t{",
    HALF,
]
FIELDS = (
    *("authors", "covers", "location", "name", "publish_date", "subjects", "title", "works"),
    *("isbn_10", "isbn_13", "languages", "number_of_pages", "ocaid", "physical_format"),
    "publishers",
)


def anything(rng: random.Random, depth: int = 0) -> Any:  # noqa: ANN401
    """Any JSON value, more or less deep."""
    kind = rng.random() if depth < 3 else 0
    if kind < 0.6:
        return rng.choice(LEAVES)
    if kind < 0.8:
        return [anything(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(["key", "author", "a"]): anything(rng, depth + 1) for _ in range(3)}


def changed(rng: random.Random, text: str) -> str:
    """A record with other values in some fields, with none of its own, or that is no JSON."""
    fate = rng.random()
    if fate < 0.05:
        return json.dumps({"key": rng.choice([None, 5, [], {}, f"/works/{rng.random()}"])})
    if fate < 0.1:  # the loader lands only what looks like an object
        return text[: rng.randrange(1, len(text))] + "}"
    record = json.loads(text)
    for field in rng.sample(FIELDS, rng.randrange(3)):
        record[field] = anything(rng)
    return json.dumps(record)


def test_any_record_is_read_or_rejected(tmp_path: Path) -> None:
    seed = int(os.environ.get("ODD_RECORDS_SEED") or secrets.randbits(32))
    sys.stdout.write(f"ODD_RECORDS_SEED={seed}\n")  # shown when the test fails
    rng = random.Random(seed)  # noqa: S311
    universe, dumps = make(50, seed), tmp_path / "dumps"
    add_jumble(universe, 500, seed)
    write(universe, dumps)
    counts = {}
    for file in dumps.iterdir():
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        rows = [line.rsplit("\t", 1) for line in lines]
        # the last column of ratings and of the reading log is a day
        odd = [f"{head}\t{changed(rng, text) if '{' in text else text}" for head, text in rows]
        file.write_bytes(gzip.compress("".join(f"{line}\n" for line in odd).encode(), 1))
        kind = file.name.removeprefix("ol_dump_").split("_")[0]
        counts[f"dump_{kind.replace('-', '_')}"] = len(lines)
    project = Project(tmp_path)
    project.extract("dump", DATE, "--from", str(dumps))
    project.dbt("build", *NO_UNIT_TESTS)
    with project.connect() as marts:
        for dataset, count in counts.items():
            read, rejected = marts.execute(
                "select count(*), count(rejection_reason) "
                "from main_intermediate.int_file_records_checked where dataset = ?",
                [dataset],
            ).fetchall()[0]
            assert read == count
            assert 0 < rejected < read
            assert marts.execute(
                "select count(*) from rejected_records where dataset = ?", [dataset]
            ).fetchone() == (rejected,)
        assert marts.execute("select count(*) > 50 from books").fetchone() == (True,)
