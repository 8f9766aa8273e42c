"""One cloud for all tests, and work that runs in the background while they do.

The background work is slow and needed late, so it starts with the first test if any will need it.
"""

from __future__ import annotations

import json
import shutil
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.bench import Row, table
from tests.support import synthetic, synthetic_dump
from tests.support.dump_files import add_readers, write_sample
from tests.support.macro_cases import results_of
from tests.support.odd_files import ODD
from tests.support.odd_records import DAY, LOAD_ID, cases, land
from tests.support.project import DUMP_DATE, DUMP_FILES, NO_TESTS, SAMPLE, STORE, Project
from tests.support.streaming_files import Received, author, book, sample

from .cloud import Cloud
from .parity import Comparison, compare_all
from .production import Production, bare, deploy, statuses_of
from .two_state_production import TwoStateProduction, build_two_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.terraform import Terraform

# a shell's background job ignores SIGINT, and so would the builds that the tests start
signal.signal(signal.SIGINT, signal.default_int_handler)

# Access keys: policies are asked what came with them, or bytes are counted.
LOADER_KEY, DBT_KEY, WHOLE_KEY = "loader", "dbt", "whole"

# Environments next to production's: one that both engines build, one where AWS fails, and one for
# the macros.
BOTH, OUTAGES, MACROS = "both", "outages", "macros"

FOLDER = Path(__file__).parent

SAVED_QUERY, METRICS = "average_books_by_author", "metrics.csv"  # what is printed, and the file

DUMP_SCALE = Fraction(1, 400)  # of Open Library
NEXT_DAY = 8  # the number of a synthetic load: the first is of the day before

Engines = tuple[Project, Production]  # the same raw files, built on both
Statuses = dict[str, str]  # how a run of dbt ended: each node's status, by its unique id

DEAD_LETTER = {
    "load_id": LOAD_ID,
    "dataset": "subject_works",
    "subject": "odd",
    "offset": 7,
    "limit": 1,
    "url": "https://openlibrary.org/subjects/odd.json?limit=1&offset=7",
    "status": 500,
    "error": "Internal Server Error",
    "attempts": 6,
    "failed_at": "2026-11-21T08:00:02.000000Z",
    "extract_version": "0.1.0",
}


CHANGED = (
    *("--select", "source:open_library+", "source:open_library_dump+"),
    "+path:models/marts/catalog",
    *("path:models/marts/operations", "resource_type:snapshot", "streams"),
)


def dumps() -> Iterator[Received]:
    """The sample; odd records with a little of the sample; and the sample again, with changes.

    So records come, go and return, changed or not. The last dump is built twice. Some of its books
    are Open Library's.
    """
    yield sample()
    yield replace(ODD, books=[*ODD.books, *sample().books[:50]], movies=[*ODD.movies, *MOVIES])
    last = sample()
    for more, changed in enumerate(last.books[::10]):
        changed["pages"] += more
    last.reviews[::7] = [one | {"rating": {"rate": 1, "label": "ONE"}} for one in last.reviews[::7]]
    yield replace(
        last,
        movies=[*MOVIES, *last.movies[10:]],
        streams=[*ODD.streams, *last.streams[:50]],
        books=[
            *last.books[3:],
            book("Wuthering heights!", "Bronte, Emily", 1),
            book("Memoires d'Hadrien", "M. Yourcenar", 2),
            book("Love", "Nobody", 3),
        ],
        authors=[*last.authors[:-9], author("Emily", "1818-07-30T00:00:00.000+0000", "english")],
    )


# Two of the sample's movies, one longer and one shorter: shares of streams change.
MOVIES = [("The Great Escape", 200, "English", 876), ("THE THIRD MAN", 30, "French", 1857)]


# The background work, in this order.
BACKGROUND = (
    *("deploying", "asking_macros", "small_building", "building_two_states", "publishing"),
    *("both_building", "comparing", "testing"),
)


# What needs all background work comes late, and after it what counts statements or lets them fail,
# whoever sent them. The tests of the stand-ins come last: they need nothing that was deployed.
ORDER = (
    *("deploy", "load", "days", "permissions", "outages", "rehearsal_can_fail", "parity", "macros"),
    *("bytes", "first_hour", "destroy", "service", "shapes", "statements"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in the order in which production lives: deployed first, destroyed last."""
    ranks = {FOLDER / f"test_{name}.py": rank for rank, name in enumerate(ORDER)}
    ours = {item.path for item in items if item.path.is_relative_to(FOLDER)}
    if unknown := sorted(path.name for path in ours - ranks.keys()):
        raise pytest.UsageError(f"add {', '.join(unknown)} to ORDER in {__file__}")
    items.sort(key=lambda item: ranks.get(item.path, -1))


@pytest.fixture(scope="session", autouse=True)
def _start_background(request: pytest.FixtureRequest) -> None:
    """Start, with the first test, what any test will ask for."""
    needed = {name for item in request.session.items for name in item.fixturenames}  # type: ignore[attr-defined]
    for name in BACKGROUND:
        if name in needed:
            request.getfixturevalue(name)


@pytest.fixture(scope="session")
def background() -> Iterator[ThreadPoolExecutor]:
    """Runs one job after the other."""
    pool = ThreadPoolExecutor(1)
    yield pool
    pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: Cloud) -> Iterator[Cloud]:
    """The cloud, without faults at the start and at the end."""
    running_cloud.faults.clear()
    yield running_cloud
    running_cloud.faults.clear()


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Iterator[list[Row]]:
    """What was measured: printed at the end."""
    rows: list[Row] = []
    yield rows
    record_property("figures", [astuple(row) for row in rows])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    figures = [
        Row(*row)
        for report in chain.from_iterable(terminalreporter.stats.values())
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, rows in report.user_properties
        if name == "figures"
        for row in rows  # type: ignore[attr-defined]
    ]
    if figures:
        terminalreporter.section("figures")
        terminalreporter.write_line(table(figures))


@pytest.fixture(scope="session")
def deploying(
    running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[tuple[Terraform, Production]]]:
    """Production, being made by Terraform, which waits most of the time."""
    with ThreadPoolExecutor(1) as elsewhere:
        yield elsewhere.submit(deploy, running_cloud, tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="session")
def deployed(deploying: Future[tuple[Terraform, Production]]) -> tuple[Terraform, Production]:
    """Production, made by Terraform, with nothing in it; and the Terraform that made it."""
    return deploying.result()


@pytest.fixture(scope="session")
def production(deployed: tuple[Terraform, Production]) -> Production:
    return deployed[1]


@pytest.fixture(scope="session")
def small_building(
    background: ThreadPoolExecutor,
    deploying: Future[tuple[Terraform, Production]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Future[Engines]:
    """A few files on both engines, being built."""
    project = Project(tmp_path_factory.mktemp("both"))
    return background.submit(_build_few, project, deploying)


@pytest.fixture(scope="session")
def building_two_states(
    background: ThreadPoolExecutor, deploying: Future[tuple[Terraform, Production]]
) -> Future[TwoStateProduction]:
    """The environment for outages, being built."""
    return background.submit(lambda: build_two_states(deploying.result()[1].of(OUTAGES)))


@pytest.fixture(scope="session")
def publishing(
    background: ThreadPoolExecutor,
    small_building: Future[Engines],
    tmp_path_factory: pytest.TempPathFactory,
) -> Future[Path]:
    """The folder where Athena's `export`, `report.html` and `metrics.csv` are being written."""
    folder = tmp_path_factory.mktemp("published")

    def publish() -> Path:
        _, athena = small_building.result()
        athena.publish("export", EXPORT_ROOT=str(folder / "export"))
        athena.publish("report", REPORT_PATH=str(folder / "report.html"))
        (folder / METRICS).write_text(athena.publish("metrics", SAVED_QUERY), encoding="utf-8")
        return folder

    return background.submit(publish)


@pytest.fixture(scope="session")
def both_building(
    background: ThreadPoolExecutor, small_building: Future[Engines]
) -> Future[Engines]:
    """The same, 20,000 works and a whole dump, being built."""
    return background.submit(lambda: _build_more(*small_building.result()))


@pytest.fixture(scope="session")
def comparing(
    background: ThreadPoolExecutor, both_building: Future[Engines]
) -> Future[list[Comparison]]:
    """How the engines' tables differ, being compared."""
    return background.submit(lambda: compare_all(*both_building.result()))


@pytest.fixture(scope="session")
def testing(
    background: ThreadPoolExecutor, both_building: Future[Engines]
) -> Future[tuple[Statuses, Statuses]]:
    """How the data tests end on DuckDB, and all tests on Athena, being run."""

    def test() -> tuple[Statuses, Statuses]:
        project, athena = both_building.result()
        athena.called_by(WHOLE_KEY).dbt("test")
        return statuses_of(project.target), athena.statuses()

    return background.submit(test)


@pytest.fixture(scope="session")
def asking_macros(
    running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[list[str | None]]]:
    """What Athena makes of each case of a macro, being asked while Terraform waits for AWS."""
    athena = bare(running_cloud, MACROS, tmp_path_factory.mktemp(MACROS))
    with ThreadPoolExecutor(1) as elsewhere:
        yield elsewhere.submit(results_of, athena.dbt)


@pytest.fixture(scope="session")
def small(small_building: Future[Engines]) -> Engines:
    return small_building.result()


@pytest.fixture(scope="session")
def both(both_building: Future[Engines]) -> Engines:
    return both_building.result()


def _build_few(project: Project, deploying: Future[tuple[Terraform, Production]]) -> Engines:
    """Build the same few raw files on both engines; publish DuckDB's while Terraform waits for AWS.

    They hold the real page; a part of a dump; a store's catalogue; records of every odd shape;
    12,000 synthetic works, more than are read at once; a dead letter; and received files, one state
    after the other, with builds in between.
    """
    builds: list[tuple[Path, tuple[str, ...]]] = []  # the raw zone as it was, and what was built

    def build(*what: str) -> None:
        project.dbt("build", *what, *NO_TESTS)
        builds.append((project.scratch / f"raw-{len(builds)}", what))
        shutil.copytree(project.raw_root, builds[-1][0])

    for number, received in enumerate(dumps()):
        folder = received.write(project.scratch / f"received-{number}")
        project.extract("files", "streaming", str(folder), "--allow-shrink")
        if number < 2:
            build("--selector", "history")
    project.extract("subjects", "love", "--from", str(SAMPLE))
    odd = [line for line, _ in cases()]
    land(project.raw_root, odd, len(odd))
    synthetic.land(project.raw_root, "war", 2_000, seed=1, number=0)
    synthetic.land(project.raw_root, "space", 10_000, seed=2, number=2)
    dead_letters = project.raw_root / "dead_letters" / DAY
    dead_letters.mkdir(parents=True)
    line = json.dumps(DEAD_LETTER) + "\n"
    folder = write_sample(project.scratch / "dump", "/works/OL21177W")  # of the real page, too
    project.extract("dump", DUMP_DATE, "--from", str(folder), "--only", DUMP_FILES)
    project.extract("files", "store", str(STORE))
    (dead_letters / f"{LOAD_ID}-000000007-aaaaaaaaaaaa.jsonl").write_text(line)
    build()
    for output in ("export", "report"):
        project.publish(output)
    printed = project.publish("metrics", SAVED_QUERY)
    (project.scratch / METRICS).write_text(printed, encoding="utf-8")

    athena = deploying.result()[1].of(BOTH)
    for raw_root, what in builds:
        athena.land(raw_root)
        athena.dbt("build", *what, *NO_TESTS)
    return project, athena


def _build_more(project: Project, athena: Production) -> Engines:
    """Land a 400th of a dump and 20,000 more synthetic works, and build what they change.

    The works belong to three subjects: two share works, and one has an older load. The dump's day
    is between two of the loads, so some of its works are newer than the API's, and some are older.
    Snapshots and streams see records that they have seen before. DuckDB's tables are then tested,
    and not changed again.
    """
    synthetic.land(project.raw_root, "war", 10_000, seed=1, number=1)
    synthetic.land(project.raw_root, "time", 10_000, seed=2, number=NEXT_DAY)
    folder, day = project.scratch / "whole dump", synthetic.FIRST_LOAD.date()
    synthetic_dump.write_dump(DUMP_SCALE, folder, day)
    add_readers(folder, "/works/OL21177W", day.year)  # its author rises
    project.extract("dump", f"{day}", "--from", str(folder))
    athena.land(project.raw_root)
    for dbt in (project.dbt, athena.called_by(WHOLE_KEY).dbt):
        dbt("build", *CHANGED, *NO_TESTS)
    project.dbt("test", "--exclude-resource-type", "unit_test", "--write-json")
    return project, athena
