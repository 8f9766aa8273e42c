"""The raw zone: parts, commit records, events and dead letters, and where each lies.

::

    subject_works/load_date=D/<load_id>-<offset>-<token>.jsonl.gz   works, a page each
    <dataset>/load_date=D/<load_id>-<offset>-<token>.jsonl.gz       records of a received file
    loads/load_date=D/<load_id>[-<token>].jsonl                     commit records
    load_events/load_date=D/<load_id>-<token>.jsonl                 starts and ends without commit
    dead_letters/load_date=D/<load_id>-<offset>-<token>.jsonl       places given up

A load exists when its commit record exists, and only the parts that its newest commit record
lists count. So whatever else lies here (parts of a killed load, pages fetched again) is harmless.
"""

import gzip
import hashlib
import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

import msgspec

from extract import __version__, clock
from extract.errors import AlreadyExists, ExtractError, PartDamaged, RawZoneError
from extract.storage.base import AT_ONCE, Store
from extract.subjects.names import Subject
from extract.subjects.response import Page, identity

DATASET = "subject_works"
COMPRESSION = 5  # of gzip: 4 % larger than 6 in three quarters of its time
PART_BYTES = 16 * 2**20  # of a received file's lines, before compression; held in memory

Record = dict[str, Any]

_LOAD = re.compile(
    r"load_date=(?P<date>[0-9-]{10})/(?P<id>[0-9]{8}T[0-9]{12}Z-(?P<digest>[0-9a-f]{16})-[0-9a-f]{4})"
)


class Named(Protocol):
    """What loads are of; ``digest`` stands for its name in file names, and is no other's."""

    @property
    def digest(self) -> str:
        """16 hex digits."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to land something: where its objects lie and what its records say of it."""

    load_id: str
    started_at: str

    @staticmethod
    def begin_now(what: Named) -> tuple[str, str]:
        """Give a ``load_id`` and ``started_at`` of something that is loaded from now on."""
        started_at = clock.now()
        stamp = re.sub(r"[-:.]", "", started_at)
        return f"{stamp}-{what.digest}-{secrets.token_hex(2)}", started_at

    @property
    def prefix(self) -> str:
        """Where a load's objects lie in each dataset."""
        return f"load_date={self.started_at[:10]}/{self.load_id}"

    @property
    def origin(self) -> Record:
        """The fields that every record about a load carries."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Load(Attempt):
    """One attempt at one snapshot of one subject; the same when it is resumed."""

    subject: Subject
    source: str  # "api" or "files"
    source_url: str | None
    requested_limit: int | None

    @classmethod
    def begin(
        cls, subject: Subject, source: str, source_url: str | None, requested_limit: int | None
    ) -> "Load":
        """Make a load that starts now."""
        return cls(*cls.begin_now(subject), subject, source, source_url, requested_limit)

    @property
    def origin(self) -> Record:
        """The fields that every record about a load carries."""
        return {
            "load_id": self.load_id,
            "dataset": DATASET,
            "subject": self.subject.slug,
            "subject_given": self.subject.given,
            "source": self.source,
            "source_url": self.source_url,
            "requested_limit": self.requested_limit,
            "started_at": self.started_at,
            "extract_version": __version__,
        }

    @classmethod
    def from_record(cls, record: Record) -> "Load":
        """Read a load back from an event or a commit record."""
        return cls(
            record["load_id"],
            record["started_at"],
            Subject(record["subject_given"], record["subject"]),
            record["source"],
            record["source_url"],
            record["requested_limit"],
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A file of records, as its commit record lists it; ``path`` is below the dataset."""

    path: str
    offset: int
    records: int
    bytes: int
    sha256: str


def totals(parts: Sequence[Record]) -> Record:
    """Give what every commit record says of the parts that it lists."""
    return {
        "record_count": sum(part["records"] for part in parts),
        "bytes": sum(part["bytes"] for part in parts),
        "parts": parts,
    }


@dataclass(frozen=True, slots=True)
class Line:
    """A work to land, or landed: its place, its bytes, and what tells it apart."""

    offset: int
    position: int
    work: msgspec.Raw
    identity: int


def page_lines(page: Page, offset: int) -> list[Line]:
    """Give the lines of a page that was asked for at an offset."""
    return [
        Line(offset, position, work, one)
        for position, (work, one) in enumerate(zip(page.works, page.identities, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class LandedPart:
    """A part read back: its lines, and when they were fetched."""

    part: Part
    fetched_at: str
    lines: list[Line]


class _LandedLine(msgspec.Struct):
    offset: int
    position: int
    fetched_at: str
    record: msgspec.Raw


_landed_line = msgspec.json.Decoder(_LandedLine)


class RawZone:
    """What the loader lands and finds in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def land(self, load: Load, offset: int, fetched_at: str, lines: Sequence[Line]) -> Part:
        """Publish one part: a JSON line for each work, its bytes as they were received."""
        head = msgspec.json.encode({"load_id": load.load_id, "subject": load.subject.slug})[:-1]
        fetched = msgspec.json.encode(fetched_at)
        text = bytearray()
        for line in lines:
            text += b'%b,"offset":%d,"position":%d,"fetched_at":%b,"record":%b}\n' % (
                head,
                line.offset,
                line.position,
                fetched,
                line.work,
            )
        return self._land(load, DATASET, offset, len(lines), text)

    def land_file(
        self, load: Attempt, dataset: str, file: str, records: Iterable[bytes]
    ) -> Iterator[Part]:
        """Publish a received file's records, each the bytes of a JSON object on one line.

        A part is given as soon as it is published, so that a file of any size takes the memory of
        one part. Its offset is the number of the file's records before it.
        """
        head = msgspec.json.encode({"load_id": load.load_id, "file": file})[:-1]
        offset = row = 0
        text = bytearray()
        for row, record in enumerate(records, 1):
            if not text:
                landed = msgspec.json.encode(clock.now())
            text += b'%b,"row":%d,"landed_at":%b,"record":%b}\n' % (head, row, landed, record)
            if len(text) >= PART_BYTES:
                yield self._land(load, dataset, offset, row - offset, text)
                offset = row
                text.clear()
        if text:
            yield self._land(load, dataset, offset, row - offset, text)

    def landed(self, load: Load) -> Iterator[LandedPart]:
        """Read a load's parts back, as one left them that was killed.

        No commit record lists them yet, so a damaged one is as good as one that is missing.
        """
        for key, body in self._read(self._keys(DATASET, load)):
            with suppress(PartDamaged):
                yield _unpack(load, key, body)

    def committed(self, load: Load, parts: Sequence[Record]) -> Iterator[LandedPart]:
        """Read back the parts that a load's commit record lists.

        Raises:
            PartDamaged: one is missing, or not what the loader wrote.
        """
        keys = [f"{DATASET}/{part['path']}" for part in parts]
        if missing := set(keys).difference(self._keys(DATASET, load)):
            raise _damaged(load, min(missing), "is missing")
        for key, body in self._read(keys):
            yield _unpack(load, key, body)

    def commit(self, load: Attempt, outcome: Record, *, amends: bool) -> bool:
        """Publish the commit record: from here on the load exists.

        Returns whether it was this call that did so: two loaders may have resumed one load.
        """
        name = f"{load.prefix}-{secrets.token_hex(6)}" if amends else load.prefix
        key = f"loads/{name}.jsonl"
        record = _encode(load.origin | {"completed_at": clock.now()} | outcome)
        try:
            self._store.put(key, record)
        except AlreadyExists:
            # another loader's, or this very one, whose PUT was sent again as its answer was lost
            return self._store.get(key) == record
        return True

    def note(self, load: Attempt, event: str, **details: object) -> None:
        """Publish an event of a load: ``started``, ``resumed``, ``failed`` or ``interrupted``."""
        record = load.origin | {"event": event, "occurred_at": clock.now()} | details
        self._publish(f"load_events/{load.prefix}-{secrets.token_hex(6)}.jsonl", _encode(record))

    @contextmanager
    def noting_failure(self, load: Attempt, so_far: Callable[[], Record]) -> Iterator[None]:
        """Publish an event if a load fails or is interrupted, with how far it came."""
        try:
            yield
        except RawZoneError:
            raise  # a raw zone that cannot be written takes no note either
        except (ExtractError, KeyboardInterrupt) as error:
            self.note(
                load,
                "failed" if isinstance(error, ExtractError) else "interrupted",
                error_type=type(error).__name__,
                error=str(error),
                **so_far(),
            )
            raise

    def bury(self, load: Load, offset: int, **details: object) -> None:
        """Publish a dead letter: a place of the subject that was given up."""
        record = load.origin | {"offset": offset, "failed_at": clock.now()} | details
        name = f"{load.prefix}-{offset:09d}-{secrets.token_hex(6)}"
        self._publish(f"dead_letters/{name}.jsonl", _encode(record))

    def commits(self, of: Named | None = None) -> Iterator[Record]:
        """Read the commit record of each load, of one subject or of all, the newest load first.

        Of a load that was amended it is the newest record.
        """
        for _, records in groupby(self._records("loads", of), key=itemgetter("load_id")):
            yield max(records, key=itemgetter("completed_at"))

    def events(self, of: Named | None = None) -> Iterator[Record]:
        """Read events, of one subject or of all, the newest load first."""
        return self._records("load_events", of)

    def dead_letters(self) -> Iterator[Record]:
        """Read all dead letters, the newest load first."""
        return self._records("dead_letters", None)

    def _records(self, dataset: str, of: Named | None) -> Iterator[Record]:
        found = []
        for key in self._store.keys(dataset):
            match = _LOAD.search(key)
            if match and (of is None or match["digest"] == of.digest):
                found.append((match["id"], key))
        for key, body in self._read([key for _, key in sorted(found, reverse=True)]):
            try:
                yield msgspec.json.decode(body, type=Record)
            except msgspec.MsgspecError as error:
                raise RawZoneError(f"{key} is damaged: {error}; move it away") from error

    def _keys(self, dataset: str, load: Load) -> list[str]:
        folder = f"{dataset}/load_date={load.started_at[:10]}"
        return sorted(
            k for k in self._store.keys(folder) if k.startswith(f"{dataset}/{load.prefix}-")
        )

    def _read(self, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Read objects in order: one, then ever more at once, for many callers want but the first.

        What lies far away, as in S3, is waited for together.
        """
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            at, many = 0, 1
            while some := keys[at : at + many]:
                yield from zip(some, pool.map(self._store.get, some), strict=True)
                at, many = at + many, min(2 * many, AT_ONCE)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _land(self, load: Attempt, dataset: str, offset: int, count: int, text: bytearray) -> Part:
        body = gzip.compress(text, COMPRESSION, mtime=0)
        path = f"{load.prefix}-{offset:09d}-{secrets.token_hex(6)}.jsonl.gz"
        self._publish(f"{dataset}/{path}", body)
        return Part(path, offset, count, len(body), hashlib.sha256(body).hexdigest())

    def _publish(self, key: str, body: bytes) -> None:
        # the names are random: what exists is this very object, and the answer to its PUT was lost
        with suppress(AlreadyExists):
            self._store.put(key, body)


def _encode(record: Record) -> bytes:
    return msgspec.json.encode(record) + b"\n"


def _unpack(load: Load, key: str, body: bytes) -> LandedPart:
    path = key.removeprefix(f"{DATASET}/")
    try:
        text = gzip.decompress(body)
        decoded = [_landed_line.decode(line) for line in text.splitlines()]
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise _damaged(load, key, f"is damaged: {error}") from error
    lines = [
        Line(line.offset, line.position, line.record, identity(line.record)) for line in decoded
    ]
    offset = int(path.removeprefix(f"{load.prefix}-")[:9])
    part = Part(path, offset, len(lines), len(body), hashlib.sha256(body).hexdigest())
    return LandedPart(part, decoded[0].fetched_at if decoded else "", lines)


def _damaged(load: Load, key: str, what: str) -> PartDamaged:
    limit = f" with --limit {load.requested_limit}" if load.requested_limit else ""
    return PartDamaged(
        f"subject {load.subject.slug!r}: {key} {what}; load the subject again{limit}"
    )
