"""`python -m publish export` against its baseline, which writes the same tables as files."""

import click
import duckdb

from benchmarks.bench import Bench, Row
from benchmarks.export_baseline import KEYS
from benchmarks.measure import Usage, megabytes, run
from benchmarks.warehouse import dbt, environment, new_warehouse


def export(bench: Bench) -> list[Row]:
    """CPU and peak memory of an export to files."""
    raw = bench.raw(bench.works)
    new_warehouse(bench, raw)
    dbt(bench, raw, "build", "--selector", "tables")
    baselines, exports = [], []
    for _ in range(bench.repeat):
        baselines.append(_baseline(bench))
        exports.append(_export(bench))
        _same_files(bench)
    baseline = bench.measured("export baseline", baselines)
    exported = bench.measured("export", exports)
    details = f"{exported.cpu:.1f} s CPU against {baseline.cpu:.1f} s"
    peak = f"the baseline has {megabytes(baseline.rss)}"
    return [
        Row("export to files, CPU", exported.cpu / baseline.cpu, 2.0, "x", details),
        Row("the same, peak memory", exported.rss / 1e6, 1_500, "MB", peak),
    ]


def _baseline(bench: Bench) -> Usage:
    places = ("--warehouse", bench.path("dbt.duckdb"), "--folder", bench.path("export-baseline"))
    return run(
        bench.python("benchmarks.export_baseline", *places), bench.path("export-baseline.log")
    )


def _export(bench: Bench) -> Usage:
    env = environment(bench) | {"EXPORT_ROOT": str(bench.path("export"))}
    return run(bench.python("publish", "export"), bench.path("export.log"), env=env)


def _same_files(bench: Bench) -> None:
    """Fail if the baseline wrote other rows, or in another order: it would not be comparable."""
    for table in KEYS:
        file = f"{table}.parquet"
        ours, baseline = (
            duckdb.read_parquet(str(bench.path(folder) / file), file_row_number=True)
            for folder in ("export", "export-baseline")
        )
        if (
            ours.types != baseline.types
            or ours.columns != baseline.columns
            or len(ours) != len(baseline)
            or len(ours.except_(baseline))
        ):
            raise click.ClickException(f"the baseline wrote a different {file}")
