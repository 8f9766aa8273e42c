"""Bad weather: no mart is ever missing or half there, and one rerun mends all.

Each storm meets a rebuild of two marts that changes them, while a reader asks for one of the two
all the time; and one meets a merge.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.support.streaming_files import Received, at

from .cloud import QueryFailed
from .faults import ALWAYS
from .production import NO_TESTS
from .trino import Trino
from .two_state_production import KEY, YEARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from .cloud import Cloud
    from .service import Execution
    from .two_state_production import Ground, Tables

PATIENCE = 120  # seconds until what must happen has happened


def until(happened: Callable[[], object]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.05)


@pytest.fixture
def ground(grounding: Future[Ground], cloud: Cloud) -> Ground:
    undisturbed = grounding.result()
    assert cloud is undisturbed.production.cloud
    return undisturbed


@contextmanager
def storm(ground: Ground) -> Iterator[int]:
    """Give the year to rebuild with; after it, each table is as before or as it is to be."""
    cloud = ground.production.cloud
    before = ground.read()
    (year,) = (year for year in YEARS if ground.truths[year] != before)
    after = ground.truths[year]
    with reader(ground) as seen:
        yield year
        cloud.faults.clear()
        left = ground.read()
        assert left.keys() == after.keys()
        torn = [mart for mart in left if left[mart] not in (before[mart], after[mart])]
        assert torn == []
        if left != after:
            ground.run(year)
    assert ground.read() == after
    assert seen <= {_answer(before), _answer(after)}
    assert _answer(after) in seen


def _answer(tables: Tables) -> tuple[str, str]:
    dated = tables["books_per_year"]
    return str(len(tables["books"])), str(sum(int(row[1] or 0) for row in dated))


@contextmanager
def reader(ground: Ground) -> Iterator[set[object]]:
    """Ask for a mart until the end of the block, and once after it; give all answers and errors."""
    seen: set[object] = set()
    ended = threading.Event()

    def read() -> None:
        while True:
            last = ended.is_set()
            try:
                seen.update(ground.production.rows("books", "count(*), count(first_publish_year)"))
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


def building(ground: Ground) -> list[Execution]:
    """Queries that build the mart, on their way."""
    return [
        execution
        for execution in ground.production.cloud.statements
        if "books__building_" in str(execution.statement.target)
        and execution.access_key == KEY
        and not execution.ended.is_set()
    ]


def asked(ground: Ground, action: str, table: str) -> int:
    """How often this was asked of a mart so far, by dbt or by the engine."""
    return sum(
        count
        for call, count in ground.production.cloud.calls.items()
        if call.action == action and call.resource.endswith(f"/{ground.schema}/{table}")
    )


def test_weather_that_passes_is_ridden_out(ground: Ground) -> None:
    cloud = ground.production.cloud
    with storm(ground) as year:
        cloud.faults.throttle(4, by=KEY)
        cloud.faults.throttle(2, "athena:GetQueryExecution", by=KEY)
        cloud.faults.throttle(2, "glue:UpdateTable", by=KEY)
        cloud.faults.s3(503, times=2, by=KEY)
        ours = f"*/{ground.schema}/*"
        cloud.faults.s3(500, times=2, action="PutObject", key=ours, by=Trino.ACCESS_KEY)
        cloud.faults.s3(503, times=2, action="GetObject", key=ours, by=Trino.ACCESS_KEY)
        ground.run(year)
        assert cloud.faults.pending == 0
        assert ground.read() == ground.truths[year]


def test_throttling_that_lasts_fails_loudly(ground: Ground) -> None:
    with storm(ground) as year:
        ground.production.cloud.faults.throttle(ALWAYS, by=KEY)
        assert "TooManyRequestsException" in ground.run(year, fails=True)


def test_a_query_that_fails_half_way_leaves_the_old_mart(ground: Ground) -> None:
    with storm(ground) as year:
        ground.production.cloud.faults.fail_query(ground.building)
        told = ground.run(year, fails=True)
        assert "injected by the rehearsal" in told
        assert "SKIP relation" in told  # what stands on it stays as it is, too


def test_a_token_that_expires_on_the_way_leaves_the_old_mart(ground: Ground) -> None:
    cloud = ground.production.cloud
    with storm(ground) as year:
        with cloud.faults.hold(ground.building):
            process = ground.start(year)
            until(lambda: building(ground))
            cloud.faults.expire_token(by=KEY)
            told, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert "ExpiredToken" in told
        until(lambda: not building(ground))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_cancelled_while_it_builds_leaves_the_old_mart(
    ground: Ground, number: signal.Signals
) -> None:
    with storm(ground) as year:
        with ground.production.cloud.faults.hold(ground.building):
            process = ground.start(year)
            until(lambda: building(ground))
            (execution,) = building(ground)
            process.send_signal(number)
            process.communicate(timeout=PATIENCE)
            assert process.returncode != 0
            if number == signal.SIGINT:  # dbt takes its queries with it
                until(execution.ended.is_set)
                assert execution.state == "CANCELLED"
        until(execution.ended.is_set)


def test_two_builds_at_once_do_not_meet(ground: Ground) -> None:
    with storm(ground) as year:
        with ground.production.cloud.faults.hold(ground.building):
            processes = [ground.start(year, name) for name in ("", " again")]
            until(lambda: len(building(ground)) == len(processes))
        for process in processes:
            told, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, told
        assert ground.read() == ground.truths[year]


def test_a_run_killed_before_it_swaps_leaves_what_maintenance_drops(ground: Ground) -> None:
    cloud = ground.production.cloud
    with storm(ground) as year:
        cloud.faults.throttle(ALWAYS, "glue:UpdateTable", by=KEY)
        before = asked(ground, "glue:UpdateTable", "books")
        process = ground.start(year)
        until(lambda: asked(ground, "glue:UpdateTable", "books") > before)
        process.kill()
        process.communicate()
        assert ground.unfinished()
    marts = ground.read()
    for operation in ("optimize", "vacuum"):  # there is more to do than one run of it does
        why = f"ICEBERG_{operation.upper()}_MORE_RUNS_NEEDED"
        cloud.faults.fail_query(f"{operation} ", why=why)
    ground.run(YEARS[0], "run-operation", "maintain_tables")
    assert not ground.unfinished()
    assert ground.read() == marts


def test_a_full_refresh_swaps_what_is_otherwise_added_to(ground: Ground) -> None:
    actions = ("glue:DeleteTable", "glue:UpdateTable")
    deleted, swapped = (asked(ground, action, "streams") for action in actions)
    ground.run(YEARS[0], "run", "--full-refresh", "--select", "int_streams_checked", "streams")
    after = [asked(ground, action, "streams") for action in actions]
    assert after == [deleted, swapped + 1]


def test_a_merge_that_fails_half_way_adds_nothing(ground: Ground, tmp_path: Path) -> None:
    production = ground.production

    def receive(*days: int) -> None:
        folder = tmp_path / str(days)
        streams = [("RUSH", "a@example.org", 1, at(day, 8), at(day, 9)) for day in days]
        Received(streams=streams).write(folder)
        production.extract("files", "streaming", str(folder))

    def build(*, fails: bool = False) -> str:
        return ground.run(YEARS[0], "build", "--select", "+streams", *NO_TESTS, fails=fails)

    receive(1, 2)
    build()
    before = production.rows("streams")
    receive(2, 3)
    production.cloud.faults.fail_query(rf'merge into [^(]*"{ground.schema}"."streams"')
    assert "injected by the rehearsal" in build(fails=True)
    assert production.rows("streams") == before
    assert ground.unfinished()
    build()
    after = production.rows("streams", "day(started_at)")
    assert after == [("1",), ("2",), ("3",)]
    ground.run(YEARS[0], "run-operation", "maintain_tables")
    assert not ground.unfinished()
    build()
    assert production.rows("streams", "day(started_at)") == after
