"""The one clock: UTC, with microseconds, in a text form whose order is the order of time."""

from datetime import UTC, datetime


def now() -> str:
    """Give the time as ``2026-11-21T08:00:00.123456Z``."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds_since(moment: str) -> float:
    """Give the seconds since a moment that ``now`` gave."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
