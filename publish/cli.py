"""The command line: ``python -m publish``."""

import csv
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Event
from typing import Any, NoReturn

import click

from publish.errors import InvalidInput, PublishError
from publish.export_contents import Export
from publish.export_files import export_root, write_files
from publish.postgresql import SCHEMA, Destination
from publish.report.write import report_path, write_report
from publish.slides.write import slides_path, write_slides
from publish.warehouse import TARGETS, warehouse

INTERRUPTED = 130
_interrupted = Event()

EXIT_CODES = """
\b
Exit codes: 0 published; 1 a bug in publish; 2 an argument or a setting; 3 the warehouse
cannot be read; 4 the destination cannot be written; 130 interrupted. After a failure each
file and table is still complete: the old one, or the new one if replacing had already begun.
"""

EXPORT_EPILOG = """
\b
Examples:
  .venv/bin/python -m publish export       to data/export, or EXPORT_ROOT
  .venv/bin/python -m publish export --target prod --personal
  PGPASSWORD=… .venv/bin/python -m publish export --to postgresql://user@host/database
"""

METRICS_EPILOG = """
\b
Examples:
  .venv/bin/python -m publish metrics average_books_by_author
  .venv/bin/python -m publish metrics book_count author_book_count --by metric_time__year
"""

Command = Callable[..., None]


def publishing(command: Command) -> Callable[..., NoReturn]:
    """Add the options of every command; turn whatever it raises into one line and an exit code."""

    @click.option(
        "--target",
        type=click.Choice(TARGETS),
        default=TARGETS[0],
        show_default=True,
        help="The warehouse to read: dev is DuckDB, prod is Athena.",
    )
    @click.option("--verbose", is_flag=True, help="Show tracebacks.")
    @wraps(command)
    def run(*, verbose: bool, **options: Any) -> NoReturn:  # noqa: ANN401 - checked by click
        try:
            command(**options)
        except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last line of defence
            if verbose:
                traceback.print_exc()
            sys.exit(_report_failure(error))
        sys.exit()

    return run


@click.group(epilog=EXIT_CODES)
def cli() -> None:
    """Publish what dbt built: the marts, for analysts and other systems."""


@cli.command(epilog=EXPORT_EPILOG)
@click.option(
    "--to",
    "url",
    envvar="EXPORT_TO",
    metavar="URL",
    help="Write to PostgreSQL instead, replacing its tables: postgresql://user@host/database. "
    "[EXPORT_TO does the same and does not show up in a list of processes]",
)
@click.option(
    "--raw",
    is_flag=True,
    help="In CSV, do not defuse texts that a spreadsheet would run as formulas.",
)
@click.option(
    "--personal",
    is_flag=True,
    help="Also export personal columns: users' names and addresses, their rejected records.",
)
@publishing
def export(target: str, url: str | None, *, raw: bool, personal: bool) -> None:
    """Write every mart as a CSV and a Parquet file, or as a table of PostgreSQL.

    Nothing is replaced until everything is written; then all tables are replaced in one step, files
    one by one. docs/exports.md describes their contents.
    """
    if url and raw:
        raise InvalidInput(
            "--raw only applies to CSV: PostgreSQL tables always hold texts unchanged"
        )
    destination = Destination(url) if url else None
    folder = export_root()
    with warehouse(target) as opened:
        exported = Export(opened, personal=personal)
        if destination:
            rows, where = destination.replace_tables(exported), f"PostgreSQL, schema {SCHEMA}"
        else:
            rows, where = write_files(exported, folder, raw=raw), str(folder)
        click.echo(f"{len(exported.marts)} marts, {rows:,} rows: {where}")
        if exported.left_out:
            columns = ", ".join(map(str, exported.left_out))
            click.echo(
                f"Left out because it is personal: {columns} (--personal, or `make export"
                " PERSONAL=yes`, includes it)"
            )


@cli.command(epilog=METRICS_EPILOG)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--by", "groups", metavar="GROUP", multiple=True, help="A group; may be repeated.")
@publishing
def metrics(target: str, names: tuple[str, ...], groups: tuple[str, ...]) -> None:
    """Print a saved query, or metrics in groups, as CSV; without a name, list what there is.

    As in exports, a text that a spreadsheet would run as a formula begins with an apostrophe.
    docs/metrics.md says what the metrics are about.
    """
    # takes half a second, which the other commands do not need
    from publish.metrics import ATHENA, DUCKDB, Metrics, cells  # noqa: PLC0415

    with warehouse(target) as opened, until_unread():
        asked = Metrics(opened.semantic_manifest(), DUCKDB if opened.is_duckdb else ATHENA)
        if names:
            columns, rows = opened.rows(asked.sql(names, groups))
            table = csv.writer(sys.stdout, lineterminator="\n")
            table.writerow(columns)
            table.writerows(map(cells, rows))
            return
        for name, label in asked.saved.items():
            click.echo(f"{name}: {label}")
        for name, description in asked.described.items():
            click.echo(f"{name}: {description}\n    --by {', '.join(asked.groups(name))}")


@contextmanager
def until_unread() -> Iterator[None]:
    """Print until nobody reads any more, as after `| head`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@cli.command()
@publishing
def report(target: str) -> None:
    """Write the report: one HTML file that opens from disk and loads nothing from the network.

    It is data/report/index.html, or the file that REPORT_PATH names. docs/report.md describes its
    contents and how it judges whether the numbers can be trusted.
    """
    path = report_path()
    with warehouse(target) as opened:
        write_report(opened, path)
    click.echo(f"The report is {path}: open it in a browser.")


@cli.command()
@publishing
def slides(target: str) -> None:
    """Write the slides of docs/presentation.md, with the tables' figures, as one HTML file.

    It is data/slides/index.html, or the file that SLIDES_PATH names. `make slides` writes it from
    the samples.
    """
    path = slides_path()
    with warehouse(target) as opened:
        write_slides(opened, path)
    click.echo(f"The slides are {path}: open them in a browser; page down for the next.")


def main() -> None:
    """Run the command line; SIGTERM stops it as SIGINT does."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    if isinstance(sys.stdout, io.TextIOWrapper):  # escape what its encoding lacks; stderr does
        sys.stdout.reconfigure(errors="backslashreplace")
    cli()


def _interrupt(*_: object) -> NoReturn:
    _interrupted.set()
    raise KeyboardInterrupt


def _report_failure(error: BaseException) -> int:
    """Print one line that says why nothing was published; give the exit code."""
    if _interrupted.is_set():  # DuckDB turns the interrupt into an error of its own
        text, code = "interrupted; each file and table is complete", INTERRUPTED
    elif isinstance(error, PublishError):
        text, code = f"error: {error}", error.exit_code
    else:
        defect = PublishError(f"{type(error).__name__}: {error}")
        text = f"error: {defect} (a bug in publish: run it again with --verbose and report it)"
        code = defect.exit_code
    click.echo(f"publish: {text}", err=True)
    return code
