"""A subject that changes while it is loaded: what is committed as verified was true at one instant.

Each run has its own seed. Pages are small, so that a run costs little, and a request goes through
all of the stand-in but the network.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING

import pytest

from extract.errors import LoadNotVerified, ResponseRejected, SourceUnavailable
from extract.raw_zone import RawZone
from extract.reporting import LogReporter
from extract.settings import LoadOptions
from extract.subjects.client import Client
from extract.subjects.landing import SubjectLoad, read_back
from extract.subjects.names import parse_subject
from extract.subjects.pacing import Pacer
from extract.subjects.snapshot import Snapshot
from tests.support.catalogue import key_of
from tests.support.faults import Commits, Fault, including, text_500
from tests.support.loader_runs import works
from tests.support.memory import Memory
from tests.support.stand_in import StandIn

if TYPE_CHECKING:
    from extract.loads import Record

GROUPS, SEEDS_PER_GROUP = 10, 50
PAGE = 10  # works
LOVE = parse_subject("love")
OPTIONS = LoadOptions(rate=0, retries=2, backoff=0)


class DirectClient(Client):
    """Asks the stand-in without a network in between."""

    def __init__(self, api: StandIn) -> None:
        stop = threading.Event()
        super().__init__(api.url, "tests", Pacer(0, stop), stop, OPTIONS)
        self._api = api

    def _body(self, url: str) -> bytes:
        self.request_count += 1
        answer = self._api.answer("GET", url.removeprefix(self._api.origin), {})
        if answer.status != 200:
            raise SourceUnavailable(
                f"HTTP {answer.status}",
                status=answer.status,
                may_be_one_work=answer.status == 500,
            )
        return answer.body


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("overlaps", "reading", "snapshot"):
        monkeypatch.setattr(f"extract.subjects.{module}.PAGE", PAGE)
    monkeypatch.setattr("extract.subjects.overlaps.STEP", PAGE - 1)


def begin(api: StandIn) -> tuple[Snapshot, RawZone]:
    zone = RawZone(Memory())
    load = SubjectLoad.begin(LOVE, api.url, None)
    return Snapshot(load, DirectClient(api), zone, LogReporter(), OPTIONS, None), zone


def landed(snapshot: Snapshot, zone: RawZone) -> tuple[bytes, ...]:
    """The works by their places; of those that pages share, the later page's."""
    parts: list[Record] = [asdict(page.part) for page in snapshot.landed]
    found = {
        line.offset + line.position: bytes(line.work)
        for part in read_back(zone, snapshot.load, parts)
        for line in part.lines
    }
    return tuple(found[place] for place in sorted(found))


@pytest.mark.parametrize("group", range(GROUPS))
def test_what_is_verified_was_true_at_one_instant(
    group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: Counter[str] = Counter()
    with StandIn() as api:
        for seed in range(group * SEEDS_PER_GROUP, (group + 1) * SEEDS_PER_GROUP):
            dice = Random(seed)  # noqa: S311
            monkeypatch.setattr("extract.subjects.snapshot.WORKERS", dice.choice([1, 1, 3]))
            api.catalogue["love"] = works(dice.randint(2, 9) * PAGE + dice.randint(-3, 3))
            commits = Commits(dice, dice.choice([0.05, 0.2, 0.5]), dice.choice([1, 2, 5, 200]), 3)
            api.faults = [Fault(commits)]
            if dice.random() < 0.2:
                bad = key_of(dice.choice(api.catalogue["love"]))
                api.faults.append(Fault(text_500, including(bad)))
            snapshot, zone = begin(api)
            try:
                drift = snapshot.take()
            except (LoadNotVerified, ResponseRejected, SourceUnavailable) as error:
                outcomes[type(error).__name__] += 1
                continue
            outcomes["drift" if drift else "verified"] += 1
            if drift == len(snapshot.missing_offsets):
                found = landed(snapshot, zone)
                states = [
                    tuple(
                        w for place, w in enumerate(state) if place not in snapshot.missing_offsets
                    )
                    for state in commits.states
                ]
                assert found in states, f"seed {seed}"
    print(outcomes)  # noqa: T201 - shown where the test fails
    assert outcomes["verified"] > SEEDS_PER_GROUP / 2
