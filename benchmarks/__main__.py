"""Run the benchmarks: `python -m benchmarks [NAME…]`. README.md says what each measures."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import demo, dump, export, landing, loader, report, streaming, warehouse
from benchmarks.bench import FULL, Bench, Row, table

BENCHMARKS: dict[str, Callable[[Bench], list[Row]]] = {
    "catalog": warehouse.catalog,
    "growth": warehouse.growth,
    "past-loads": warehouse.past_loads,
    "loader-paced": loader.paced,
    "loader-unpaced": loader.unpaced,
    "landing-cpu": landing.landing,
    "landing-kills": landing.kills,
    "streaming-sample": streaming.sample,
    "streaming-streams": streaming.streams,
    "streaming-dumps": streaming.dumps,
    "export": export.export,
    "report": report.report,
    "demo": demo.demo,
    "dump-catalog": dump.catalog,
    "dump-growth": dump.growth,
    "dump-shop": dump.shop,
    "dump-report": dump.reported,
    "dump-quarter": dump.quarter,
}
# each stands for all benchmarks whose names begin with it
GROUPS = ("dump", "landing", "loader", "streaming")
ON_REQUEST = ("dump-quarter",)  # takes longer than all the others


def wanted(names: tuple[str, ...]) -> list[str]:
    """The benchmarks named directly or by group; if none is named, all but the longest."""
    grouped = {*names} & {*GROUPS}
    return [
        name
        for name in BENCHMARKS
        if name in names
        or (name not in ON_REQUEST and (not names or name.partition("-")[0] in grouped))
    ]


@click.command(
    epilog=f"Benchmarks: {', '.join(BENCHMARKS)}. {', '.join(f'`{name}`' for name in GROUPS)} run"
    " their whole group each. Example: python -m benchmarks demo"
)
@click.argument("names", nargs=-1, type=click.Choice([*BENCHMARKS, *GROUPS]), metavar="[NAME]...")
@click.option(
    "--works", default=FULL, show_default=True, help="Fewer are quicker but prove nothing."
)
@click.option("--repeat", default=3, show_default=True, help="Take the median of this many.")
@click.option(
    "--scratch",
    type=click.Path(path_type=Path),
    help="Keep the data in this folder for the next run. [a temporary folder]",
)
def main(names: tuple[str, ...], works: int, repeat: int, scratch: Path | None) -> None:
    """Measure what the project promises and print it as a Markdown table.

    Exits 1 if a bound is not met, unless --works is below the number that the bounds are for.
    """
    with tempfile.TemporaryDirectory(prefix="book-analytics-") as temporary:
        bench = Bench((scratch or Path(temporary)).resolve(), works, repeat)
        rows = []
        for name in wanted(names):
            bench.say(name)
            rows += BENCHMARKS[name](bench)
    click.echo(table(rows))
    if works < FULL:
        click.echo(f"\nWith {works:,} works. The bounds are for {FULL:,}.")
    elif not all(row.is_met for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
