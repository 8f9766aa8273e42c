"""What the loader lands is what the API sent, and the loader finds it again."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from extract.raw_zone import RawZone
from extract.subjects.landing import Line, SubjectLoad, land_page, read_back
from extract.subjects.names import parse_subject
from extract.subjects.response import identity
from tests.support import faults
from tests.support.catalogue import key_of
from tests.support.faults import Fault, including
from tests.support.loader_runs import COUNT, OFFSETS, Runs, works
from tests.support.memory import Memory
from tests.support.raw_reader import everything, offsets_on_disk, visible

if TYPE_CHECKING:
    from collections.abc import Callable

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

ORIGIN = {
    "load_id",
    "dataset",
    "subject",
    "subject_given",
    "source",
    "source_url",
    "requested_limit",
    "started_at",
    "extract_version",
}

NESTED = (
    b'{"key":"/works/OL1W","title":"a","title":"b","n":1.50e+3,"big":123456789012345678901234567890,'
    b'"deep":[[[{"a":{"b":[]}}]]],"t":"\\u00e9 \\/ \\ud83d\\ude00 \xc3\xa9 \\u001e \xe2\x80\xa8",'
    b'"z":-0.0,"e":"","nil":null,"record":"}","offset":7}'
)


def lines(*works: bytes, offset: int = 0) -> list[Line]:
    raws = map(msgspec.Raw, works)
    return [Line(offset, position, raw, identity(raw)) for position, raw in enumerate(raws)]


def test_landing_what_the_api_sent_equals_reading_it_back(loader: Runs) -> None:
    odd = [NESTED] + [
        b'{"key":"/works/OL%dW","title":%b}' % (number, title)
        for number, title in enumerate(
            [b"null", b"[]", b'"\\ud83d\\ude00"', b'"' + b"x" * 2_000_000 + b'"', b'"__None__"'], 2
        )
    ]
    loader.api.catalogue["love"] = odd
    assert loader.run("subjects", "love").code == 0
    assert loader.committed().works == odd


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.lists(json_values.map(lambda value: json.dumps(value).encode()), max_size=5))
def test_any_works_are_read_back_as_they_were_landed(works: list[bytes]) -> None:
    works = [work.replace(b"Infinity", b"1e999") for work in works]
    zone = RawZone(Memory())
    load = SubjectLoad.begin(parse_subject("a \u2028 \x00 ' name"), None, None)
    part = land_page(zone, load, 999, "2026-11-21T08:00:00.000000Z", lines(*works, offset=999))
    (found,) = read_back(zone, load)
    assert found.part == part
    assert [bytes(line.work) for line in found.lines] == works
    assert [line.offset + line.position for line in found.lines] == [
        999 + n for n in range(len(works))
    ]


def test_each_record_says_what_the_contract_wants(loader: Runs) -> None:
    assert loader.run("subjects", " LOVE ").code == 0
    record = loader.committed().record
    assert record.keys() == ORIGIN | {
        "source_files",
        "is_complete",
        "completed_at",
        "promised_count",
        "record_count",
        "work_count",
        "drift_count",
        "missing_places",
        "parts",
        "bytes",
        "requests",
        "retries",
        "response",
    }
    assert record["dataset"] == "subject_works"
    assert (record["subject"], record["subject_given"]) == ("love", " LOVE ")
    assert (record["source"], record["source_url"]) == ("api", loader.api.url)
    assert record["source_files"] == []
    assert record["requested_limit"] is None
    assert record["extract_version"] == "0.1.0"
    assert record["record_count"] == COUNT + 3, "three works are on two pages"
    assert record["response"] == {
        "key": "/subjects/love",
        "name": "love",
        "subject_type": "subject",
        "solr_query": 'subject_key:"love"',
        "work_count": COUNT,
    }
    assert [part["offset"] for part in record["parts"]] == OFFSETS
    assert TIME.fullmatch(record["started_at"])
    assert TIME.fullmatch(record["completed_at"])
    assert record["started_at"] < record["completed_at"]

    (event,) = loader.records("load_events")
    assert event.keys() >= ORIGIN
    assert event["event"] == "started"
    assert TIME.fullmatch(event["occurred_at"])

    heads = [head for head, _ in loader.committed().lines]
    assert {frozenset(head) for head in heads} == {
        frozenset({"load_id", "subject", "offset", "position", "fetched_at"})
    }
    assert sorted((head["offset"], head["position"]) for head in heads) == [
        (offset, position) for offset in OFFSETS for position in range(min(1000, COUNT - offset))
    ]
    assert all(TIME.fullmatch(head["fetched_at"]) for head in heads)


def test_files_are_where_the_contract_says(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    assert loader.run("resume").code == 0
    record = loader.committed().record
    day, load_id = record["started_at"][:10], record["load_id"]
    # of sha256("love"), by another program
    assert re.fullmatch(r"\d{8}T\d{12}Z-686f746a95b6f836-[0-9a-f]{4}", load_id)
    below = {
        "subject_works": rf"{load_id}-\d{{9}}-[0-9a-f]{{12}}\.jsonl\.gz",
        "loads": rf"{load_id}\.jsonl",
        "load_events": rf"{load_id}-[0-9a-f]{{12}}\.jsonl",
        "dead_letters": rf"{load_id}-000002997-[0-9a-f]{{12}}\.jsonl",
    }
    for key in everything(loader.root):
        dataset, folder, name = key.split("/")
        assert folder == f"load_date={day}"
        assert re.fullmatch(below[dataset], name), key
    assert {key.split("/")[0] for key in everything(loader.root)} == set(below)


def test_a_failed_load_says_why_and_what_it_cost(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "1").code == 3
    events = sorted(loader.records("load_events"), key=lambda event: event["occurred_at"])
    assert [event["event"] for event in events] == ["started", "failed"]
    failed = events[1]
    assert failed["error_type"] == "SourceUnavailable"
    assert "503" in failed["error"]
    assert failed["landed_page_count"] == 3
    assert failed["promised_count"] == COUNT
    assert failed["requests"] == len(loader.api.requests) == 1 + 3 + 2
    assert failed["retries"] == 1


def test_a_load_that_spans_midnight_stays_in_one_day() -> None:
    zone = RawZone(store := Memory())
    with time_machine.travel(datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC), tick=False):
        load = SubjectLoad.begin(parse_subject("love"), None, None)
        zone.write_event(load, "started")
    with time_machine.travel(datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC), tick=False):
        land_page(zone, load, 0, "2026-11-22T00:00:01.000000Z", lines(b"{}"))
        zone.write_dead_letter(load, 999)
        zone.commit(load, {}, amends=False)
    assert load.started_at == "2026-11-21T23:59:59.000000Z"
    assert load.load_id.startswith("20261121T235959000000Z-")
    assert {key.split("/")[1] for key in store.objects} == {"load_date=2026-11-21"}


def test_what_is_typed_in_a_name_is_only_data(loader: Runs) -> None:
    name = 'Café "\u202e 文学\x00\x1b]0;'
    slug = "café_\u202e_文学\x00\x1b0"
    loader.api.catalogue[slug] = list(loader.api.catalogue["love"])
    assert loader.run("subjects", name).code == 0
    record = loader.assert_whole(slug).record
    assert (record["subject"], record["subject_given"]) == (slug, name)


def test_of_two_that_commit_one_load_the_first_does() -> None:
    zone = RawZone(Memory())
    load = SubjectLoad.begin(parse_subject("love"), None, None)
    zone.commit(load, {"work_count": 1}, amends=False)
    zone.commit(load, {"work_count": 2}, amends=False)
    assert [record["work_count"] for record in zone.commits()] == [1]
    zone.commit(load, {"work_count": 3}, amends=True)
    assert [record["work_count"] for record in zone.commits()] == [3]


def test_a_put_whose_answer_was_lost_is_not_a_failure() -> None:
    class Repeating(Memory):
        def put(self, key: str, body: bytes | bytearray) -> None:
            super().put(key, body)
            super().put(key, body)

    zone = RawZone(Repeating())
    load = SubjectLoad.begin(parse_subject("love"), None, None)
    zone.write_event(load, "started")
    land_page(zone, load, 0, "", lines(b"{}"))
    zone.commit(load, {}, amends=False)
    found = (zone.commits(), zone.events(), read_back(zone, load))
    assert [len(list(records)) for records in found] == [1, 1, 1]


def damage_gzip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 0xFF
    path.write_bytes(body)


@pytest.mark.parametrize(
    "damage",
    [
        damage_gzip,
        lambda path: path.write_bytes(path.read_bytes()[:100]),
        lambda path: path.write_bytes(b"no gzip"),
        lambda path: path.write_bytes(gzip.compress(b'{"offset":0}\n')),
        lambda path: path.write_bytes(gzip.compress(b"<html>")),
    ],
    ids=["bits", "cut", "not_gzip", "no_line", "not_json"],
)
def test_a_damaged_part_of_an_unfinished_load_is_fetched_again(
    loader: Runs, damage: object
) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    part = visible(loader.root, "subject_works")[0]
    assert callable(damage)
    damage(part)
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    assert len(loader.missing_since(asked)) == 2, "the damaged one and the one that failed"
    assert part.name not in {Path(p["path"]).name for p in loader.committed().record["parts"]}
    part.unlink()
    loader.assert_whole()


@pytest.mark.parametrize("limit", [(), ("--limit", "2000")], ids=["whole", "partial"])
@pytest.mark.parametrize("damage", [damage_gzip, Path.unlink], ids=["damaged", "missing"])
def test_a_damaged_part_of_a_committed_load_is_its_subjects_own_failure(
    loader: Runs, damage: Callable[[Path], None], limit: tuple[str, ...]
) -> None:
    loader.api.catalogue["space"] = works(20)
    loader.api.faults = [Fault(faults.html_503, faults.subject("space"))]
    assert loader.run("subjects", "space", "--retries", "0").code == 3
    bad = key_of(loader.api.catalogue["love"][1500])
    loader.api.faults = [Fault(faults.text_500, including(bad))]
    assert loader.run("subjects", "love", "--retries", "0", *limit).code == 0
    part = visible(loader.root, "subject_works")[0]
    damage(part)
    outcome = loader.run("resume")
    assert outcome.code == 8
    (failed,) = outcome.events("load_failed")
    assert failed["subject"] == "love"
    assert part.name in failed["error"]
    remedy = "; load the subject again" + (" with --limit 2000" if limit else "")
    assert failed["error"].endswith(remedy)
    loader.assert_whole("space")

    loader.api.faults.clear()
    assert loader.run("subjects", "love", *limit).code == 0
    assert loader.run("resume").code == 0, "the remedy is one"


def test_a_damaged_record_is_named(loader: Runs) -> None:
    assert loader.run("subjects", "love").code == 0
    path = visible(loader.root, "loads")[0]
    path.write_bytes(path.read_bytes()[:50])
    for command in (("subjects", "love"), ("resume",), ("loads",)):
        outcome = loader.run(*command)
        assert outcome.code == 8
        assert path.name in outcome.complaint


def test_strange_files_are_left_alone(loader: Runs) -> None:
    folder = loader.root / "loads" / "load_date=2026-11-21"
    folder.mkdir(parents=True)
    (folder / "README.txt").write_text("not ours")
    (folder / ".hidden.jsonl").write_text("{")
    assert loader.run("subjects", "love").code == 0
    assert loader.run("loads").code == 0


def test_unlisted_parts_do_no_harm(loader: Runs) -> None:
    def insert(exchange: faults.Exchange) -> None:
        exchange.catalogue.insert_near("love", 1500)

    loader.api.faults = [Fault(insert, faults.closing, times=1)]
    assert loader.run("subjects", "love").code == 0
    found = loader.assert_whole()
    assert len(visible(loader.root, "subject_works")) > len(found.record["parts"])
    assert offsets_on_disk(loader.root) == set(OFFSETS)
