"""The only clock: UTC with microseconds, as text that sorts by time."""

from datetime import UTC, datetime


def now() -> str:
    """Return the time as ``2026-11-21T08:00:00.123456Z``."""
    return _text(datetime.now(UTC))


def from_milliseconds(since_1970: int) -> str:
    """Convert a time in milliseconds, as AWS gives it, to the form of ``now``."""
    return _text(datetime.fromtimestamp(since_1970 / 1000, UTC))


def seconds_since(moment: str) -> float:
    """Return the seconds since a time that ``now`` returned."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
