"""`python -m publish export` against the floor: the same tables as files, in one run."""

import filecmp

import click

from benchmarks.export_floor import KEYS
from benchmarks.measure import Usage, megabytes, run
from benchmarks.report import Bench, Row
from benchmarks.warehouse import dbt, environment, new_warehouse


def export(bench: Bench) -> list[Row]:
    """CPU and peak memory of an export to files."""
    raw = bench.raw(bench.works)
    new_warehouse(bench, raw)
    dbt(bench, raw, "build", "--selector", "tables")
    floors, exports = [], []
    for _ in range(bench.repeat):
        floors.append(_floor(bench))
        exports.append(_export(bench))
        _same_files(bench)
    floor = bench.measured("export floor", floors)
    exported = bench.measured("export", exports)
    details = f"{exported.cpu:.1f} s CPU against {floor.cpu:.1f} s"
    peak = f"the floor has {megabytes(floor.rss)}"
    return [
        Row("export to files, CPU", exported.cpu / floor.cpu, 2.0, "x", details),
        Row("the same, peak memory", exported.rss / 1e6, 1_500, "MB", peak),
    ]


def _floor(bench: Bench) -> Usage:
    places = ("--warehouse", bench.path("dbt.duckdb"), "--folder", bench.path("export-floor"))
    return run(bench.python("benchmarks.export_floor", *places), bench.path("export-floor.log"))


def _export(bench: Bench) -> Usage:
    env = environment(bench) | {"EXPORT_ROOT": str(bench.path("export"))}
    return run(bench.python("publish", "export"), bench.path("export.log"), env=env)


def _same_files(bench: Bench) -> None:
    """A floor that wrote other rows would be no floor."""
    for table in KEYS:
        file = f"{table}.parquet"
        ours, floor = bench.path("export") / file, bench.path("export-floor") / file
        if not filecmp.cmp(ours, floor, shallow=False):
            raise click.ClickException(f"the floor wrote another {file}")
