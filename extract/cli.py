"""The command line: ``python -m extract``."""

import io
import math
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from operator import itemgetter
from pathlib import Path
from typing import Any, NoReturn

import click

from extract import __version__
from extract.dump.dumps import KINDS, parse_date, parse_kinds
from extract.dump.pruning import prune as prune_dumps
from extract.errors import RESUME, ExtractError, Interrupted, InvalidInput
from extract.files.file_sets import file_sets
from extract.loads import Record
from extract.raw_zone import RawZone
from extract.reporting import LogReporter, Reporter
from extract.settings import LoadOptions
from extract.storage.base import RAW_ZONE
from extract.subjects.names import parse_subjects, tracked_subjects
from extract.subjects.saved_responses import SavedPage, group_by_subject
from extract.wiring import dump_loader, dump_supply, files_loader, open_raw_zone, subject_loader

SEED = Path(__file__).parent.parent / "seeds" / "tracked_subjects.csv"

EXIT_CODES = """
\b
Exit codes: 0 all landed; 1 a defect in the loader; 2 an argument, setting, name or file is
unusable; 3 the API or the archive gave no usable answer; 4 it gave answers that cannot be right;
5 overlaps and counts do not agree; 6 a subject, file or dump shrank; 7 unknown subject; 8 the raw
zone, or a part of a load, cannot be read or written; 9 the archive does not have the dump yet;
130 interrupted. If several subjects fail, the code is the first failure's.
"""

EXAMPLES = {
    "main": """
\b
Examples:
  .venv/bin/python -m extract subjects love "science fiction" place:london
  .venv/bin/python -m extract resume
  .venv/bin/python -m extract files streaming samples/streaming
  .venv/bin/python -m extract dump 2026-09-30
  .venv/bin/python -m extract loads
""",
    "subjects": """
\b
Examples:
  .venv/bin/python -m extract subjects
  .venv/bin/python -m extract subjects love "person:mark twain"
  .venv/bin/python -m extract subjects love --limit 500
  .venv/bin/python -m extract subjects love --from page.json.gz

The first loads the tracked subjects, the third the first 500 works, the last a saved response.
""",
    "resume": "\b\nExample:\n  .venv/bin/python -m extract resume\n",
    "files": """
\b
Examples:
  .venv/bin/python -m extract files streaming samples/streaming
  .venv/bin/python -m extract files streaming s3://received/2026-11-21 --allow-shrink
""",
    "dump": """
\b
Examples:
  .venv/bin/python -m extract dump 2026-09-30
  .venv/bin/python -m extract dump 2026-09-30 --only works,authors
  .venv/bin/python -m extract dump 2026-09-30 --from ~/Downloads
""",
    "prune": "\b\nExample:\n  .venv/bin/python -m extract prune --keep 2\n",
    "loads": "\b\nExample:\n  .venv/bin/python -m extract loads\n",
}

LOADS_HEADER = ("started at", "status", "works", "promised", "given up", "load", "of")

Command = Callable[..., int | None]
Option = Any  # checked by click, typed by LoadOptions


class Finite(click.FloatRange):
    """A range without infinity, and without nan, which no comparison excludes."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Convert a text to a number in the range."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return float(number)


def loading_options(command: Command) -> Command:
    """Add the options of every command that calls the API."""
    for option in (
        click.option(
            "--rate",
            type=Finite(min=0),
            help="Requests per second; 0 is unlimited. [default: 1, or 3 with a contact]",
        ),
        click.option(
            "--retries",
            type=click.IntRange(min=0),
            default=LoadOptions.retries,
            show_default=True,
            help="How many times a failed request is sent again.",
        ),
        click.option(
            "--backoff",
            type=Finite(min=0),
            default=LoadOptions.backoff,
            show_default=True,
            help="Seconds before the first retry; doubled each time, up to 60.",
        ),
        click.option(
            "--timeout",
            type=Finite(min=0, min_open=True),
            default=LoadOptions.timeout,
            show_default=True,
            help="Seconds without a byte after which a response counts as stalled.",
        ),
        click.option(
            "--max-drift",
            type=Finite(0, 1),
            default=LoadOptions.max_drift,
            show_default=True,
            help="Share of a subject's works that may remain unverified.",
        ),
        click.option(
            "--allow-shrink",
            is_flag=True,
            help="Accept a subject with under 80 % of its last committed load's works.",
        ),
    ):
        command = option(command)
    return command


def exit_with_code(
    after_interrupt: str = f"what was landed is kept: {RESUME} and load what had not started",
) -> Callable[[Command], Callable[..., NoReturn]]:
    """Turn whatever a command raises into one line and an exit code."""

    def decorate(command: Command) -> Callable[..., NoReturn]:
        @click.option("--verbose", is_flag=True, help="Show tracebacks.")
        @wraps(command)
        def run(*, verbose: bool, **options: Option) -> NoReturn:
            try:
                code = command(**options) or 0
            except (KeyboardInterrupt, Interrupted):
                # `resume` skips saved responses: they are at hand and can be landed again
                saved = "uncommitted data is ignored: run the command again"
                _say(f"interrupted; {saved if options.get('files') else after_interrupt}")
                code = Interrupted.exit_code
            except ExtractError as error:
                if verbose:
                    traceback.print_exc()
                _say(f"error: {error}")
                code = error.exit_code
            except BrokenPipeError:  # the reader of the output has read enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                code = 0
            except Exception as error:  # noqa: BLE001 - the last line of defence
                if verbose:
                    traceback.print_exc()
                what = f"{type(error).__name__}: {error}".splitlines()[0]
                _say(f"error: {what} (a defect in the loader: run with --verbose and report it)")
                code = ExtractError.exit_code
            sys.exit(code)

        return run

    return decorate


@contextmanager
def reporting() -> Iterator[Reporter]:
    """Draw on a terminal; write a log to anything else."""
    if sys.stderr.isatty():
        from extract.terminal import TerminalReporter  # noqa: PLC0415 - a log needs no rich

        reporter = TerminalReporter()
        with reporter.bar:
            yield reporter
    else:
        yield LogReporter()


@click.group(epilog=EXAMPLES["main"] + EXIT_CODES)
@click.version_option(__version__, prog_name="extract")
def cli() -> None:
    """Land Open Library subjects, dumps and received files, unchanged, verified, in the raw zone.

    \b
    Environment:
      RAW_ROOT              the raw zone: a folder or s3://bucket/prefix [data/raw]
      OPEN_LIBRARY_CONTACT  your email address or URL: 3 requests per second instead of 1
      OPEN_LIBRARY_URL      where the API is [https://openlibrary.org]
      OPEN_LIBRARY_DUMPS_URL  where the dumps are [https://archive.org]
      DUMPS_ROOT            where fetched dumps are until they are landed [data/dumps]
    """  # noqa: D301 - click wants the character itself, not the two that spell it


class SubjectsCommand(click.Command):
    """A command whose ``--from`` takes every value that follows, so that a shell's ``*`` works."""

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
    help="Land saved responses (all files that follow) instead of calling the API; "
    "they count as fetched now.",
)
@loading_options
@exit_with_code()
def subjects(
    names: tuple[str, ...], limit: int | None, files: tuple[Path, ...], **options: Option
) -> int:
    """Land a complete snapshot of each subject; without names, of the tracked subjects.

    A load that was cut short less than a day ago is resumed.
    """
    if files and limit:
        raise InvalidInput("--limit is for the API and --from is for files: use only one of them")
    if files:
        saved = [SavedPage.inspect(path) for path in files]
        groups = group_by_subject(saved, parse_subjects(list(names)))
        with (
            reporting() as reporter,
            subject_loader(reporter, LoadOptions(**options), RAW_ZONE) as loader,
        ):
            return loader.land_saved(groups)
    wanted = parse_subjects(list(names) or tracked_subjects(SEED))
    with reporting() as reporter, subject_loader(reporter, LoadOptions(**options)) as loader:
        return loader.load(wanted, limit)


@cli.command(epilog=EXAMPLES["resume"])
@loading_options
@exit_with_code()
def resume(**options: Option) -> int:
    """Resume loads that were cut short, and replay dead letters.

    The missing pages are fetched, and every page is looked at once more.
    """
    with reporting() as reporter, subject_loader(reporter, LoadOptions(**options)) as loader:
        return loader.resume()


@cli.command(epilog=EXAMPLES["files"])
@click.argument("file_set", type=click.Choice(list(file_sets())), metavar="SET")
@click.argument("folder", metavar="DIR")
@click.option(
    "--allow-shrink",
    is_flag=True,
    help="Accept a file with under 80 % of its last committed load's records.",
)
@exit_with_code("nothing was committed: run the command again")
def files(file_set: str, folder: str, *, allow_shrink: bool) -> None:
    """Land all files of a set as one load, unless the last load landed the same files.

    SET is streaming. DIR is a folder or s3://bucket/prefix that contains these files; each may be
    compressed (.gz), and each may be directly in DIR instead of its own folder:

    \b
      internal/movies.csv, internal/streams.csv, internal/users.csv
      vendor/books.json, vendor/authors.json, vendor/reviews.json

    streams.csv adds records, of a day or of any time; each other file contains all records.
    """  # noqa: D301 - as above
    with reporting() as reporter:
        files_loader(reporter, allow_shrink=allow_shrink).land(file_sets()[file_set], folder)


@cli.command(epilog=EXAMPLES["dump"])
@click.argument("date")
@click.option(
    "--from",
    "folder",
    metavar="DIR",
    help="Land the files of this folder, or below s3://bucket/prefix, instead of fetching them.",
)
@click.option(
    "--only",
    metavar="FILES",
    help=f"Land some of the files (a partial load): {','.join(KINDS)}.",
)
@click.option(
    "--allow-shrink",
    is_flag=True,
    help="Accept a file with under 99 % of the lines of the dump before.",
)
@exit_with_code("what was landed is kept: run the command again")
def dump(date: str, folder: str | None, only: str | None, *, allow_shrink: bool) -> None:
    """Land Open Library's dump of a day: all works, editions, authors and what belongs to them.

    DATE is the day of a monthly dump, as 2026-09-30. Its files are fetched from archive.org, some
    18 GB in hours. All files are landed or none. A load that was cut short is continued, also
    within a file; what the last load landed is not landed again.
    """
    files = parse_kinds(only)
    with reporting() as reporter:
        loader = dump_loader(reporter, allow_shrink=allow_shrink)
        loader.land(parse_date(date), files, dump_supply(folder))


@cli.command(epilog=EXAMPLES["prune"])
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="How many dumps to keep, the newest complete ones.",
)
@exit_with_code("run the command again: it removes the rest")
def prune(keep: int) -> None:
    """Remove the parts of dumps that are superseded; say first what, and how much.

    Commit records stay, and what the newest dumps list is never touched.
    """
    prune_dumps(open_raw_zone(), keep, click.echo)


@cli.command(epilog=EXAMPLES["loads"])
@exit_with_code("run the command again")
def loads() -> None:
    """List all loads: complete, partial, unfinished and failed."""
    for line in list_loads(open_raw_zone()):
        click.echo(line)


def list_loads(zone: RawZone) -> Iterator[str]:
    """Yield a header and a line for each load, newest first, in columns."""
    committed = {record["load_id"]: record for record in zone.commits()}
    events = sorted(zone.events(), key=itemgetter("occurred_at"))
    newest_event = {event["load_id"]: event for event in events}
    given_up = _given_up(committed, events, zone.dead_letters())
    rows = [LOADS_HEADER]
    for load_id in sorted(committed.keys() | newest_event.keys(), reverse=True):
        record = committed.get(load_id, newest_event.get(load_id, {}))
        rows.append(
            (
                record["started_at"][:19] + "Z",
                _status(committed.get(load_id), newest_event.get(load_id)),
                _count(record.get("work_count", record.get("record_count"))),
                _count(record.get("promised_count")),
                _count(given_up.get(load_id, 0)),
                load_id,
                _target(record),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)
        ).rstrip()


def _given_up(
    committed: dict[str, Record], events: Iterable[Record], letters: Iterable[Record]
) -> dict[str, int]:
    """Count the offsets that each load lacks: a later run may have fetched what one gave up."""
    begun = {e["load_id"]: e["occurred_at"] for e in events if e["event"] in ("started", "resumed")}
    of_the_last_run = {
        (letter["load_id"], letter["offset"])
        for letter in letters
        if letter["failed_at"] >= begun.get(letter["load_id"], "")
    }
    return dict(Counter(load_id for load_id, _ in of_the_last_run)) | {
        load_id: len(record.get("missing_places", ())) for load_id, record in committed.items()
    }


def _status(commit: Record | None, event: Record | None) -> str:
    if commit:
        return "complete" if commit["is_complete"] else "partial"
    if event and event["event"] in ("failed", "interrupted"):
        return f"{event['event']}: {event['error_type']}"
    return "unfinished"


def _target(record: Record) -> str:
    if "subject" in record:
        return repr(record["subject"])
    return f"dump {record['dump_date']}" if "dump_date" in record else f"files {record['dataset']}"


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def main() -> NoReturn:
    """Run the command line; SIGTERM stops it as SIGINT does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):  # escape what its encoding lacks; stderr does
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        cli()
    except SystemExit as done:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        # the interpreter's own exit would wait for requests in flight
        os._exit(done.code if isinstance(done.code, int) else 1)
    raise AssertionError("click always exits")


def _say(text: str) -> None:
    click.echo(f"extract: {text}", err=True)
