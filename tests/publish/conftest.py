"""A report and slides about the samples and a subject of odd works, and a browser to open them."""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.support import needs
from tests.support.project import (
    DUMP,
    DUMP_DATE,
    DUMP_FILES,
    NO_TESTS,
    ROOT,
    SAMPLE,
    STORE,
    STREAMING,
    Project,
    Shared,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Work = dict[str, Any]

IMAGE = "<img src=x onerror=\"document.title='run'\">"
SCRIPT = "</script><script>document.title='run'</script><!-- \u2028 & \"q\" 'a'"
LINK = "javascript:document.title='run'"
SCREENSHOTS = Path(os.environ.get("REPORT_SCREENSHOTS") or ROOT / "build" / "screenshots")

VIEWPORTS = {
    "phone": (375, 812),
    "tablet": (820, 1180),
    "desktop": (1280, 900),
    "laptop": (1280, 800),
    "tall phone": (390, 844),
}


def work(number: int, title: object, author: str, year: int | None, editions: int) -> Work:
    return {
        "key": f"/works/OL{990_000 + number}W",
        "title": title,
        "authors": [{"key": f"/authors/OL{990_000 + len(author)}A", "name": author}],
        "first_publish_year": year,
        "edition_count": editions,
    }


BEFORE = [work(1, "Vanished", "A", 2001, 1), work(2, SCRIPT, IMAGE, 1999, 5_000)]
AFTER = [
    work(2, SCRIPT, IMAGE, 1999, 5_000),
    work(3, IMAGE, IMAGE, 1903, 4_000),  # which makes one of 1999 doubtful
    work(4, LINK, LINK, 3000, 3_000),
    work(5, {"nested": "title"}, "rejected", 2001, 1),
]


def love() -> list[Work]:
    """The works of the tracked sample."""
    body: dict[str, Any] = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    works: list[Work] = body["works"]
    return works


def save(folder: Path, name: str, works: list[Work], subject: str = "odd") -> str:
    """Save these works as a response of the API; give the path."""
    path = folder / f"{name}.json"
    response = {"key": f"/subjects/{subject}", "name": IMAGE, "subject_type": "subject"}
    path.write_text(json.dumps(response | {"work_count": len(works), "works": works}))
    return str(path)


@pytest.fixture(scope="session")
def reported(shared: Shared) -> Project:
    """The samples and two loads of the odd subject: landed, built and reported."""

    def make(project: Project) -> None:
        project.extract("subjects", "love", "--from", str(SAMPLE))
        project.extract("subjects", "odd", "--from", save(project.scratch, "before", BEFORE))
        project.extract("subjects", "odd", "--from", save(project.scratch, "after", AFTER))
        project.extract("files", "streaming", str(STREAMING))
        project.dbt("build", *NO_TESTS)
        project.publish("report")
        project.publish("slides")

    return shared.project("reported", make)


@pytest.fixture(scope="session")
def shop(shared: Shared) -> Project:
    """What `make demo` shows: a subject, a part of a dump, a made-up store; built and reported."""

    def make(project: Project) -> None:
        project.extract("subjects", "love", "--from", str(SAMPLE))
        project.extract("dump", DUMP_DATE, "--from", str(DUMP), "--only", DUMP_FILES)
        project.extract("files", "streaming", str(STREAMING))
        project.extract("files", "store", str(STORE))
        project.dbt("build", *NO_TESTS)
        project.publish("report")

    return shared.project("shop", make)


@pytest.fixture
def stocked(shop: Project, tmp_path: Path) -> Project:
    """The same in a copy where one author has risen: in the samples, none has enough readers."""
    copy = shop.copy(tmp_path)
    with copy.connect() as connection:
        connection.execute("insert into rising_authors values ('a', 'A', 1, 1, 0, 200, 100, 1.0)")
    return copy


@pytest.fixture(scope="session")
def nothing(shared: Shared) -> Project:
    """A warehouse that is built but empty."""
    return shared.project("nothing", lambda project: project.dbt("build", *NO_TESTS))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    needs.require("needs_browser")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "no chromium on PATH: apt-get install chromium"
    with sync_playwright() as playwright:
        # root, as in a container, may not have the browser's sandbox
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        yield browser
        browser.close()


def unpacked(letters: str) -> dict[str, Any]:
    """What a page's first script packs."""
    data: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(letters)))
    return data


def changed(report: Path, path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Write the report with other data at a path."""
    before, opening, rest = report.read_text(encoding="utf-8").partition(
        '<script type="application/gzip" id="data">'
    )
    letters, closing, after = rest.partition("</script>")
    data = unpacked(letters)
    change(data)
    packed = base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()
    path.write_text(before + opening + packed + closing + after, encoding="utf-8")
    return path


def serious(page: Page) -> list[str]:
    """The serious and critical findings of axe."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@contextmanager
def opened(
    browser: Browser,
    project: Project,
    viewport: str = "desktop",
    days: int = 0,
    fragment: str = "",
    report: Path | None = None,
    **context: Any,  # noqa: ANN401 - the browser's own options
) -> Iterator[Page]:
    """The report, this many days from now; it must log no error and make no request."""
    width, height = VIEWPORTS[viewport]
    said: list[str] = []
    asked: list[str] = []
    with browser.new_context(viewport={"width": width, "height": height}, **context) as reader:
        page = reader.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        address = (report or project.report).as_uri()
        if days:
            page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=days))
        page.goto(address + fragment)
        if context.get("java_script_enabled", True):
            page.locator("#chart-authors svg").wait_for()
            page.locator("#chart-movies svg").wait_for()
        yield page
        assert page.title() == "Books and streams: the report"
    assert said == []
    assert {url.partition("#")[0] for url in asked if not url.startswith("data:")} == {address}


def bottom(found: Locator) -> float:
    box = found.bounding_box()
    assert box is not None
    return box["y"] + box["height"]
