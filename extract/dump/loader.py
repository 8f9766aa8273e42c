"""From a dump's files to its commit record: which load to start or go on with, and how it ends.

A load lands all files that are asked for or none. One that was cut short goes on behind the parts
that are there, if it is asked for the same files: it reads them again, cuts them at the same lines,
and publishes what is missing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import BinaryIO, cast

from isal import igzip
from isal.igzip_lib import IsalError

from extract.dump.disk import Need, refuse_without_space
from extract.dump.dumps import ALL_DUMPS, Dump, DumpFile, is_whole
from extract.dump.landing import DumpLoad, land_lines
from extract.dump.lines import whole_lines
from extract.dump.supply import Offer, Supply
from extract.errors import InvalidInput, RawZoneError
from extract.loads import Record, refuse_if_shrunk, totals
from extract.raw_zone import RawZone
from extract.reporting import Reporter
from extract.storage.base import RAW_ZONE, Source
from extract.storage.hashed import Hashed

KEEPS = 0.99  # of the last dump's lines: dumps grow; with fewer, one is refused
PACKED = 1.25  # bytes of the parts, at most, for each of the file: gzip packs closer than isal


class DumpLoader:
    """Lands dumps."""

    def __init__(self, zone: RawZone, reporter: Reporter, *, allow_shrink: bool = False) -> None:
        self._zone = zone
        self._reporter = reporter
        self._allow_shrink = allow_shrink

    def land(self, dump: Dump, files: Sequence[DumpFile], supply: Supply) -> None:
        """Land files of a dump, unless its newest load landed the same.

        Raises:
            InvalidInput: a file is missing, unreadable, empty or not what a dump contains, or the
                disk is too small.
            LoadShrank: a file has far fewer lines than in the dump before.
            RawZoneError: another run removed parts, or committed the load with other files.
        """
        offers = supply.offers(dump, files, self._reporter)
        if self._is_landed(dump, offers):
            supply.discard(dump, offers)  # what a run left that was killed after its commit
            return
        datasets = [file.dataset for file in files]
        load, resumed = self._load(dump, datasets, supply.url(dump))
        needs = supply.needs(dump, offers) + self._needs(load, offers)
        refuse_without_space(needs, self._reporter)
        self._zone.write_event(load, "resumed" if resumed else "started", datasets=datasets)
        self._reporter.begin(load, resumed=resumed)
        landed: list[Record] = []
        parts: list[Record] = []
        with self._zone.recording_failure(load, lambda: {"landed_file_count": len(landed)}):
            source, offers = supply.bring(dump, offers, self._reporter)
            self._reporter.stage("landing", sum(offer.size for offer in offers))
            before = self._lines_before(dump)
            for offer in offers:
                entry, file_parts = self._land_file(load, source, offer)
                self._refuse_loss(offer, entry["records"], before)
                landed.append(entry)
                parts += file_parts
            record = {"is_complete": is_whole(files), "files": landed} | totals(parts)
            self._commit(load, record)
        self._reporter.committed(
            load,
            {
                "is_complete": record["is_complete"],
                "files": {file["name"]: file["records"] for file in landed},
                "records": record["record_count"],
                "bytes": record["bytes"],
            },
        )
        supply.discard(dump, offers)

    def _is_landed(self, dump: Dump, offers: Sequence[Offer]) -> bool:
        """Whether the dump's newest load that has these files landed the same, and still has it."""
        wanted = {offer.file.dataset: offer for offer in offers}
        for commit in self._commits(dump):
            known = {file["dataset"]: file for file in commit["files"]}
            if wanted.keys() <= known.keys():
                break
        else:
            return False
        load = DumpLoad.from_record(commit)
        is_same = (
            all(known[dataset]["bytes"] == offer.size for dataset, offer in wanted.items())
            and self._zone.has_parts(p for p in commit["parts"] if p["dataset"] in wanted)
            and all(known[dataset]["sha1"] == offer.sha1() for dataset, offer in wanted.items())
        )
        if is_same:
            self._reporter.note("already_loaded", **load.label, load_id=load.load_id)
        return is_same

    def _commits(self, dump: Dump) -> Iterator[Record]:
        """Read the commit records of a dump, newest load first."""
        return (c for c in self._zone.commits(ALL_DUMPS) if c["dump_date"] == dump.date)

    def _load(
        self, dump: Dump, datasets: list[str], source_url: str | None
    ) -> tuple[DumpLoad, bool]:
        """Begin a load, or go on with the newest of these files if none was committed since."""
        events = (e for e in self._zone.events(ALL_DUMPS) if e["dump_date"] == dump.date)
        last = next((e for e in events if e.get("datasets") == datasets), None)
        committed = next(self._commits(dump), None)
        if last is None or (committed and committed["load_id"] >= last["load_id"]):
            return DumpLoad.begin(dump, source_url), False
        return DumpLoad(last["load_id"], last["started_at"], dump, source_url), True

    def _needs(self, load: DumpLoad, offers: Sequence[Offer]) -> list[Need]:
        """Return how much disk the parts take that are missing."""
        if (folder := self._zone.folder) is None:
            return []
        size = round(sum(offer.size for offer in offers) * PACKED)
        there = sum(
            self._zone.part_bytes(offer.file.dataset, path)
            for offer in offers
            for path in self._zone.part_paths(load, offer.file.dataset)
        )
        return [Need(folder, max(0, size - there), RAW_ZONE.setting)]

    def _commit(self, load: DumpLoad, record: Record) -> None:
        """Publish the commit record; two runs that resumed the same load may publish the same.

        Raises:
            RawZoneError: parts were removed meanwhile, or the other run's files are not the same.
        """
        if not self._zone.has_parts(record["parts"]):
            raise RawZoneError(
                f"parts of load {load.load_id} were removed while it ran: run the command again, "
                "which lands them again"
            )
        self._zone.commit(load, record, amends=False)
        found = next(c for c in self._zone.commits(ALL_DUMPS) if c["load_id"] == load.load_id)
        if any(found[field] != record[field] for field in ("is_complete", "files")):
            raise RawZoneError(
                "another run committed this load with other files: run the command again"
            )

    def _lines_before(self, dump: Dump) -> dict[str, tuple[int, str]]:
        """Return each dataset's lines in the last dump not of a later day, and that dump's day."""
        commits = [c for c in self._zone.commits(ALL_DUMPS) if c["dump_date"] <= dump.date]
        commits.sort(key=lambda commit: (commit["dump_date"], commit["started_at"]))
        return {
            file["dataset"]: (file["records"], c["dump_date"])
            for c in commits
            for file in c["files"]
        }

    def _refuse_loss(self, offer: Offer, count: int, before: dict[str, tuple[int, str]]) -> None:
        last, date = before.get(offer.file.dataset, (None, ""))
        if not self._allow_shrink:
            refuse_if_shrunk(offer.name, "lines", count, last, KEEPS, f"the dump of {date}")

    def _land_file(
        self, load: DumpLoad, source: Source, offer: Offer
    ) -> tuple[Record, list[Record]]:
        """Land a file; return what the commit record says about it and about its parts."""
        file = offer.file
        with _opened(source, offer.name) as opened:
            hashed = Hashed(opened, "sha1", self._reporter.advance)
            text = cast("BinaryIO", igzip.IGzipFile(fileobj=hashed))  # type: ignore[no-untyped-call]
            pieces = whole_lines(text, file, offer.name)
            parts = [
                {"dataset": file.dataset} | asdict(part)
                for part in land_lines(self._zone, load, file.dataset, pieces)
            ]
        if not parts:
            raise InvalidInput(
                f"{offer.name} is empty, as all files of some dumps were: "
                "wait until it is published again, or take another dump"
            )
        entry = {
            "dataset": file.dataset,
            "name": offer.name,
            "sha1": hashed.hash.hexdigest(),
            "bytes": hashed.size,
            "records": sum(part["records"] for part in parts),
        }
        if offer.is_listed and (entry["bytes"], entry["sha1"]) != (offer.size, offer.sha1()):
            raise InvalidInput(
                f"{offer.name} was changed after it was fetched: run the command again, "
                "which fetches it again"
            )
        return entry, parts


@contextmanager
def _opened(source: Source, name: str) -> Iterator[BinaryIO]:
    """Open a file; whatever goes wrong while it is read becomes one line that names it."""
    try:
        with source.open(name) as opened:
            yield opened
    except (OSError, EOFError, IsalError) as error:  # type: ignore[misc] # it is a class
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"cannot read {name}: {reason}: fetch the file again, and compare its size and SHA-1 "
            "with those that the archive lists"
        ) from error
