"""One rate for the whole process, whatever its threads do."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from extract.subjects.pacing import Pacer

TOLERANCE = 0.005  # seconds between a slot and the clock read after it


def slots(pacer: Pacer, count: int, threads: int = 8) -> list[float]:
    """When each of many waits ended, requested by several threads at once."""

    def one(_: int) -> float:
        pacer.wait()
        return time.monotonic()

    with ThreadPoolExecutor(threads) as pool:
        return sorted(pool.map(one, range(count)))


def test_requests_are_spaced_evenly_over_all_threads() -> None:
    begun = time.monotonic()
    ended = slots(Pacer(50, threading.Event()), 26)
    # the first goes at once, each of the others 20 ms after the one before, at the earliest
    for number, moment in enumerate(ended):
        assert moment - begun >= number * 0.02 - TOLERANCE
    assert ended[-1] - begun < 5


def test_a_rate_of_zero_is_unlimited() -> None:
    ended = slots(Pacer(0, threading.Event()), 1000)
    assert ended[-1] - ended[0] < 2


def test_time_that_passed_unused_gives_no_burst() -> None:
    pacer = Pacer(20, threading.Event())
    pacer.wait()
    time.sleep(0.3)
    begun = time.monotonic()
    ended = slots(pacer, 4)
    assert ended[3] - begun >= 3 * 0.05 - TOLERANCE


def test_after_a_429_nobody_sends_and_then_all_go_at_half_the_rate() -> None:
    pacer = Pacer(10, threading.Event())
    pacer.wait()
    slowed_at = time.monotonic()
    pacer.slow_down(0.4)
    ended = slots(pacer, 3)
    assert ended[0] - slowed_at >= 0.4 - TOLERANCE
    assert ended[2] - slowed_at >= 0.4 + 2 * 0.2 - TOLERANCE


def test_a_thread_that_already_waits_is_held_back_too() -> None:
    pacer = Pacer(4, threading.Event())
    pacer.wait()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(slots, pacer, 1, 1)
        time.sleep(0.01)  # far less than the quarter of a second that it waits
        slowed_at = time.monotonic()
        pacer.slow_down(0.5)
        assert waiting.result()[0] - slowed_at >= 0.5 - TOLERANCE


def test_an_unlimited_pacer_slows_down_too() -> None:
    pacer = Pacer(0, threading.Event())
    begun = time.monotonic()
    pacer.slow_down(0)
    ended = slots(pacer, 3)
    assert ended[2] - begun >= 2 * 0.1 - TOLERANCE


def test_good_answers_bring_it_back_to_its_rate_and_no_further() -> None:
    pacer = Pacer(100, threading.Event())
    for _ in range(4):
        pacer.slow_down(0)
    for _ in range(200):
        pacer.speed_up()
    begun = time.monotonic()
    ended = slots(pacer, 11)
    assert ended[-1] - begun >= 10 * 0.01 - TOLERANCE
    assert ended[-1] - ended[0] < 1

    unlimited = Pacer(0, threading.Event())
    unlimited.slow_down(0)
    for _ in range(200):
        unlimited.speed_up()
    ended = slots(unlimited, 100)
    assert ended[-1] - ended[0] < 1


def test_stopping_ends_every_wait_at_once() -> None:
    stop = threading.Event()
    pacer = Pacer(0.01, stop)
    pacer.wait()
    threading.Timer(0.1, stop.set).start()
    begun = time.monotonic()
    slots(pacer, 8)
    assert time.monotonic() - begun < 5


def test_refusals_of_what_was_in_flight_slow_down_once() -> None:
    pacer = Pacer(10, threading.Event())
    begun = time.monotonic()
    for _ in range(8):
        pacer.slow_down(0.2)
    ended = slots(pacer, 3)
    assert 0.2 + 2 * 0.2 - TOLERANCE <= ended[2] - begun < 2


def test_many_429s_never_stop_it_for_good() -> None:
    pacer = Pacer(1, threading.Event())
    for _ in range(100):
        pacer.slow_down(0)
    assert pacer._interval == Pacer.SLOWEST == 10
