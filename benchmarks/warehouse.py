"""dbt against the baseline: the same raw files, the same tables."""

import shutil
import sys
from pathlib import Path

from benchmarks.bench import Bench, Row
from benchmarks.measure import Usage, megabytes, run

CATALOG = ("--selector", "catalog")
LOADS = 100
MEMORY = "1000MB"  # DuckDB's limit, the same on every machine


def catalog(bench: Bench) -> list[Row]:
    """`dbt run` and `dbt build`, CPU and peak memory, against the baseline."""
    raw = bench.raw(bench.works)
    baselines, runs, builds, all_builds = [], [], [], []
    for _ in range(bench.repeat):
        baselines.append(baseline(bench, raw))
        runs.append(built(bench, raw, "run", *CATALOG))
        same_rows(bench, "catalog")
        builds.append(built(bench, raw, "build", "--exclude-resource-type", "unit_test"))
        all_builds.append(built(bench, raw, "build"))
        same_rows(bench, "catalog")
    floor = bench.measured("baseline", baselines)
    ran = bench.measured("dbt run", runs)
    tested = bench.measured("dbt build without unit tests", builds)
    all_tested = bench.measured("dbt build", all_builds)

    def details(usage: Usage) -> str:
        return f"{usage.cpu:.1f} s CPU against {floor.cpu:.1f} s"

    peak = max(ran.rss, tested.rss, all_tested.rss) / 1e6
    figures = (
        ("`dbt run` of the catalog, CPU", ran, 1.7),
        ("`dbt build` with all data tests, CPU", tested, 2.5),
        ("`dbt build` with all tests, CPU", all_tested, 3.0),
    )
    return [
        *(
            Row(what, usage.cpu / floor.cpu, bound, "x", details(usage))
            for what, usage, bound in figures
        ),
        Row(
            "the same, peak memory",
            peak,
            1_500,
            "MB",
            f"the baseline has {megabytes(floor.rss)}",
        ),
    ]


def growth(bench: Bench) -> list[Row]:
    """CPU for ten times the works."""
    few, many = bench.works // 10, bench.works
    cpu = {}
    for works in (few, many):
        raw = bench.raw(works)
        usages = [built(bench, raw, "run", *CATALOG) for _ in range(bench.repeat)]
        cpu[works] = bench.measured(f"dbt run of {works:,} works", usages).cpu
    details = f"{cpu[few]:.1f} s to {cpu[many]:.1f} s"
    what = f"`dbt run`, CPU from {few:,} to {many:,} works"
    return [Row(what, cpu[many] / cpu[few], 10, "x", details)]


def past_loads(bench: Bench) -> list[Row]:
    """A build after a hundred loads of a subject against a build after one."""
    works = bench.works // 10
    cpu = {}
    for loads in (1, LOADS):
        raw = bench.raw(works, loads)
        usages = [built(bench, raw, "build") for _ in range(bench.repeat)]
        cpu[loads] = bench.measured(f"dbt build after {loads} loads", usages).cpu
    details = f"{cpu[LOADS]:.1f} s CPU against {cpu[1]:.1f} s, {works:,} works each"
    return [Row(f"`dbt build` after {LOADS} loads", cpu[LOADS] / cpu[1], 1.2, "x", details)]


def baseline(bench: Bench, raw: Path, module: str = "benchmarks.baseline") -> Usage:
    """Run a baseline on a new warehouse."""
    warehouse = bench.path("baseline.duckdb")
    warehouse.unlink(missing_ok=True)
    seed = Path(__file__).parents[1] / "seeds/tracked_subjects.csv"
    subjects = [line.split(",")[0] for line in seed.read_text().splitlines()[1:] if line]
    tracked = [word for subject in subjects for word in ("--tracked", subject)]
    command = bench.python(module, "--raw-root", raw, "--warehouse", warehouse, *tracked)
    return run(command, bench.path("baseline.log"))


def built(bench: Bench, raw: Path, *arguments: str, memory: str = MEMORY) -> Usage:
    """Run dbt on a new warehouse."""
    new_warehouse(bench, raw, memory)
    return dbt(bench, raw, *arguments, memory=memory)


def new_warehouse(bench: Bench, raw: Path, memory: str = MEMORY) -> None:
    """Create a warehouse that holds the seeds; this also parses the project.

    dbt would parse it again for another limit of memory, as the profile would be another.
    """
    bench.path("dbt.duckdb").unlink(missing_ok=True)
    dbt(bench, raw, "seed", memory=memory)


def environment(bench: Bench) -> dict[str, str]:
    """Where the warehouse and the files of dbt are."""
    return {
        "WAREHOUSE_PATH": str(bench.path("dbt.duckdb")),
        "DBT_TARGET_PATH": str(bench.path("target")),
        "DBT_LOG_PATH": str(bench.path("logs")),
    }


def dbt(bench: Bench, raw: Path, *arguments: str, memory: str = MEMORY) -> Usage:
    """Run dbt on the existing warehouse."""
    env = environment(bench) | {"RAW_ROOT": str(raw), "DUCKDB_MEMORY_LIMIT": memory}
    program = str(Path(sys.executable).with_name("dbt"))
    usage = run([program, *arguments], bench.path("dbt.log"), env=env)
    shutil.rmtree(bench.path("logs"), ignore_errors=True)
    return usage


def same_rows(bench: Bench, domain: str) -> None:
    """Fail if the baseline wrote other rows: it would not be comparable."""
    both = (bench.path("baseline.duckdb"), bench.path("dbt.duckdb"))
    run(bench.python("benchmarks.compare", "--domain", domain, *both), bench.path("compare.log"))
