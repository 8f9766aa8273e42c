"""Numbers, sizes and times, formatted for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

NONE = "\N{EN DASH}"


def number(value: float | None) -> str:
    """1234 as 1,234."""
    return NONE if value is None else f"{value:,}"


def plural(count: int, noun: str) -> str:
    """1 book, 2 books."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def share(part: float, whole: float) -> str:
    """A part of a whole in percent: 0 % only of nothing, 100 % only of everything."""
    if not part or not whole:
        return "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "under 0.1 %"
    if part < whole and percent > 99.9:
        return "over 99.9 %"
    return f"{percent:.1f} %" if percent < 10 or percent > 99 else f"{percent:.0f} %"


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first names, quoted, and the number of the others."""
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def day(value: date | None) -> str:
    """21 Nov 2026."""
    return NONE if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """21 Nov 2026, 20:24."""
    return NONE if value is None else f"{value.day} {value:%b %Y, %H:%M}"


def size(value: int) -> str:
    """Bytes in kB or MB."""
    return f"{value / 1e6:,.1f} MB" if value >= 1e6 else f"{value / 1e3:,.1f} kB"
