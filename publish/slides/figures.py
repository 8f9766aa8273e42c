"""The report's charts as SVG pictures, drawn when the slides are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import vl_convert
from markupsafe import Markup

from publish.report import charts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Row = Mapping[str, Any]
    Rows = Sequence[Row]

MOST_BARS = 10
FIRST_YEAR = 1900  # the first with a column of its own, as in the report


def _years(tables: Mapping[str, Rows]) -> list[dict[str, Any]]:
    return [
        {"year": year, "end": year + 1, "books": row["book_count"]}
        for row in tables["report_books_per_year"]
        if row["scope"] == "" and (year := row["first_publish_year"]) >= FIRST_YEAR
    ]


def _movies(tables: Mapping[str, Rows]) -> list[dict[str, Any]]:
    return [
        {
            "movie": row["movie_title"],
            "streams": row["stream_count"],
            "text": f"{row['stream_count']:,}",
        }
        for row in tables["report_movies"][:MOST_BARS]
    ]


def _days(tables: Mapping[str, Rows]) -> list[dict[str, Any]]:
    return [
        {"day": f"{row['started_on']}T00:00", "streams": row["stream_count"]}
        for row in tables["report_streams_per_day"]
    ]


FIGURES: dict[str, Callable[[Mapping[str, Rows]], list[dict[str, Any]]]] = {
    "years": _years,
    "movies": _movies,
    "days": _days,
}


def draw(
    name: str,
    tables: Mapping[str, Rows],
    *,
    says: str,
    width: int = 840,
    height: int | None = None,
) -> Markup:
    """Draw a chart of the report; ``says`` describes it to those who cannot see it.

    Width and height are in pixels before the slide scales them; without a height, the chart's own.
    """
    specification = charts.specifications()[name]
    specification |= {
        "width": width,
        "height": height or specification["height"],
        "description": says,
        "datasets": {"rows": FIGURES[name](tables)},
    }
    return Markup(vl_convert.vegalite_to_svg(specification))  # noqa: S704 - Vega escapes its texts
