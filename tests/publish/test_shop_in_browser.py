"""What a buyer does with the report, in a real browser: read the list, narrow it, take ISBNs."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import SCREENSHOTS, VIEWPORTS, bottom, changed, opened, serious

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

pytestmark = pytest.mark.xdist_group("report_in_browser")  # one browser

# Read by hand from the samples: readers and ratings of a book that no item of the store is.
TO_ADD = [
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
        store = page.locator("#add .heading .note").first
        expect(store).to_contain_text("Made-up Books (no such store exists), 42 items, of which 23")
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
        page.locator("#language").select_option("fre")
        found = set(titles(page))
        # Kropotkin's is here in Spanish, and the French edition of "Poems" has no ISBN
        assert found == {"99 francs (14,99€)"}
        assert found < {title for title, _, _ in TO_ADD}
        page.locator("#language").select_option("")
        page.locator("#year-from").fill("1990")
        page.locator("#year-from").press("Enter")
        assert set(titles(page)) == {"Wyvernhail: The Kiesha'ra", "99 francs (14,99€)"}
        page.locator("#language").select_option("fre")
        assert titles(page) == ["99 francs (14,99€)"]
        page.locator("#year-to").fill("1991")
        page.locator("#year-to").press("Enter")
        expect(page.locator("#to-add-absent")).to_contain_text("No book fits")
        page.locator("#year-from").fill("")
        page.locator("#year-to").fill("")
        page.locator("#year-to").press("Enter")
        page.locator("#language").select_option("")
        assert len(titles(page)) == len(TO_ADD)


def test_a_long_list_is_searched_by_author_and_says_where_the_rest_is(
    browser: Browser, shop: Project, tmp_path: Path
) -> None:
    """The list again and again, until it is longer than what the page holds."""

    def lengthen(data: dict[str, Any]) -> None:
        shops, listed = (data["tables"][f"report_{name}"] for name in ("shop", "books_to_add"))
        listed["groups"][""] *= 25
        for row in shops["rows"]:
            row[shops["columns"].index("missing_book_count")] = 1_000
            row[shops["columns"].index("perhaps_sold_book_count")] = 3

    report = changed(shop.report, tmp_path / "report.html", lengthen)
    with opened(browser, shop, "laptop", report=report) as page:
        info = page.locator("#table-to-add .dt-info")
        expect(page.locator("#shop-tiles")).to_contain_text("3 perhaps sold")
        held = "This page holds the first 150 of 1,000; the table books_to_add has all"
        expect(info).to_have_text(f"1 to 20 of 150. {held}")
        assert bottom(page.locator("#table-to-add tbody tr").nth(2)) <= VIEWPORTS["laptop"][1]
        page.locator("#to-add-search input").fill("Lawrence")
        assert set(titles(page)) == {"Poems"}
        expect(info).to_contain_text("of 25")


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
    def rename(data: dict[str, Any]) -> None:
        listed = data["tables"]["report_books_to_add"]
        listed["groups"][""][0][listed["columns"].index("title")] = '=1+1, "so"'

    report = changed(shop.report, tmp_path / "report.html", rename)
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


@pytest.mark.parametrize(
    ("name", "label", "mart", "count"),
    [
        ("books", "The books with the most editions", "books", 1_034),
        ("authors", "The most prolific authors", "authors", 932),
    ],
)
def test_rows_beyond_the_first_are_reached(
    browser: Browser, shop: Project, tmp_path: Path, name: str, label: str, mart: str, count: int
) -> None:
    with opened(browser, shop) as page:
        host = page.locator(f"#table-{name}")
        held = (
            f"1 to 10 of 200. This page holds the first 200 of {count:,}; the table {mart} has all"
        )
        expect(host.locator(".dt-info")).to_have_text(held)
        first = host.locator("tbody tr").first.inner_text()
        for _ in range(5):
            host.locator(".dt-paging-button.next").click()
        expect(host.locator(".dt-info")).to_contain_text("51 to 60 of 200")
        assert host.locator("tbody tr").count() == 10
        assert host.locator("tbody tr").first.inner_text() != first
        with page.expect_download() as downloading:
            page.get_by_role("button", name=f"Download CSV: {label}").click()
        downloading.value.save_as(tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 200


def test_language_and_years_narrow_the_books_with_the_most_editions(
    browser: Browser, shop: Project
) -> None:
    with opened(browser, shop) as page:
        host = page.locator("#table-books")
        everything = host.locator(".dt-info").inner_text()
        page.locator("#year-to").fill("1500")
        page.locator("#year-to").press("Enter")
        years = host.locator("tbody tr > :nth-child(3)").all_inner_texts()
        assert years
        assert all(int(year.rstrip("?")) <= 1500 for year in years)
        page.locator("#year-to").fill("")
        page.locator("#year-to").press("Enter")
        expect(host.locator(".dt-info")).to_have_text(everything)
        page.locator("#language").select_option("ger")  # of the dump's books, some are translated
        assert host.locator("tbody tr").count() > 0
        assert "German" in page.locator("#language").inner_text()


def test_a_dump_and_a_store_grow_old(browser: Browser, shop: Project) -> None:
    of = datetime(2026, 7, 31, 23, 59, 59, tzinfo=UTC)
    for days, level in ((0, "old"), (31, "old"), (101, "stale")):
        with opened(browser, shop, days=days) as page:
            page.locator("#verdict-box > summary").click()
            found = page.locator("#findings-catalog li", has_text="Open Library's dump is of")
            age = (datetime.now(UTC) - of).days + days
            says = f"Open Library's dump is of 31 Jul 2026, {age} days ago, "
            expect(found).to_contain_text(says)
            expect(found).to_contain_text(f"which is {level}")
            expect(found).to_have_class("care" if level == "old" else "bad")
            store = page.locator("#findings-store li", has_text="\u201cstore\u201d: loaded")
            expect(store).to_have_class("care" if days else "good")
            expect(store).to_contain_text(f"{days} days ago, which is old" if days else "today.")
            stale = page.locator("#verdict").inner_text() == "Do not rely on these numbers"
            assert stale == (level == "stale")


def test_the_comparison_stands_by_the_choice(browser: Browser, shop: Project) -> None:
    with opened(browser, shop) as page:
        page.locator("#other-scope").select_option("fiction")
        lines = page.locator("#add #table-comparison tbody tr").all_inner_texts()
        assert "Readers want, we lack\t6\t3" in lines
        assert serious(page) == []
