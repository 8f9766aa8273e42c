"""What a buyer does with the report, in a real browser: read the list, narrow it, take ISBNs."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import SCREENSHOTS, VIEWPORTS, bottom, opened, serious

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

pytestmark = pytest.mark.xdist_group("report_in_browser")  # one browser

# Read by hand from the samples: readers and ratings of a book that no item of the store is.
TO_ADD = [
    ("The Illuminatus! Trilogy", 89, 15),
    ("Fire and Ice", 54, 4),
    ("Poems", 21, 0),
    ("Science moderne et l\N{RIGHT SINGLE QUOTATION MARK}anarchie", 14, 0),
    ("Wyvernhail: The Kiesha'ra", 7, 2),
    ("99 francs (14,99€)", 4, 2),
    ("Every man his own gardener", 1, 1),
]


def titles(page: Page) -> list[str]:
    links = page.locator("#table-to-add tbody a").all_inner_texts()
    return [text.partition("\n")[0] for text in links]  # and "(Open Library, new tab)"


def isbns(page: Page) -> list[str]:
    return page.locator("#table-to-add tbody td.short .isbn").all_inner_texts()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", ["phone", "laptop"])
def test_the_first_screen_has_the_answer(
    browser: Browser, shop: Project, viewport: str, scheme: str
) -> None:
    width, height = VIEWPORTS[viewport]
    with opened(browser, shop, viewport, color_scheme=scheme) as page:
        page.screenshot(path=SCREENSHOTS / f"shop-{viewport}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert serious(page) == []
        assert bottom(page.locator("#verdict-box")) < bottom(page.locator("#add-title"))
        assert bottom(page.locator("#shop-tiles")) <= height
        expect(page.locator("#add > .note")).to_contain_text("Made-up Books (no such store exists)")
        if viewport == "laptop":
            assert bottom(page.locator("#table-to-add tbody tr").nth(2)) <= height


def test_the_list_names_what_readers_want_and_the_store_lacks(
    browser: Browser, shop: Project
) -> None:
    with opened(browser, shop) as page:
        assert set(titles(page)) == {title for title, _, _ in TO_ADD}
        assert titles(page)[0] == TO_ADD[0][0]
        whys = dict(
            zip(
                titles(page),
                page.locator("#table-to-add tbody tr > :nth-child(3)").all_inner_texts(),
                strict=True,
            )
        )
        for title, readers, ratings in TO_ADD:
            assert f"{readers} reader" in whys[title]
            assert (f"of 5 from {ratings} rating" in whys[title]) == bool(ratings)
        tiles = page.locator("#shop-tiles").inner_text()
        assert f"\n{len(TO_ADD)}\n" in tiles
        page.locator("#scope").select_option("love")
        expect(page.locator("#to-add-absent")).to_contain_text("No reader's interest is known")


def test_the_list_is_narrowed_by_language_and_year(browser: Browser, shop: Project) -> None:
    with opened(browser, shop) as page:
        page.locator("#to-add-language").select_option("fre")
        found = set(titles(page))
        assert found == {"Poems", "99 francs (14,99€)"}  # Kropotkin's is here in Spanish
        assert found < {title for title, _, _ in TO_ADD}
        page.locator("#to-add-from").fill("1990")
        page.locator("#to-add-from").press("Enter")
        assert titles(page) == ["99 francs (14,99€)"]
        page.locator("#to-add-to").fill("1991")
        page.locator("#to-add-to").press("Enter")
        expect(page.locator("#to-add-absent")).to_contain_text("No book fits")
        page.locator("#to-add-from").fill("")
        page.locator("#to-add-to").fill("")
        page.locator("#to-add-to").press("Enter")
        page.locator("#to-add-language").select_option("")
        assert len(titles(page)) == len(TO_ADD)


def test_isbns_are_copied(browser: Browser, shop: Project) -> None:
    granted = ["clipboard-read", "clipboard-write"]
    with opened(browser, shop, permissions=granted) as page:
        page.locator("#to-add-copy").click()
        expect(page.locator("#to-add-copied")).to_have_text(f"Copied {len(TO_ADD)} ISBNs.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.split() == isbns(page)
        page.locator("#table-to-add tbody td.short .isbn").first.click()
        expect(page.locator("#to-add-copied")).to_have_text(f"Copied {isbns(page)[0]}.")


def test_the_whole_list_is_downloaded(browser: Browser, shop: Project, tmp_path: Path) -> None:
    page_text = shop.report.read_text(encoding="utf-8")
    head, opening, rest = page_text.partition('<script type="application/json" id="data">')
    embedded, closing, tail = rest.partition("</script>")
    data = json.loads(embedded)
    listed = data["tables"]["report_books_to_add"]
    title = listed["columns"].index("title")
    listed["groups"][""][0][title] = '=1+1, "so"'
    report = tmp_path / "report.html"
    changed = json.dumps(data).replace("<", "\\u003c")
    report.write_text(head + opening + changed + closing + tail, encoding="utf-8")
    with opened(browser, shop, report=report) as page:
        with page.expect_download() as downloading:
            page.get_by_role("button", name="Download CSV: Books to add").click()
        download = downloading.value
        assert download.suggested_filename == "Books to add.csv"
        download.save_as(tmp_path / "list.csv")
        shown = isbns(page)
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["ISBN, newest edition"] for row in rows] == shown
    assert rows[0]["Title"] == '\'=1+1, "so"'  # text, not a formula
    assert int(rows[0]["Readers"]) == TO_ADD[0][1]
    assert all(
        row["ISBNs by language and format"].startswith(row["ISBN, newest edition"]) for row in rows
    )
