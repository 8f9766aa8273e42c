"""Single requests: how the client asks, which answers it accepts, how long it waits."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extract.errors import FetchFailed, Interrupted, ResponseRejected, SourceUnavailable
from extract.settings import LoadOptions
from extract.subjects.client import Client
from extract.subjects.names import parse_subject
from extract.subjects.pacing import Pacer
from extract.web import retry_after
from tests.support import faults
from tests.support.faults import Answer, Fault
from tests.support.loader_runs import works
from tests.support.stand_in import RateLimit, StandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AGENT = "book_analytics/0.1.0 (reader@example.org)"
LOVE = parse_subject("love")
TOLERANCE = 0.005  # seconds between a slot and the clock read after it
CLIENTS: list[Client] = []


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    yield threading.Event()
    while CLIENTS:
        CLIENTS.pop().close()


@pytest.fixture
def client(api: StandIn, stop: threading.Event) -> Client:
    return make_client(api.url, stop)


def make_client(url: str, stop: threading.Event, rate: float = 0, **options: float) -> Client:
    client = Client(
        url,
        AGENT,
        Pacer(rate, stop),
        stop,
        LoadOptions(
            retries=int(options.get("retries", 3)),
            timeout=options.get("timeout", 10),
            backoff=options.get("backoff", 0.01),
        ),
    )
    CLIENTS.append(client)
    return client


def test_it_asks_for_a_page_in_the_order_of_keys_and_says_who_asks(
    api: StandIn, client: Client
) -> None:
    page = client.page(LOVE, 999, 1000)
    assert [bytes(work) for work in page.works] == works()[999:1999]
    assert page.count == 3500
    (request,) = api.requests
    assert request.path == "/subjects/love.json?limit=1000&offset=999&sort=key"
    assert request.headers["User-Agent"] == AGENT
    assert "gzip" in request.headers["Accept-Encoding"]


@pytest.mark.parametrize(
    "name",
    [
        "person:jane austen",
        "children's stories (U.S.)!",
        "文学 😀",
        "cafe\u0301",
        "..",
        "a\x00b\x1fc",
        "x~y",
        "İ",
        "a\u2028b",
        "é" * 500,
    ],
)
def test_whatever_the_name_the_api_gets_its_slug(stop: threading.Event, name: str) -> None:
    subject = parse_subject(name)
    with StandIn({subject.slug: works(3)}, prefix="a/path") as api:
        page = make_client(api.url, stop).page(subject, 0, 1000)
        assert len(page.works) == 3
        assert api.requests[0].slug == subject.slug


def test_it_goes_no_faster_than_its_rate_with_several_requests_in_flight(
    api: StandIn, stop: threading.Event
) -> None:
    api.latency = 0.1
    client = make_client(api.url, stop, rate=25)
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.page(LOVE, 0, 0), range(26)))
    came = sorted(request.time for request in api.requests)
    # one after the other they would have taken 26 times 0.1 s
    assert time.monotonic() - begun < 2.5
    for number, moment in enumerate(came):
        assert moment - begun >= number / 25 - TOLERANCE


def test_a_429_slows_everybody_down(api: StandIn, client: Client) -> None:
    api.faults = [Fault(faults.too_many(retry_after=1), times=1)]
    client.page(LOVE, 0, 0)
    first, second = (request.time for request in api.requests)
    assert second - first >= 1
    began = time.monotonic()
    client.page(LOVE, 0, 0)
    client.page(LOVE, 0, 0)
    assert time.monotonic() - began > 0.05, "it was unlimited before"


def test_a_server_with_a_limit_of_its_own_is_obeyed_in_the_end(stop: threading.Event) -> None:
    limit = RateLimit(per_minute=600, burst=3, max_delay=0.05)
    with StandIn({"love": works(3)}, rate_limit=limit) as api:
        client = make_client(api.url, stop, retries=6, backoff=0.4)
        begun = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda _: client.page(LOVE, 0, 1000), range(20)))
        assert [len(page.works) for page in pages] == [3] * 20
        assert {request.status for request in api.requests} == {200, 429}
        # several requests in flight are refused at once: that is one reason to slow down
        assert time.monotonic() - begun < 15


def test_each_wait_is_longer_than_the_one_before(api: StandIn, stop: threading.Event) -> None:
    api.faults = [Fault(faults.html_503)]
    with pytest.raises(SourceUnavailable) as failed:
        make_client(api.url, stop, retries=4, backoff=0.1).page(LOVE, 0, 0)
    assert failed.value.status == 503
    assert failed.value.attempts == 5
    came = [request.time for request in api.requests]
    waits = [after - before for before, after in pairwise(came)]
    # doubled each time, and then at least half of it for the jitter
    assert [wait >= 0.1 * 2**n / 2 for n, wait in enumerate(waits)] == [True] * 4
    assert sum(waits) < 1.5 + 1


def test_no_retries_is_one_attempt(api: StandIn, stop: threading.Event) -> None:
    api.faults = [Fault(faults.reset)]
    with pytest.raises(SourceUnavailable) as failed:
        make_client(api.url, stop, retries=0).page(LOVE, 0, 0)
    assert failed.value.attempts == len(api.requests) == 1


def test_without_a_network_it_says_so_soon_and_plainly(stop: threading.Event) -> None:
    url = nobody_listens()
    began = time.monotonic()
    with pytest.raises(SourceUnavailable) as failed:
        make_client(url, stop, retries=5, backoff=0.5).page(LOVE, 0, 0)
    assert time.monotonic() - began < 3
    assert failed.value.attempts == 2
    assert str(failed.value).startswith(
        f"cannot reach {url}: Connection refused; check the network"
    )


def test_an_outage_is_waited_for(stop: threading.Event) -> None:
    with StandIn({"love": works(3)}) as api:
        client = make_client(api.url, stop, retries=4)
        assert client.page(LOVE, 0, 0).count == 3
    with pytest.raises(SourceUnavailable, match="cannot reach") as failed:
        client.page(LOVE, 0, 0)
    assert failed.value.attempts == 5


def nobody_listens() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("fault", "why"),
    [(faults.reset, "Connection reset by peer"), (faults.stalled, "timed out")],
    ids=["reset", "stalled"],
)
def test_a_connection_that_breaks_is_described_plainly(
    api: StandIn, stop: threading.Event, fault: faults.Kind, why: str
) -> None:
    api.faults = [Fault(fault)]
    with pytest.raises(SourceUnavailable) as failed:
        make_client(api.url, stop, retries=0, timeout=0.3).page(LOVE, 0, 0)
    assert str(failed.value) == f"the connection to {api.url} broke: {why}"


def test_a_long_wait_is_announced_and_a_short_one_is_not(
    api: StandIn, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = []
    monkeypatch.setattr(client, "_note", lambda event, **details: notes.append((event, details)))
    api.faults = [Fault(faults.html_503, times=1), Fault(faults.too_many(retry_after=2), times=1)]
    client.page(LOVE, 999, 1000)
    ((event, details),) = notes
    assert (event, details["offset"], details["seconds"]) == ("retrying", 999, 2)
    assert details["error"].startswith("HTTP 429")


def test_stopping_ends_a_wait_for_the_next_attempt(api: StandIn, stop: threading.Event) -> None:
    api.faults = [Fault(faults.html_503)]
    client = make_client(api.url, stop, backoff=60)
    threading.Timer(0.2, stop.set).start()
    begun = time.monotonic()
    with pytest.raises(Interrupted):
        client.page(LOVE, 0, 0)
    assert time.monotonic() - begun < 5


def test_stopping_sends_nothing_that_was_waiting_for_its_turn(
    api: StandIn, stop: threading.Event
) -> None:
    client = make_client(api.url, stop, rate=0.1)
    client.page(LOVE, 0, 0)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(client.page, LOVE, 0, 0) for _ in range(8)]
        time.sleep(0.2)
        stop.set()
        assert {type(one.exception()) for one in waiting} == {Interrupted}
    assert len(api.requests) == 1


def test_a_body_that_trickles_in_is_given_up(api: StandIn, stop: threading.Event) -> None:
    """Each byte may come in time, but never all of them."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in range(100):
                    if stop.wait(0.1):
                        return
                    try:
                        connection.sendall(b"1\r\n \r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=trickle)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        begun = time.monotonic()
        with pytest.raises(SourceUnavailable, match="took over 2 s"):
            make_client(url, stop, retries=0, timeout=0.5).page(LOVE, 0, 0)
        assert 2 <= time.monotonic() - begun < 5
        stop.set()
        thread.join()


def redirect(location: str) -> Callable[[faults.Exchange], Answer]:
    return lambda _: Answer(302, headers=(("Location", location),))


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/",
        "//elsewhere.invalid/",
        "http://reader:hush@elsewhere.invalid/",
        "http://127.0.0.1:1/",
        "http://[",
        "http://a\x9b1m/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_elsewhere_is_refused(
    api: StandIn, stop: threading.Event, location: str
) -> None:
    api.faults = [Fault(redirect(location))]
    with pytest.raises(ResponseRejected, match="redirects to") as rejected:
        make_client(api.url, stop, retries=0).page(LOVE, 0, 0)
    assert "hush" not in str(rejected.value)
    assert len(api.requests) == 1


def test_a_redirect_here_is_followed_at_the_same_rate(api: StandIn, stop: threading.Event) -> None:
    api.faults = [Fault(redirect("/subjects/love.json?limit=0"), times=1)]
    client = make_client(api.url, stop, rate=5)
    begun = time.monotonic()
    assert client.page(LOVE, 0, 0).count == 3500
    _, second = (request.time for request in api.requests)
    assert second - begun >= 0.2 - TOLERANCE
    assert client.request_count == 2
    assert client.retry_count == 0


def test_what_a_server_says_cannot_steer_a_terminal_or_break_a_line(
    api: StandIn, stop: threading.Event
) -> None:
    api.faults = [Fault(redirect("http://a\x1bc\x07\x9b1m/"))]
    with pytest.raises(FetchFailed) as rejected:
        make_client(api.url, stop, retries=0).page(LOVE, 0, 0)
    assert str(rejected.value).isprintable()


@pytest.mark.parametrize(
    "late", [b"\xff", b"\xed\xa0\x80", b"\xc3"], ids=["no character", "surrogate", "cut"]
)
def test_only_works_may_be_other_than_utf8(
    api: StandIn, stop: threading.Event, late: bytes
) -> None:
    body = faults.subject_body("love", 1, [b'{"t":"' + late + b'"}'])
    api.faults = [Fault(lambda _: Answer(200, body))]
    assert "utf-8" in make_client(api.url, stop, retries=0).page(LOVE, 0, 1).flaws[0]
    api.faults = [Fault(lambda _: Answer(200, body.replace(b'"love"', b'"' + late + b'"')))]
    with pytest.raises(ResponseRejected, match="utf-8"):
        make_client(api.url, stop, retries=0).page(LOVE, 0, 1)


def test_characters_are_whole_where_the_network_cuts_them(
    api: StandIn, stop: threading.Event
) -> None:
    work = b'{"t":"' + "é😀文".encode() * 100_000 + b'"}'
    body = faults.subject_body("love", 1, [work])
    api.faults = [Fault(lambda _: Answer(200, body))]
    assert bytes(make_client(api.url, stop).page(LOVE, 0, 1).works[0]) == work


def test_an_oversized_body_is_not_read_to_its_end(
    api: StandIn, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.subjects.client.MAX_BODY", 1 << 20)
    api.faults = [Fault(faults.oversized(256 << 20))]
    begun = time.process_time()
    with pytest.raises(ResponseRejected, match="over 1 MiB"):
        make_client(api.url, stop, retries=0).page(LOVE, 0, 0)
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 0), ("", None), ("soon", None), ("-5", None), ("1.5", None)],
)
def test_retry_after_is_read_as_seconds(header: str, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    assert 290 < (retry_after(then) or 0) <= 300


@given(st.text())
@example("Mon, 01 Jan 2024 00:00:00 +99999999999999999")
@example("Mon, 01 Jan 99999 00:00:00 GMT")
@example("Mon, 01 Jan 2024 00:00:00 -0000")
def test_any_retry_after_is_read_or_ignored(header: str) -> None:
    assert isinstance(retry_after(header), float | None)


def test_an_answer_that_drips_is_given_up(stop: threading.Event) -> None:
    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b" ")
                except OSError:  # given up, as it must be
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=drip, args=(listener,))
        server.start()
        client = make_client(
            f"http://127.0.0.1:{listener.getsockname()[1]}", stop, retries=0, timeout=0.1
        )
        begun = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r"took over 0\.4 s"):
            client.page(LOVE, 0, 1000)
        assert time.monotonic() - begun < 3
        stop.set()
        server.join()
