"""The raw zone: parts, commit records, events and dead letters, and where each is stored.

::

    subject_works/load_date=D/<load_id>-<offset>-<token>.jsonl.gz   works, one part per page
    <dataset>/load_date=D/<load_id>-<offset>-<token>.jsonl.gz       records of a received file
    dump_<kind>/load_date=D/<load_id>-<offset>-<token>.txt.gz       lines of a dump, as they came
    loads/load_date=D/<load_id>[-<token>].jsonl                     commit records
    load_events/load_date=D/<load_id>-<token>.jsonl                 starts, and ends without commit
    dead_letters/load_date=D/<load_id>-<offset>-<token>.jsonl       offsets given up

A load exists when its commit record exists, and only the parts that its newest commit record
lists count. So everything else here (parts of a killed load, pages fetched again) is harmless.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import msgspec
from isal import igzip, isal_zlib

from extract import clock
from extract.errors import AlreadyExists, ExtractError, RawZoneError
from extract.loads import Load, Loadable, Part, Record
from extract.storage.base import AT_ONCE, Store

COMPRESSION = 1  # of isal: 19 % larger than gzip's level 6, in an eighth of the time
GZIP = 31  # what zlib calls a window of 32 KiB with gzip's header and checksum

_LOAD = re.compile(r"load_date=.{10}/(?P<id>\d{8}T\d{12}Z-(?P<digest>[0-9a-f]{16})-[0-9a-f]{4})")


class RawZone:
    """Writes what loads land to a store, and finds it again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write_part(
        self, load: Load, dataset: str, offset: int, count: int, lines: bytes | bytearray
    ) -> Part:
        """Publish a part: ``count`` records, each one line of JSON, from ``offset`` on."""
        body = igzip.compress(lines, COMPRESSION, mtime=0)
        path = f"{load.prefix}-{offset:09d}-{secrets.token_hex(6)}.jsonl.gz"
        self._publish(f"{dataset}/{path}", body)
        return Part(path, offset, count, len(body), hashlib.sha256(body).hexdigest())

    def write_lines(
        self,
        load: Load,
        dataset: str,
        offset: int,
        pieces: Iterable[tuple[memoryview, int]],
        there: Collection[str] = (),
    ) -> Part:
        """Publish pieces of whole lines, each with its number of lines, as one part.

        Only the compressed part is held in memory. It is named by what is in it, so that a load
        that is resumed finds it among the paths that are ``there``. Another machine may compress
        the same lines otherwise; then the part is there twice, and the commit record lists one.
        """
        packer = isal_zlib.compressobj(COMPRESSION, isal_zlib.DEFLATED, GZIP)
        body = bytearray()
        count = 0
        for text, lines in pieces:
            body += packer.compress(text)
            count += lines
        body += packer.flush()
        sha256 = hashlib.sha256(body).hexdigest()
        path = f"{load.prefix}-{offset:09d}-{sha256[:12]}.txt.gz"
        if path not in there:
            self._publish(f"{dataset}/{path}", body)
        return Part(path, offset, count, len(body), sha256)

    def part_paths(self, load: Load, dataset: str) -> list[str]:
        """List a load's published parts in order, whether a commit record lists them or not."""
        keys = self._store.keys(f"{dataset}/{load.prefix.split('/')[0]}")
        paths = (key.removeprefix(f"{dataset}/") for key in keys)
        return sorted(path for path in paths if path.startswith(f"{load.prefix}-"))

    def part_bytes(self, dataset: str, path: str) -> int:
        """Return a part's size; 0 if it is gone."""
        return self._store.size(f"{dataset}/{path}") or 0

    def has_parts(self, parts: Iterable[Record]) -> bool:
        """Whether all parts of a list, as commit records have it, are there."""
        listed = {f"{part['dataset']}/{part['path']}" for part in parts}
        folders = {key.rpartition("/")[0] for key in listed}
        return listed <= {key for folder in folders for key in self._store.keys(folder)}

    def remove_part(self, dataset: str, path: str) -> None:
        """Remove a part, unless it is gone."""
        self._store.delete(f"{dataset}/{path}")

    @property
    def folder(self) -> Path | None:
        """The local folder, whose disk may be full; None if it is in S3."""
        return self._store.folder

    def read_parts(self, dataset: str, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Read parts in order: each one's path and compressed body."""
        for key, body in self._read([f"{dataset}/{path}" for path in paths]):
            yield key.removeprefix(f"{dataset}/"), body

    def commit(self, load: Load, outcome: Record, *, amends: bool) -> None:
        """Publish the commit record: from now on the load exists.

        Of two loaders that resumed the same load, the first to commit does.
        """
        name = f"{load.prefix}-{secrets.token_hex(6)}" if amends else load.prefix
        record = load.origin | {"completed_at": clock.now()} | outcome
        self._publish(f"loads/{name}.jsonl", _encode(record))

    def write_event(self, load: Load, event: str, **details: object) -> None:
        """Publish an event of a load: ``started``, ``resumed``, ``failed`` or ``interrupted``."""
        record = load.origin | {"event": event, "occurred_at": clock.now()} | details
        self._publish(f"load_events/{load.prefix}-{secrets.token_hex(6)}.jsonl", _encode(record))

    @contextmanager
    def recording_failure(self, load: Load, so_far: Callable[[], Record]) -> Iterator[None]:
        """Publish an event if a load fails or is interrupted, with how far it got."""
        try:
            yield
        except RawZoneError:
            raise  # a raw zone that cannot be written cannot store the event either
        except (ExtractError, KeyboardInterrupt) as error:
            self.write_event(
                load,
                "failed" if isinstance(error, ExtractError) else "interrupted",
                error_type=type(error).__name__,
                error=str(error),
                **so_far(),
            )
            raise

    def write_dead_letter(self, load: Load, offset: int, **details: object) -> None:
        """Publish a dead letter: an offset in the subject that was given up."""
        record = load.origin | {"offset": offset, "failed_at": clock.now()} | details
        name = f"{load.prefix}-{offset:09d}-{secrets.token_hex(6)}"
        self._publish(f"dead_letters/{name}.jsonl", _encode(record))

    def commits(self, target: Loadable | None = None) -> Iterator[Record]:
        """Read each load's newest commit record, of one target or of all, newest load first."""
        for _, records in groupby(self._records("loads", target), key=itemgetter("load_id")):
            yield max(records, key=itemgetter("completed_at"))

    def events(self, target: Loadable | None = None) -> Iterator[Record]:
        """Read events, of one target or of all, newest load first."""
        return self._records("load_events", target)

    def dead_letters(self) -> Iterator[Record]:
        """Read all dead letters, newest load first."""
        return self._records("dead_letters", None)

    def _records(self, dataset: str, target: Loadable | None) -> Iterator[Record]:
        found = []
        for key in self._store.keys(dataset):
            match = _LOAD.search(key)
            if match and (target is None or match["digest"] == target.digest):
                found.append((match["id"], key))
        for key, body in self._read([key for _, key in sorted(found, reverse=True)]):
            try:
                yield msgspec.json.decode(body, type=Record)
            except msgspec.MsgspecError as error:
                raise RawZoneError(f"{key} is damaged: {error}; move it away") from error

    def _read(self, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Read objects in order: one at first, since many callers need no more, then ever more.

        Reading many at once hides the latency of S3.
        """
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            at, many = 0, 1
            while some := keys[at : at + many]:
                yield from zip(some, pool.map(self._store.get, some), strict=True)
                at, many = at + many, min(2 * many, AT_ONCE)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _publish(self, key: str, body: bytes | bytearray) -> None:
        # Names are random or made from the content, but for a first commit record's. So an existing
        # object is this very one, or the record of a loader that resumed the same load.
        with suppress(AlreadyExists):
            self._store.put(key, body)


def _encode(record: Record) -> bytes:
    return msgspec.json.encode(record) + b"\n"
