"""The process's rate limit."""

import threading
import time


class Pacer:
    """Spaces requests evenly across all threads, and slows all of them after a 429.

    ``rate`` is in requests per second; 0 is unlimited. The spacing is even because a bucket would
    allow bursts, and the API limits bursts too.
    """

    SLOWEST = 10.0  # seconds between two requests, at most
    FIRST_STEP = 0.1  # seconds between two requests after the first 429 of an unlimited pacer
    UNNOTICED = 0.001  # seconds between two requests that count as no delay

    def __init__(self, rate: float, stop: threading.Event) -> None:
        self._permitted = 1 / rate if rate else 0.0
        self._interval = self._permitted
        self._next = 0.0
        self._held_until = 0.0
        self._epoch = 0
        self._stop = stop
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Take the next slot and sleep until it comes or the loader is stopped.

        A thread that is waiting when the pacer slows down takes a new slot, after the hold.
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
        """After a 429: send nothing for ``hold`` seconds, then continue at half the rate."""
        with self._lock:
            now = time.monotonic()
            if now >= self._held_until:  # otherwise it answers a request sent before the hold
                self._interval = min(self.SLOWEST, max(self.FIRST_STEP, self._interval * 2))
            self._next = self._held_until = max(self._held_until, now + hold)
            self._epoch += 1

    def speed_up(self) -> None:
        """After a good answer: return to the permitted rate step by step."""
        with self._lock:
            slower = self._interval * 0.9
            self._interval = max(self._permitted, slower if slower > self.UNNOTICED else 0.0)
