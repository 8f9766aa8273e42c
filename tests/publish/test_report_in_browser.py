"""The report as a reader sees it, in a real browser that has no network."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import (
    IMAGE,
    LINK,
    SCREENSHOTS,
    SCRIPT,
    VIEWPORTS,
    bottom,
    changed,
    opened,
    serious,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

pytestmark = pytest.mark.xdist_group("report_in_browser")  # one browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", ["phone", "tablet", "desktop"])
def test_it_can_be_read_everywhere(
    browser: Browser, reported: Project, viewport: str, scheme: str
) -> None:
    with opened(browser, reported, viewport, color_scheme=scheme) as page:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{viewport}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") == VIEWPORTS[viewport][0]
        for chart in page.locator(".chart").all():
            if chart.locator("svg").count():
                painted = chart.locator("svg .mark-rect path, svg .mark-line path").first
                box = painted.bounding_box()
                assert box is not None
                assert box["width"] > 0
                assert box["height"] > 0

        for drawer in page.locator("details:is(.drawer, .verdict) > summary").all():
            drawer.click()
        page.screenshot(path=SCREENSHOTS / f"{viewport}-{scheme}-open.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") == VIEWPORTS[viewport][0]
        assert serious(page) == []

        page.locator("#table-authors tbody button").first.click()
        page.locator("#chart-profile svg").wait_for()
        page.screenshot(path=SCREENSHOTS / f"{viewport}-{scheme}-author.png")
        assert serious(page) == []


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("viewport", ["laptop", "phone", "tall phone"])
def test_the_first_screen_has_the_headline_and_the_verdict(
    browser: Browser, reported: Project, viewport: str, scripts: bool
) -> None:
    height = VIEWPORTS[viewport][1]
    with opened(browser, reported, viewport, java_script_enabled=scripts) as page:
        assert page.locator(".headline .tile").count() == 8
        for tile in page.locator(".headline .tile").all():
            assert bottom(tile) <= height
        verdict = page.locator("#verdict-box")
        assert bottom(verdict) <= height
        expect(verdict.locator("summary")).to_contain_text(
            "with care 6 reasons, the first: “space”"
        )
        expect(page.locator(".findings").first).to_be_hidden()
        if viewport == "laptop":
            assert bottom(page.locator("#verdict-why")) - bottom(page.locator("#verdict")) < 5
        if scripts:
            assert page.evaluate("document.documentElement.scrollWidth") == VIEWPORTS[viewport][0]


def test_the_reasons_unfold_by_keyboard_and_in_print(browser: Browser, reported: Project) -> None:
    for scripts in (True, False):
        with opened(browser, reported, java_script_enabled=scripts) as page:
            finding = page.locator("#findings-streaming li").first
            expect(finding).to_be_hidden()
            page.locator("#verdict-box > summary").focus()
            page.keyboard.press("Enter")
            expect(finding).to_be_visible()
            assert scripts == ("loaded today; newest stream 30 Dec 2021" in says(page))
            page.keyboard.press("Space")
            expect(finding).to_be_hidden()
            page.emulate_media(media="print")
            expect(finding).to_be_visible()
            assert bottom(finding) < bottom(page.locator("#verdict-box"))


def says(page: Page) -> str:
    return page.locator("#findings-streaming").inner_text()


def column(page: Page, table: str, number: int) -> list[str]:
    cells = page.locator(f"#{table} tbody tr > :nth-child({number})").all_inner_texts()
    return [" ".join(text.split()) for text in cells]


def test_a_table_is_sorted_and_searched(browser: Browser, reported: Project) -> None:
    with opened(browser, reported) as page:
        editions = [int(text.replace(",", "")) for text in column(page, "table-books", 4)]
        assert editions == sorted(editions, reverse=True)
        header = page.locator("#table-books th", has_text="Year")
        header.click()
        expect(header).to_have_attribute("aria-sort", "descending")
        years = [text for text in column(page, "table-books", 3) if text.isdigit()]
        assert years == sorted(years, reverse=True)
        header.click()
        expect(header).to_have_attribute("aria-sort", "ascending")

        page.locator("#table-books input").fill("Wuthering")
        expect(page.locator("#table-books .dt-info")).to_contain_text("(of 200)")
        titles = column(page, "table-books", 1)
        assert titles
        assert all("Wuthering" in title for title in titles)
        page.locator("#table-books input").fill("no such title")
        expect(page.locator("#table-books tbody")).to_have_text("No matches.")


def test_an_author_opens_by_mouse_and_by_keyboard(browser: Browser, reported: Project) -> None:
    with opened(browser, reported) as page:
        dialog = page.locator("#author")
        name = page.locator("#table-authors tbody button").first
        name.click()
        expect(dialog).to_be_visible()
        expect(page.locator("#author-name")).to_have_text(name.inner_text())
        link = page.locator("#author-link a").get_attribute("href") or ""
        assert re.fullmatch(r"https://openlibrary\.org/authors/OL\d+A", link)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(name).to_be_focused()

        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        page.locator("#author .close").press("Enter")
        expect(dialog).to_be_hidden()

        page.locator("#chart-authors .mark-rect path").first.click()
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")

        for header in page.locator("#table-books th").all():
            header.locator('[role="button"]').focus()
            page.keyboard.press("Enter")
            expect(header).to_have_attribute("aria-sort", re.compile("(a|de)scending"))


def test_an_author_has_an_address(browser: Browser, reported: Project) -> None:
    with opened(browser, reported, fragment="#author=OL26392A") as page:
        expect(page.locator("#author-name")).to_have_text("Katherine Applegate")
    for fragment in ("#author=OL1A", "#author=%3Cimg%3E", "#author=", "#%"):
        with opened(browser, reported, fragment=fragment) as page:
            expect(page.locator("#author")).to_be_hidden()


def test_a_subject_is_chosen(browser: Browser, reported: Project) -> None:
    with opened(browser, reported) as page:
        expect(page.locator("#scope-tiles")).to_contain_text("1,003")
        page.locator("#scope").select_option("odd")
        expect(page.locator("#scope-tiles")).to_contain_text("2 books")  # with a year
        doubt = f" 1999? 96 years after the author's first book here, “{IMAGE}”"
        assert column(page, "table-books", 1) == [
            " ".join(title.split()) + " (Open Library, new tab)" + why
            for title, why in ((SCRIPT, doubt), (IMAGE, ""), (LINK, ""))
        ]
        assert column(page, "table-books", 3)[:2] == ["1999?", "1903"]
        expect(page.locator("#changes-absent")).to_contain_text("2 new and 1 vanished since")
        page.locator("#scope").select_option("love")
        expect(page.locator("#scope-tiles")).to_contain_text("1,000")
        expect(page.locator("#changes-absent")).to_contain_text("Nothing to compare")


def test_what_comes_from_outside_stays_text(browser: Browser, reported: Project) -> None:
    with opened(browser, reported) as page:
        page.locator("#scope").select_option("odd")
        page.locator("#chart-authors .mark-rect path").first.hover()
        tooltip = page.locator("#vg-tooltip-element.visible")
        expect(tooltip).to_contain_text(IMAGE)
        page.locator("#table-authors tbody button", has_text=IMAGE).click()
        expect(page.locator("#author-name")).to_have_text(IMAGE)
        expect(page.locator("#table-profile .doubt")).to_contain_text(f"book here, “{IMAGE}”")
        page.keyboard.press("Escape")
        page.locator("#years-in-doubt > summary").click()
        expect(page.locator("#implausible tbody tr").nth(2)).to_contain_text(f"here, “{IMAGE}”")
        assert page.locator("img, iframe, object, embed").count() == 0
        links = page.locator("a").evaluate_all("links => links.map(link => link.href)")
        assert all(
            re.match(rf"https://openlibrary\.org|{re.escape(reported.report.as_uri())}#", link)
            for link in links
        )


def test_it_grows_old(browser: Browser, reported: Project) -> None:
    for days, old, stale in ((0, False, False), (40, True, False), (100, False, True)):
        with opened(browser, reported, days=days) as page:
            box = page.locator("#verdict-box")
            verdict = box.locator("summary").inner_text()
            # the gravest reason; both domains are old or stale
            assert ("8 reasons, the first: “space”" in verdict) == old
            assert ("8 reasons, the first: “love”, “odd”: loaded 100 days" in verdict) == stale
            box.locator("summary").click()
            says = box.inner_text()
            assert ("which is old" in says) == old
            assert ("which is stale" in says) == stale
            assert ("Do not rely on these numbers" in says) == stale
            assert (f"{days} days ago" in says) == (old or stale)


def test_the_gravest_reason_comes_first_even_if_it_is_about_streams(
    browser: Browser, reported: Project, tmp_path: Path
) -> None:
    def postpone(data: dict[str, Any]) -> None:
        loads = data["tables"]["report_newest_loads"]
        subject, completed = (loads["columns"].index(name) for name in ("subject", "completed_at"))
        for load in loads["rows"]:
            if load[subject]:
                load[completed] = (datetime.now(UTC) + timedelta(days=99)).isoformat()

    report = changed(reported.report, tmp_path / "report.html", postpone)
    with opened(browser, reported, days=100, report=report) as reader:
        verdict = reader.locator("#verdict-box summary").inner_text()
        assert "Do not rely on these numbers" in verdict
        assert "7 reasons, the first: “streaming”: loaded 100 days ago, which is stale" in verdict


def test_the_colours_can_be_chosen(browser: Browser, reported: Project) -> None:
    with opened(browser, reported, color_scheme="light") as page:
        paper = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(paper)
        page.get_by_role("button", name="Dark").click()
        assert page.evaluate(paper) != light
        page.get_by_role("button", name="Light").click()
        assert page.evaluate(paper) == light


def test_two_subjects_are_compared(browser: Browser, reported: Project) -> None:
    with opened(browser, reported) as page:
        expect(page.locator("#comparison")).to_be_hidden()
        page.locator("#scope").select_option("love")
        page.locator("#other-scope").select_option("odd")
        table = page.locator("#table-comparison")
        expect(table.locator("thead")).to_contain_text(IMAGE)
        assert table.locator("tbody tr").first.inner_text().split() == ["Books", "1,000", "3"]
        page.locator("#chart-other svg").wait_for()
        assert serious(page) == []
        page.locator("#other-scope").select_option("")
        expect(page.locator("#comparison")).to_be_hidden()
