"""Synthetic works look like real ones, and their loads like those that the loader lands."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.catalogue import key_of
from tests.support.faults import compact
from tests.support.stand_in import StandIn
from tests.support.synthetic import land, works

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples/open_library/love-limit1000-offset0.json.gz"
COUNT = 20_000

Record = dict[str, Any]


@cache
def synthetic() -> tuple[bytes, ...]:
    return tuple(works(COUNT, seed=1))


@cache
def records() -> tuple[Record, ...]:
    return tuple(json.loads(work) for work in synthetic())


@cache
def real() -> tuple[Record, ...]:
    return tuple(json.loads(gzip.decompress(SAMPLE.read_bytes()))["works"])


def mentions() -> list[Record]:
    return [author for record in records() for author in record["authors"]]


# --- works ----------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_works_again() -> None:
    assert list(works(500, seed=7)) == list(works(500, seed=7))
    assert list(works(500, seed=7)) != list(works(500, seed=8))
    assert [len(list(works(count, seed=1))) for count in (0, 1, 2, 999)] == [0, 1, 2, 999]


def test_works_are_compact_json_in_the_string_order_of_their_keys() -> None:
    assert all(compact(record) == work for record, work in zip(records(), synthetic(), strict=True))
    keys = [record["key"] for record in records()]
    assert all(one < two for one, two in pairwise(keys))
    assert len({len(key) for key in keys}) > 1
    numbers = [int(key[len("/works/OL") : -1]) for key in keys]
    assert numbers != sorted(numbers)


def test_keys_are_distinct_where_they_are_dense() -> None:
    keys = (key_of(work) for work in islice(works(20_000_000, seed=1), 50_000))
    assert all(one < two for one, two in pairwise(keys))


def test_works_have_the_fields_of_real_ones() -> None:
    def shapes(of: tuple[Record, ...]) -> dict[str, set[str]]:
        found = defaultdict(set)
        for record in of:
            for name, value in record.items():
                found[name].add(type(value).__name__)
            for name, value in (record.get("availability") or {}).items():
                found[f"availability.{name}"].add(type(value).__name__)
        return found

    ours, theirs = shapes(records()), shapes(real())
    assert list(records()[0])[:16] == list(real()[0])[:16]
    assert set(ours) == set(theirs)
    assert {"int", "NoneType"} == ours["first_publish_year"]
    assert {"str", "NoneType"} == ours["ia"]


def test_works_are_as_large_as_real_ones_and_compress_alike() -> None:
    assert 700 < sum(map(len, synthetic())) / COUNT < 1_200
    page = b",".join(synthetic()[:1000])
    real_page = b",".join(map(compact, real()))
    ratio, real_ratio = (len(gzip.compress(one)) / len(one) for one in (page, real_page))
    assert 0.8 < ratio / real_ratio < 1.25


def test_a_few_authors_wrote_much_and_most_little() -> None:
    counts = sorted(Counter(author["key"] for author in mentions()).values())
    assert counts[-1] > 100 * counts[len(counts) // 2]
    assert sum(count == 1 for count in counts) > len(counts) / 3


def test_names_are_shared_misspelt_missing_and_decomposed() -> None:
    names, keys = defaultdict(set), defaultdict(set)
    for author in mentions():
        names[author["key"]].add(author["name"])
        keys[author["name"]].add(author["key"])
    assert sum(len(spellings) > 1 for spellings in names.values()) > 50
    assert sum(len(namesakes) > 1 for name, namesakes in keys.items() if name) > 50
    assert len(keys[""]) > 1
    assert any(not unicodedata.is_normalized("NFC", name) for name in keys)
    assert any(name != name.strip() for name in keys)


def test_authors_are_none_one_or_many() -> None:
    counts = Counter(len(record["authors"]) for record in records())
    assert 0.02 < counts[0] / COUNT < 0.05
    assert counts[1] > COUNT / 2
    assert max(counts) > 5


def test_years_are_absent_and_absurd_at_times() -> None:
    years = Counter(record["first_publish_year"] for record in records())
    assert 0.02 < years[None] / COUNT < 0.08
    assert {0, 1, 1000, 2049, 9999} < set(years)
    plausible = sum(count for year, count in years.items() if year and 1450 <= year <= 2027)
    assert plausible > 0.9 * COUNT


def test_there_are_orphans_and_odd_titles() -> None:
    assert 10 < sum(record["key"].endswith("M") for record in records()) < 200
    titles = Counter(record["title"] for record in records())
    assert titles["__None__"] > 1
    assert titles[""] > 1
    assert any("\x1e" in title for title in titles)
    assert any('"' in title and "\\" in title for title in titles)


# --- loads ----------------------------------------------------------------------------------------


def landed(root: Path, dataset: str) -> list[Record]:
    lines = []
    for path in sorted((root / dataset).glob("load_date=*/*")):
        text = path.read_bytes()
        text = gzip.decompress(text) if path.suffix == ".gz" else text
        lines += [json.loads(line) for line in text.split(b"\n") if line]
    return lines


def test_a_load_is_what_the_loader_lands_of_the_same_works(tmp_path: Path) -> None:
    with StandIn({"love": synthetic()[:2500]}) as api:
        environment = {"RAW_ROOT": str(tmp_path / "loader"), "OPEN_LIBRARY_URL": api.url}
        subprocess.run(
            [sys.executable, "-m", "extract", "subjects", "love", "--rate", "0"],
            env=os.environ | environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
    for number in range(2):
        land(tmp_path / "ours", "love", 2500, number=number)
    theirs, ours, second = (
        landed(tmp_path / "loader", "loads") + landed(tmp_path / "ours", "loads")
    )  # fmt: skip
    assert set(ours) == set(theirs)
    assert set(ours["parts"][0]) == set(theirs["parts"][0])
    assert set(ours["response"]) == set(theirs["response"])
    for name in ("record_count", "work_count", "promised_count", "is_complete", "dataset"):
        assert ours[name] == theirs[name] == second[name]
    assert {len(one["load_id"]) for one in (ours, theirs)} == {44}
    assert ours["load_id"] < second["load_id"]
    events = [landed(tmp_path / root, "load_events")[0] for root in ("loader", "ours")]
    assert set(events[0]) == set(events[1])


def test_a_load_lists_its_parts_and_pages_overlap_by_one(tmp_path: Path) -> None:
    land(tmp_path, "love", 2500, seed=3)
    record = landed(tmp_path, "loads")[0]
    for part in record["parts"]:
        packed = (tmp_path / "subject_works" / part["path"]).read_bytes()
        assert part["bytes"] == len(packed)
        assert part["sha256"] == hashlib.sha256(packed).hexdigest()
    assert [part["offset"] for part in record["parts"]] == [0, 999, 1998]
    lines = landed(tmp_path, "subject_works")
    assert len(lines) == record["record_count"] == 2502
    by_place = {line["offset"] + line["position"]: line["record"]["key"] for line in lines}
    assert list(by_place.values()) == [json.loads(work)["key"] for work in works(2500, seed=3)]
    assert all(
        by_place[line["offset"] + line["position"]] == line["record"]["key"] for line in lines
    )
    assert set(lines[0]) == {"load_id", "subject", "offset", "position", "fetched_at", "record"}
    assert all(len(line["fetched_at"]) == 27 for line in lines)


@pytest.mark.parametrize("count", [0, 1, 1000, 1001])
def test_small_loads(tmp_path: Path, count: int) -> None:
    land(tmp_path, "war", count)
    assert landed(tmp_path, "loads")[0]["work_count"] == count
    assert len(landed(tmp_path, "subject_works")) == count + (count > 1000)
