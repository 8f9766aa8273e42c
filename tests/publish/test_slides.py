"""The slides: filled-in figures against plain Python, typed ones against documents."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from markupsafe import escape

from publish.errors import InvalidInput
from publish.report import trust
from publish.slides import deck
from publish.slides import figures as figures_of
from tests.support.contracts import contracts
from tests.support.project import ROOT, Project
from tests.support.streaming_files import rows

from .conftest import AFTER, love

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


DECK = ROOT / "docs" / "presentation.md"
OPTIMISATION = ROOT / "docs" / "optimisation.md"
SLIDES = DECK.read_text().split("\n---\n")[1:]
LINK = re.compile(r"\[[^\]]*\]\(([^)]+)\)")
FIGURE = re.compile(r"(?<![\w.,-])\$?\d(?:[\d,.]*\d)?")


@pytest.fixture(scope="module")
def slides(reported: Project) -> list[str]:
    return re.findall(r"<section.*?</section>", reported.slides.read_text(), re.DOTALL)


def test_what_is_filled_in_is_what_was_received(slides: list[str]) -> None:
    text = "\n".join(slides)
    assert len(slides) == len(SLIDES)
    assert "{{" not in text
    assert "{%" not in text
    streams = rows("streams")
    users = {row["user_email"] for row in streams}
    movies = {row["movie_title"].lower() for row in streams}
    books = len(love()) + len(AFTER) - 1  # one is rejected
    for count, noun in (
        (books, "books"),
        (len(streams), "streams"),
        (len(users), "users"),
        (len(movies), "movies"),
    ):
        assert f"<strong>{count:,}</strong> {noun}" in text


def test_the_answers_are_the_published_ones(slides: list[str]) -> None:
    """tests/publish/test_answers.py compares these with plain Python."""
    published = re.findall(r"(?m)^- \w+: ([\d.]+)$", (ROOT / "docs/answers.md").read_text())
    streamed, based, percentage, _, affected, _, movies, _, hours, size, half, users = published
    assert re.findall(r"<td>([\d.]+(?: [%\w]+)*)</td>", slides[10]) == [
        f"{percentage} %",
        affected,
        movies,
        f"{hours} hours",
        f"{size} MB",
        f"{half} of {users}",
    ]
    assert f"<strong>{streamed}</strong> movies" in slides[9]
    assert int(based) / int(streamed) == pytest.approx(float(percentage) / 100, abs=1e-4)


def test_every_table_is_named_and_no_other(slides: list[str]) -> None:
    named = re.findall(r"\w+", " ".join(re.findall(r"<p>([a-z_,\s]+)</p>", slides[5])))
    assert sorted(named) == sorted(contracts())
    assert f"{len(named)} tables" in slides[5]


def test_every_chart_is_drawn(slides: list[str]) -> None:
    drawn = re.findall(r'<svg.*?aria-label="([^"]+)".*?</svg>', "".join(slides), re.DOTALL)
    assert len(drawn) == DECK.read_text().count("{{ chart(")
    bars = re.findall(r'aria-roledescription="bar"', slides[8])
    years = {work["first_publish_year"] for work in (*love(), *AFTER[:2])}
    assert len(bars) == len({year for year in years if year and 1900 <= year < 2030})


def documents(text: str) -> list[str]:
    """The documents that a text links to."""
    paths = ((DECK.parent / link).resolve() for link in LINK.findall(text))
    return [path.read_text() for path in paths if path.is_file()]


def typed(line: str) -> list[str]:
    """The figures in a line that are neither filled in nor part of a link or a list number."""
    return FIGURE.findall(re.sub(r"\{[{%].*?[%}]\}|^\d+\. ", "", LINK.sub("", line)))


def figures() -> Iterator[tuple[str, str, list[str]]]:
    sections = OPTIMISATION.read_text().split("\n## ")
    for document, parts in (("slide", SLIDES), ("optimisation", sections)):
        for number, part in enumerate(parts, 1):
            for line in part.splitlines():
                yield f"{document} {number}: {line}", line, documents(part)


def test_every_figure_that_is_typed_stands_in_a_document_that_is_linked() -> None:
    found = 0
    for place, line, linked in figures():
        for figure in typed(line):
            found += 1
            assert any(figure in FIGURE.findall(document) for document in linked), (figure, place)
    assert found


@pytest.mark.parametrize("slide", [slide for slide in SLIDES if "|---" in slide])
def test_a_row_of_figures_is_a_row_of_a_document(slide: str) -> None:
    known = [FIGURE.findall(line) for text in documents(slide) for line in text.splitlines()]
    for line in slide.splitlines():
        if line.startswith("|") and (wanted := typed(line)):
            assert any(_in_order(wanted, figures) for figures in known), line


def _in_order(wanted: list[str], figures: list[str]) -> bool:
    rest = iter(figures)
    return all(figure in rest for figure in wanted)


def test_nothing_runs_and_nothing_is_asked_for(reported: Project) -> None:
    text = reported.slides.read_text()
    assert not re.search(r"<(script|img|link|iframe|object|embed|a)\b| (on\w+|href|src)=", text)
    assert "default-src 'none'; script-src ;" in unescape(text)
    assert set(re.findall(r"https?://[^\"/]+", text)) <= {"http://www.w3.org"}  # SVG's namespaces


@pytest.fixture
def one_slide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deck with one title and one figure."""
    monkeypatch.setattr(deck, "DECK", tmp_path / "deck.md")
    monkeypatch.setattr(trust, "findings", lambda _: [])
    deck.DECK.write_text(
        "# None\n\n---\n\n{{ report.movies[0].movie_title }} {{ answers[4].hours }}"
    )


@pytest.mark.usefixtures("one_slide")
def test_a_title_is_never_read_as_markup() -> None:
    title = '<script>x</script>" onload="*x*'
    movies = [{"movie_title": title, "stream_count": 3}]
    text = deck.html({"report_movies": movies}, {"answer_4": [{"hours": 1.5}]}, [])
    assert f"{escape(title)} 1.5" in text
    assert "<script" not in text
    picture = figures_of.draw("movies", {"report_movies": movies}, says=title)
    assert title in unescape(picture)
    assert "<script" not in picture
    assert '" onload' not in picture


@pytest.mark.usefixtures("one_slide")
def test_a_figure_that_is_null_is_refused() -> None:
    movies = {"report_movies": [{"movie_title": "Rush", "stream_count": 3}]}
    assert "Rush 1.5" in deck.html(movies, {"answer_4": [{"hours": 1.5}]}, [])
    with pytest.raises(InvalidInput, match="null"):
        deck.html(movies, {"answer_4": [{"hours": None}]}, [])


def test_the_same_data_gives_the_same_slides(reported: Project, tmp_path: Path) -> None:
    reported.publish("slides", SLIDES_PATH=str(tmp_path / "again.html"))
    assert (tmp_path / "again.html").read_bytes() == reported.slides.read_bytes()


def test_without_the_samples_there_is_one_line_and_no_file(nothing: Project) -> None:
    said = nothing.publish("slides", fails=True)
    assert len(said.splitlines()) == 1
    assert "make slides" in said
    assert not nothing.slides.exists()
