"""The loader against a failing API: it recovers if the fault passes and reports it if it lasts.

It never commits what the API did not have. The API here has four pages; each fault strikes the
first, a middle or the last of them, or the requests for the count alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import faults
from tests.support.catalogue import key_of
from tests.support.faults import Fault, Place
from tests.support.loader_runs import COUNT, OFFSETS, Runs, works
from tests.support.raw_reader import offsets_on_disk

if TYPE_CHECKING:
    from tests.support.faults import Kind, Predicate

SMALL_BODY = 300_000  # bytes; a page of the works here has some 70,000

UNAVAILABLE, REJECTED, NOT_VERIFIED, SHRANK, UNKNOWN = 3, 4, 5, 6, 7

# What the API answers, and the exit code when it goes on doing so.
ANSWERS: dict[str, tuple[Kind, int]] = {
    "429": (faults.too_many(), UNAVAILABLE),
    "429_retry_after": (faults.too_many(retry_after=1), UNAVAILABLE),
    "503_html": (faults.html_503, UNAVAILABLE),
    "500_text": (faults.text_500, UNAVAILABLE),
    "422": (faults.unprocessable, UNAVAILABLE),
    "null_count": (faults.null_count, REJECTED),
    "zero_count": (faults.zero_count, REJECTED),
    "half_the_count": (faults.smaller_count(0.5), REJECTED),
    "most_of_the_count": (faults.smaller_count(0.9), REJECTED),
    "one_more": (faults.different_count(1), REJECTED),
    "html": (faults.html_200, REJECTED),
    "html_as_json": (faults.html_as_json, REJECTED),
    "short_page": (faults.short_page(), REJECTED),
    "wrong_subject": (faults.wrong_subject(), REJECTED),
    "oversized": (faults.oversized(SMALL_BODY), REJECTED),
    "truncated": (faults.truncated, UNAVAILABLE),
    "gzip_cut": (faults.gzip_cut, REJECTED),
    "stalled": (faults.stalled, UNAVAILABLE),
    "reset": (faults.reset, UNAVAILABLE),
    "reset_midway": (faults.reset_midway, UNAVAILABLE),
    "redirect_elsewhere": (faults.redirect_elsewhere, REJECTED),
    "redirect_here": (faults.redirect_here, REJECTED),
}
STATUS = {"429": 429, "429_retry_after": 429, "503_html": 503, "500_text": 500, "422": 422}

MAY_BE_ONE_WORK = ("500_text", "html", "html_as_json", "gzip_cut", "oversized")

CHANGES: dict[str, Kind] = {
    "insert": faults.insert_before,
    "delete": faults.delete_before,
    "insert_and_delete": faults.insert_before_delete_after,
    "delete_and_insert": faults.delete_before_insert_after,
}

PLACES: dict[str, tuple[Predicate, int]] = {
    "first": (faults.first, OFFSETS[0]),
    "middle": (faults.middle, OFFSETS[2]),
    "last": (faults.last, OFFSETS[3]),
}


@pytest.fixture(autouse=True)
def _small_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.subjects.client.MAX_BODY", SMALL_BODY)


def impatient(kind: str) -> list[str]:
    # long enough that a busy machine does not stall by itself
    return ["--timeout", "1.5"] if kind == "stalled" else []


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_page_that_fails_for_a_while_is_fetched_again(
    loader: Runs, kind: str, where: str
) -> None:
    loader.api.faults = [Fault(ANSWERS[kind][0], PLACES[where][0], times=2)]
    outcome = loader.run("subjects", "love", *impatient(kind))
    assert outcome.code == 0, outcome.err
    record = loader.assert_whole().record
    assert record["requests"] == len(loader.api.requests)
    # a redirect is followed; where one work may be to blame, the count is asked for in between
    expected = {"redirect_here": 0} | dict.fromkeys(MAY_BE_ONE_WORK, 1)
    assert record["retries"] == expected.get(kind, 2)
    assert loader.api.faults[0].happened == 2
    assert loader.records("dead_letters") == []


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_page_that_fails_for_good_is_a_dead_letter_that_resume_replays(
    loader: Runs, kind: str, where: str
) -> None:
    fault, code = ANSWERS[kind]
    predicate, offset = PLACES[where]
    loader.api.faults = [Fault(fault, predicate)]
    outcome = loader.run("subjects", "love", "--retries", "1", *impatient(kind))
    assert outcome.code == code, outcome.err
    assert "resume" in outcome.events("load_failed")[0]["error"]
    assert loader.records("loads") == []
    assert offsets_on_disk(loader.root) == set(OFFSETS) - {offset}

    letters = [letter for letter in loader.records("dead_letters") if letter["limit"] == 1000]
    assert [letter["offset"] for letter in letters] == [offset]
    assert letters[0]["subject"] == "love"
    assert letters[0]["url"] == (
        f"{loader.api.url}/subjects/love.json?limit=1000&offset={offset}&sort=key"
    )
    assert letters[0]["status"] == STATUS.get(kind)
    assert letters[0]["attempts"] == 2
    assert letters[0]["error"]

    loader.api.faults.clear()
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    assert loader.assert_whole().record["requests"] == len(loader.api.requests) - asked
    assert loader.missing_since(asked) == [offset]


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_before_the_cursor_is_noticed_and_fetched_again(
    loader: Runs, kind: str, where: str
) -> None:
    before = list(loader.api.catalogue["love"])
    loader.api.faults = [Fault(CHANGES[kind], PLACES[where][0], times=1)]
    outcome = loader.run("subjects", "love")
    assert outcome.code == 0, outcome.err
    after = list(loader.api.catalogue["love"])
    assert after != before, "the fault did strike"
    found = loader.committed()
    # where the first page is answered last, all of it is as it was before
    assert found.works in ([before, after] if where == "first" else [after])
    assert found.record["work_count"] == found.record["promised_count"] == len(found.works)
    assert found.record["drift_count"] == 0


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("kind", CHANGES)
def test_a_subject_that_never_rests_is_landed_whole_or_not_at_all(
    loader: Runs, kind: str, where: str
) -> None:
    moments = []

    def change(exchange: faults.Exchange) -> faults.Answer | None:
        moments.append(list(exchange.catalogue["love"]))
        return CHANGES[kind](exchange)

    loader.api.faults = [Fault(change, PLACES[where][0])]
    outcome = loader.run("subjects", "love", "--retries", "1")
    moments.append(list(loader.api.catalogue["love"]))
    assert len(moments) > 1, "the fault did strike"
    if outcome.code == 0:
        found = loader.committed()
        if found.record["drift_count"]:
            assert found.record["drift_count"] <= COUNT // 1000
        else:
            assert found.works in moments
    else:
        assert outcome.code in (REJECTED, NOT_VERIFIED)
        assert loader.records("loads") == []
    loader.api.faults.clear()
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()


def opening(place: Place) -> bool:
    return place.limit == 0 and place.pages_served == 0


COUNTS: dict[str, tuple[Kind, int]] = {
    "429": (faults.too_many(), UNAVAILABLE),
    "503_html": (faults.html_503, UNAVAILABLE),
    "500_text": (faults.text_500, UNAVAILABLE),
    "null_count": (faults.null_count, REJECTED),
    "html": (faults.html_200, REJECTED),
    "wrong_subject": (faults.wrong_subject(), REJECTED),
    "truncated": (faults.truncated, UNAVAILABLE),
    "reset": (faults.reset, UNAVAILABLE),
    "redirect_elsewhere": (faults.redirect_elsewhere, REJECTED),
    "half_the_count": (faults.smaller_count(0.5), REJECTED),
    "most_of_the_count": (faults.smaller_count(0.9), REJECTED),
    "one_less": (faults.different_count(-1), REJECTED),
    "one_more": (faults.different_count(1), REJECTED),
}
ZERO: dict[str, tuple[Kind, int]] = {"zero_count": (faults.zero_count, REJECTED)}


@pytest.mark.parametrize(
    "when", [opening, faults.closing, faults.count_only], ids=["opening", "closing", "both"]
)
@pytest.mark.parametrize("kind", COUNTS | ZERO)
def test_a_count_that_is_wrong_once_does_no_harm(loader: Runs, kind: str, when: Predicate) -> None:
    fault = (COUNTS | ZERO)[kind][0]
    loader.api.faults = [Fault(fault, when, times=1)]
    outcome = loader.run("subjects", "love")
    assert outcome.code == 0, outcome.err
    loader.assert_whole()


@pytest.mark.parametrize("when", [faults.closing, faults.count_only], ids=["closing", "both"])
@pytest.mark.parametrize("kind", COUNTS)
def test_a_count_that_stays_wrong_commits_nothing(loader: Runs, kind: str, when: Predicate) -> None:
    fault, code = COUNTS[kind]
    loader.api.faults = [Fault(fault, when)]
    outcome = loader.run("subjects", "love", "--retries", "1")
    assert outcome.code == code, outcome.err
    (failed,) = outcome.events("load_failed")
    assert failed["error"].startswith("subject 'love'"), "what"
    assert "run `.venv/bin/python -m extract resume`" in failed["error"], "and what to do"
    assert loader.records("loads") == []
    loader.api.faults.clear()
    assert loader.run("resume").code == 0
    loader.assert_whole()


@pytest.mark.parametrize("when", [opening, faults.closing], ids=["opening", "closing"])
def test_a_count_that_is_far_too_large_is_loud_or_noticed(loader: Runs, when: Predicate) -> None:
    loader.api.faults = [Fault(faults.different_count(2000), when, times=1)]
    outcome = loader.run("subjects", "love", "--retries", "1")
    assert outcome.code == (REJECTED if when is opening else 0)
    assert loader.run("resume").code == 0
    loader.assert_whole()


def test_a_closing_count_of_zero_is_never_believed(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.zero_count, faults.closing)]
    assert loader.run("subjects", "love", "--retries", "1").code == REJECTED
    assert loader.records("loads") == []


def test_works_added_after_the_last_page_are_landed_too(loader: Runs) -> None:
    def insert_in_the_middle(exchange: faults.Exchange) -> None:
        exchange.catalogue.insert_near("love", 1500)

    loader.api.faults = [Fault(insert_in_the_middle, faults.closing, times=1)]
    assert loader.run("subjects", "love").code == 0
    assert len(loader.assert_whole().works) == COUNT + 1


def test_an_api_that_is_down_is_not_asked_for_every_page(loader: Runs) -> None:
    loader.api.catalogue["love"] = works(30_000)
    loader.api.faults = [Fault(faults.html_503, faults.any_page)]
    outcome = loader.run("subjects", "love", "--retries", "1")
    assert outcome.code == UNAVAILABLE
    # three pages in a row fail for good, when eight more may be in flight
    assert len(set(loader.pages_since(0))) <= 3 + 8
    assert loader.records("loads") == []


def test_a_wait_of_an_hour_is_left_to_resume(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.too_many(retry_after=3600), faults.last)]
    outcome = loader.run("subjects", "love")
    assert outcome.code == UNAVAILABLE
    assert [letter["attempts"] for letter in loader.records("dead_letters")] == [1]
    loader.api.faults.clear()
    assert loader.run("resume").code == 0
    loader.assert_whole()


def test_pages_agree_by_their_works_and_not_by_their_counts(loader: Runs) -> None:
    """The API may change while it is asked and still report one count on every page."""
    seen = []

    def swap_two_works(exchange: faults.Exchange) -> None:
        catalogue = exchange.catalogue
        seen.append(key_of(catalogue["love"][3400]))
        catalogue.delete_at("love", 3400)
        catalogue.insert_near("love", 10)

    loader.api.faults = [Fault(swap_two_works, faults.at(1998), times=1)]
    assert loader.run("subjects", "love").code == 0
    assert seen[0] not in {key_of(work) for work in loader.assert_whole().works}
