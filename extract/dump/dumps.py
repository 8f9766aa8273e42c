"""What a monthly dump consists of: its files, and how a line of each begins."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from extract.errors import InvalidInput

DATASET = "open_library_dump"  # as commit records name the whole


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file of each dump, and the dataset of the raw zone that its lines become.

    Every line has this many ``columns``, divided by tabs, and ``start`` in front. The last of five
    columns is the record, an object of JSON, in which a tab is written as an escape.
    """

    kind: str  # as the archive and the command line name it
    start: bytes
    columns: int = 5

    @property
    def dataset(self) -> str:
        """The raw zone's folder."""
        return f"dump_{self.kind.replace('-', '_')}"


FILES = (
    DumpFile("works", b"/type/work\t"),
    DumpFile("editions", b"/type/edition\t"),
    DumpFile("authors", b"/type/author\t"),
    DumpFile("redirects", b"/type/redirect\t"),
    DumpFile("deletes", b"/type/delete\t"),
    DumpFile("ratings", b"/works/OL", columns=4),
    DumpFile("reading-log", b"/works/OL", columns=4),
)
KINDS = tuple(file.kind for file in FILES)


@dataclass(frozen=True, slots=True)
class Dump:
    """The dump of one day."""

    date: str

    @property
    def item(self) -> str:
        """The archive's item that holds its files."""
        return f"ol_dump_{self.date}"

    def name(self, file: DumpFile) -> str:
        """Return the name of one of its files."""
        return f"ol_dump_{file.kind}_{self.date}.txt.gz"


class AllDumps:
    """The target of every load of a dump, so that its records are found together."""

    # no subject's slug and no set of files has a text like this one
    digest = hashlib.sha256(b"dump/open_library").hexdigest()[:16]


ALL_DUMPS = AllDumps()


def parse_date(given: str) -> Dump:
    """Read a dump's day; ``latest`` is refused, because two downloads may be of two months.

    Raises:
        InvalidInput: it is not a day.
    """
    try:
        if date.fromisoformat(given).isoformat() == given:
            return Dump(given)
    except ValueError:
        pass
    raise InvalidInput(
        f"{given!r} is not the day of a dump: write it as 2026-09-30 "
        "(https://openlibrary.org/developers/dumps lists them)"
    )


def parse_kinds(given: str | None) -> tuple[DumpFile, ...]:
    """Read which files are wanted, as ``works,authors``; without any, all of them.

    Raises:
        InvalidInput: a dump has no such file.
    """
    if given is None:
        return FILES
    wanted = {kind.strip() for kind in given.split(",")}
    if unknown := sorted(wanted - {*KINDS}):
        raise InvalidInput(f"--only {unknown[0]!r}: a dump has {', '.join(KINDS)}")
    return tuple(file for file in FILES if file.kind in wanted)


def is_whole(files: Iterable[DumpFile]) -> bool:
    """Whether these are all files of a dump."""
    return {file.kind for file in files} == {*KINDS}
