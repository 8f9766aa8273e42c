"""What the stand-in serves: the works of each subject, sorted by key, changeable meanwhile."""

import json
import mmap
import re
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Self, overload

# The sorts of Open Library's works that need no index of their own. Any other name is a 500 there.
SORTS = ("editions", "key", "new", "old", "title")

_LEADING_KEY = re.compile(rb'\{"key":"(/works/[^"\\]*)"')


def key_of(work: bytes) -> str:
    """The work's key, "" where it has none."""
    if match := _LEADING_KEY.match(work):
        return match[1].decode()
    key = _field(work, "key")
    return key if isinstance(key, str) else ""


@dataclass(frozen=True)
class View:
    """A page as the catalogue held it at one instant."""

    count: int
    works: Sequence[bytes]
    version: int


class MappedWorks(Sequence[bytes]):
    """Works in a file, one a line and sorted by key, of which only the pages asked for are read."""

    def __init__(self, path: Path, starts: "array[int]") -> None:
        self._file = path.open("rb")
        self._starts = starts
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    @classmethod
    def write(cls, path: Path, works: Iterable[bytes]) -> Self:
        """Write the works, already sorted by key, and map what was written."""
        starts, at = array("Q", [0]), 0
        with path.open("wb") as file:
            for work in works:
                at += file.write(work + b"\n")
                starts.append(at)
        return cls(path, starts)

    def close(self) -> None:
        self._map.close()
        self._file.close()

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        return self._map[self._starts[place] : self._starts[place + 1] - 1]

    def __iter__(self) -> Iterator[bytes]:
        return (self[i] for i in range(len(self)))


class Catalogue:
    """Works by subject slug. Safe to read and to change from any thread."""

    def __init__(self, subjects: Mapping[str, Sequence[bytes]] | None = None) -> None:
        self._lock = RLock()
        self._works: dict[str, Sequence[bytes]] = {}
        self._orders: dict[tuple[str, str], tuple[int, list[int]]] = {}
        self._version = 0
        for slug, works in (subjects or {}).items():
            self[slug] = works

    def __setitem__(self, slug: str, works: Sequence[bytes]) -> None:
        """Set a subject's works, in any order; mapped works are taken to be sorted by key."""
        held = works if isinstance(works, MappedWorks) else sorted(works, key=key_of)
        with self._lock:
            self._works[slug] = held
            self._version += 1

    def __getitem__(self, slug: str) -> Sequence[bytes]:
        """The subject's works sorted by key; none where the subject is unknown."""
        with self._lock:
            works = self._works.get(slug, ())
            return works if isinstance(works, MappedWorks) else tuple(works)

    def count(self, slug: str) -> int:
        with self._lock:
            return len(self._works.get(slug, ()))

    def view(self, slug: str, offset: int, limit: int, sort: str = "key") -> View:
        with self._lock:
            works = self._works.get(slug, ())
            if limit and offset < len(works) and sort != "key":
                order = self._order(slug, sort)
                page: Sequence[bytes] = [works[i] for i in order[offset : offset + limit]]
            else:
                page = works[offset : offset + limit]
            return View(len(works), page, self._version)

    @contextmanager
    def commit(self, slug: str) -> Iterator[Sequence[bytes]]:
        """Make several changes at once: no page shows some of them without the others."""
        with self._lock:
            yield self._works[slug]

    def insert(self, slug: str, work: bytes) -> None:
        """Add a work at its place; a work of the same key is replaced."""
        with self._lock:
            works = self._list(slug)
            key = key_of(work)
            place = bisect_left(works, key, key=key_of)
            if place < len(works) and key_of(works[place]) == key:
                works[place] = work
            else:
                works.insert(place, work)
            self._version += 1

    def insert_near(self, slug: str, place: int) -> str:
        """Add a work just before the one at `place`, made from it, and return its key."""
        with self._lock:
            neighbour = self._list(slug)[place]
            key = key_of(neighbour)
            # A digit sorts before the W that it pushes away: /works/OL123047W < /works/OL123W.
            new = f"{key[:-1]}0{self._version:04d}{key[-1]}"
            self.insert(slug, neighbour.replace(key.encode(), new.encode(), 1))
            return new

    def delete(self, slug: str, key: str) -> None:
        """Take a work away. KeyError where there is none of that key."""
        with self._lock:
            works = self._list(slug)
            place = bisect_left(works, key, key=key_of)
            if place == len(works) or key_of(works[place]) != key:
                raise KeyError(key)
            self.delete_at(slug, place)

    def delete_at(self, slug: str, place: int) -> str:
        """Take the work at `place` away and return its key."""
        with self._lock:
            key = key_of(self._list(slug).pop(place))
            self._version += 1
            return key

    def _list(self, slug: str) -> list[bytes]:
        works = self._works.setdefault(slug, [])
        if not isinstance(works, list):
            raise TypeError(f"The works of {slug} are mapped from a file and cannot be changed.")
        return works

    def _order(self, slug: str, sort: str) -> list[int]:
        """Places in the order of `sort`; as in Solr, every change reorders ties."""
        version, order = self._orders.get((slug, sort), (-1, []))
        if version != self._version:
            works = [json.loads(work) for work in self._works[slug]]
            field, sign = {
                "editions": ("edition_count", -1),
                "new": ("first_publish_year", -1),
                "old": ("first_publish_year", 1),
                "title": ("title", 1),
            }[sort]

            def rank(place: int) -> tuple[bool, float, str, int]:
                value = works[place].get(field)
                number = sign * value if isinstance(value, int | float) else 0
                text = value if isinstance(value, str) else ""
                salt = f"{self._version} {place}".encode()
                return value is None, number, text, zlib.crc32(salt)

            order = sorted(range(len(works)), key=rank)
            self._orders[slug, sort] = self._version, order
        return order


def _field(work: bytes, name: str) -> object:
    try:
        record = json.loads(work)
    except ValueError:
        return None
    return record.get(name) if isinstance(record, dict) else None
