"""From a folder of received files to a commit record.

A load lands all files of its set or none. There is no resuming: the files are at hand, so a load
that was cut short starts again.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import BinaryIO, cast

from extract.errors import InvalidInput
from extract.files.file_sets import ExpectedFile, FileSet
from extract.files.landing import FilesLoad, land_records
from extract.files.parsing import csv_records, json_records
from extract.loads import Record, refuse_if_shrunk, totals
from extract.raw_zone import RawZone
from extract.reporting import Reporter
from extract.storage import open_store
from extract.storage.base import RECEIVED_FILES, Source
from extract.storage.hashed import Hashed

READ = 2**20  # bytes read at a time
GZIP = b"\x1f\x8b"  # how a compressed file begins, and no text in UTF-8


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file of a set that was found; ``name`` is its path below the set's folder."""

    expected: ExpectedFile
    name: str
    size: int

    def records(self, received: io.BufferedReader) -> Iterator[bytes]:
        """Parse the file, which is decompressed if it is compressed, whatever its name.

        Raises:
            InvalidInput: it is not what its set expects.
        """
        is_compressed = received.peek(2).startswith(GZIP)
        file = cast("BinaryIO", gzip.GzipFile(fileobj=received) if is_compressed else received)
        if self.expected.columns:
            return csv_records(
                file, self.expected.columns, self.name, self.expected.optional_columns
            )
        return json_records(file, self.name)


class FilesLoader:
    """Lands the files of a set that are below a folder or an S3 prefix."""

    def __init__(self, zone: RawZone, reporter: Reporter, *, allow_shrink: bool = False) -> None:
        self._zone = zone
        self._reporter = reporter
        self._allow_shrink = allow_shrink

    def land(self, file_set: FileSet, folder: str) -> None:
        """Land the files, unless they are those of the set's last committed load.

        Raises:
            InvalidInput: a file is missing, unreadable or not what the set expects.
            LoadShrank: a file has far fewer records than in the last committed load.
        """
        source = open_store(folder, RECEIVED_FILES)
        files = find(file_set, source, folder)
        last = next(self._zone.commits(file_set), None)
        known = {file["dataset"]: file for file in last["files"]} if last else {}
        if last and all(
            _is_unchanged(source, file, known.get(file.expected.dataset)) for file in files
        ):
            self._reporter.note("already_loaded", dataset=file_set.name, load_id=last["load_id"])
            return
        load = FilesLoad.begin(file_set, folder if folder.startswith("s3://") else None)
        self._zone.write_event(load, "started")
        self._reporter.begin(load)
        self._reporter.expect(sum(file.size for file in files))
        landed: list[Record] = []
        parts: list[Record] = []
        with self._zone.recording_failure(load, lambda: {"landed_file_count": len(landed)}):
            for file in files:
                entry, file_parts = self._land_file(load, source, file)
                before = known.get(file.expected.dataset)
                if before and not file.expected.is_incremental and not self._allow_shrink:
                    refuse_if_shrunk(file.name, "records", entry["records"], before["records"])
                landed.append(entry)
                parts += file_parts
            record = {"is_complete": True, "files": landed} | totals(parts)
            self._zone.commit(load, record, amends=False)
            self._reporter.committed(
                load,
                {
                    "files": {file["name"]: file["records"] for file in landed},
                    "records": record["record_count"],
                    "bytes": record["bytes"],
                },
            )

    def _land_file(
        self, load: FilesLoad, source: Source, file: ReceivedFile
    ) -> tuple[Record, list[Record]]:
        """Land a file; return what the commit record says about it and about its parts."""
        dataset = file.expected.dataset
        with _opened(source, file) as opened:
            hashing = Hashed(opened, "sha256", self._reporter.advance)
            records = file.records(io.BufferedReader(hashing, READ))
            parts = [
                {"dataset": dataset} | asdict(part)
                for part in land_records(self._zone, load, dataset, file.name, records)
            ]
        entry = {
            "dataset": dataset,
            "name": file.name,
            "sha256": hashing.hash.hexdigest(),
            "bytes": hashing.size,
            "records": sum(part["records"] for part in parts),
        }
        return entry, parts


def find(file_set: FileSet, source: Source, folder: str) -> list[ReceivedFile]:
    """Find each file of a set: in its own folder or directly in the set's, compressed or not.

    Raises:
        InvalidInput: a file is missing, or several files could be it.
    """
    found: list[ReceivedFile] = []
    missing: list[str] = []
    for expected in file_set.files:
        names = [f"{expected.folder}/{expected.name}"] if expected.folder else []
        names.append(expected.name)
        candidates = [name + ending for name in names for ending in ("", ".gz")]
        sizes = {name: source.size(name) for name in candidates}
        there = [ReceivedFile(expected, name, s) for name, s in sizes.items() if s is not None]
        if len(there) > 1:
            both = " and ".join(file.name for file in there)
            raise InvalidInput(f"{folder!r} contains both {both}: keep only one of them")
        found += there
        if not there:
            missing.append(names[0])
    if missing:
        raise InvalidInput(
            f"{folder!r} lacks {', '.join(missing)}: "
            "add what is missing (the inner folder may be left out, and .gz added)"
        )
    return found


def _is_unchanged(source: Source, file: ReceivedFile, known: Record | None) -> bool:
    """Whether a file is the one that was landed; it is read only if the sizes are equal."""
    if known is None or known["bytes"] != file.size:
        return False
    with _opened(source, file) as opened:
        hashing = Hashed(opened, "sha256")
        while hashing.read(READ):
            pass
    return bool(known["sha256"] == hashing.hash.hexdigest())


@contextmanager
def _opened(source: Source, file: ReceivedFile) -> Iterator[BinaryIO]:
    """Open a file; whatever goes wrong while it is read becomes one line that names it."""
    try:
        with source.open(file.name) as opened:
            yield opened
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"cannot read {file.name}: {reason}: ask for the file to be sent again"
        ) from error
