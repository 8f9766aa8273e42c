"""dbt's commands as people type them, each in a new warehouse: nothing needs another one before."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.project import NO_TESTS, NO_UNIT_TESTS, SAMPLE, STREAMING, Project

RUN = ("run",)
TEST = ("test", *NO_UNIT_TESTS)
BUILD = ("build", *NO_UNIT_TESTS)
FIRST = {
    "snapshot": (("snapshot",),),
    "freshness": (("source", "freshness"),),
    "build_a_mart": (("build", "--select", "+books"), ("test", "--select", "books")),
    "run_a_mart": (("run", "--select", "+books"), TEST),
    "run_one_table": (("run", "--select", "movie_books"), ("test", "--select", "movie_books")),
}
# a table of each kind, and a run that reads it
MISSING = {
    "seed": ("main_seeds.tracked_subjects", ("run", "--select", "subjects")),
    "snapshot": ("main_history.movies_history", ("run", "--select", "movies")),
    "model": ("main.vendor_books", ("run", "--select", "movie_books")),
}
FIRST_OF_NOTHING = {
    "run_and_test": (RUN, TEST),
    "test": (TEST,),
    "snapshot": (("snapshot",),),
    "freshness": (("source", "freshness"),),
    "run_one_table": (("run", "--select", "movie_books"),),
    "test_an_ephemeral_model": (("test", "--select", "author_years_by_scope"),),
}


@dataclass(frozen=True)
class Fresh(Project):
    """A project that dbt has never built, of what was landed elsewhere."""

    landed: Path

    @property
    def raw_root(self) -> Path:
        return self.landed


@pytest.fixture
def fresh(project: Project, tmp_path: Path) -> Project:
    """The samples, landed, and never built."""
    return Fresh(tmp_path, project.raw_root)


@pytest.mark.parametrize("commands", FIRST.values(), ids=FIRST)
def test_it_works_in_a_new_warehouse(commands: tuple[tuple[str, ...], ...], fresh: Project) -> None:
    for command in commands:
        fresh.dbt(*command)


@pytest.mark.parametrize("commands", FIRST_OF_NOTHING.values(), ids=FIRST_OF_NOTHING)
def test_it_works_before_anything_is_landed(
    commands: tuple[tuple[str, ...], ...], tmp_path: Path
) -> None:
    for command in commands:
        Project(tmp_path).dbt(*command)


def test_the_unit_tests_need_no_tables(tmp_path: Path) -> None:
    Project(tmp_path).dbt("test", "--exclude-resource-type", "test")


@pytest.mark.parametrize("commands", [(RUN, TEST), (TEST, BUILD)], ids=["run", "test"])
def test_it_builds_what_a_build_builds(
    commands: tuple[tuple[str, ...], ...], fresh: Project, project: Project
) -> None:
    for command in commands:
        fresh.dbt(*command)
        assert tables(fresh) == tables(project)


@pytest.mark.parametrize(("missing", "command"), MISSING.values(), ids=MISSING)
def test_it_builds_the_one_table_that_is_missing(
    missing: str, command: tuple[str, ...], copied: Project
) -> None:
    before = tables(copied)
    with copied.connect() as warehouse:
        warehouse.execute(f"drop table {missing}")
    assert copied.dbt(*command).count("which was missing") == 1
    assert tables(copied) == before


def test_what_is_landed_after_a_build_is_built(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.extract("files", "streaming", str(STREAMING))
    built = project.dbt("build", "--selector", "history", *NO_TESTS)
    assert "which was missing" not in built, "it builds all that it reads"
    project.extract("subjects", "love", "--from", str(SAMPLE))
    project.dbt("build", *NO_UNIT_TESTS)
    with project.connect(read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from books").fetchone() == (1000,)


def tables(project: Project) -> dict[str, set[tuple[object, ...]]]:
    """Give the rows of each mart, history and seed."""
    with project.connect(read_only=True) as warehouse:
        named = warehouse.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('main', 'main_history', 'main_seeds')"
        ).fetchall()
        return {
            name: set(warehouse.execute(f"select t::varchar from {name} as t").fetchall())  # noqa: S608
            for (name,) in named
        }
