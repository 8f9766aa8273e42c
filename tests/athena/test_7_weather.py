"""Bad weather: no mart is ever missing or half there, and one rerun mends all.

Each storm meets a rebuild of two marts that changes them: another first plausible year makes other
years of them. A reader asks for one of the two all the time.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from benchmarks import synthetic
from benchmarks.stand_in import StandIn
from tests.python.warehouse.conftest import DBT, ROOT

from .cloud import QueryFailed
from .conftest import DBT_KEY as KEY
from .conftest import NO_TESTS
from .faults import ALWAYS
from .trino import Trino

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from .cloud import Cloud
    from .production import Production
    from .service import Execution

YEARS = (1450, 1950)  # first plausible ones
REBUILT = ("books", "books_per_year")
CATALOG = {path.stem for path in (ROOT / "models/marts/catalog").glob("*.sql")}
BUILDING = r'create table [^(]*"books__building_'
PATIENCE = 120  # seconds until what must happen has happened

Tables = dict[str, list[tuple[str | None, ...]]]


def until(happened: Callable[[], object]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.05)


@dataclass(frozen=True)
class Ground:
    """Production whose marts have two states to go between."""

    production: Production
    truths: dict[int, Tables]  # what undisturbed runs made, by first plausible year

    def run(self, year: int, *what: str, fails: bool = False) -> str:
        return self._place(year).dbt(*_rebuild(year, *what), fails=fails)

    def start(self, year: int, name: str = "") -> subprocess.Popen[str]:
        return self._place(year, name).start(str(DBT), *_rebuild(year), "--target", "prod")

    def _place(self, year: int, name: str = "") -> Production:
        # another variable is another parse, which dbt keeps in its target folder
        return replace(self.production, scratch=self.production.scratch / f"{year}{name}")

    @property
    def schema(self) -> str:
        return self.production.environment["ATHENA_SCHEMA"]

    def tables(self) -> set[str]:
        glue = self.production.cloud.client("glue")
        return {table["Name"] for table in glue.get_tables(DatabaseName=self.schema)["TableList"]}

    def unfinished(self) -> set[str]:
        return {name for name in self.tables() if "__building_" in name}

    def read(self) -> Tables:
        """The catalog: the rows of the marts that are rebuilt, the counts of the others."""
        others = (self.tables() & CATALOG) - set(REBUILT)
        assert len(others) > len(REBUILT)
        counts = " union all ".join(
            f"select '{mart}' as mart, count(*) as row_count from {self.schema}.{mart}"  # noqa: S608
            for mart in sorted(others)
        )
        rows = {mart: self.production.rows(mart) for mart in REBUILT}
        return rows | {str(mart): [(count,)] for mart, count in self.production.cloud.query(counts)}


def _rebuild(year: int, *what: str) -> tuple[str, ...]:
    what = what or ("run", "--select", "int_books_deduplicated", *REBUILT)
    return ("--no-use-colors", *what, "--vars", f"first_plausible_year: {year}")


@pytest.fixture(scope="module")
def undisturbed(production: Production) -> Ground:
    ground = Ground(production.of("weather").called_by(KEY), {})
    ground.run(YEARS[0], "build", *NO_TESTS)  # of nothing: nothing has been landed
    with StandIn({"love": list(synthetic.works(50, seed=1))}) as api:
        asks = {"OPEN_LIBRARY_URL": api.url, "NO_PROXY": "*"}
        ground.production.extract("subjects", "love", "--rate", "0", environment=asks)
    ground.run(YEARS[0], "run", "--select", "+path:models/marts/catalog")
    ground.truths[YEARS[0]] = ground.read()
    ground.run(YEARS[1])
    ground.truths[YEARS[1]] = ground.read()
    assert all(ground.truths[YEARS[0]][mart] != ground.truths[YEARS[1]][mart] for mart in REBUILT)
    return ground


@pytest.fixture
def ground(undisturbed: Ground, cloud: Cloud) -> Ground:
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


def test_weather_that_passes_is_ridden_out(ground: Ground) -> None:
    cloud = ground.production.cloud
    with storm(ground) as year:
        cloud.faults.throttle(4, by=KEY)
        cloud.faults.throttle(2, "athena:GetQueryExecution", by=KEY)
        cloud.faults.throttle(2, "glue:UpdateTable", by=KEY)
        cloud.faults.s3(503, times=2, by=KEY)
        cloud.faults.s3(500, times=2, action="PutObject", by=Trino.ACCESS_KEY)
        cloud.faults.s3(503, times=2, action="GetObject", by=Trino.ACCESS_KEY)
        ground.run(year)
        assert cloud.faults.pending == 0
        assert ground.read() == ground.truths[year]


def test_throttling_that_lasts_fails_loudly(ground: Ground) -> None:
    with storm(ground) as year:
        ground.production.cloud.faults.throttle(ALWAYS, by=KEY)
        assert "TooManyRequestsException" in ground.run(year, fails=True)


def test_a_query_that_fails_half_way_leaves_the_old_mart(ground: Ground) -> None:
    with storm(ground) as year:
        ground.production.cloud.faults.fail_query(BUILDING)
        told = ground.run(year, fails=True)
        assert "injected by the rehearsal" in told
        assert "SKIP relation" in told  # what stands on it stays as it is, too


def test_a_token_that_expires_on_the_way_leaves_the_old_mart(ground: Ground) -> None:
    cloud = ground.production.cloud
    with storm(ground) as year:
        with cloud.faults.hold(BUILDING):
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
        with ground.production.cloud.faults.hold(BUILDING):
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
        with ground.production.cloud.faults.hold(BUILDING):
            processes = [ground.start(year, name) for name in ("", " again")]
            until(lambda: len(building(ground)) == len(processes))
        for process in processes:
            told, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, told
        assert ground.read() == ground.truths[year]


def test_a_run_killed_before_it_swaps_leaves_what_maintenance_drops(ground: Ground) -> None:
    cloud = ground.production.cloud

    def swaps() -> int:
        return sum(
            count
            for call, count in cloud.calls.items()
            if call.access_key == KEY
            and call.action == "glue:UpdateTable"
            and call.resource.endswith("/books")
        )

    with storm(ground) as year:
        cloud.faults.throttle(ALWAYS, "glue:UpdateTable", by=KEY)
        before = swaps()
        process = ground.start(year)
        until(lambda: swaps() > before)
        process.kill()
        process.communicate()
        assert ground.unfinished()
    marts = ground.read()
    ground.run(YEARS[0], "run-operation", "maintain_tables")
    assert not ground.unfinished()
    assert ground.read() == marts
