"""Show the progress of a long step: a changing line on a terminal, otherwise a line at times."""

import sys
import time

SECONDS_BETWEEN_LINES = 10


class Progress:
    """The line of one step."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._clear = "\033[K" if self._is_terminal else ""
        self._started = self._printed = time.monotonic()

    def show(self, text: str) -> None:
        """Show the text; where lines cannot change, skip it if the last one is recent."""
        now = time.monotonic()
        if self._is_terminal:
            # Ends at the line's start, so that whatever is printed next overwrites it.
            sys.stdout.write(f"\033[K    {text[:70]}\r")
        elif now - self._printed >= SECONDS_BETWEEN_LINES:
            sys.stdout.write(f"    {text}\n")
            self._printed = now
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """Leave a line of its own on the screen."""
        sys.stdout.write(f"{self._clear}{text}\n")
        sys.stdout.flush()

    def finish(self, text: str) -> None:
        """Leave the text on the screen, with the seconds that the step took."""
        self.say(f"    {text} in {time.monotonic() - self._started:.0f} s")
