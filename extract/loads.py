"""What a load is, what its parts are, and when it has shrunk too far to be trusted."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from extract import clock
from extract.errors import LoadShrank

SHRINK = 0.8  # of the last committed load's works or records: with fewer, a load is refused

Record = dict[str, Any]


class Loadable(Protocol):
    """The thing being loaded: a subject or a set of files."""

    @property
    def digest(self) -> str:
        """Its unique, path-safe id: 16 hex digits."""


@dataclass(frozen=True, slots=True)
class Load:
    """One attempt to land something; it stays the same load when it is resumed."""

    load_id: str
    started_at: str

    unit: ClassVar[str]  # what its progress counts

    @staticmethod
    def new_id(target: Loadable) -> tuple[str, str]:
        """Return the ``load_id`` and ``started_at`` of a load that starts now."""
        started_at = clock.now()
        stamp = re.sub(r"[-:.]", "", started_at)
        return f"{stamp}-{target.digest}-{secrets.token_hex(2)}", started_at

    @property
    def prefix(self) -> str:
        """The start of its objects' keys, below each dataset."""
        return f"load_date={self.started_at[:10]}/{self.load_id}"

    @property
    def origin(self) -> Record:
        """The fields that every record about the load carries."""
        raise NotImplementedError

    @property
    def label(self) -> dict[str, str]:
        """What it is a load of, as its log lines say."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Part:
    """A file of records, as its commit record lists it; ``path`` is below the dataset."""

    path: str
    offset: int
    records: int
    bytes: int
    sha256: str


def totals(parts: Sequence[Record]) -> Record:
    """Return what every commit record says about the parts that it lists."""
    return {
        "record_count": sum(part["records"] for part in parts),
        "bytes": sum(part["bytes"] for part in parts),
        "parts": parts,
    }


def shrinks(count: int, last: int | None, share: float = SHRINK) -> bool:
    """Whether something has far fewer works or records than its last committed load."""
    return count < share * (last or 0)


def refuse_if_shrunk(
    what: str,
    unit: str,
    count: int,
    last: int | None,
    share: float = SHRINK,
    before: str = "its last committed load",
) -> None:
    """Refuse what has less than a share of the works or records that were there ``before``.

    Raises:
        LoadShrank: it did.
    """
    if shrinks(count, last, share):
        raise LoadShrank(
            f"{what} has {count:,} {unit}, but {before} had {last:,}: "
            "if that is right, run the command again with --allow-shrink"
        )
