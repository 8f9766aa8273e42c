"""The command line: ``python -m extract``."""

import math
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from extract import __version__
from extract.errors import ExtractError, Interrupted, InvalidInput
from extract.files.file_sets import FILE_SETS
from extract.files.loader import FilesLoader
from extract.listing import list_loads
from extract.raw_zone import RawZone
from extract.reporting import open_reporter
from extract.settings import read_settings
from extract.storage import open_store
from extract.storage.base import RAW_ZONE, RAW_ZONE_OF_SUBJECTS, Purpose
from extract.subjects.client import Client
from extract.subjects.loader import Loader, Rules
from extract.subjects.names import distinct, tracked_subjects
from extract.subjects.pacing import Pacer
from extract.subjects.saved_responses import SavedPage, group_by_subject

RETRIES = 5
BACKOFF = 0.5  # seconds
TIMEOUT = 30.0  # seconds
MAX_DRIFT = 0.001  # of a subject's works

SEED = Path(__file__).parent.parent / "seeds" / "tracked_subjects.csv"

EXIT_CODES = """
\b
Exit codes: 0 all landed; 1 a defect of the loader; 2 an argument, setting, name or file;
3 the API gave no usable answer; 4 it gave answers that cannot be right; 5 overlaps and counts
do not agree; 6 the subject or file shrank; 7 unknown subject; 8 the raw zone, or a part of a
load, cannot be read or written; 130 interrupted. Of several subjects the first failure's.
"""

EXAMPLES = {
    "main": """
\b
Examples:
  python -m extract subjects love "science fiction" place:london
  python -m extract resume
  python -m extract files streaming samples/streaming
  python -m extract loads
""",
    "subjects": """
\b
Examples:
  python -m extract subjects                          the tracked subjects
  python -m extract subjects love "person:mark twain"
  python -m extract subjects love --limit 500         the first 500 works
  python -m extract subjects love --from page.json.gz a saved response
""",
    "resume": "\b\nExample:\n  python -m extract resume\n",
    "files": """
\b
Examples:
  python -m extract files streaming samples/streaming
  python -m extract files streaming s3://received/2026-11-21 --allow-shrink
""",
    "loads": "\b\nExample:\n  python -m extract loads\n",
}

Command = Callable[..., int | None]
Option = Any  # checked by click, typed by open_loader


class Finite(click.FloatRange):
    """A range without infinity, and without nan, which compares as if in every range."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Convert a text to a number of the range."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number to count with.", param, ctx)
        return float(number)


def loading_options(command: Command) -> Command:
    """Add the options of every command that asks the API."""
    for option in (
        click.option(
            "--rate",
            type=Finite(min=0),
            help="Requests a second; 0 is unlimited. [default: 1, or 3 with a contact]",
        ),
        click.option(
            "--retries",
            type=click.IntRange(min=0),
            default=RETRIES,
            show_default=True,
            help="How often a failed request is sent again.",
        ),
        click.option(
            "--backoff",
            type=Finite(min=0),
            default=BACKOFF,
            show_default=True,
            help="Seconds before the first retry; doubled each time, up to 60.",
        ),
        click.option(
            "--timeout",
            type=Finite(min=0, min_open=True),
            default=TIMEOUT,
            show_default=True,
            help="Seconds without a byte after which an answer counts as stalled.",
        ),
        click.option(
            "--max-drift",
            type=Finite(0, 1),
            default=MAX_DRIFT,
            show_default=True,
            help="Share of a subject's works that may stay unverified.",
        ),
        click.option(
            "--allow-shrink",
            is_flag=True,
            help="Accept a subject with under 80 % of its last committed load's works.",
        ),
    ):
        command = option(command)
    return command


def guarded(
    go_on: str = "what is landed is kept: run `python -m extract resume` to go on",
) -> Callable[[Command], Callable[..., NoReturn]]:
    """Turn whatever a command raises into one line and an exit code."""

    def decorate(command: Command) -> Callable[..., NoReturn]:
        @click.option("--verbose", is_flag=True, help="Show tracebacks.")
        @wraps(command)
        def run(*, verbose: bool, **options: Option) -> NoReturn:
            try:
                code = command(**options) or 0
            except (KeyboardInterrupt, Interrupted):
                # `resume` passes over saved responses: they are at hand, and landed anew
                saved = "what is not committed does not count: run it again"
                _say(f"interrupted; {saved if options.get('files') else go_on}")
                code = Interrupted.exit_code
            except ExtractError as error:
                if verbose:
                    traceback.print_exc()
                _say(f"error: {error}")
                code = error.exit_code
            except BrokenPipeError:  # who reads the output has read enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                code = 0
            except Exception as error:  # noqa: BLE001 - the last line of defence
                if verbose:
                    traceback.print_exc()
                what = f"{type(error).__name__}: {error}".splitlines()[0]
                _say(f"error: {what} (a defect of the loader: run it with --verbose and report it)")
                code = ExtractError.exit_code
            sys.exit(code)

        return run

    return decorate


@click.group(epilog=EXAMPLES["main"] + EXIT_CODES)
@click.version_option(__version__, prog_name="extract")
def cli() -> None:
    """Land Open Library subjects and received files, untouched and verified, in the raw zone.

    \b
    Environment:
      RAW_ROOT              where to: a folder or s3://bucket/prefix [data/raw]
      OPEN_LIBRARY_CONTACT  your mail address or URL: 3 requests a second instead of 1
      OPEN_LIBRARY_URL      where the API is [https://openlibrary.org]
    """  # noqa: D301 - click wants the character itself, not the two that spell it


class SubjectsCommand(click.Command):
    """A command whose ``--from`` takes all that follows it, as a shell's ``*`` wants it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write ``--from a b`` as ``--from a --from b``."""
        spelt_out: list[str] = []
        taking = False
        for arg in args:
            if arg.startswith("-"):
                taking = arg == "--from"
            elif taking and spelt_out[-1] != "--from":
                spelt_out.append("--from")
            spelt_out.append(arg)
        return super().parse_args(ctx, spelt_out)


@cli.command(cls=SubjectsCommand, epilog=EXAMPLES["subjects"])
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--limit", type=click.IntRange(min=1), help="Land only the first N works (partial).")
@click.option(
    "--from",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE...",
    help="Land saved responses (all files that follow) instead of asking the API; "
    "they count as fetched now.",
)
@loading_options
@guarded()
def subjects(
    names: tuple[str, ...], limit: int | None, files: tuple[Path, ...], **options: Option
) -> int:
    """Land a complete snapshot of each subject; without names, of the tracked ones.

    A load that was cut short less than a day ago is gone on with.
    """
    if files and limit:
        raise InvalidInput("--limit is for the API, --from for files: give one of them")
    if files:
        saved = [SavedPage.inspect(path) for path in files]
        groups = group_by_subject(saved, distinct(list(names)))
        with open_loader(RAW_ZONE, **options) as loader:
            return loader.land_saved(groups)
    wanted = distinct(list(names) or tracked_subjects(SEED))
    with open_loader(**options) as loader:
        return loader.load(wanted, limit)


@cli.command(epilog=EXAMPLES["resume"])
@loading_options
@guarded()
def resume(**options: Option) -> int:
    """Go on with loads that were cut short, and replay dead letters.

    Only the pages that are missing are fetched.
    """
    with open_loader(**options) as loader:
        return loader.resume()


@cli.command(epilog=EXAMPLES["files"])
@click.argument("file_set", type=click.Choice(list(FILE_SETS)), metavar="SET")
@click.argument("folder", metavar="DIR")
@click.option(
    "--allow-shrink",
    is_flag=True,
    help="Accept a file with under 80 % of its records in the last committed load.",
)
@guarded("nothing of it counts: run it again")
def files(file_set: str, folder: str, *, allow_shrink: bool) -> None:
    """Land all files of a set, as one load; those of the last load are left alone.

    SET is streaming. DIR is a folder or s3://bucket/prefix that holds them, each also as .gz and
    also without its own folder:

    \b
      internal/movies.csv, internal/streams.csv, internal/users.csv
      vendor/books.json, vendor/authors.json, vendor/reviews.json

    streams.csv holds what is new, a day or all of it; each other file is the whole picture.
    """  # noqa: D301 - as above
    zone = RawZone(open_store(read_settings().raw_root))
    with open_reporter() as reporter:
        FilesLoader(zone, reporter, allow_shrink=allow_shrink).land(FILE_SETS[file_set], folder)


@cli.command(epilog=EXAMPLES["loads"])
@guarded()
def loads() -> None:
    """List what is landed: complete, partial, unfinished and failed loads."""
    for line in list_loads(RawZone(open_store(read_settings().raw_root))):
        click.echo(line)


@contextmanager
def open_loader(
    purpose: Purpose = RAW_ZONE_OF_SUBJECTS,
    *,
    rate: float | None = None,
    retries: int = RETRIES,
    backoff: float = BACKOFF,
    timeout: float = TIMEOUT,
    max_drift: float = MAX_DRIFT,
    allow_shrink: bool = False,
) -> Iterator[Loader]:
    """Wire a loader up as the environment and the options say; stop its threads at the end."""
    settings = read_settings()
    stop = threading.Event()
    client = Client(
        settings.url,
        settings.user_agent,
        Pacer(settings.rate(rate), stop),
        stop,
        retries=retries,
        timeout=timeout,
        backoff=backoff,
    )
    zone = RawZone(open_store(settings.raw_root, purpose))
    try:
        with open_reporter() as reporter:
            yield Loader(zone, client, reporter, Rules(retries, max_drift, allow_shrink))
    finally:
        stop.set()
        client.close()


def main() -> NoReturn:
    """Run the command line; SIGTERM stops it as SIGINT does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cli()
    except SystemExit as done:
        sys.stdout.flush()
        sys.stderr.flush()
        # the interpreter's own exit would wait for requests that are in flight
        os._exit(done.code if isinstance(done.code, int) else 1)
    raise AssertionError("click always exits")


def _say(text: str) -> None:
    click.echo(f"extract: {text}", err=True)
