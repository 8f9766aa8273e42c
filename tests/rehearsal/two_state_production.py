"""An environment for outages: two marts that a rebuild moves between two known states.

The states differ by the first plausible year with which the marts are built.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.support import synthetic
from tests.support.project import DBT, NO_TESTS, ROOT
from tests.support.stand_in import StandIn

if TYPE_CHECKING:
    import subprocess

    from .production import Production

KEY = "outages"  # the access key whose calls fail
YEARS = (1450, 1950)  # first plausible ones
REBUILT = ("books", "books_per_year")
CATALOG = {path.stem for path in (ROOT / "models/marts/catalog").glob("*.sql")}

Tables = dict[str, list[tuple[str | None, ...]]]


@dataclass(frozen=True)
class TwoStateProduction:
    """Production with two marts that have two known states."""

    production: Production
    expected: dict[int, Tables]  # built without faults, by first plausible year

    def run(self, year: int, *what: str, fails: bool = False) -> str:
        return self._place(year).dbt(*_rebuild(year, *what), fails=fails)

    def start(self, year: int, name: str = "") -> subprocess.Popen[str]:
        return self._place(year, name).start(str(DBT), *_rebuild(year), "--target", "prod")

    def _place(self, year: int, name: str = "") -> Production:
        # another variable is another parse, which dbt keeps in its target folder
        parsed = self.production.scratch / str(year)
        place = parsed.with_name(f"{year}{name}")
        if not place.exists() and name:
            shutil.copytree(parsed, place)
        return replace(self.production, scratch=place)

    @property
    def schema(self) -> str:
        return self.production.environment["ATHENA_SCHEMA"]

    @property
    def building(self) -> str:
        """What is found in the query that builds the mart, and in no other environment's."""
        return rf'create table [^(]*"{self.schema}"[^(]*"books__building_'

    def tables(self) -> set[str]:
        glue = self.production.cloud.client("glue")
        return {table["Name"] for table in glue.get_tables(DatabaseName=self.schema)["TableList"]}

    def unfinished(self) -> set[str]:
        return {name for name in self.tables() if "__building_" in name or "__dbt_tmp" in name}

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


def build_two_states(production: Production) -> TwoStateProduction:
    """Build both states: from nothing, from a few works, and with the other year."""
    two_states = TwoStateProduction(production.called_by(KEY), {})
    two_states.run(YEARS[0], "build", *NO_TESTS)
    with StandIn({"love": list(synthetic.works(50, seed=1))}) as api:
        asks = {"OPEN_LIBRARY_URL": api.url, "NO_PROXY": "*"}
        two_states.production.extract("subjects", "love", "--rate", "0", environment=asks)
    two_states.run(YEARS[0], "run", "--selector", "catalog")
    two_states.expected[YEARS[0]] = two_states.read()
    two_states.run(YEARS[1])
    two_states.expected[YEARS[1]] = two_states.read()
    assert all(
        two_states.expected[YEARS[0]][mart] != two_states.expected[YEARS[1]][mart]
        for mart in REBUILT
    )
    return two_states
