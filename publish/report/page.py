"""The page: the analyses' rows, the charts and the libraries' scripts, as one HTML file.

Whatever a title or a name holds stays text: Jinja escapes what it writes, the rows travel as JSON
in which no character of HTML is left, and the page's own script makes text nodes of them. The
page's policy forbids every script but its own and every request.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
import vl_convert
from markupsafe import Markup

from publish.pages import policy
from publish.report import charts, trust, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from publish.warehouse import Analysis

    Tables = Mapping[str, Sequence[Mapping[str, Any]]]

# What the page's script reads, and by which column: it asks for one scope or author at a time.
SCRIPTED = {
    "report_author_profile_books": "author_key",
    "report_author_profile_years": "author_key",
    "report_author_profiles": "author_key",
    "report_author_years": "scope",
    "report_authors": "scope",
    "report_averages": "scope",
    "report_books": "scope",
    "report_books_per_year": "scope",
    "report_changed_books": None,
    "report_editions": "scope",
    "report_implausible_years": None,
    "report_movie_books": None,
    "report_movies": None,
    "report_newest_loads": None,
    "report_ratings": None,
    "report_scopes": None,
    "report_streams_per_day": None,
}
# How the one module of DataTables ends that itables brings: what it offers to other modules.
EXPORT = re.compile(r"export\s*\{[^}]*?([\w$]+) as default\b[^}]*\}\s*;?")


def html(analyses: Sequence[Analysis], tables: Tables, freshness: Mapping[str, int | None]) -> str:
    """Render the page; the same rows give the same text."""
    here = resources.files("publish.report")
    scripts = [*_libraries(), (here / "page.js").read_text(encoding="utf-8")]
    styles = [
        (resources.files("itables") / "html" / "dt_bundle.css").read_text(encoding="utf-8"),
        (here / "page.css").read_text(encoding="utf-8"),
    ]
    scripts = [_inert(text) for text in scripts]
    found = trust.findings(tables)
    built = trust.built_loads(tables)
    shown = {**tables, "report_newest_loads": built}  # the others' age is not the tables'
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FunctionLoader(lambda name: (here / name).read_text(encoding="utf-8")),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "number": words.number,
        "day": words.day,
        "moment": words.moment,
        "size": words.size,
    }
    return environment.get_template("page.html.jinja").render(
        policy=policy(scripts, styles),
        scripts=[Markup(text) for text in scripts],  # noqa: S704 - not from outside
        styles=[Markup(text) for text in styles],  # noqa: S704 - not from outside
        data=_embedded(
            {
                "tables": {name: _compact(shown[name], group) for name, group in SCRIPTED.items()},
                "charts": charts.specifications(),
                "freshFor": freshness,
            }
        ),
        analyses={analysis.name: analysis for analysis in analyses},
        tables=tables,
        freshness=freshness,
        as_of=max((loaded_at for _, loaded_at in trust.held_loads(tables)), default=None),
        built=built,
        findings=found,
        domains=[
            (domain, title, [finding for finding in found if finding.domain == domain])
            for domain, title in ((trust.CATALOG, "Books"), (trust.STREAMING, "Streaming"))
        ],
        verdict=trust.verdict,
        share=words.share,
    )


def _libraries() -> list[str]:
    """Give the scripts of Vega and of DataTables; the page's own finds both as globals."""
    tables = (resources.files("itables") / "html" / "dt_bundle.js").read_text(encoding="utf-8")
    tables, found = EXPORT.subn(lambda match: f"globalThis.DataTable={match[1]};", tables)
    if found != 1:
        raise RuntimeError("itables brings another DataTables than page.py knows: see EXPORT")
    return [vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"), tables]


def _inert(text: str) -> str:
    """Keep a script from ending its element; in texts and expressions the sign stays the same."""
    return re.sub(r"<(?=/script|!--|script)", r"\\x3c", text, flags=re.IGNORECASE)


def _embedded(data: object) -> Markup:
    """Write JSON for a <script>: nothing in it can end that, or be read as a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain)
    signs = "<>&\u2028\u2029"
    return Markup(text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in signs}))  # noqa: S704


def _compact(rows: Sequence[Mapping[str, Any]], group: str | None) -> dict[str, Any]:
    """Name the columns once; rows of groups go by their group."""
    columns = [column for column in (rows[0] if rows else ()) if column != group]
    lists = ([row[column] for column in columns] for row in rows)
    if group is None:
        return {"columns": columns, "rows": list(lists)}
    groups: dict[str, list[list[Any]]] = {}
    for row, values in zip(rows, lists, strict=True):
        groups.setdefault(row[group], []).append(values)
    return {"columns": columns, "groups": groups}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.replace(tzinfo=UTC).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            raise TypeError(f"{type(value).__name__} is no value of a mart")
