"""Remove the parts of dumps that newer ones supersede; commit records stay.

What is removed is worked out from the records each time, so a run that is cut short is run again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter

from extract import clock
from extract.dump.disk import gigabytes
from extract.dump.dumps import ALL_DUMPS, FILES
from extract.dump.landing import DumpLoad
from extract.loads import Record
from extract.raw_zone import RawZone

ABANDONED = 7 * 24 * 3600  # seconds; a load that nothing was heard of for so long is not running

_age = itemgetter("dump_date", "started_at")  # by which dbt finds the newest load, too


@dataclass(frozen=True, slots=True)
class Superseded:
    """A load that is not needed any more, with its parts by dataset, and their size."""

    load: DumpLoad
    parts: dict[str, list[str]]
    size: int

    @property
    def count(self) -> int:
        """How many parts there are."""
        return sum(map(len, self.parts.values()))


def prune(zone: RawZone, keep: int, say: Callable[[str], None]) -> None:
    """Keep the newest complete load of each of the newest dumps; say first what will go.

    A load whose parts are not all there is not a dump to keep, since dbt cannot read it.
    """
    commits = list(zone.commits(ALL_DUMPS))
    newest = _newest_by_date(c for c in commits if c["is_complete"] and zone.has_parts(c["parts"]))
    kept = newest[:keep]
    found = [
        one
        for load in _superseded(commits, zone.events(ALL_DUMPS), newest, keep)
        if (one := _with_parts(zone, load, kept)).count
    ]
    for one in found:
        say(
            f"dump {one.load.dump.date}, load {one.load.load_id}: "
            f"{one.count:,} parts, {gigabytes(one.size)}"
        )
    dates = ", ".join(commit["dump_date"] for commit in kept) or "no complete one"
    if not found:
        say(f"nothing to remove; dumps kept: {dates}")
        return
    parts, size = sum(one.count for one in found), sum(one.size for one in found)
    say(f"removing {parts:,} parts, {gigabytes(size)}; dumps kept: {dates}")
    for one in found:
        for dataset, paths in one.parts.items():
            for path in paths:
                zone.remove_part(dataset, path)
    say("removed")


def _newest_by_date(commits: Iterable[Record]) -> list[Record]:
    """Return the newest of these loads of each dump, the newest dump first."""
    newest: dict[str, Record] = {}
    for commit in sorted(commits, key=_age):
        newest[commit["dump_date"]] = commit
    return sorted(newest.values(), key=_age, reverse=True)


def _superseded(
    commits: Iterable[Record], events: Iterable[Record], newest: list[Record], keep: int
) -> list[DumpLoad]:
    """Find the loads that are older than all that are kept, or than a complete one of their date.

    A load without a commit record may still be running, unless it is of long ago.
    """
    committed = {commit["load_id"]: commit for commit in commits}
    last_heard: dict[str, Record] = {}
    for event in sorted(events, key=itemgetter("occurred_at")):
        last_heard[event["load_id"]] = event
    running = {
        load_id
        for load_id, event in last_heard.items()
        if load_id not in committed and clock.seconds_since(event["occurred_at"]) < ABANDONED
    }
    last_kept = _age(newest[keep - 1]) if len(newest) >= keep else None
    of_date = {commit["dump_date"]: commit for commit in newest}
    found = []
    for load_id, record in sorted((last_heard | committed).items()):
        same = of_date.get(record["dump_date"])
        is_older = last_kept is not None and _age(record) < last_kept
        is_replaced = same is not None and _age(record) < _age(same)
        if (is_older or is_replaced) and load_id not in running:
            found.append(DumpLoad.from_record(record))
    return found


def _with_parts(zone: RawZone, load: DumpLoad, kept: Iterable[Record]) -> Superseded:
    """Find a load's parts, without any that a load lists that is kept.

    No load lists another's parts. Parts cannot be had back, so this protects them deliberately,
    should a record be wrong.
    """
    listed = {(part["dataset"], part["path"]) for commit in kept for part in commit["parts"]}
    parts = {
        file.dataset: [
            path
            for path in zone.part_paths(load, file.dataset)
            if (file.dataset, path) not in listed
        ]
        for file in FILES
    }
    size = sum(zone.part_bytes(dataset, path) for dataset, paths in parts.items() for path in paths)
    return Superseded(load, parts, size)
