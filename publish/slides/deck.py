"""The deck: docs/presentation.md as slides, one for each part between two horizontal rules.

The Markdown becomes HTML before anything is filled in, so values from the tables are read neither
as Markdown nor as HTML. The page has no script, and its policy forbids every request.
"""

from __future__ import annotations

from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markdown_it import MarkdownIt
from markupsafe import Markup

from publish.errors import InvalidInput
from publish.html_file import policy
from publish.report import formatting, trust
from publish.slides import figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from publish.warehouse import Mart

    Tables = Mapping[str, Sequence[Mapping[str, Any]]]

DECK = Path("docs/presentation.md")
RULE = "<hr />\n"


def html(report: Tables, answers: Tables, marts: Sequence[Mart]) -> str:
    """Render the deck; the same rows give the same text.

    Args:
        report: the rows of the analyses `report_…`.
        answers: those of `answer_…`, whose first rows it may show.
        marts: the tables that people query.

    Raises:
        InvalidInput: the deck refers to something that is not there.
    """
    here = resources.files("publish.slides")
    style = (here / "slides.css").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, finalize=_known
    )
    environment.globals |= {
        "number": formatting.number,
        "share": formatting.share,
        "day": formatting.day,
        "chart": partial(figures.draw, tables=report),
        "report": {name.removeprefix("report_"): rows for name, rows in report.items()},
        "answers": {int(name.split("_")[1]): rows[0] for name, rows in answers.items() if rows},
        "findings": trust.findings(report),
        "marts": marts,
    }
    _, *slides = _markdown().render(DECK.read_text(encoding="utf-8")).split(RULE)
    try:
        return environment.from_string(
            (here / "slides.html.jinja").read_text(encoding="utf-8")
        ).render(
            policy=policy([], [style]),
            style=Markup(style),  # noqa: S704 - not from outside
            slides=[Markup(environment.from_string(slide).render()) for slide in slides],  # noqa: S704
        )
    except jinja2.TemplateError as error:
        raise InvalidInput(
            f"{DECK}: {error} (the slides need the samples: run `make slides`)"
        ) from error


def _known(value: object) -> object:
    if value is None:
        raise jinja2.UndefinedError("a figure in it is null")
    return value


def _markdown() -> MarkdownIt:
    """Read Markdown with tables; a link leads nowhere from a slide, so it becomes a citation."""
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.add_render_rule("link_open", lambda *_: "<cite>")
    markdown.add_render_rule("link_close", lambda *_: "</cite>")
    return markdown
