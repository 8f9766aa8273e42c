"""A subject's load in the raw zone: its works as lines of parts, written and read back."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from extract import __version__
from extract.errors import PartDamaged
from extract.loads import Load, Part, Record
from extract.raw_zone import RawZone
from extract.subjects.names import Subject
from extract.subjects.response import Page, identity

DATASET = "subject_works"


@dataclass(frozen=True, slots=True)
class SubjectLoad(Load):
    """One attempt to land one subject, or its first works."""

    unit: ClassVar[str] = "works"

    subject: Subject
    source_url: str | None  # None for saved responses
    requested_limit: int | None

    @classmethod
    def begin(cls, subject: Subject, source_url: str | None, limit: int | None) -> "SubjectLoad":
        """Make a load that starts now."""
        return cls(*cls.new_id(subject), subject, source_url, limit)

    @classmethod
    def from_record(cls, record: Record) -> "SubjectLoad":
        """Read a load back from an event or a commit record."""
        return cls(
            record["load_id"],
            record["started_at"],
            Subject(record["subject_given"], record["subject"]),
            record["source_url"],
            record["requested_limit"],
        )

    @property
    def origin(self) -> Record:
        """The fields that every record about the load carries."""
        return {
            "load_id": self.load_id,
            "dataset": DATASET,
            "subject": self.subject.slug,
            "subject_given": self.subject.given,
            "source": "api" if self.source_url else "files",
            "source_url": self.source_url,
            "requested_limit": self.requested_limit,
            "started_at": self.started_at,
            "extract_version": __version__,
        }

    @property
    def label(self) -> dict[str, str]:
        """The subject, for logs."""
        return {"subject": self.subject.slug}


@dataclass(frozen=True, slots=True)
class Line:
    """A work with its place in the load: one line of a part.

    ``flaw`` says what is wrong with a work that is not valid JSON.
    """

    offset: int
    position: int
    work: msgspec.Raw
    identity: int
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class LandedPart:
    """A part that was read back: its lines, and when they were fetched."""

    part: Part
    fetched_at: str
    lines: list[Line]


_FLAW = b'{"flaw":'
_RECORD = b',"record":'


class _LandedLine(msgspec.Struct):
    offset: int
    position: int
    fetched_at: str
    record: msgspec.Raw
    flaw: str | None = None


_landed_line = msgspec.json.Decoder(_LandedLine)


def page_lines(page: Page, offset: int) -> list[Line]:
    """Return the lines of the page at an offset."""
    return [
        Line(offset, position, work, identity, page.flaws.get(position))
        for position, (work, identity) in enumerate(zip(page.works, page.identities, strict=True))
    ]


def land_page(
    zone: RawZone, load: SubjectLoad, offset: int, fetched_at: str, lines: Sequence[Line]
) -> Part:
    """Publish a page as one part: a line of JSON per work, its bytes as they were received.

    Where the work is not valid JSON, the line is not either. It begins with the flaw, by which dbt
    knows it, whatever JSON the engine accepts.
    """
    head = msgspec.json.encode({"load_id": load.load_id, "subject": load.subject.slug})[:-1]
    fetched = msgspec.json.encode(fetched_at)
    # joined once: a buffer that grows with each line leaves holes in memory
    text = b"".join([_landed(line, head, fetched) for line in lines])
    return zone.write_part(load, DATASET, offset, len(lines), text)


def _landed(line: Line, head: bytes, fetched_at: bytes) -> bytes:
    if line.flaw is not None:
        head = b"%b%b,%b" % (_FLAW, msgspec.json.encode(line.flaw), head[1:])
    return b'%b,"offset":%d,"position":%d,"fetched_at":%b,"record":%b}\n' % (
        head,
        line.offset,
        line.position,
        fetched_at,
        line.work,
    )


def read_back(
    zone: RawZone, load: SubjectLoad, listed: Sequence[Record] | None = None
) -> Iterator[LandedPart]:
    """Read back the parts that a load's commit record lists; without one, all that it landed.

    A damaged part that no commit record lists is treated like a missing one.

    Raises:
        PartDamaged: a listed part is missing, or is not what the loader wrote.
    """
    found = zone.part_paths(load, DATASET)
    paths = found if listed is None else [part["path"] for part in listed]
    if missing := set(paths).difference(found):
        raise _damaged(load, min(missing), "is missing")
    for path, body in zone.read_parts(DATASET, paths):
        with suppress(PartDamaged) if listed is None else nullcontext():
            yield _unpack(load, path, body)


def _unpack(load: SubjectLoad, path: str, body: bytes) -> LandedPart:
    try:
        text = gzip.decompress(body)
        decoded = [_decode(line) for line in text.splitlines()]
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise _damaged(load, path, f"is damaged: {error}") from error
    lines = [
        Line(line.offset, line.position, line.record, identity(line.record), line.flaw)
        for line in decoded
    ]
    offset = int(path.removeprefix(f"{load.prefix}-")[:9])
    part = Part(path, offset, len(lines), len(body), hashlib.sha256(body).hexdigest())
    return LandedPart(part, decoded[0].fetched_at if decoded else "", lines)


def _decode(line: bytes) -> _LandedLine:
    if not line.startswith(_FLAW):
        return _landed_line.decode(line)
    head, _, record = line.partition(_RECORD)
    landed = _landed_line.decode(head + _RECORD + b"null}")
    landed.record = msgspec.Raw(record.removesuffix(b"}"))
    return landed


def _damaged(load: SubjectLoad, path: str, problem: str) -> PartDamaged:
    limit = f" with --limit {load.requested_limit}" if load.requested_limit else ""
    return PartDamaged(
        f"subject {load.subject.slug!r}: {DATASET}/{path} {problem}; load the subject again{limit}"
    )
