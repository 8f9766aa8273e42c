"""AWS fails during a build: no mart is ever missing or half written, and one rerun repairs all.

Each outage hits a rebuild that changes two marts, while a reader keeps asking for one of them; the
last hits a merge.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.support.project import NO_TESTS
from tests.support.streaming_files import Received, at

from . import glue
from .cloud import QueryFailed
from .faults import ALWAYS
from .trino import Trino
from .two_state_production import KEY, YEARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path
    from typing import Any

    from .cloud import Cloud
    from .service import Execution
    from .two_state_production import Tables, TwoStateProduction

PATIENCE = 120  # seconds to wait for an event that must come


def until(happened: Callable[[], object]) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def two_states(building_two_states: Future[TwoStateProduction], cloud: Cloud) -> TwoStateProduction:
    undisturbed = building_two_states.result()
    assert cloud is undisturbed.production.cloud
    return undisturbed


@contextmanager
def outage(two_states: TwoStateProduction) -> Iterator[int]:
    """Give the year to rebuild with; afterwards each table is in its old or its new state."""
    cloud = two_states.production.cloud
    before = two_states.read()
    (year,) = (year for year in YEARS if two_states.expected[year] != before)
    after = two_states.expected[year]
    with reader(two_states) as seen:
        yield year
        cloud.faults.clear()
        left = two_states.read()
        assert left.keys() == after.keys()
        torn = [mart for mart in left if left[mart] not in (before[mart], after[mart])]
        assert torn == []
        if left != after:
            two_states.run(year)
    assert two_states.read() == after
    assert seen <= {_answer(before), _answer(after)}
    assert _answer(after) in seen


def _answer(tables: Tables) -> tuple[str, str]:
    dated = tables["books_per_year"]
    return str(len(tables["books"])), str(sum(int(row[1] or 0) for row in dated))


@contextmanager
def reader(two_states: TwoStateProduction) -> Iterator[set[object]]:
    """Query a mart until the block ends, and once more; give all answers and errors."""
    seen: set[object] = set()
    ended = threading.Event()

    def read() -> None:
        while True:
            last = ended.is_set()
            try:
                seen.update(
                    two_states.production.rows("books", "count(*), count(first_publish_year)")
                )
            except (QueryFailed, ClientError) as error:
                seen.add(str(error))
            if last:
                return
            ended.wait(1)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def building(two_states: TwoStateProduction) -> list[Execution]:
    """The running queries that build the mart."""
    return [
        execution
        for execution in two_states.production.cloud.statements
        if "books__building_" in str(execution.statement.target)
        and execution.access_key == KEY
        and not execution.ended.is_set()
    ]


def asked(two_states: TwoStateProduction, action: str, table: str) -> int:
    """How many such calls dbt and the engine have made for tables of this pattern so far."""
    pattern = f"*/{two_states.schema}/{table}"
    return sum(
        count
        for call, count in two_states.production.cloud.calls.items()
        if call.action == action and fnmatchcase(call.resource, pattern)
    )


def test_a_short_outage_does_not_fail_the_build(two_states: TwoStateProduction) -> None:
    cloud = two_states.production.cloud
    with outage(two_states) as year:
        cloud.faults.throttle(4, by=KEY)
        cloud.faults.throttle(2, "athena:GetQueryExecution", by=KEY)
        cloud.faults.throttle(2, "glue:UpdateTable", by=KEY)
        cloud.faults.s3(503, times=2, by=KEY)
        ours = f"*/{two_states.schema}/*"
        cloud.faults.s3(500, times=2, action="PutObject", key=ours, by=Trino.ACCESS_KEY)
        cloud.faults.s3(503, times=2, action="GetObject", key=ours, by=Trino.ACCESS_KEY)
        two_states.run(year)
        assert cloud.faults.pending == 0
        assert two_states.read() == two_states.expected[year]


def test_lasting_throttling_fails_the_build(two_states: TwoStateProduction) -> None:
    with outage(two_states) as year:
        two_states.production.cloud.faults.throttle(ALWAYS, by=KEY)
        assert "TooManyRequestsException" in two_states.run(year, fails=True)


def test_a_query_that_fails_half_way_leaves_the_old_mart(two_states: TwoStateProduction) -> None:
    with outage(two_states) as year:
        two_states.production.cloud.faults.fail_query(two_states.building)
        printed = two_states.run(year, fails=True)
        assert "injected by the rehearsal" in printed
        assert "SKIP relation" in printed  # what depends on it keeps its old state as well


def test_a_token_that_expires_on_the_way_leaves_the_old_mart(
    two_states: TwoStateProduction,
) -> None:
    cloud = two_states.production.cloud
    with outage(two_states) as year:
        with cloud.faults.hold(two_states.building):
            process = two_states.start(year)
            until(lambda: building(two_states))
            cloud.faults.expire_token(by=KEY)
            printed, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert "ExpiredToken" in printed
        until(lambda: not building(two_states))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_cancelled_while_it_builds_leaves_the_old_mart(
    two_states: TwoStateProduction, number: signal.Signals
) -> None:
    with outage(two_states) as year:
        with two_states.production.cloud.faults.hold(two_states.building):
            process = two_states.start(year)
            until(lambda: building(two_states))
            (execution,) = building(two_states)
            process.send_signal(number)
            process.communicate(timeout=PATIENCE)
            assert process.returncode != 0
            if number == signal.SIGINT:  # dbt takes its queries with it
                until(execution.ended.is_set)
                assert execution.state == "CANCELLED"
        until(execution.ended.is_set)


def test_two_builds_at_once_do_not_meet(two_states: TwoStateProduction) -> None:
    with outage(two_states) as year:
        with two_states.production.cloud.faults.hold(two_states.building):
            processes = [two_states.start(year, name) for name in ("", " again")]
            until(lambda: len(building(two_states)) == len(processes))
        for process in processes:
            printed, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, printed
        assert two_states.read() == two_states.expected[year]


SWAP = ("glue:UpdateTable", "books")
AFTER_SWAP = ("glue:DeleteTable", "books__building_*")  # drops an entry; its data is the mart's


@pytest.mark.parametrize("ending", ["killed", "throttled"])
def test_maintenance_drops_what_a_run_left_and_no_data_of_a_mart(
    two_states: TwoStateProduction, ending: str
) -> None:
    cloud = two_states.production.cloud
    with outage(two_states) as year:
        if ending == "killed":
            before = two_states.read()
            _kill(two_states, year, SWAP)
            assert two_states.read() == before
            _kill(two_states, year, AFTER_SWAP)
        else:
            cloud.faults.throttle(ALWAYS, AFTER_SWAP[0], by=KEY)
            two_states.run(year, fails=True)
            cloud.faults.clear()
        marts = two_states.read()
        for operation in ("optimize", "vacuum"):  # there is more to do than one run of it does
            why = f"ICEBERG_{operation.upper()}_MORE_RUNS_NEEDED"
            cloud.faults.fail_query(f"{operation} ", why=why)
        assert two_states.unfinished()
        two_states.run(YEARS[0], "run-operation", "maintain_tables")
        assert not two_states.unfinished()
        assert two_states.read() == marts


def _kill(two_states: TwoStateProduction, year: int, call: tuple[str, str]) -> None:
    """Rebuild, and kill the run at this call, which leaves one more entry."""
    faults = two_states.production.cloud.faults
    left, before = two_states.unfinished(), asked(two_states, *call)
    faults.throttle(ALWAYS, call[0], by=KEY)
    process = two_states.start(year)
    until(lambda: asked(two_states, *call) > before)
    process.kill()
    process.communicate()
    faults.clear()
    assert two_states.unfinished() > left


def test_a_table_that_cannot_be_swapped_stays_as_it_was(
    two_states: TwoStateProduction, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = two_states.production.environment["ATHENA_SCHEMA"]
    as_athena_writes = glue._as_athena_writes

    def as_trino_writes(table: Mapping[str, Any]) -> Mapping[str, Any]:
        return table if schema in str(table) else as_athena_writes(table)

    with outage(two_states) as year:
        monkeypatch.setattr(glue, "_as_athena_writes", as_trino_writes)
        assert "Glue lists no partition keys" in two_states.run(year, fails=True)
        monkeypatch.undo()


def test_a_full_refresh_swaps_what_is_otherwise_added_to(two_states: TwoStateProduction) -> None:
    actions = ("glue:DeleteTable", "glue:UpdateTable")
    deleted, swapped = (asked(two_states, action, "streams") for action in actions)
    two_states.run(YEARS[0], "run", "--full-refresh", "--select", "int_streams_checked", "streams")
    after = [asked(two_states, action, "streams") for action in actions]
    assert after == [deleted, swapped + 1]


def test_a_merge_that_fails_half_way_adds_nothing(
    two_states: TwoStateProduction, tmp_path: Path
) -> None:
    production = two_states.production

    def receive(*days: int) -> None:
        folder = tmp_path / str(days)
        streams = [("RUSH", "a@example.org", 1, at(day, 8), at(day, 9)) for day in days]
        Received(streams=streams).write(folder)
        production.extract("files", "streaming", str(folder))

    def build(*, fails: bool = False) -> str:
        return two_states.run(YEARS[0], "build", "--select", "+streams", *NO_TESTS, fails=fails)

    receive(1, 2)
    build()
    before = production.rows("streams")
    receive(2, 3)
    production.cloud.faults.fail_query(rf'merge into [^(]*"{two_states.schema}"."streams"')
    assert "injected by the rehearsal" in build(fails=True)
    assert production.rows("streams") == before
    assert two_states.unfinished()
    build()
    after = production.rows("streams", "day(started_at)")
    assert after == [("1",), ("2",), ("3",)]
    two_states.run(YEARS[0], "run-operation", "maintain_tables")
    assert not two_states.unfinished()
    build()
    assert production.rows("streams", "day(started_at)") == after
