"""The one clock: UTC, with microseconds, in a text form whose order is the order of time."""

from datetime import UTC, datetime


def now() -> str:
    """Give the time as ``2026-11-21T08:00:00.123456Z``."""
    return _text(datetime.now(UTC))


def at_milliseconds(since_1970: int) -> str:
    """Give a moment that is told in milliseconds, as AWS does, as ``now`` would have."""
    return _text(datetime.fromtimestamp(since_1970 / 1000, UTC))


def seconds_since(moment: str) -> float:
    """Give the seconds since a moment that ``now`` gave."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
