"""The page: the analyses' rows, the charts and the libraries' scripts in one HTML file.

Whatever a title or a name contains stays text: Jinja escapes what it writes, the rows are embedded
packed, in letters and digits, and the page's script turns them into text nodes. The page's policy
forbids every request, and every script but the page's own.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
import vl_convert
from markupsafe import Markup

from publish.html_file import policy
from publish.report import bounds, charts, formatting, headline, trust

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from publish.warehouse import Analysis

    Tables = Mapping[str, Sequence[Mapping[str, Any]]]
    Freshness = Mapping[str, tuple[int | None, int | None]]

# What the page's script reads, and the column it reads by: one scope or author at a time.
SCRIPTED = {
    "report_author_profile_books": "author_key",
    "report_author_profile_years": "author_key",
    "report_author_profiles": "author_key",
    "report_author_years": "scope",
    "report_authors": "scope",
    "report_averages": "scope",
    "report_books": "scope",
    "report_books_per_year": "scope",
    "report_books_to_add": "scope",
    "report_changed_books": None,
    "report_editions": "scope",
    "report_implausible_years": None,
    "report_movie_books": None,
    "report_movies": None,
    "report_newest_loads": None,
    "report_ratings": None,
    "report_rising_authors": "scope",
    "report_scopes": None,
    "report_shop": None,
    "report_streams_per_day": None,
}
DOMAINS = ((trust.CATALOG, "Books"), (trust.STORE, "The store"), (trust.STREAMING, "Streaming"))
# The end of the DataTables module that itables ships: what it exports.
EXPORT = re.compile(r"export\s*\{[^}]*?([\w$]+) as default\b[^}]*\}\s*;?")


def html(analyses: Sequence[Analysis], tables: Tables, freshness: Freshness) -> str:
    """Render the page; the same rows give the same text.

    Args:
        analyses: the queries that it shows.
        tables: their rows.
        freshness: the days after which the loads of a dataset are old, and after which stale.
    """
    here = resources.files("publish.report")
    scripts = [*_libraries(), (here / "page.js").read_text(encoding="utf-8")]
    styles = [
        (resources.files("itables") / "html" / "dt_bundle.css").read_text(encoding="utf-8"),
        (here / "page.css").read_text(encoding="utf-8"),
    ]
    scripts = [_inert(text) for text in scripts]
    found = trust.findings(tables)
    built = trust.built_loads(tables)
    dumps = trust.built_dumps(tables)
    # the age of the other loads is not that of the tables
    shown = {**tables, "report_newest_loads": [*built, *dumps]}
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FunctionLoader(lambda name: (here / name).read_text(encoding="utf-8")),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "number": formatting.number,
        "day": formatting.day,
        "moment": formatting.moment,
        "size": formatting.size,
    }
    return environment.get_template("page.html.jinja").render(
        policy=policy(scripts, styles),
        scripts=[Markup(text) for text in scripts],  # noqa: S704 - not from outside
        styles=[Markup(text) for text in styles],  # noqa: S704 - not from outside
        data=bounds.packed(shown, SCRIPTED, charts=charts.specifications(), freshFor=freshness),
        analyses={analysis.name: analysis for analysis in analyses},
        tables=tables,
        freshness=freshness,
        as_of=max(
            (
                *(loaded_at for _, loaded_at in trust.held_loads(tables)),
                *(load["completed_at"] for load in dumps),
            ),
            default=None,
        ),
        built=built,
        dumps=dumps,
        findings=found,
        domains=[
            (domain, title, [finding for finding in found if finding.domain == domain])
            for domain, title in DOMAINS
            if domain != trust.STORE or any(finding.domain == domain for finding in found)
        ],
        level=int(trust.verdict(found)),
        figures=headline.figures(tables),
        doubtful_year_count=trust.doubtful_year_count(tables),
        newest_events=headline.newest_events(tables),
        share=formatting.share,
    )


def _libraries() -> list[str]:
    """Give the scripts of Vega and DataTables; the page's own script uses both as globals."""
    tables = (resources.files("itables") / "html" / "dt_bundle.js").read_text(encoding="utf-8")
    tables, found = EXPORT.subn(lambda match: f"globalThis.DataTable={match[1]};", tables)
    if found != 1:
        raise RuntimeError(
            "itables ships a DataTables that page.py does not know: adapt EXPORT in page.py"
        )
    return [vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"), tables]


def _inert(text: str) -> str:
    """Keep a script from closing its element: write < as an escape with the same meaning."""
    return re.sub(r"<(?=/script|!--|script)", r"\\x3c", text, flags=re.IGNORECASE)
