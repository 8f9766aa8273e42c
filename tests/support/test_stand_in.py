"""The stand-in of the API behaves as the real server was found to: over real sockets."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.support import faults
from tests.support.catalogue import MappedWorks, key_of
from tests.support.faults import KINDS, PAGES, Commits, Fault, Place
from tests.support.stand_in import RateLimit, StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AGENT = "book_analytics/0.1.0 (reader@example.org)"


def work(number: int, **fields: object) -> bytes:
    record = {"key": f"/works/OL{number}W", "title": f"Títle {number}", "edition_count": number % 5}
    return faults.compact(record | fields)


WORKS = [work(number) for number in range(8_500, 12_000)]
KEYS = sorted(key_of(one) for one in WORKS)


@pytest.fixture
def api() -> Iterator[StandIn]:
    with StandIn({"love": WORKS, "person:jane_austen": WORKS[:3]}) as stand_in:
        yield stand_in


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["User-Agent"] = AGENT
        yield session


def page(
    client: requests.Session, api: StandIn, slug: str = "love", **params: int | str
) -> dict[str, Any]:
    query: dict[str, int | str] = {"limit": 1000, "sort": "key", **params}
    response = client.get(f"{api.url}/subjects/{slug}.json", params=query, timeout=5)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def keys(answer: dict[str, Any]) -> list[str]:
    return [one["key"] for one in answer["works"]]


def fetch_all(client: requests.Session, api: StandIn, **params: int | str) -> list[list[str]]:
    offsets = PAGES.offsets(api.catalogue.count("love"))
    return [keys(page(client, api, "love", offset=offset, **params)) for offset in offsets]


# --- what it answers ------------------------------------------------------------------------------


def test_a_subject_is_one_line_of_compact_raw_utf8(api: StandIn, client: requests.Session) -> None:
    response = client.get(f"{api.url}/subjects/love.json?limit=2&sort=key", timeout=5)
    assert response.headers["Content-Type"] == "application/json"
    assert "Títle 10000" in response.content.decode()
    assert response.content == (
        b'{"key":"/subjects/love","name":"love","subject_type":"subject",'
        b'"solr_query":"subject_key:\\"love\\"","work_count":3500,"works":['
        + work(10_000)
        + b","
        + work(10_001)
        + b"]}"
    )


def test_control_characters_are_escaped() -> None:
    assert faults.compact({"title": "a\x1eb"}) == b'{"title":"a\\u001eb"}'


def test_the_name_of_a_typed_subject_has_no_prefix(api: StandIn, client: requests.Session) -> None:
    answer = page(client, api, "person:jane_austen")
    assert (answer["key"], answer["name"]) == ("/subjects/person:jane_austen", "jane austen")
    assert (answer["subject_type"], answer["work_count"]) == ("person", 3)


def test_sort_key_is_the_order_of_strings(api: StandIn, client: requests.Session) -> None:
    pages = fetch_all(client, api)
    assert [len(one) for one in pages] == [1000, 1000, 1000, 503]
    assert all(one[-1] == two[0] for one, two in pairwise(pages))
    assert [*pages[0], *(key for one in pages[1:] for key in one[1:])] == KEYS


def test_defaults_are_twelve_works_by_editions(api: StandIn, client: requests.Session) -> None:
    response = client.get(f"{api.url}/subjects/love.json", timeout=5)
    assert [one["edition_count"] for one in response.json()["works"]] == [4] * 12


def test_the_default_order_loses_and_doubles_works_when_the_index_changes(
    api: StandIn, client: requests.Session
) -> None:
    def change_before(page_number: int) -> list[str]:
        seen = []
        for number, offset in enumerate(range(0, 3500, 1000)):
            if number == page_number:
                api.catalogue.insert("love", work(9_000, title="New title"))
            answer = page(client, api, sort="editions", offset=offset)
            assert answer["work_count"] == 3500
            seen += keys(answer)
        return seen

    undisturbed, disturbed = change_before(-1), change_before(1)
    assert sorted(undisturbed) == KEYS
    assert len(disturbed) == 3500
    assert len(set(disturbed)) < 3400


@pytest.mark.parametrize("sort", ["new", "old", "title"])
def test_other_sorts_hold_every_work(api: StandIn, client: requests.Session, sort: str) -> None:
    found = [key for offset in range(0, 3500, 1000)
             for key in keys(page(client, api, sort=sort, offset=offset))]  # fmt: skip
    assert sorted(found) == KEYS


@pytest.mark.parametrize(
    ("params", "count", "works"),
    [
        ({"limit": 0}, 3500, 0),
        ({"offset": 3499}, 3500, 1),
        ({"offset": 3500}, 3500, 0),
        ({"offset": 99_999}, 3500, 0),
        ({"offset": 2_147_483_647}, None, 0),
    ],
)
def test_limits_and_ends(
    api: StandIn,
    client: requests.Session,
    params: dict[str, int],
    count: int | None,
    works: int,
) -> None:
    answer = page(client, api, "love", **params)
    assert answer["work_count"] == count
    assert len(answer["works"]) == works


@pytest.mark.parametrize(
    "query", ["limit=1001", "limit=-1", "limit=abc", "limit=", "offset=-1", "offset=1.5"]
)
def test_a_bad_number_is_422(api: StandIn, client: requests.Session, query: str) -> None:
    response = client.get(f"{api.url}/subjects/love.json?{query}", timeout=5)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["query", query.split("=", maxsplit=1)[0]]


def test_an_unknown_sort_is_500_text(api: StandIn, client: requests.Session) -> None:
    response = client.get(f"{api.url}/subjects/love.json?sort=best", timeout=5)
    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert response.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("slug", ["no_such_subject", "a%2Fb", "%C3%A9", "e%CC%81", "it's_(me)!"])
def test_an_unknown_subject_has_no_works(api: StandIn, client: requests.Session, slug: str) -> None:
    api.catalogue["é"] = WORKS[:1]
    answer = page(client, api, slug)
    known = slug == "%C3%A9"
    assert (answer["work_count"], len(answer["works"])) == (int(known), int(known))


def test_upper_case_is_redirected(api: StandIn, client: requests.Session) -> None:
    url = f"{api.url}/subjects/Lo%C3%89ve.json?limit=3"
    response = client.get(url, timeout=5, allow_redirects=False)
    assert response.status_code == 301
    assert response.headers["Location"] == f"{api.url}/subjects/lo%C3%A9ve.json?limit=3"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE"])
def test_only_get_is_allowed(api: StandIn, client: requests.Session, method: str) -> None:
    url = f"{api.url}/subjects/love.json"
    assert client.request(method, url, data=b"x", timeout=5).status_code == 405
    assert client.get(url, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/subjects/love.JSON", "/subjects/love", "/", "/subjects/.json"])
def test_other_paths_are_404(api: StandIn, client: requests.Session, path: str) -> None:
    assert client.get(api.url + path, timeout=5).status_code == 404


# --- how it travels -------------------------------------------------------------------------------


def test_gzip_is_chunked_and_plain_has_a_length(api: StandIn, client: requests.Session) -> None:
    url = f"{api.url}/subjects/love.json?limit=1000&sort=key"
    packed = client.get(url, timeout=5)
    plain = client.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in packed.headers
    assert int(plain.headers["Content-Length"]) == len(plain.content)
    assert packed.content == plain.content


def test_a_connection_is_kept(api: StandIn) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    asked = b"GET /subjects/none.json HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        for _ in range(3):
            connection.sendall(asked)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_path_prefix(client: requests.Session) -> None:
    with StandIn({"love": WORKS}, prefix="/mirror/ol") as api:
        assert api.url.endswith("/mirror/ol")
        assert page(client, api)["work_count"] == 3500
        outside = client.get(f"{api.origin}/subjects/love.json", timeout=5)
        assert outside.status_code == 404
        upper = client.get(f"{api.url}/subjects/Love.json", timeout=5, allow_redirects=False)
        assert upper.headers["Location"] == f"{api.url}/subjects/love.json"


def test_latency_does_not_queue(client: requests.Session) -> None:
    with StandIn({"love": WORKS}, latency=0.3) as api, ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        list(pool.map(lambda _: requests.get(f"{api.url}/subjects/love.json", timeout=5), range(8)))
        assert 0.3 <= time.monotonic() - began < 1.5


def test_requests_are_logged(api: StandIn, client: requests.Session) -> None:
    began = time.monotonic()
    page(client, api, offset=999)
    client.get(f"{api.url}/nowhere", timeout=5)
    logged, lost = api.requests
    assert (logged.slug, logged.offset, logged.limit, logged.status) == ("love", 999, 1000, 200)
    assert logged.path == "/subjects/love.json?limit=1000&sort=key&offset=999"
    assert logged.headers["User-Agent"] == AGENT
    assert began <= logged.time <= lost.time
    assert (lost.slug, lost.status) == (None, 404)


def test_too_many_requests_are_refused_without_retry_after(client: requests.Session) -> None:
    limit = RateLimit(per_minute=600, burst=2, max_delay=0.05)
    with StandIn({"love": WORKS}, rate_limit=limit) as api:
        url = f"{api.url}/subjects/love.json"
        answers = [client.get(url, timeout=5) for _ in range(8)]
        refused = [one for one in answers if one.status_code == 429]
        assert answers[0].status_code == answers[1].status_code == 200
        assert refused
        assert refused[0].json()["status"] == 429
        assert "Retry-After" not in refused[0].headers
        time.sleep(0.3)
        assert client.get(url, timeout=5).status_code == 200


def test_an_agent_without_a_contact_is_refused(client: requests.Session) -> None:
    with StandIn({"love": WORKS}, contact_required=True) as api:
        url = f"{api.url}/subjects/love.json"
        assert requests.get(url, timeout=5).status_code == 403
        assert client.get(url, timeout=5).status_code == 200


# --- mapped works ---------------------------------------------------------------------------------


def test_mapped_works_are_served_as_a_list_is(tmp_path: Path, client: requests.Session) -> None:
    in_order = sorted(WORKS, key=key_of)
    mapped = MappedWorks.write(tmp_path / "works.jsonl", in_order)
    assert list(mapped) == in_order
    assert mapped[-1] == in_order[-1]
    with StandIn({"love": mapped}) as api:
        api.prepare("love")
        assert [key for one in fetch_all(client, api) for key in one[1:]] == KEYS[1:]
        with pytest.raises(TypeError, match="cannot be changed"):
            api.catalogue.insert("love", work(1))
    mapped.close()


# --- the catalogue changes ------------------------------------------------------------------------


def test_a_new_work_lands_in_the_middle(api: StandIn, client: requests.Session) -> None:
    page_1 = keys(page(client, api))
    api.catalogue.insert("love", work(100_005))
    page_2 = page(client, api, offset=999)
    assert page_2["work_count"] == 3501
    assert keys(page_2)[0] == page_1[-2]
    assert keys(page_2)[1] == page_1[-1]
    api.catalogue.delete("love", "/works/OL100005W")
    assert keys(page(client, api)) == page_1
    with pytest.raises(KeyError):
        api.catalogue.delete("love", "/works/OL100005W")


def test_the_same_key_again_replaces_the_work(api: StandIn, client: requests.Session) -> None:
    api.catalogue.insert("love", work(10_000, title="Changed"))
    answer = page(client, api)
    assert (answer["work_count"], answer["works"][0]["title"]) == (3500, "Changed")


def missed_and_doubled(pages: list[list[str]], api: StandIn) -> tuple[int, int, bool]:
    """Works of the final catalogue that were not seen, keys seen twice, whether overlaps agree."""
    agree = all(one[-1] == two[0] for one, two in pairwise(pages))
    # As a client without overlaps would read it: the shared work of each page is left out.
    seen = [*pages[0], *(key for one in pages[1:] for key in one[1:])]
    final = {key_of(one) for one in api.catalogue["love"]}
    return len(final - set(seen)), len(seen) - len(set(seen)), agree


@pytest.mark.parametrize("where", [faults.middle, faults.last])
@pytest.mark.parametrize(
    ("kind", "count", "missed", "doubled"),
    [
        ("insert_before", 3501, 1, 1),
        ("delete_before", 3499, 1, 0),
        ("insert_before_delete_after", 3500, 1, 1),
        ("delete_before_insert_after", 3500, 1, 0),
    ],
)
def test_changes_before_the_cursor_show_in_the_overlap_alone(
    client: requests.Session,
    where: faults.Predicate,
    kind: str,
    count: int,
    missed: int,
    doubled: int,
) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS[kind], where, times=1)]) as api:
        pages = fetch_all(client, api)
        assert missed_and_doubled(pages, api) == (missed, doubled, False)
        assert page(client, api, limit=0)["work_count"] == count
        assert fetch_all(client, api) == fetch_all(client, api)
        assert missed_and_doubled(fetch_all(client, api), api) == (0, 0, True)


@pytest.mark.parametrize("kind", ["insert_before", "delete_before", "insert_before_delete_after"])
def test_changes_at_the_first_page_are_made_after_it(client: requests.Session, kind: str) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS[kind], faults.first, times=1)]) as api:
        pages = fetch_all(client, api)
        assert pages[0] == KEYS[:1000]
        assert missed_and_doubled(pages, api)[2] is False


# --- faults that answer ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("429", 429, "application/json"),
        ("503_html", 503, "text/html"),
        ("500_text", 500, "text/plain; charset=utf-8"),
        ("422", 422, "application/json"),
        ("200_html", 200, "text/html"),
        ("redirect_elsewhere", 302, "application/json"),
    ],
)
def test_a_passing_fault_passes(
    client: requests.Session, kind: str, status: int, content_type: str
) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS[kind], faults.middle, times=2)]) as api:
        url = f"{api.url}/subjects/love.json?limit=1000&sort=key&offset="
        assert client.get(url + "0", timeout=5).status_code == 200
        for _ in range(2):
            response = client.get(url + "1998", timeout=5, allow_redirects=False)
            assert response.status_code == status
            assert response.headers["Content-Type"] == content_type
        assert len(client.get(url + "1998", timeout=5).json()["works"]) == 1000


def test_retry_after_is_sent_where_it_is_asked_for(client: requests.Session) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(faults.too_many(retry_after=7), times=1)]) as api:
        assert client.get(f"{api.url}/subjects/love.json", timeout=5).headers["Retry-After"] == "7"


def test_redirects_name_their_hosts(client: requests.Session) -> None:
    passing = [Fault(KINDS["redirect_here"], times=1), Fault(KINDS["redirect_elsewhere"], times=1)]
    with StandIn({"love": WORKS}, prefix="/a", faults=passing) as api:
        path = "/a/subjects/love.json?limit=1"
        locations = [
            client.get(api.origin + path, timeout=5, allow_redirects=False).headers["Location"]
            for _ in range(2)
        ]
        assert locations == [api.origin + path, "http://elsewhere.invalid" + path]
        assert client.get(api.origin + path, timeout=5).json()["work_count"] == 3500


@pytest.mark.parametrize(
    ("kind", "count", "works", "slug"),
    [
        ("200_null_count", None, 0, "love"),
        ("200_zero_count", 0, 0, "love"),
        ("200_smaller_count", 1750, 751, "love"),
        ("short_page", 3500, 999, "love"),
        ("wrong_subject", 3500, 1000, "another_subject"),
    ],
)
def test_a_lasting_fault_lies_for_ever(
    client: requests.Session, kind: str, count: int | None, works: int, slug: str
) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS[kind], faults.at(999))]) as api:
        for _ in range(3):
            answer = page(client, api, offset=999)
            assert (answer["work_count"], len(answer["works"])) == (count, works)
            assert answer["key"] == f"/subjects/{slug}"
        assert len(page(client, api)["works"]) == 1000


def test_the_count_may_differ_at_the_end_alone(client: requests.Session) -> None:
    fault = Fault(faults.different_count(-2), faults.closing)
    with StandIn({"love": WORKS}, faults=[fault]) as api:
        assert page(client, api, limit=0)["work_count"] == 3500
        assert page(client, api)["work_count"] == 3500
        assert page(client, api, limit=0)["work_count"] == 3498
        assert page(client, api, "other", limit=0)["work_count"] == 0


def test_a_bad_work_fails_every_page_that_it_is_on(client: requests.Session) -> None:
    fault = Fault(faults.text_500, faults.including(KEYS[1600]))
    with StandIn({"love": WORKS}, faults=[fault]) as api:
        url = f"{api.url}/subjects/love.json?sort=key&limit="
        statuses = [
            client.get(url + query, timeout=5).status_code
            for query in (
                "1000&offset=999",
                "601&offset=999",
                "602&offset=999",
                "1&offset=1600",
                "1&offset=1601",
                "1&offset=1599",
            )
        ]
        assert statuses == [500, 200, 500, 500, 200, 200]


def test_an_oversized_body_is_json_and_large(client: requests.Session) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(faults.oversized(5 << 20))]) as api:
        url = f"{api.url}/subjects/love.json?limit=1"
        packed = client.get(url, timeout=5)
        plain = client.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)
        assert packed.content == plain.content
        assert len(plain.content) > 5 << 20
        assert plain.json()["work_count"] == 3500


def test_the_first_fault_that_strikes_decides(client: requests.Session) -> None:
    two = [Fault(faults.text_500, times=1), Fault(faults.html_503, times=2)]
    with StandIn({"love": WORKS}, faults=two) as api:
        url = f"{api.url}/subjects/love.json"
        statuses = [client.get(url, timeout=5).status_code for _ in range(4)]
        assert statuses == [500, 503, 503, 200]
        assert [fault.happened for fault in two] == [1, 2]


# --- faults of the wire ---------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("kind", ["truncated", "reset", "reset_midway"])
def test_a_broken_answer_is_an_error(client: requests.Session, kind: str, encoding: str) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS[kind], times=1)]) as api:
        url = f"{api.url}/subjects/love.json?limit=1000"
        headers = {"Accept-Encoding": encoding}
        broken = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
        with pytest.raises(broken):
            client.get(url, headers=headers, timeout=5)
        assert client.get(url, headers=headers, timeout=5).status_code == 200
        assert [one.status for one in api.requests] == [0 if kind == "reset" else 200, 200]


def test_a_gzip_stream_may_end_early_in_chunks_that_do_not(client: requests.Session) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS["gzip_cut"], times=1)]) as api:
        url = f"{api.url}/subjects/love.json?limit=1000"
        with client.get(url, timeout=5, stream=True) as response:
            packed = b"".join(response.raw.stream(decode_content=False))
        with pytest.raises(EOFError):
            gzip.decompress(packed)
        assert zlib.decompressobj(31).decompress(packed).startswith(b'{"key":"/subjects/love"')


def test_a_stalled_answer_says_no_more(client: requests.Session) -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS["stalled"], times=1)]) as api:
        url = f"{api.url}/subjects/love.json?limit=1000"
        with pytest.raises(requests.ConnectionError, match="timed out"):
            client.get(url, timeout=0.2)
        assert client.get(url, timeout=5).status_code == 200


def test_closing_lets_go_of_what_is_stalled() -> None:
    with StandIn({"love": WORKS}, faults=[Fault(KINDS["stalled"])]) as api:
        host, port = api.url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=5)
        connection.sendall(b"GET /subjects/love.json HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(10)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    connection.close()


# --- which requests -------------------------------------------------------------------------------


def test_pages_overlap_by_one_and_cover_all() -> None:
    assert list(PAGES.offsets(0)) == list(PAGES.offsets(1)) == list(PAGES.offsets(1000)) == [0]
    assert list(PAGES.offsets(1001)) == [0, 999]
    assert list(PAGES.offsets(2998)) == [0, 999, 1998]
    assert list(PAGES.offsets(2999)) == [0, 999, 1998, 2997]


@pytest.mark.parametrize(
    ("predicate", "offsets"),
    [
        (faults.first, [0]),
        (faults.middle, [1998]),
        (faults.last, [2997]),
        (faults.any_page, [0, 999, 1998, 2997]),
        (faults.at(999), [999]),
        (faults.both(faults.any_page, faults.nth(2)), []),
        (faults.subject("war"), []),
    ],
)
def test_predicates_name_pages(predicate: faults.Predicate, offsets: list[int]) -> None:
    places = [Place("love", offset, 1000, count=3500) for offset in (0, 999, 1998, 2997)]
    assert [place.offset for place in places if predicate(place)] == offsets


def test_commits_are_the_same_for_a_seed_and_remember_every_state() -> None:
    histories = []
    for _ in range(2):
        commits = Commits(Random(7), chance=0.5, most=5, span=3)  # noqa: S311
        with StandIn({"love": WORKS[:40]}, faults=[Fault(commits)]) as api:
            for _ in range(50):
                api.answer("GET", "/subjects/love.json?limit=10", {})
            assert commits.states[0] == tuple(sorted(WORKS[:40], key=key_of))
            assert commits.states[-1] == api.catalogue["love"]
        histories.append(commits.states)
    assert histories[0] == histories[1]
    assert len(set(histories[0])) == 6, "five commits, and what was before"
    lengths = [len(state) for state in histories[0]]
    changed = [set(a) ^ set(b) for a, b in pairwise(histories[0])]
    assert all(changed)
    assert len(set(lengths)) > 1


def test_the_halves_of_a_page_belong_to_it() -> None:
    halves = [Place("love", offset, 500, count=3500) for offset in (1998, 2498)]
    assert all(faults.middle(half) for half in halves)
    assert not faults.middle(Place("love", 0, 0, count=3500))


# --- command line ---------------------------------------------------------------------------------


def test_the_command_prints_its_url_and_leaves_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.support.stand_in",
        "--works",
        "1500",
        "--subject",
        "war",
    ]
    with subprocess.Popen([*command, "--log", str(log)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        answer = requests.get(f"{url}/subjects/war.json?limit=1000&sort=key", timeout=5).json()
        process.terminate()
    assert process.returncode == 0
    assert (answer["work_count"], len(answer["works"])) == (1500, 1000)
    assert [json.loads(line)["status"] for line in log.read_text().splitlines()] == [200]
