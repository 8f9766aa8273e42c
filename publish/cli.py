"""The command line: ``python -m publish``."""

import signal
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from publish.errors import PublishError
from publish.report.write import REPORT, write_report
from publish.warehouse import TARGETS, warehouse

INTERRUPTED = 130

EXIT_CODES = """
\b
Exit codes: 0 published; 1 a defect of the program; 2 an argument or a setting; 3 the warehouse
cannot be read; 4 the destination cannot be written; 130 interrupted. Whenever it is not 0, what was
published last is still there, whole.
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
        code = 0
        try:
            command(**options)
        except KeyboardInterrupt:
            _say("interrupted; what was published last is still there")
            code = INTERRUPTED
        except PublishError as error:
            if verbose:
                traceback.print_exc()
            _say(f"error: {error}")
            code = error.exit_code
        except Exception as error:  # noqa: BLE001 - the last line of defence
            if verbose:
                traceback.print_exc()
            defect = PublishError(f"{type(error).__name__}: {error}")
            _say(f"error: {defect} (a defect of publish: run it with --verbose and report it)")
            code = defect.exit_code
        sys.exit(code)

    return run


@click.group(epilog=EXIT_CODES)
def cli() -> None:
    """Publish what dbt built: the marts, as analysts and other systems want them."""


@cli.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=REPORT,
    show_default=True,
    help="The file to write.",
)
@publishing
def report(target: str, output: Path) -> None:
    """Write the report: one HTML file that opens from disk and asks the network for nothing.

    docs/report.md says what is in it, and how it judges whether the numbers can be trusted.
    """
    with warehouse(target) as opened:
        write_report(opened, output)
    click.echo(f"The report is {output}: open it in a browser.")


def main() -> None:
    """Run the command line; SIGTERM stops it as SIGINT does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cli()


def _say(text: str) -> None:
    click.echo(f"publish: {text}", err=True)
