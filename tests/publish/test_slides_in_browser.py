"""The slides as an audience sees them, in a real browser that has no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .conftest import SCREENSHOTS, serious

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.project import Project

pytestmark = pytest.mark.xdist_group("slides_in_browser")  # one browser

# What is not within the slide's margins, or holds what is wider than itself.
OVERFLOWING = """section => {
    const slide = section.querySelector(".slide");
    const box = slide.getBoundingClientRect();
    const margins = getComputedStyle(slide);
    const [top, right, bottom, left] = ["Top", "Right", "Bottom", "Left"].map(
        (side) => parseFloat(margins[`padding${side}`]) - 1);
    return [...slide.querySelectorAll("*:not(svg *)")].filter((element) => {
        const its = element.getBoundingClientRect();
        return its.top < box.top + top || its.right > box.right - right
            || its.bottom > box.bottom - bottom || its.left < box.left + left
            || (element.clientWidth && element.scrollWidth > element.clientWidth + 1);
    }).map((element) => element.outerHTML.slice(0, 80));
}"""


@pytest.mark.parametrize("window", [(1280, 720), (1024, 768), (1920, 1080), (375, 812)], ids=str)
def test_nothing_overflows_and_nothing_is_asked_for(
    browser: Browser, reported: Project, window: tuple[int, int]
) -> None:
    width, height = window
    said: list[str] = []
    asked: list[str] = []
    with browser.new_context(viewport={"width": width, "height": height}, offline=True) as audience:
        page = audience.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(reported.slides.as_uri())
        sections = page.locator("section").all()
        assert len(sections) > 10
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for number, section in enumerate(sections, 1):
            assert section.evaluate(OVERFLOWING) == [], number
            if width == 1280:
                section.screenshot(path=SCREENSHOTS / f"slide-{number:02}.png")
        assert serious(page) == []
    assert said == []
    assert asked == [reported.slides.as_uri()]


def test_each_key_press_is_a_slide(browser: Browser, reported: Project) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(reported.slides.as_uri())
    for number in (1, 2, 3):
        page.keyboard.press("PageDown")
        page.wait_for_function("top => scrollY === top", arg=720 * number)
    page.close()


def test_it_prints_a_slide_a_page(browser: Browser, reported: Project) -> None:
    page = browser.new_page()
    page.goto(reported.slides.as_uri())
    slides = page.locator("section").count()
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == slides
    page.close()
