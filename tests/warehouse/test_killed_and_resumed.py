"""A load that was killed and resumed ends with the same tables as one that was not."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import NO_UNIT_TESTS, ROOT, Project
from tests.support.stand_in import StandIn
from tests.support.synthetic import works

pytestmark = pytest.mark.xdist_group("killed_and_resumed")  # share one build

# what a load is called and when it ran is another each time; everything else must be the same
TABLES = {
    "authors": "*",
    "author_books": "*",
    "books": "* exclude (fetched_at)",
    "subjects": "* exclude (load_id, loaded_at)",
    "subject_books": "*",
    "books_per_author_per_year": "*",
    "average_books_per_author": "*",
    "books_per_year": "*",
    "data_quality_summary": "* exclude (load_id)",
}


ASKED = ("subjects", "love", "--rate", "0")
WORKS = 12_000


@pytest.fixture(scope="module")
def api() -> Iterator[StandIn]:
    with StandIn({"love": list(works(WORKS, seed=7))}, latency=0.15) as api:
        yield api


@pytest.fixture(scope="module")
def undisturbed(api: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("undisturbed"))
    project.extract(*ASKED, OPEN_LIBRARY_URL=api.url)
    project.dbt("build", *NO_UNIT_TESTS)
    return project


@pytest.mark.parametrize("killed_after", [2, 9])
def test_the_tables_are_the_same(
    api: StandIn, undisturbed: Project, tmp_path: Path, killed_after: int
) -> None:
    killed = Project(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "extract", *ASKED],
        cwd=ROOT,
        env={"OPEN_LIBRARY_URL": api.url, "RAW_ROOT": str(killed.raw_root)},
        stderr=subprocess.DEVNULL,
    )
    while len(list(killed.raw_root.glob("subject_works/*/*.gz"))) < killed_after:
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert not list(killed.raw_root.glob("loads/*/*")), "it was killed too late"
    killed.extract("resume", "--rate", "0", OPEN_LIBRARY_URL=api.url)
    killed.dbt("build", *NO_UNIT_TESTS)
    with killed.connect() as marts:
        marts.execute(f"attach '{undisturbed.warehouse}' as undisturbed (read_only)")
        for table, columns in TABLES.items():
            ours = f"select {columns} from {table}"  # noqa: S608
            theirs = f"select {columns} from undisturbed.{table}"  # noqa: S608
            for one, other in ((ours, theirs), (theirs, ours)):
                assert marts.execute(f"{one} except all {other}").fetchall() == [], table
        assert marts.execute("select count(*) from books").fetchone() == (WORKS,)
