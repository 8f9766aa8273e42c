"""What the storms hit: production whose marts have two states to go between.

Another first plausible year makes other years of two marts, which are rebuilt with it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.support import synthetic
from tests.support.project import DBT, ROOT
from tests.support.stand_in import StandIn

from .production import NO_TESTS, Production

if TYPE_CHECKING:
    import subprocess

KEY = "weather"  # whose calls the storms hit
YEARS = (1450, 1950)  # first plausible ones
REBUILT = ("books", "books_per_year")
CATALOG = {path.stem for path in (ROOT / "models/marts/catalog").glob("*.sql")}

Tables = dict[str, list[tuple[str | None, ...]]]


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


def lay(production: Production) -> Ground:
    """Build it: of nothing, of few works, and with the other year."""
    ground = Ground(production.called_by(KEY), {})
    ground.run(YEARS[0], "build", *NO_TESTS)
    with StandIn({"love": list(synthetic.works(50, seed=1))}) as api:
        asks = {"OPEN_LIBRARY_URL": api.url, "NO_PROXY": "*"}
        ground.production.extract("subjects", "love", "--rate", "0", environment=asks)
    ground.run(YEARS[0], "run", "--select", "+path:models/marts/catalog")
    ground.truths[YEARS[0]] = ground.read()
    ground.run(YEARS[1])
    ground.truths[YEARS[1]] = ground.read()
    assert all(ground.truths[YEARS[0]][mart] != ground.truths[YEARS[1]][mart] for mart in REBUILT)
    return ground
