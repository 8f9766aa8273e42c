"""What every client of a site needs: a session, and words for what went wrong."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests


class Session(requests.Session):
    """A session that ignores redirects: requests reads them even if told not to follow them."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Report no redirect."""


def root_cause(error: BaseException) -> str:
    """Return the words of the system, or of what failed first, without those around them."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def retry_after(header: str) -> float | None:
    """Read a number of seconds or a date; None if it is neither."""
    if header.isdecimal():
        return float(header)
    try:
        return (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
