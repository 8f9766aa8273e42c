"""How long a newcomer waits for `make demo` once everything is installed."""

from benchmarks.bench import Bench, Row
from benchmarks.measure import run


def demo(bench: Bench) -> list[Row]:
    """`make demo` in a scratch folder, twice."""
    # If the project were not installed, `make demo` would install it and measure that.
    run(["make", "--question", "venv"], bench.path("make.log"))
    env = {
        "RAW_ROOT": str(bench.path("demo-raw")),
        "WAREHOUSE_PATH": str(bench.path("demo.duckdb")),
        "REPORT_PATH": str(bench.path("demo-report.html")),
        "DBT_TARGET_PATH": str(bench.path("demo-target")),
        "DBT_LOG_PATH": str(bench.path("demo-logs")),
    }
    usages = [run(["make", "demo"], bench.path("demo.log"), env=env) for _ in range(2)]
    first, again = usages
    bench.measured("make demo", usages)
    details = f"again {again.wall:.1f} s; {first.cpu:.1f} s CPU"
    return [Row("`make demo`, installed, wall", first.wall, 40, "s", details)]
