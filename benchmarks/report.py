"""`python -m publish report`: its cost beyond its queries, and the size of the page."""

from pathlib import Path

from benchmarks.bench import Bench, Row
from benchmarks.measure import Usage, run
from benchmarks.warehouse import dbt, environment, new_warehouse


def report(bench: Bench) -> list[Row]:
    """CPU beyond that of the queries alone, and the size of the page."""
    return measured(bench, bench.raw(bench.works, 2), f"{bench.works:,} works")


def measured(bench: Bench, raw: Path, what: str) -> list[Row]:
    """The report's figures for what was landed in a raw zone."""
    new_warehouse(bench, raw)
    dbt(bench, raw, "build", "--selector", "tables")
    dbt(bench, raw, "compile", "--select", "report_*")
    queries, reports = [], []
    for _ in range(bench.repeat):
        queries.append(_queries(bench))
        reports.append(_report(bench))
    alone = bench.measured("the report's queries", queries)
    reported = bench.measured("report", reports)
    details = f"{reported.cpu:.1f} s CPU, of which {alone.cpu:.1f} s are the queries'"
    size = bench.path("report.html").stat().st_size / 1e3
    return [
        Row("report beyond its queries, CPU", reported.cpu - alone.cpu, 20, "s", details),
        Row("the page", size, 3_000, "kB", what),
    ]


def _queries(bench: Bench) -> Usage:
    places = ("--warehouse", bench.path("dbt.duckdb"), "--compiled", bench.path("target"))
    return run(
        bench.python("benchmarks.report_baseline", *places), bench.path("report-baseline.log")
    )


def _report(bench: Bench) -> Usage:
    env = environment(bench) | {"REPORT_PATH": str(bench.path("report.html"))}
    return run(bench.python("publish", "report"), bench.path("report.log"), env=env)
