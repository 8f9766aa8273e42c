"""A load of received files in the raw zone: their records as lines of parts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from extract import __version__, clock
from extract.files.file_sets import FileSet
from extract.loads import Load, Part, Record
from extract.raw_zone import RawZone

PART_BYTES = 16 * 2**20  # of a part's lines, before compression; held in memory

_record = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class FilesLoad(Load):
    """One attempt to land one set of files."""

    unit: ClassVar[str] = "bytes"

    file_set: FileSet
    source_url: str | None  # None for a local folder: its path is private

    @classmethod
    def begin(cls, file_set: FileSet, source_url: str | None) -> "FilesLoad":
        """Make a load that starts now."""
        return cls(*cls.new_id(file_set), file_set, source_url)

    @property
    def origin(self) -> Record:
        """The fields that every record about the load carries."""
        return {
            "load_id": self.load_id,
            "dataset": self.file_set.name,
            "source": "files",
            "source_url": self.source_url,
            "started_at": self.started_at,
            "extract_version": __version__,
        }

    @property
    def label(self) -> dict[str, str]:
        """The set of files, for logs."""
        return {"dataset": self.file_set.name}


def land_records(
    zone: RawZone, load: FilesLoad, dataset: str, file: str, records: Iterable[bytes]
) -> Iterator[Part]:
    """Publish a received file's records, each the bytes of a JSON object on one line.

    Yields each part as soon as it is published, so a file of any size takes the memory of one
    part. A part's offset is the number of the file's records before it. A text in a record may hold
    half of a character that takes two escapes; then the line begins with the flaw, as in
    ``extract.subjects.landing.land_page``.
    """
    head = msgspec.json.encode({"load_id": load.load_id, "file": file})[1:-1]
    offset = row = 0
    text = bytearray()
    for row, record in enumerate(records, 1):
        if not text:
            landed = msgspec.json.encode(clock.now())
        text += b'{%b%b,"row":%d,"landed_at":%b,"record":%b}\n' % (
            _flaw(record),
            head,
            row,
            landed,
            record,
        )
        if len(text) >= PART_BYTES:
            yield zone.write_part(load, dataset, offset, row - offset, text)
            offset = row
            text.clear()
    if text:
        yield zone.write_part(load, dataset, offset, row - offset, text)


def _flaw(record: bytes) -> bytes:
    """Return the field that says what is wrong with a record, or nothing."""
    try:
        _record.decode(record)
    except msgspec.MsgspecError as error:
        return b'"flaw":%b,' % msgspec.json.encode(str(error))
    return b""
