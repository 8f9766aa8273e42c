"""Run the benchmarks: `python -m benchmarks [NAME…]`. What each measures is in README.md."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import demo, export, loader, report_page, streaming, warehouse
from benchmarks.report import FULL, Bench, Row, table

BENCHMARKS: dict[str, Callable[[Bench], list[Row]]] = {
    "catalog": warehouse.catalog,
    "growth": warehouse.growth,
    "past-loads": warehouse.past_loads,
    "loader-paced": loader.paced,
    "loader-unpaced": loader.unpaced,
    "streaming-sample": streaming.sample,
    "streaming-streams": streaming.streams,
    "streaming-dumps": streaming.dumps,
    "export": export.export,
    "report": report_page.report,
    "demo": demo.demo,
}
GROUPS = ("loader", "streaming")  # each stands for all that begin with it


def wanted(names: tuple[str, ...]) -> list[str]:
    """The benchmarks that are named, alone or by their group; all where none is."""
    return [
        name
        for name in BENCHMARKS
        if not names or name in names or name.partition("-")[0] in {*names} & {*GROUPS}
    ]


@click.command(
    epilog=f"Benchmarks: {', '.join(BENCHMARKS)}. `loader` and `streaming` stand for all of theirs."
    " Example: python -m benchmarks demo"
)
@click.argument("names", nargs=-1, type=click.Choice([*BENCHMARKS, *GROUPS]), metavar="[NAME]...")
@click.option("--works", default=FULL, show_default=True, help="Fewer is quicker, and no proof.")
@click.option("--repeat", default=3, show_default=True, help="Measure so often, take the middle.")
@click.option(
    "--scratch",
    type=click.Path(path_type=Path),
    help="Work here and leave it, so that the next run finds its data. [a temporary folder]",
)
def main(names: tuple[str, ...], works: int, repeat: int, scratch: Path | None) -> None:
    """Measure what is promised, and print it as a Markdown table.

    Exits 1 where a bound is not met and the works are not fewer than it is for.
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
