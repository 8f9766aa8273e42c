"""From a folder of received files to a commit record: which files, whether they are new, how many.

A load lands all files of its set or is not there. Nothing is gone on with: files are at hand, so
that a load which was cut short is begun anew.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from extract import __version__
from extract.errors import InvalidInput, LoadShrank
from extract.files.file_sets import FileSet, WantedFile
from extract.files.parsing import csv_records, json_records
from extract.raw_zone import Attempt, RawZone, Record, totals
from extract.storage import open_source
from extract.storage.base import Source
from extract.subjects.snapshot import shrinks

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READ = 2**20  # bytes that are read at a time


@dataclass(frozen=True, slots=True)
class FilesLoad(Attempt):
    """One attempt at landing one set of files."""

    file_set: FileSet
    source_url: str | None  # null of a local folder, whose path is nobody else's business

    @classmethod
    def begin(cls, file_set: FileSet, source_url: str | None) -> "FilesLoad":
        """Make a load that starts now."""
        return cls(*cls.begin_now(file_set), file_set, source_url)

    @property
    def origin(self) -> Record:
        """The fields that every record about a load carries."""
        return {
            "load_id": self.load_id,
            "dataset": self.file_set.name,
            "source": "files",
            "source_url": self.source_url,
            "started_at": self.started_at,
            "extract_version": __version__,
        }


class Report(Protocol):
    """Who wants to know how a load of files goes on and ends."""

    def begin_files(self, load: FilesLoad, size: int) -> None:
        """A load of so many bytes begins."""

    def advance(self, count: int) -> None:
        """So many bytes more were read."""

    def note(self, event: str, **details: object) -> None:
        """Something happened."""

    def files_committed(self, load: FilesLoad, record: Record) -> None:
        """A load was committed; the record says what."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file of a set, found; ``name`` is its path below the set's folder."""

    wanted: WantedFile
    name: str
    size: int

    def records(self, file: BinaryIO) -> Iterator[bytes]:
        """Take the file apart.

        Raises:
            InvalidInput: it is not what its set wants.
        """
        if self.name.endswith(".gz"):
            file = cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))
        if self.wanted.columns:
            return csv_records(file, self.wanted.columns, self.name)
        return json_records(file, self.name)


class FilesLoader:
    """Lands the files of a set that lie below a folder or an S3 prefix."""

    def __init__(self, zone: RawZone, report: Report, *, allow_shrink: bool = False) -> None:
        self._zone = zone
        self._report = report
        self._allow_shrink = allow_shrink

    def land(self, file_set: FileSet, folder: str) -> None:
        """Land the files, unless they are those of the set's last committed load.

        Raises:
            InvalidInput: a file is missing, cannot be read or is not what the set wants.
            LoadShrank: a file has far fewer records than in the last committed load.
        """
        source = open_source(folder)
        files = find(file_set, source, folder)
        last = next(self._zone.commits(file_set), None)
        known = {file["dataset"]: file for file in last["files"]} if last else {}
        if last and all(_is_known(source, file, known.get(file.wanted.dataset)) for file in files):
            self._report.note("already_loaded", dataset=file_set.name, load_id=last["load_id"])
            return
        load = FilesLoad.begin(file_set, folder if folder.startswith("s3://") else None)
        self._zone.note(load, "started")
        self._report.begin_files(load, sum(file.size for file in files))
        landed: list[Record] = []
        parts: list[Record] = []
        with self._zone.noting_failure(load, lambda: {"landed_file_count": len(landed)}):
            for file in files:
                entry, its_parts = self._land_file(load, source, file)
                if not file.wanted.adds:
                    self._refuse_if_shrunk(entry, known.get(file.wanted.dataset))
                landed.append(entry)
                parts += its_parts
            record = {"is_complete": True, "files": landed} | totals(parts)
            self._zone.commit(load, record, amends=False)
            self._report.files_committed(load, record)

    def _land_file(
        self, load: FilesLoad, source: Source, file: ReceivedFile
    ) -> tuple[Record, list[Record]]:
        """Land a file; give what the commit record says of it and of its parts."""
        dataset = file.wanted.dataset
        with _readable(source, file) as opened:
            hashing = _Hashing(opened, self._report.advance)
            records = file.records(cast("BinaryIO", io.BufferedReader(hashing, READ)))
            parts = [
                {"dataset": dataset} | asdict(part)
                for part in self._zone.land_file(load, dataset, file.name, records)
            ]
        entry = {
            "dataset": dataset,
            "name": file.name,
            "sha256": hashing.sha256.hexdigest(),
            "bytes": hashing.size,
            "records": sum(part["records"] for part in parts),
        }
        return entry, parts

    def _refuse_if_shrunk(self, entry: Record, known: Record | None) -> None:
        if known and not self._allow_shrink and shrinks(entry["records"], known["records"]):
            raise LoadShrank(
                f"{entry['name']} has {entry['records']:,} records, in the last committed load "
                f"{known['records']:,}: if that is right, land it with --allow-shrink"
            )


def find(file_set: FileSet, source: Source, folder: str) -> list[ReceivedFile]:
    """Find each file of a set once: in its folder or in the set's own, compressed or not.

    Raises:
        InvalidInput: a file is missing, or there are several that could be it.
    """
    found: list[ReceivedFile] = []
    missing: list[str] = []
    for wanted in file_set.files:
        names = (f"{wanted.folder}/{wanted.name}", wanted.name)
        candidates = [name + ending for name in names for ending in ("", ".gz")]
        sizes = {name: source.size(name) for name in candidates}
        there = [ReceivedFile(wanted, name, s) for name, s in sizes.items() if s is not None]
        if len(there) > 1:
            both = " and ".join(file.name for file in there)
            raise InvalidInput(f"{folder!r} holds both {both}: leave one of them there")
        found += there
        if not there:
            missing.append(names[0])
    if missing:
        raise InvalidInput(
            f"{folder!r} lacks {', '.join(missing)}: "
            "put it there (the inner folder may be left out, .gz may be added)"
        )
    return found


def _is_known(source: Source, file: ReceivedFile, known: Record | None) -> bool:
    """Whether a file is the one that was landed; only one of the same size is read for it."""
    if known is None or known["bytes"] != file.size:
        return False
    with _readable(source, file) as opened:
        hashing = _Hashing(opened, lambda _: None)
        while hashing.read(READ):
            pass
    return bool(known["sha256"] == hashing.sha256.hexdigest())


@contextmanager
def _readable(source: Source, file: ReceivedFile) -> Iterator[BinaryIO]:
    """Open a file; whatever goes wrong while it is read is one line about it."""
    try:
        with source.open(file.name) as opened:
            yield opened
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"cannot read {file.name}: {reason}: ask for the file again") from error


class _Hashing(io.RawIOBase):
    """A file that is hashed and counted as it is read."""

    def __init__(self, file: BinaryIO, advance: Callable[[int], None]) -> None:
        self._file = file
        self._advance = advance
        self.sha256 = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        read = self._file.read(len(memoryview(buffer)))
        memoryview(buffer)[: len(read)] = read
        self.sha256.update(read)
        self.size += len(read)
        self._advance(len(read))
        return len(read)
