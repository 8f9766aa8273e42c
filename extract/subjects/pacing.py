"""The process's one rate limit."""

import threading
import time


class Pacer:
    """Spaces requests evenly over all threads, and slows all of them after a 429.

    ``rate`` is in requests a second; 0 is unlimited. Even spacing, where a bucket would let
    bursts go, is what an API with a burst limit of its own asks for.
    """

    SLOWEST = 10.0  # seconds between two requests, at most
    FIRST_STEP = 0.1  # seconds between two requests after the first 429 of an unlimited pacer
    UNNOTICED = 0.001  # seconds between two requests that count as none

    def __init__(self, rate: float, stop: threading.Event) -> None:
        self._permitted = 1 / rate if rate else 0.0
        self._interval = self._permitted
        self._next = 0.0
        self._held_until = 0.0
        self._epoch = 0
        self._stop = stop
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Take the next slot and sleep until it comes, or until the loader is stopped.

        Who waits while the pacer slows down queues again, behind the hold.
        """
        while True:
            with self._lock:
                epoch = self._epoch
                now = time.monotonic()
                slot = max(now, self._next)
                self._next = slot + self._interval
            if self._stop.wait(slot - now) or epoch == self._epoch:
                return

    def slow_down(self, hold: float) -> None:
        """After a 429: nobody sends for ``hold`` seconds, then all go on at half the rate."""
        with self._lock:
            now = time.monotonic()
            if now >= self._held_until:  # else it answers what was sent before the hold
                self._interval = min(self.SLOWEST, max(self.FIRST_STEP, self._interval * 2))
            self._next = self._held_until = max(self._held_until, now + hold)
            self._epoch += 1

    def speed_up(self) -> None:
        """After a good answer: come back to the permitted rate, bit by bit."""
        with self._lock:
            slower = self._interval * 0.9
            self._interval = max(self._permitted, slower if slower > self.UNNOTICED else 0.0)
