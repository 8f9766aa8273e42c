"""A load of a dump in the raw zone: its lines as parts, unchanged."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from extract import __version__
from extract.dump.dumps import ALL_DUMPS, DATASET, Dump
from extract.loads import Load, Part, Record
from extract.raw_zone import RawZone

PART_BYTES = 128 * 2**20  # of a part's lines, before compression, at least


@dataclass(frozen=True, slots=True)
class DumpLoad(Load):
    """One attempt to land one dump, or some of its files."""

    unit: ClassVar[str] = "bytes"

    dump: Dump
    source_url: str | None  # None for a local folder: its path is private

    @classmethod
    def begin(cls, dump: Dump, source_url: str | None) -> "DumpLoad":
        """Make a load that starts now."""
        return cls(*cls.new_id(ALL_DUMPS), dump, source_url)

    @classmethod
    def from_record(cls, record: Record) -> "DumpLoad":
        """Read a load back from an event or a commit record."""
        dump = Dump(record["dump_date"])
        return cls(record["load_id"], record["started_at"], dump, record["source_url"])

    @property
    def origin(self) -> Record:
        """The fields that every record about the load carries."""
        return {
            "load_id": self.load_id,
            "dataset": DATASET,
            "source": "dump",
            "source_url": self.source_url,
            "item": self.dump.item,
            "dump_date": self.dump.date,
            "started_at": self.started_at,
            "extract_version": __version__,
        }

    @property
    def label(self) -> dict[str, str]:
        """The dump's day, for logs."""
        return {"dump": self.dump.date}


def land_lines(
    zone: RawZone, load: DumpLoad, dataset: str, pieces: Iterator[tuple[memoryview, int]]
) -> Iterator[Part]:
    """Publish a file's lines; yield each part, the first that is there already included.

    The same pieces are always cut at the same lines. A part's offset is the number of the file's
    lines before it.
    """
    there = frozenset(zone.part_paths(load, dataset))
    offset = 0
    for piece in pieces:
        some = _up_to(PART_BYTES, chain([piece], pieces))
        part = zone.write_lines(load, dataset, offset, some, there)
        offset += part.records
        yield part


def _up_to(size: int, pieces: Iterator[tuple[memoryview, int]]) -> Iterator[tuple[memoryview, int]]:
    """Take pieces until they have a size or more."""
    for text, count in pieces:
        yield text, count
        size -= len(text)
        if size <= 0:
            return
