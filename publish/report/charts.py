"""The charts as Vega-Lite, without their data: the page adds the rows that a reader asks for.

Colours are the page's CSS variables, so a chart follows light and dark mode by itself.
"""

from __future__ import annotations

from typing import Any

import altair as alt

ACCENT = "var(--accent)"
INK = "var(--ink)"
QUIET = "var(--quiet)"
FONT = "system-ui, sans-serif"
STEP = 24  # pixels per horizontal bar

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "bar": {"color": ACCENT},
    "line": {"color": ACCENT},
    "point": {"color": ACCENT, "size": 30},
    "rect": {"color": ACCENT},
    "text": {"color": INK, "fontSize": 12},
    "axis": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelLimit": 150,
        "labelFlush": False,
        "labelOverlap": "greedy",
        "labelSeparation": 6,
    },
    "legend": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "symbolType": "square",
    },
}


def specifications() -> dict[str, dict[str, Any]]:
    """Give each chart by its name; its rows come from the named data set `rows`."""
    charts = {
        "years": _columns("year", "books", "first published"),
        "authors": _bars("author", "books"),
        "heat": _heat(),
        "averages": _bars("average", "authors", room=120),
        "editions": _bars("editions", "books", room=120),
        "profile": _columns("year", "books", "first published", height=160),
        "movies": _bars("movie", "streams"),
        "ratings": _bars("stars", "reviews", room=120),
        "days": _days(),
    }
    return {name: chart.to_dict() | {"config": CONFIG} for name, chart in charts.items()}


def _base(height: int | alt.Step) -> alt.Chart:
    return alt.Chart(alt.NamedData("rows"), width="container", height=height)


def _columns(year: str, count: str, title: str, height: int = 220) -> alt.Chart:
    """Columns over years. A row has the first year and the end (exclusive) of its column."""
    chart: alt.Chart = (
        _base(height)
        .mark_bar()
        .encode(
            x=alt.X(f"{year}:Q", bin="binned", title=None)
            .axis(format="d", grid=False, tickMinStep=1)
            .scale(zero=False, nice=False),
            x2="end",
            y=alt.Y(f"{count}:Q", title=count).axis(tickCount=4, tickMinStep=1, format=",d"),
            tooltip=[alt.Tooltip("span:N", title=title), _count(count)],
        )
    )
    return chart


def _bars(label: str, count: str, room: int = 50) -> alt.LayerChart | alt.FacetChart:
    """Horizontal bars in the order of the rows, each followed by its text in `room` pixels."""
    bars = alt.Chart().encode(
        x=alt.X(f"{count}:Q", title=None)
        .axis(None)
        .scale(nice=False, range=[0, alt.ExprRef(f"width - {room}")]),
        y=alt.Y(f"{label}:N", sort=None, title=None).axis(
            domain=False, ticks=False, labelPadding=8
        ),
        tooltip=[alt.Tooltip(f"{label}:N"), _count(count)],
    )
    return alt.layer(
        bars.mark_bar(height={"band": 0.7}),
        bars.mark_text(align="left", dx=5).encode(text="text:N"),
        data=alt.NamedData("rows"),
        width="container",
        height=alt.Step(STEP),
    )


def _heat() -> alt.Chart:
    """Authors by years: the more books, the darker."""
    chart: alt.Chart = (
        _base(alt.Step(STEP - 2))
        .mark_rect()
        .encode(
            x=alt.X("year:Q", title=None)
            .axis(format="d", grid=False, tickCount=10)
            .scale(zero=False, nice=False),
            x2="end",
            y=alt.Y("author:N", sort=None, title=None).axis(
                domain=False, ticks=False, grid=True, tickBand="extent", labelPadding=8
            ),
            opacity=alt.Opacity("books:Q", title="books")
            .scale(type="sqrt", range=[0.25, 1], domainMin=1)
            .legend(orient="top", direction="horizontal", tickCount=3, format="d"),
            tooltip=[
                alt.Tooltip("author:N"),
                alt.Tooltip("span:N", title="years"),
                _count("books"),
            ],
        )
    )
    return chart


def _days() -> alt.Chart:
    chart: alt.Chart = (
        _base(220)
        .mark_line(point=True)
        .encode(
            x=alt.X("day:T", title=None).axis(grid=False, format="%-d %b"),
            y=alt.Y("streams:Q").axis(tickCount=4, tickMinStep=1, format=",d"),
            tooltip=[alt.Tooltip("day:T", format="%-d %B %Y"), _count("streams")],
        )
    )
    return chart


def _count(field: str) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", format=",d")
