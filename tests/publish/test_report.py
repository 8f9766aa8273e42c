"""The report as a file: its numbers, against plain Python, and what it must not contain."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import streaming_files as support
from tests.support.project import NO_TESTS, NO_UNIT_TESTS, ROOT, SAMPLE, STREAMING, Project
from tests.support.streaming_files import Received, sample

from .conftest import AFTER, IMAGE, LINK, SCRIPT, love, save, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.needs_dbt, pytest.mark.xdist_group("report")]

LAST_YEAR = datetime.now(UTC).year + 1


class Page(HTMLParser):
    """Collects a page's elements with their attributes, its words, its scripts and styles."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._words: list[str] = []
        self._inside = ""
        self.feed(project.report.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.texts:
            self.texts[self._inside][-1] += data
        else:
            self._words.append(data)

    @property
    def says(self) -> str:
        return " ".join(" ".join(self._words).split())


@pytest.fixture(scope="module")
def page(reported: Project) -> Page:
    return Page(reported)


@pytest.fixture(scope="module")
def tables(page: Page) -> dict[str, Any]:
    tables: dict[str, Any] = unpacked(page.texts["script"][0])["tables"]
    return tables


def rows(tables: dict[str, Any], name: str, group: str | None = None) -> list[dict[str, Any]]:
    table = tables[f"report_{name}"]
    found = table["rows"] if group is None else table["groups"][group]
    return [dict(zip(table["columns"], row, strict=True)) for row in found]


def year(work: dict[str, Any]) -> int | None:
    reported = work["first_publish_year"]
    return reported if reported is not None and 1450 <= reported <= LAST_YEAR else None


@pytest.fixture(scope="module")
def author_books() -> dict[str, set[tuple[str, int | None]]]:
    """Key and year of each author's books in the sample."""
    books = defaultdict(set)
    for work in love():
        for author in work["authors"]:
            books[author["key"]].add((work["key"], year(work)))
    return books


AuthorBooks = dict[str, set[tuple[str, int | None]]]


def test_books_per_year(tables: dict[str, Any]) -> None:
    expected = Counter(dated for work in love() if (dated := year(work)) is not None)
    found = rows(tables, "books_per_year", "love")
    assert {row["first_publish_year"]: row["book_count"] for row in found} == expected
    everywhere = rows(tables, "books_per_year", "")
    assert sum(row["book_count"] for row in everywhere) == expected.total() + 2  # 1999 and 1903


def test_the_most_prolific_authors(tables: dict[str, Any], author_books: AuthorBooks) -> None:
    found = rows(tables, "authors", "love")
    counts = {author: len(books) for author, books in author_books.items()}
    assert [row["book_count"] for row in found] == sorted(counts.values(), reverse=True)[:200]
    for row in found:
        years = [dated for _, dated in author_books[row["author_key"]] if dated is not None]
        assert row["book_count"] == counts[row["author_key"]]
        assert row["first_publish_year"] == min(years, default=None)
        assert row["last_publish_year"] == max(years, default=None)
        assert row["average_books_per_active_year"] == pytest.approx(len(years) / len({*years}))


def test_books_per_author_and_year(tables: dict[str, Any], author_books: AuthorBooks) -> None:
    keys = {row["author_rank"]: row["author_key"] for row in rows(tables, "authors", "love")}
    found = {
        (keys[row["author_rank"]], row["first_publish_year"]): row["book_count"]
        for row in rows(tables, "author_years", "love")
    }
    assert found == Counter(
        (keys[rank], dated)
        for rank in range(1, 21)
        for _, dated in author_books[keys[rank]]
        if dated is not None
    )


def test_averages_of_all_authors(tables: dict[str, Any], author_books: AuthorBooks) -> None:
    bounds = {"1": 1, "over 1 to 1.5": 1.5, "over 1.5 to 2": 2, "over 2 to 3": 3, "over 3 to 5": 5}
    expected: Counter[str] = Counter()
    for books in author_books.values():
        years = [dated for _, dated in books if dated is not None]
        if years:
            average = len(years) / len({*years})
            expected[next(name for name, most in bounds.items() if average <= most)] += 1
    found = rows(tables, "averages", "love")
    assert {row["average_books"]: row["author_count"] for row in found} == expected


def test_editions(tables: dict[str, Any]) -> None:
    editions = sorted((work["edition_count"] for work in love()), reverse=True)
    found = {row["editions"]: row["book_count"] for row in rows(tables, "editions", "love")}
    assert found == {
        "2 to 4": sum(2 <= count <= 4 for count in editions),
        "5 to 9": sum(5 <= count <= 9 for count in editions),
        "10 to 49": sum(10 <= count <= 49 for count in editions),
        "50 to 99": sum(50 <= count <= 99 for count in editions),
        "100 or more": sum(count >= 100 for count in editions),
    }
    books = rows(tables, "books", "love")
    assert [row["edition_count"] for row in books] == editions[:200]


def test_a_subject_is_a_scope_of_its_own(tables: dict[str, Any], author_books: AuthorBooks) -> None:
    totals = {row["scope"]: row for row in rows(tables, "scopes")}
    counts = {scope: row["book_count"] for scope, row in totals.items()}
    assert counts == {"": 1003, "love": 1000, "odd": 3}
    assert totals["love"]["author_count"] == len(author_books)
    assert totals["love"]["edition_count"] == sum(work["edition_count"] for work in love())
    assert [row["title"] for row in rows(tables, "books", "odd")] == [SCRIPT, IMAGE, LINK]


def test_an_author_is_shown_with_all_books(
    tables: dict[str, Any], author_books: AuthorBooks
) -> None:
    key = rows(tables, "authors", "love")[0]["author_key"]
    (profile,) = rows(tables, "author_profiles", key)
    years = Counter(dated for _, dated in author_books[key] if dated is not None)
    assert profile["book_count"] == len(author_books[key])
    assert profile["average_books_per_career_year"] == pytest.approx(
        years.total() / (max(years) - min(years) + 1)
    )
    found = rows(tables, "author_profile_years", key)
    assert {row["first_publish_year"]: row["book_count"] for row in found} == years
    editions = [
        work["edition_count"]
        for work in love()
        if key in {author["key"] for author in work["authors"]}
    ]
    shown = [row["edition_count"] for row in rows(tables, "author_profile_books", key)]
    assert shown == sorted(editions, reverse=True)[:10]


def test_what_is_rejected_is_neither_new_nor_vanished(tables: dict[str, Any]) -> None:
    found = [
        (row["subject"], row["change_kind"], row["title"]) for row in rows(tables, "changed_books")
    ]
    assert found == [("odd", "new", IMAGE), ("odd", "new", LINK), ("odd", "vanished", "Vanished")]


def test_implausible_years(tables: dict[str, Any]) -> None:
    found = [row for row in rows(tables, "implausible_years") if not row["is_counted"]]
    assert {(row["book_key"], row["first_publish_year_reported"]) for row in found} == {
        (work["key"], work["first_publish_year"])
        for work in [*love(), *AFTER[:3]]
        if year(work) is None
    }
    assert {row["doubt"] for row in found} == {"before 1450", "in the future"}
    assert {row["book_count"] for row in found} == {len(found)}


def doubted() -> dict[str, str]:
    """The books whose year looks wrong, with the reason; none of the sample is the vendor's."""
    by_author: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for work in love():
        if (dated := year(work)) is not None:
            author = work["authors"][0]["key"]
            by_author[author].append((dated, work["title"], work["key"]))
    found = {}
    for books in by_author.values():
        first_year, first_title, _ = min(books)
        for dated, title, key in books:
            same = min(other[0] for other in books if other[1].lower() == title.lower())
            if dated > same:
                found[key] = f"a book of the same title and author is of {same}"
            elif dated - first_year > 60:
                late = f"{dated - first_year} years after the author's first book here"
                found[key] = f"{late}, “{first_title}”"
    return found


def test_years_that_look_wrong_beside_others(tables: dict[str, Any]) -> None:
    editions = {work["key"]: work["edition_count"] for work in love()}
    found = [row for row in rows(tables, "implausible_years") if row["is_counted"]]
    odd = {
        "book_key": AFTER[0]["key"],
        "title": SCRIPT,
        "first_publish_year_reported": 1999,
        "doubt": f"96 years after the author's first book here, “{IMAGE}”",
        "edition_count": 5_000,
        "is_counted": True,
        "book_rank": 1,
        "book_count": len(doubted()) + 1,
    }
    assert found[0] == odd
    assert {row["book_key"]: row["doubt"] for row in found[1:]} == doubted()
    most = sorted((editions[key] for key in doubted()), reverse=True)
    assert [row["edition_count"] for row in found[1:]] == most
    marked = {
        row["book_key"]: row["doubt"]
        for table, group in (("books", "love"), ("author_profile_books", "/authors/OL189658A"))
        for row in rows(tables, table, group)
    }
    assert marked == {key: doubted().get(key) for key in marked}
    assert len([doubt for doubt in marked.values() if doubt]) > 10  # Plato's


def received(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(STREAMING / "internal" / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def test_streaming(page: Page, tables: dict[str, Any]) -> None:
    streams = Counter(stream["movie_title"].lower() for stream in received("streams"))
    movies = rows(tables, "movies")
    found = {row["movie_title"].lower(): row["stream_count"] for row in movies}
    assert {movie: count for movie, count in found.items() if count} == streams
    assert [*found.values()] == sorted(found.values(), reverse=True)
    with gzip.open(STREAMING / "vendor" / "reviews.json.gz", "rt", encoding="utf-8") as file:
        ratings = Counter(review["rating"]["rate"] for review in json.load(file))
    assert {row["rating"]: row["review_count"] for row in rows(tables, "ratings")} == ratings
    assert f"Streams {streams.total():,}" in page.says


def test_the_headline(page: Page, author_books: AuthorBooks) -> None:
    """Plus the odd subject's three books: 1999 and 1903 by one author, none dated by another."""
    dated = [(key, year) for key, books in author_books.items() for _, year in books if year]
    average = (len(dated) + 2) / (len({*dated}) + 2)
    with gzip.open(STREAMING / "vendor" / "reviews.json.gz", "rt", encoding="utf-8") as file:
        reviews = json.load(file)
    reviewed = max(datetime.fromisoformat(review["created"]) for review in reviews).astimezone(UTC)
    streamed = max(datetime.fromisoformat(stream["start_at"]) for stream in received("streams"))
    movies = {stream["movie_title"].lower() for stream in received("streams")}
    headline = page.says[page.says.index(" Books 1,003 ") : page.says.index("Use these numbers")]
    editions = sum(work["edition_count"] for work in love()) + 12_000
    changed = rf"2 new, 1 gone in 1 of 2 subjects since \d+ {datetime.now(UTC):%b %Y} "
    assert re.match(rf" Books 1,003 {editions:,} editions {changed}", headline)
    for figure in (
        f"Authors {len(author_books) + 2:,} 0 books name none",
        f"Per author and year {average:.2f} books, in years with any",
        f"Books with a year {len(love()) - 1 + 2:,} of 1,003; {len(doubted()) + 1} look wrong ",
        "Subjects 2 of 3 tracked or loaded",
        f"Streams 9,652 newest {streamed.astimezone(UTC):%-d %b %Y} first load",
        f"Movies 91 {len(movies)} streamed first load",
        f"Reviews {len(reviews)} newest {reviewed:%-d %b %Y} first load",
    ):
        assert figure in headline
    assert "; newest book 2022; newest stream 30 Dec 2021, newest review 30 Dec 2021 " in page.says
    assert "The newest stream is of 30 Dec 2021, " in page.says


def test_what_two_loads_of_files_changed(tmp_path: Path) -> None:
    """One movie and one review are new, changed, gone and the same; one stream comes twice."""
    day = date(2021, 12, 1)

    def stream(day: date) -> tuple[str, str, int, str, str]:
        return ("Same", "a@example.org", 1, f"{day}T08:00:00Z", f"{day}T09:00:00Z")

    def review(movie: str, text: str) -> dict[str, Any]:
        return support.review(movie, support.at(2, 8), 5) | {"content": {"text": text}}

    first = Received(
        movies=[("Same", 100, "English", 7), ("Other", 90, "English", 7), ("Gone", 80, "E", 7)],
        reviews=[review("Same", "a"), review("Other", "a"), review("Gone", "a")],
        streams=[stream(day), stream(day + timedelta(days=1))],
    )
    second = Received(
        movies=[("Same", 100, "English", 7), ("Other", 91, "English", 7), ("New", 80, "E", 7)],
        reviews=[review("Same", "a"), review("Other", "b"), review("New", "a")],
        streams=[stream(day), stream(day + timedelta(days=2))],
    )
    project = Project(tmp_path)
    for name, files in (("first", first), ("second", second)):
        project.extract("files", "streaming", str(files.write(tmp_path / name)))
        project.dbt("build", *NO_TESTS)
    project.publish("report")
    says = Page(project).says
    since = rf"since \d+ {datetime.now(UTC):%b %Y}"
    assert re.search(rf"Streams 3 newest 3 Dec 2021 2 in the newest export, {since} ", says)
    assert re.search(rf"Movies 3 1 streamed 1 new, 1 changed, 1 gone {since} ", says)
    assert re.search(rf"Reviews 3 newest 2 Dec 2021 1 new, 1 changed, 1 gone {since} ", says)

    with project.connect() as connection:  # as where the second load was the first to be built
        connection.execute(
            "update main_history.movies_history set dbt_valid_from ="
            " (select max(dbt_valid_from) from main_history.movies_history)"
        )
    project.publish("report")
    assert "Movies 3 1 streamed Reviews 3 " in Page(project).says


def test_the_verdict_says_why(page: Page) -> None:
    # as the page is without scripts: “love” is a part, “space” never loaded; streams too long and
    # old, reviews old and updated too early
    assert re.search(
        "Use these numbers with care 6 reasons, the first: “space”: tracked but never loaded. The",
        page.says,
    )
    assert "“love”: only part of it was loaded: 1,000 of 16,212 books." in page.says
    assert "“space”: tracked but never loaded." in page.says
    assert "“odd”: loaded in full: 4 books." in page.says
    assert "1 of 1,004 records (under 0.1 %) was rejected." in page.says
    assert "title is not text" in page.says


def test_the_same_data_gives_the_same_page(reported: Project) -> None:
    first = reported.report.read_bytes()
    reported.publish("report")
    assert reported.report.read_bytes() == first


def test_every_query_is_named(page: Page, shop: Project) -> None:
    says = page.says + Page(shop).says  # one is without the shop, the other has it
    named = set(re.findall(r"Query (\w+)", says))
    assert named == {path.stem for path in (ROOT / "analyses").glob("report_*.sql")}
    for name in named:
        assert f"dbt show --select {name} " in says


def test_only_its_own_scripts_may_run_and_nothing_may_be_asked_for(page: Page) -> None:
    (policy,) = (
        attributes["content"] or ""
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    hashes = {
        kind: " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for text in texts
        )
        for kind, texts in page.texts.items()
    }
    assert directives == {
        "default-src": "'none'",
        "script-src": hashes["script"].split(" ", 1)[1],  # the first one is data
        "style-src": hashes["style"],
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_what_comes_from_outside_is_no_element(page: Page) -> None:
    tags = Counter(tag for tag, _ in page.elements)
    assert tags["script"] == 4  # the data, Vega, DataTables, the page's own
    assert not tags.keys() & {"img", "iframe", "object", "embed", "link", "base"}
    assert re.fullmatch(r"[\w+/=]+", page.texts["script"][0])
    assert IMAGE in page.says  # the subject's name
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        assert re.match(r"#|https://openlibrary\.org", attributes.get("href") or "#")


def test_nothing_loaded_is_reported_as_such(nothing: Project) -> None:
    nothing.publish("report")
    says = Page(nothing).says
    assert "Nothing is loaded yet" in says
    assert "make load" in says
    assert "can be trusted" not in says


def test_one_domain_alone_is_reported(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.extract("files", "streaming", str(STREAMING))
    project.dbt("build", *NO_TESTS)
    project.publish("report")
    page = Page(project)
    sections = {attributes.get("id") for tag, attributes in page.elements if tag == "section"}
    assert "streaming" in sections
    assert "books" not in sections
    assert "No subject has been loaded" in page.says


def test_what_grows_is_bounded_and_no_person_is_quoted(tmp_path: Path) -> None:
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(400)]
    streams = [("RUSH", "a@example.org", 1, f"{day}T08:00:00Z", f"{day}T09:00:00Z") for day in days]
    received = Received(
        movies=[("Rush", 100, "English", 700), ("", "Untitled", "English", 7)],
        users=[("Ann", "Conn", "a@example.org"), ("Eddy", "One", ""), ("Eddy", "Two", "")],
        streams=[*streams, ("RUSH", "eddy@example.org", 1, "yesterday", "today")],
    )
    project = Project(tmp_path)
    project.extract("files", "streaming", str(received.write(tmp_path / "received")))
    project.dbt("build", *NO_TESTS)
    with project.connect() as connection:
        connection.execute(
            "insert into rejected_records by name select 'subject_works' as dataset,"
            " 's' || range as subject, 'title is not text' as reason from range(200)"
        )
    project.publish("report")
    page = Page(project)
    assert "100 of 203 reasons shown" in page.says
    assert re.search(r"email is missing users 2 row 2, in \S+\.jsonl\.gz ", page.says)
    assert re.search(r"not a time with an offset streams 1 row 401, in \S+\.jsonl\.gz ", page.says)
    assert re.search(r"title is missing movies 1 \{\S*.*Untitled", page.says)
    assert "eddy" not in page.says.lower()
    found = rows(unpacked(page.texts["script"][0])["tables"], "streams_per_day")
    assert [row["started_on"] for row in found] == [day.isoformat() for day in days[-366:]]
    assert {row["stream_count"] for row in found} == {1}


def test_a_few_streams_that_hold_much_of_the_hours_call_for_care(tmp_path: Path) -> None:
    """Three of 203 last 23 hours, of a movie of 100 minutes; one that ends in 9999 is rejected."""
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(204)]
    ends = [
        *(f"{day}T09:00:00Z" for day in days[:200]),
        *(f"{day + timedelta(days=1)}T07:00:00Z" for day in days[200:203]),
        "9999-12-31T00:00:00Z",
    ]
    streams = [
        ("RUSH", "a@example.org", 1, f"{day}T08:00:00Z", end)
        for day, end in zip(days, ends, strict=True)
    ]
    project = Project(tmp_path)
    folder = Received(streams=streams).write(tmp_path / "received")
    project.extract("files", "streaming", str(folder))
    project.dbt("build", *NO_TESTS)
    project.publish("report")
    page = Page(project)
    assert "1 of 204 records (0.5 %) was rejected." in page.says
    # by 3 times 23 hours less 100 minutes, of 200 hours and 3 times 23
    assert "3 of 203 streams (1.5 %) last longer than their movie, by 24 % of all" in page.says
    assert "Use these numbers with care" in page.says


def published(project: Project) -> tuple[str, str | None]:
    """The text of the report, and the time of its data."""
    project.publish("report")
    page = Page(project)
    (as_of,) = (attributes["datetime"] for tag, attributes in page.elements if tag == "time")
    return page.says, as_of


def test_what_is_landed_and_not_built_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.extract("subjects", "love", "--from", str(SAMPLE))
    project.extract("files", "streaming", str(STREAMING))
    project.dbt("build", *NO_TESTS)
    says, as_of = published(project)
    assert "is not built yet" not in says

    changed = [work | {"title": {"en": work["title"]}} for work in love()[:700]] + love()[700:]
    received = sample()
    received.books[:60] = [book | {"author": None} for book in received.books[:60]]
    received.movies = [(title, 7, *rest) for title, _, *rest in received.movies]
    for subject, works in (("love", changed), ("odd", AFTER)):
        project.extract("subjects", subject, "--from", save(tmp_path, subject, works, subject))
    project.extract("files", "streaming", str(received.write(tmp_path / "received")))
    waits = (
        "a load has landed but is not built yet: run the build, or see why it failed in its log."
    )
    says, before_build = published(project)
    assert before_build == as_of
    assert "Use these numbers with care" in says
    assert f"care: “love”, “odd”: {waits}" in says
    assert f"care: The file set “streaming”: {waits}" in says
    assert "“love”: only part of it was loaded: 1,000 of 16,212 books." in says

    failed = project.dbt("build", *NO_UNIT_TESTS, fails=True)
    assert "assert_the_source_has_not_changed_its_shape" in failed
    assert "whole_dataset_int_vendor_books_checked_vendor_books" in failed
    unbuilt = "the newest load has landed, but some tables do not include it: the last build"
    says, after_build = published(project)
    assert after_build == as_of
    assert "Do not rely on these numbers" in says
    assert f"bad: “love”, “odd”: {unbuilt}" in says
    assert f"bad: The file set “streaming”: {unbuilt}" in says
    assert waits not in says
    assert not re.search(r"(loaded|received) in full|only part", says)
    assert not re.search(r"None of [\d,]+ records|records \([^)]+\) w(as|ere) rejected", says)

    with project.connect() as connection:  # as where a replay of dead letters has amended the load
        connection.execute("update loads set completed_at = started_at where subject = 'odd'")
    says, _ = published(project)
    assert f"care: “odd”: {waits}" in says


def test_no_warehouse_is_one_line_and_no_file(tmp_path: Path) -> None:
    project = Project(tmp_path)
    said = project.publish("report", fails=True)
    assert len(said.splitlines()) == 1
    assert "make build" in said
    assert not project.report.exists()
    assert not project.warehouse.exists()


def test_a_warehouse_that_is_not_built_is_one_line(tmp_path: Path) -> None:
    project = Project(tmp_path)
    with project.connect():
        pass
    said = project.publish("report", fails=True)
    assert len(said.splitlines()) == 1
    assert "make build" in said


def test_what_cannot_be_written_is_one_line(reported: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = reported.publish("report", fails=True, REPORT_PATH=str(tmp_path / "file" / "r.html"))
    assert len(said.splitlines()) == 1
    assert "REPORT_PATH" in said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
