"""How a subject is cut into pages, and what must be true of them for a load to be committed."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import LoadShrank
from extract.loads import Part, refuse_if_shrunk, shrinks
from extract.subjects.overlaps import (
    LandedPage,
    came_or_went,
    count_distinct,
    disagreements,
    plan,
)
from tests.support import faults
from tests.support.catalogue import key_of
from tests.support.faults import Answer, Exchange, Fault, any_page, at, including
from tests.support.loader_runs import COUNT, OFFSETS, Runs, work, works
from tests.support.raw_reader import commits

PART = Part("load_date=2026-11-21/x.jsonl.gz", 0, 0, 0, "")


def page(offset: int, *identities: int, missing: tuple[int, ...] = ()) -> LandedPage:
    return LandedPage(offset, PART, "", array("q", identities), missing)


@pytest.mark.parametrize(
    ("goal", "offsets"),
    [
        (1, [0]),
        (999, [0]),
        (1000, [0]),
        (1001, [0, 999]),
        (1999, [0, 999]),
        (2000, [0, 999, 1998]),
        (COUNT, OFFSETS),
    ],
)
def test_pages_overlap_by_one_work(goal: int, offsets: list[int]) -> None:
    assert plan(goal) == offsets


@given(st.integers(1, 100_000))
def test_a_plan_covers_every_place_once_but_for_the_overlaps(goal: int) -> None:
    offsets = plan(goal)
    ends = [min(offset + 1000, goal) for offset in offsets]
    assert offsets[0] == 0
    assert ends[-1] == goal
    assert all(end == offset + 1 for end, offset in zip(ends, offsets[1:], strict=False))


def test_neighbours_disagree_where_their_shared_work_differs() -> None:
    first, second, third = page(0, 1, 2, 3), page(2, 3, 4, 5), page(4, 6, 7)
    assert disagreements([first, second, third]) == [(second, third)]
    assert disagreements([first, second]) == []
    assert disagreements([first]) == []


def test_an_offset_given_up_agrees_with_anything() -> None:
    without_last, without_first = page(0, 1, 2, missing=(2,)), page(2, 4, 5, missing=(2,))
    assert without_last.last is None
    assert without_first.first is None
    assert without_last.length == 3
    assert disagreements([without_last, page(2, 3, 4, 5)]) == []
    assert disagreements([page(0, 1, 2, 3), without_first]) == []


def test_a_work_that_moves_to_another_page_neither_came_nor_went() -> None:
    def pages(first: int) -> list[LandedPage]:
        """The works from the first to 2,500, as they are cut into pages."""
        starts = [(offset, first + offset) for offset in (0, 999, 1998)]
        return [page(offset, *range(start, min(start + 1000, 2501))) for offset, start in starts]

    moved: set[int] = set()
    for before, after in zip(pages(0), pages(1), strict=True):
        moved ^= came_or_went(before, after)
    assert moved == {0}


def test_a_page_holds_its_offsets_except_those_given_up() -> None:
    held = page(10, 1, 2, missing=(11,))
    assert [offset for offset in range(8, 15) if held.holds(offset)] == [10, 12]


@given(st.lists(st.lists(st.integers(-(2**63), 2**63 - 1))))
def test_distinct_works_are_counted_over_all_pages(identities: list[list[int]]) -> None:
    assert count_distinct(identities) == len({one for page in identities for one in page})


@pytest.mark.parametrize(
    ("count", "last", "refused"),
    [(80, 100, False), (79, 100, True), (0, 1, True), (0, None, False), (1000, 100, False)],
)
def test_a_subject_that_lost_a_fifth_shrank(count: int, last: int | None, refused: bool) -> None:
    assert shrinks(count, last) is refused
    if refused:
        with pytest.raises(LoadShrank, match="--allow-shrink"):
            refuse_if_shrunk("subject 'love'", "works", count, last)
    else:
        refuse_if_shrunk("subject 'love'", "works", count, last)


# --- a whole subject ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 999, 1000, 1001, 1999, 2000, 2998])
def test_a_subject_of_any_size_is_landed_with_as_few_requests_as_can_be(
    loader: Runs, count: int
) -> None:
    loader.api.catalogue["love"] = works(count)
    assert loader.run("subjects", "love").code == 0
    found = loader.assert_whole()
    pages = list(range(0, max(1, count - 1), 999))
    # several pages are asked for a second time after all; one page is of one instant by itself
    asked = 2 * sorted(pages) if len(pages) > 1 else pages
    assert found.record["requests"] == len(loader.api.requests) == 2 + len(asked)
    assert sorted(loader.pages_since(0)) == sorted(asked)
    assert len(found.record["parts"]) == len(pages)
    assert loader.api.requests[-1].limit == 0, "the count is asked once more at the end"
    assert found.record["retries"] == 0


def test_several_requests_are_in_flight(loader: Runs) -> None:
    loader.api.latency = 0.5
    assert loader.run("subjects", "love").code == 0
    came = [request.time for request in loader.api.requests if request.limit][: len(OFFSETS)]
    assert max(came) - min(came) < 0.5


def test_the_same_works_in_other_pages_are_noticed(loader: Runs) -> None:
    """The count, each page's length and the first page are right; two pages are each other's."""

    def another_page(exchange: Exchange) -> Answer:
        works = exchange.catalogue["love"]
        start = {999: 1998, 1998: 999}[exchange.place.offset]
        return Answer(200, faults.subject_body("love", COUNT, works[start : start + 1000]))

    loader.api.faults = [
        Fault(another_page, lambda place: place.limit > 0 and place.offset in (999, 1998), times=2)
    ]
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()
    assert loader.api.faults[0].happened == 2


# --- changes that leave no trace ------------------------------------------------------------------


def swap(exchange: Exchange, *places: int) -> None:
    """Next to each place a work goes and another comes: no count changes and no shared work."""
    with exchange.catalogue.commit("love"):
        for place in places:
            exchange.catalogue.delete_at("love", place)
            exchange.catalogue.insert_near("love", place + 10)


def test_a_change_between_page_boundaries_is_noticed(loader: Runs) -> None:
    """The first page is fetched before, the last after it: together they would be no state."""

    def change(exchange: Exchange) -> None:
        swap(exchange, 500, 3200)

    loader.api.latency = 0.05
    loader.api.faults = [Fault(change, at(2997, 1000), times=1)]
    assert loader.run("subjects", "love", "--rate", "20").code == 0
    assert loader.api.faults[0].happened == 1
    loader.assert_whole()


def test_a_long_second_look_is_announced(loader: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.subjects.snapshot.NOTED_LOOK", 3)
    outcome = loader.run("subjects", "love")
    assert [line["pages"] for line in outcome.events("looking_again")] == [4]


def test_a_resumed_load_trusts_no_page_that_has_changed_since(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, at(2997))]
    assert loader.run("subjects", "love", "--retries", "0").code == 3

    def change(exchange: Exchange) -> None:
        swap(exchange, 500, 1500, 3200)

    loader.api.faults = [Fault(change, times=1)]
    outcome = loader.run("resume")
    assert outcome.code == 0
    loader.assert_whole()
    assert sorted(event["offset"] for event in outcome.events("page_changed")) == [0, 999]


def test_a_single_page_of_an_earlier_run_is_looked_at_again(loader: Runs) -> None:
    loader.api.catalogue["love"] = works(500)
    loader.api.faults = [Fault(faults.html_503, faults.closing)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3

    def change(exchange: Exchange) -> None:
        swap(exchange, 250)

    loader.api.faults = [Fault(change, times=1)]
    assert loader.run("resume").code == 0
    loader.assert_whole()


def test_a_subject_that_never_rests_is_committed_with_what_moved_or_not_at_all(
    loader: Runs,
) -> None:
    def change(exchange: Exchange) -> None:
        swap(exchange, 500)

    loader.api.faults = [Fault(change, at(0, 1000))]
    outcome = loader.run("subjects", "love", "--retries", "0")
    assert outcome.code == 5
    message = outcome.events("load_failed")[0]["error"]
    assert "0 overlaps disagree" in message
    assert "works came or went meanwhile" in message
    assert loader.run("subjects", "love", "--retries", "0", "--max-drift", "0.1").code == 0
    assert loader.committed().record["drift_count"] > 3


# --- drift ----------------------------------------------------------------------------------------


def doubled(*places: int) -> Fault:
    """Works that the API gives twice, on pages that are not neighbours of the place they take."""

    def kind(exchange: Exchange) -> Answer:
        works = list(exchange.catalogue["love"])
        for place in places:
            works[place] = works[(place + 1700) % len(works)]
        start = exchange.place.offset
        page = works[start : start + exchange.place.limit]
        return Answer(200, faults.subject_body("love", len(works), page))

    return Fault(kind, any_page)


def test_drift_within_its_bounds_is_committed_and_recorded(loader: Runs) -> None:
    loader.api.faults = [doubled(100, 1500, 3000)]
    outcome = loader.run("subjects", "love")
    assert outcome.code == 0
    record = loader.committed().record
    assert (record["promised_count"], record["work_count"]) == (COUNT, COUNT - 3)
    assert record["drift_count"] == 3
    assert record["is_complete"]
    assert record["missing_places"] == []
    assert outcome.events("load_committed")[0]["drift"] == 3
    assert outcome.events("load_committed")[0]["level"] == "warning"


@pytest.mark.parametrize(
    ("places", "options", "code"),
    [
        ((100, 200, 1500, 3000), (), 5),
        ((100, 200, 1500, 3000), ("--max-drift", "0.0012"), 0),
        ((100,), ("--max-drift", "0"), 5),
        ((100,), ("--max-drift", "1"), 0),
    ],
)
def test_drift_beyond_its_bounds_fails_the_load(
    loader: Runs, places: tuple[int, ...], options: tuple[str, ...], code: int
) -> None:
    loader.api.faults = [doubled(*places)]
    outcome = loader.run("subjects", "love", *options)
    assert outcome.code == code
    if code:
        assert loader.records("loads") == []
        event = max(loader.records("load_events"), key=lambda event: event["occurred_at"])
        assert (event["event"], event["error_type"]) == ("failed", "LoadNotVerified")
        assert f"{COUNT - len(places):,} distinct works of {COUNT:,}" in event["error"]
    else:
        assert loader.committed().record["drift_count"] == len(places)


def test_a_load_that_could_not_be_verified_starts_again(loader: Runs) -> None:
    loader.api.faults = [doubled(100, 200, 1500, 3000)]
    assert loader.run("subjects", "love").code == 5
    loader.api.faults.clear()
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    assert len(loader.api.requests) == asked, "its pages are what was wrong"
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()


@pytest.mark.parametrize("times", [1, None], ids=["once", "always"])
def test_a_page_that_repeats_a_work_is_believed_the_second_time(
    loader: Runs, times: int | None
) -> None:
    def repeating(exchange: Exchange) -> Answer:
        page = list(exchange.place.works())
        page[501] = page[500]
        return Answer(200, faults.subject_body("love", COUNT, page))

    loader.api.faults = [Fault(repeating, at(999, 1000), times)]
    outcome = loader.run("subjects", "love", "--retries", "1")
    assert outcome.code == 0
    if times:
        loader.assert_whole()
    else:
        record = loader.committed().record
        assert (record["work_count"], record["drift_count"]) == (COUNT - 1, 1)
        assert record["retries"] == 1


def test_a_page_that_changes_while_it_is_halved_is_noticed(loader: Runs) -> None:
    bad = key_of(loader.api.catalogue["love"][1150])

    def changed_meanwhile(exchange: Exchange) -> Answer | None:
        # before what follows the failing work: one work fewer before it, one more after it
        exchange.catalogue.delete_at("love", 1100)
        exchange.catalogue.insert_near("love", 1800)
        return None

    loader.api.faults = [
        Fault(changed_meanwhile, at(1151), times=1),
        Fault(faults.text_500, including(bad)),
    ]
    assert loader.run("subjects", "love", "--retries", "2").code == 0
    assert loader.api.faults[0].happened == 1
    found = loader.committed()
    now = list(loader.api.catalogue["love"])
    place = [key_of(one) for one in now].index(bad)
    assert found.works == now[:place] + now[place + 1 :]
    assert found.record["missing_places"] == [place]


def test_an_overlap_that_never_agrees_counts_as_drift(loader: Runs) -> None:
    def edited_at_its_end(exchange: Exchange) -> Answer:
        page = list(exchange.place.works())
        page[-1] = work(99_999_999)
        return Answer(200, faults.subject_body("love", COUNT, page))

    loader.api.faults = [Fault(edited_at_its_end, at(999, 1000))]
    outcome = loader.run("subjects", "love", "--max-drift", "0", "--retries", "0")
    assert outcome.code == 5
    assert "1 overlaps disagree" in outcome.events("load_failed")[0]["error"]
    assert loader.records("loads") == []
    # it gives up: four pages and ten refetches, and the count before each verification
    assert len(loader.api.requests) < 60


# --- a work that makes its page fail --------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 500, 999, 1997, 1998, 3499], ids=str)
def test_a_work_that_makes_its_page_fail_is_a_dead_letter_until_it_is_fixed(
    loader: Runs, place: int
) -> None:
    everything = list(loader.api.catalogue["love"])
    loader.api.faults = [Fault(faults.text_500, including(key_of(everything[place])))]
    outcome = loader.run("subjects", "love", "--retries", "1")
    assert outcome.code == 0, outcome.err
    found = loader.committed()
    assert found.works == everything[:place] + everything[place + 1 :]
    assert found.record["missing_places"] == [place]
    assert found.record["drift_count"] == 1
    assert found.record["work_count"] == COUNT - 1
    places = [(head["offset"], head["position"]) for head, _ in found.lines]
    assert len(set(places)) == len(places), "two lines of a load claim the same place"
    letters = loader.records("dead_letters")
    assert {(letter["offset"], letter["limit"], letter["status"]) for letter in letters} == {
        (place, 1, 500)
    }
    listed = loader.run("loads").out.splitlines()
    assert f"{COUNT - 1:,}" in listed[1]

    assert loader.run("resume", "--retries", "1").code == 0
    assert loader.committed().record["missing_places"] == [place], "it is not fixed yet"

    loader.api.faults.clear()
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    fixed = loader.assert_whole()
    assert fixed.record["load_id"] == found.record["load_id"], "the load was amended"
    assert fixed.record["completed_at"] > found.record["completed_at"]
    assert len(commits(loader.root, "love")) == 1
    pages = [offset for offset in OFFSETS if offset <= place < offset + 1000]
    assert loader.missing_since(asked) == pages

    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    assert loader.api.requests[asked:] == [], "there is nothing left to do"


@pytest.mark.parametrize("place", [0, 1, 511, 999, 1500, 3499])
def test_a_failing_work_costs_few_requests(loader: Runs, place: int) -> None:
    bad = key_of(loader.api.catalogue["love"][place])
    loader.api.faults = [Fault(faults.text_500, including(bad))]
    assert loader.run("subjects", "love", "--retries", "5").code == 0
    usual = 2 + 2 * len(OFFSETS)
    pages = sum(offset <= place < offset + 1000 for offset in OFFSETS)
    # a page is asked thrice, its halves ten times, the work twice, the count twice, what is left
    # once; a page in two pieces is one request more in the second look
    assert len(loader.api.requests) <= usual + 20 * pages


@pytest.mark.parametrize("drift", [(), ("--max-drift", "0.5")], ids=["default", "more"])
def test_a_failing_work_of_a_small_subject_is_its_dead_letter(
    loader: Runs, drift: tuple[str, ...]
) -> None:
    small = works(150)
    loader.api.catalogue["love"] = small
    loader.api.faults = [Fault(faults.text_500, including(key_of(small[123])))]
    assert loader.run("subjects", "love", "--retries", "1", *drift).code == 0
    found = loader.committed()
    assert found.works == small[:123] + small[124:]
    assert (found.record["missing_places"], found.record["drift_count"]) == ([123], 1)
    assert [letter["offset"] for letter in loader.records("dead_letters")] == [123]
    loader.api.faults.clear()
    assert loader.run("resume").code == 0
    loader.assert_whole()


def test_without_any_drift_a_failing_work_is_named_with_what_helps(loader: Runs) -> None:
    small = works(500)
    loader.api.catalogue["love"] = small
    loader.api.faults = [Fault(faults.text_500, including(key_of(small[123])))]
    outcome = loader.run("subjects", "love", "--retries", "1", "--max-drift", "0")
    assert outcome.code == 5
    message = outcome.events("load_failed")[0]["error"]
    assert "offsets given up: [123]" in message
    assert "resume` once Open Library has fixed them" in message
    assert "--max-drift 0.002" in message
    assert loader.records("loads") == []
    assert loader.run("resume", "--retries", "1", "--max-drift", "0.002").code == 0
    assert loader.committed().record["drift_count"] == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_small_subject_may_list_one_work_twice(loader: Runs, times: int) -> None:
    small = works(150)
    loader.api.catalogue["love"] = small + small[40 : 40 + times]
    outcome = loader.run("subjects", "love", "--retries", "1")
    if times == 1:
        assert outcome.code == 0
        record = loader.committed().record
        assert (record["work_count"], record["promised_count"]) == (150, 151)
    else:
        assert outcome.code == 5
        message = outcome.events("load_failed")[0]["error"]
        assert "150 distinct works of 152" in message
        assert message.endswith("load it again later, or accept this with --max-drift 0.013158")
        assert loader.run("subjects", "love", "--max-drift", "0.013158").code == 0
    assert len(loader.committed().lines) == 150 + times


@pytest.mark.parametrize("broken", [b'{"title":"no end}', b'{"a":[1}', b'{"a":1}}'])
def test_a_work_without_an_end_is_found_by_halving(loader: Runs, broken: bytes) -> None:
    everything = list(loader.api.catalogue["love"])

    def kind(exchange: Exchange) -> Answer | None:
        page = [broken if work == everything[1500] else work for work in exchange.place.works()]
        return Answer(200, faults.subject_body("love", COUNT, page))

    loader.api.faults = [Fault(kind, any_page)]
    assert loader.run("subjects", "love", "--retries", "1").code == 0
    found = loader.committed()
    assert found.works == everything[:1500] + everything[1501:]
    assert found.record["missing_places"] == [1500]
    loader.api.faults.clear()
    assert loader.run("resume").code == 0
    loader.assert_whole()


@pytest.mark.parametrize(("drift", "most"), [("1", 20), ("0.001", 3)])
def test_a_page_that_fails_as_a_whole_is_not_taken_for_many_failing_works(
    loader: Runs, drift: str, most: int
) -> None:
    loader.api.faults = [Fault(faults.text_500, faults.middle)]
    outcome = loader.run("subjects", "love", "--retries", "0", "--max-drift", drift)
    assert outcome.code == 3
    # so many works are given up before the page is: each after ten halves and two questions
    assert len(loader.api.requests) < (most + 1) * 15
    assert [letter["limit"] for letter in loader.records("dead_letters")] == [1000]


def test_an_outage_that_answers_500_halves_no_page(loader: Runs) -> None:
    loader.api.catalogue["love"] = works(20_000)
    loader.api.faults = [Fault(faults.text_500, lambda place: place.pages_served >= 3)]
    outcome = loader.run("subjects", "love", "--retries", "5", "--backoff", "0")
    assert outcome.code == 3
    assert outcome.events("halving_a_page") == []
    assert {request.limit for request in loader.api.requests} == {0, 1000}
    # eleven pages may be tried before it gives up: each twice, then the count six times
    assert len(loader.api.requests) <= 1 + 3 + 11 * (2 + 6)
    loader.api.faults.clear()
    assert loader.run("resume").code == 0
    loader.assert_whole()


def test_a_short_outage_that_answers_500_halves_no_page(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.text_500, lambda place: place.pages_served >= 2, times=6)]
    assert loader.run("subjects", "love").code == 0
    assert {request.limit for request in loader.api.requests} <= {0, 503, 1000}, "whole pages"
    loader.assert_whole()


def test_more_missing_works_than_may_be_fail_the_load(loader: Runs) -> None:
    everything = loader.api.catalogue["love"]
    bad = [key_of(everything[place]) for place in (10, 500, 1200, 3400)]
    loader.api.faults = [Fault(faults.text_500, including(*bad))]
    assert loader.run("subjects", "love", "--retries", "0").code in (3, 5)
    assert loader.records("loads") == []


# --- a work that is not JSON ----------------------------------------------------------------------

NOT_JSON = {
    0: b'{"key":"/works/OL%dW","title":"\\ud83d"}',
    999: b'{"key":"/works/OL%dW","n":NaN}',
    1500: b'{"key":"/works/OL%dW","title":"\x07"}',
    3499: b'{"key":"/works/OL%dW","n":01}',
}


def test_works_that_are_not_json_are_landed_as_they_came(loader: Runs) -> None:
    everything = list(loader.api.catalogue["love"])
    for place, flawed in NOT_JSON.items():
        number = int(key_of(everything[place])[9:-1])
        everything[place] = flawed % number
    loader.api.catalogue["love"] = everything
    loader.api.faults = [Fault(faults.html_503, at(2997))]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0, "lines that are not JSON are read back"
    assert loader.missing_since(asked) == [2997]
    found = loader.assert_whole()
    assert {
        head["offset"] + head["position"]: head["flaw"] for head, _ in found.lines if "flaw" in head
    }.keys() == NOT_JSON.keys()


# --- known and unknown subjects -------------------------------------------------------------------


def test_an_unknown_subject_is_asked_twice_and_commits_nothing(loader: Runs) -> None:
    outcome = loader.run("subjects", "nosuch")
    assert outcome.code == 7
    assert [(r.slug, r.limit) for r in loader.api.requests] == [("nosuch", 0)] * 2
    assert "nosuch" in outcome.events("load_failed")[0]["error"]
    assert loader.records("loads") == []
    assert loader.run("resume").code == 0
    assert len(loader.api.requests) == 2, "there is nothing to resume"


def test_a_subject_that_said_zero_once_is_not_unknown(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.zero_count, times=1)]
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()


@pytest.mark.parametrize("options", [(), ("--limit", "5000"), ("--limit", "10")], ids=str)
@pytest.mark.parametrize("share", [0, 0.5, 0.79])
def test_a_known_subject_that_has_far_fewer_works_is_refused(
    loader: Runs, share: float, options: tuple[str, ...]
) -> None:
    assert loader.run("subjects", "love").code == 0
    before = loader.committed()
    loader.api.faults = [Fault(faults.smaller_count(share))]
    outcome = loader.run("subjects", "love", *options)
    assert outcome.code == 6
    assert "--allow-shrink" in outcome.events("load_failed")[0]["error"]
    assert loader.committed() == before
    loader.api.faults.clear()
    assert loader.run("subjects", "love", *options).code == 0


def test_a_shrunk_subject_may_be_allowed_and_is_the_new_measure(loader: Runs) -> None:
    assert loader.run("subjects", "love").code == 0
    loader.api.catalogue["love"] = works(1500)
    assert loader.run("subjects", "love").code == 6
    assert loader.run("subjects", "love", "--allow-shrink").code == 0
    loader.assert_whole()
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()


def test_a_subject_that_lost_a_few_works_is_landed(loader: Runs) -> None:
    assert loader.run("subjects", "love").code == 0
    loader.api.catalogue["love"] = works(2800)
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()


# --- the first works ------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 1000, 1001, 2500, 3499])
def test_the_first_works_are_partial(loader: Runs, limit: int) -> None:
    assert loader.run("subjects", "love", "--limit", str(limit)).code == 0
    found = loader.committed()
    assert found.works == list(loader.api.catalogue["love"])[:limit]
    assert not found.record["is_complete"]
    assert found.record["requested_limit"] == limit
    assert found.record["promised_count"] == COUNT
    assert found.record["work_count"] == limit


@pytest.mark.parametrize("limit", [3500, 100_000])
def test_a_limit_that_holds_the_whole_subject_is_complete(loader: Runs, limit: int) -> None:
    assert loader.run("subjects", "love", "--limit", str(limit)).code == 0
    assert loader.assert_whole().record["requested_limit"] == limit


def test_a_partial_load_is_resumed_only_with_its_own_limit(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, at(999))]
    assert loader.run("subjects", "love", "--limit", "1500", "--retries", "0").code == 3
    loader.api.faults.clear()
    asked = len(loader.api.requests)
    assert loader.run("subjects", "love").code == 0
    assert loader.missing_since(asked) == OFFSETS
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    assert loader.pages_since(asked)[0] == 999
    assert sorted(loader.pages_since(asked)[1:]) == [0, 999], "and both once more"
    assert sorted(c["work_count"] for c in commits(loader.root, "love")) == [1500, COUNT]
