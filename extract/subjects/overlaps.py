"""How a subject is cut into overlapping pages, and what the overlaps say about them.

Pages of 1,000 works overlap by one. Where two neighbours disagree about the work that they share,
something was inserted or deleted before it while the pages were fetched.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from extract.loads import Part

PAGE = 1000  # works; the API's largest page
STEP = PAGE - 1  # so that neighbours share one work


@dataclass(frozen=True, slots=True, eq=False)
class LandedPage:
    """What must be known of a landed page to compare it with its neighbours.

    ``missing`` lists the offsets given up, which count from the subject's start. ``seen_again_at``
    is when it was last requested again and was the same, on the monotonic clock; 0 if never.
    """

    offset: int
    part: Part
    fetched_at: str
    identities: "array[int]"
    missing: tuple[int, ...] = ()
    seen_again_at: float = 0.0

    @property
    def length(self) -> int:
        """How many works the page spans, landed or given up."""
        return len(self.identities) + len(self.missing)

    @property
    def first(self) -> int | None:
        """Identity of the first work; None if that offset was given up."""
        return None if self.offset in self.missing else self.identities[0]

    @property
    def last(self) -> int | None:
        """Identity of the last work; None if that offset was given up."""
        return None if self.offset + self.length - 1 in self.missing else self.identities[-1]

    def holds(self, offset: int) -> bool:
        """Whether this page contains the work at an offset of the subject."""
        return self.offset <= offset < self.offset + self.length and offset not in self.missing


def plan(goal: int) -> list[int]:
    """Return the offsets of the pages that contain the first ``goal`` works.

    >>> plan(1000), plan(1001), plan(1)
    ([0], [0, 999], [0])
    """
    return list(range(0, max(goal - 1, 1), STEP))


def disagreements(pages: Sequence[LandedPage]) -> list[tuple[LandedPage, LandedPage]]:
    """Return the neighbours whose shared work differs; an offset given up agrees with anything."""
    return [
        (a, b) for a, b in pairwise(pages) if None not in (a.last, b.first) and a.last != b.first
    ]


def came_or_went(before: LandedPage, after: LandedPage) -> set[int]:
    """Return the works that only one of two versions of a page contains.

    The work shared with the next page is left out. So a work that moved from one page to the next
    is in the sets of both, and no longer in their symmetric difference.
    """
    return set(before.identities[:STEP]).symmetric_difference(after.identities[:STEP])


def count_distinct(identities: Iterable[Iterable[int]]) -> int:
    """Count distinct works in little memory: one small set per bucket of hashes, one at a time."""
    buckets = [array("q") for _ in range(64)]
    for one in chain.from_iterable(identities):
        buckets[one & 63].append(one)
    return sum(len(set(bucket)) for bucket in buckets)
