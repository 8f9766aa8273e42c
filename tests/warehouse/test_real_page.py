"""The marts' numbers for a real page, against a count in plain Python that shares no code."""

import gzip
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from tests.support.project import SAMPLE

pytestmark = pytest.mark.xdist_group("real_page")  # share one build

LAST_YEAR = datetime.now(UTC).year + 1
Rows = set[tuple[Any, ...]]


@pytest.fixture(scope="module")
def works() -> list[dict[str, Any]]:
    body: dict[str, Any] = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    works: list[dict[str, Any]] = body["works"]
    return works


def year(work: dict[str, Any]) -> int | None:
    reported = work["first_publish_year"]
    return reported if reported is not None and 1450 <= reported <= LAST_YEAR else None


def rows(marts: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return set(marts.execute(sql).fetchall())


def author_years(works: list[dict[str, Any]]) -> Counter[tuple[str, int]]:
    pairs = {(a["key"], w["key"], year(w)) for w in works for a in w["authors"]}
    return Counter((author, dated) for author, _, dated in pairs if dated is not None)


def test_the_page_is_what_it_is_known_to_be(works: list[dict[str, Any]]) -> None:
    # counted by hand from the file: what the other tests compare with is not empty by accident
    assert len(works) == 1000
    assert len({w["key"] for w in works}) == 1000
    assert len({a["key"] for w in works for a in w["authors"]}) == 901
    assert sum(len(w["authors"]) for w in works) == 1227
    assert [w["key"] for w in works if w["first_publish_year"] == 0]
    assert max(author_years(works).items(), key=lambda item: item[1]) == (
        ("/authors/OL26392A", 2000),
        10,
    )


def test_books(marts: duckdb.DuckDBPyConnection, works: list[dict[str, Any]]) -> None:
    expected = {
        (
            w["key"],
            w["title"],
            year(w),
            w["first_publish_year"],
            w["edition_count"],
            len({a["key"] for a in w["authors"]}),
            w["cover_id"],
            w["has_fulltext"],
        )
        for w in works
    }
    assert expected == rows(
        marts,
        """
        select book_key, title, first_publish_year, first_publish_year_reported, edition_count,
            author_count, cover_id, has_fulltext
        from books
        """,
    )


def test_author_books(marts: duckdb.DuckDBPyConnection, works: list[dict[str, Any]]) -> None:
    expected = {
        (a["key"], w["key"], place) for w in works for place, a in enumerate(w["authors"], 1)
    }
    assert expected == rows(marts, "select author_key, book_key, author_position from author_books")


def test_authors(marts: duckdb.DuckDBPyConnection, works: list[dict[str, Any]]) -> None:
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    books: dict[str, set[str]] = defaultdict(set)
    years: dict[str, set[int]] = defaultdict(set)
    for work in works:
        for author in work["authors"]:
            key = author["key"]
            spellings[key][author["name"]] += 1
            books[key].add(work["key"])
            if (dated := year(work)) is not None:
                years[key].add(dated)
    # all were fetched at once, so among the most frequent spellings the alphabet decides
    expected = {
        (
            key,
            min(n for n in names if names[n] == max(names.values())),
            len(names),
            len(books[key]),
            min(years[key], default=None),
            max(years[key], default=None),
        )
        for key, names in spellings.items()
    }
    assert sum(len(names) == 2 for names in spellings.values()) == 2
    assert expected == rows(
        marts,
        """
        select author_key, author_name, name_variant_count, book_count, first_publish_year,
            last_publish_year
        from authors
        """,
    )


def test_books_per_author_per_year(
    marts: duckdb.DuckDBPyConnection, works: list[dict[str, Any]]
) -> None:
    expected = {(*key, count) for key, count in author_years(works).items()}
    assert expected == rows(
        marts, "select author_key, first_publish_year, book_count from books_per_author_per_year"
    )


def test_average_books_per_author(
    marts: duckdb.DuckDBPyConnection, works: list[dict[str, Any]]
) -> None:
    by_author: dict[str, dict[int, int]] = defaultdict(dict)
    for (author, dated), count in author_years(works).items():
        by_author[author][dated] = count
    expected = {
        (
            author,
            sum(counts.values()),
            len(counts),
            max(counts) - min(counts) + 1,
            sum(counts.values()) / len(counts),
            sum(counts.values()) / (max(counts) - min(counts) + 1),
        )
        for author, counts in by_author.items()
    }
    assert expected == rows(
        marts,
        """
        select author_key, book_count, active_year_count, career_year_count,
            average_books_per_active_year, average_books_per_career_year
        from average_books_per_author
        """,
    )


def test_books_per_year(marts: duckdb.DuckDBPyConnection, works: list[dict[str, Any]]) -> None:
    books = Counter(dated for w in works if (dated := year(w)) is not None)
    authors: dict[int, list[int]] = defaultdict(list)
    for (_, dated), count in author_years(works).items():
        authors[dated].append(count)
    expected = {
        (
            dated,
            count,
            len(authors[dated]),
            sum(authors[dated]) / len(authors[dated]) if authors[dated] else None,
        )
        for dated, count in books.items()
    }
    assert expected == rows(
        marts,
        """
        select first_publish_year, book_count, author_count, average_books_per_author
        from books_per_year
        """,
    )


def test_operations(marts: duckdb.DuckDBPyConnection, works: list[dict[str, Any]]) -> None:
    implausible = sum(w["first_publish_year"] is not None and year(w) is None for w in works)
    assert rows(
        marts,
        """
        select subject, record_count, duplicate_count, rejected_count, book_count,
            books_without_year_count, books_with_implausible_year_count,
            books_without_author_count
        from data_quality_summary
        """,
    ) == {("love", 1000, 0, 0, 1000, 0, implausible, sum(not w["authors"] for w in works))}
    assert rows(marts, "select dataset, reason, record_position from rejected_records") == {
        ("vendor_authors", "name is missing or not text", 201)  # the last one is all null
    }
    assert rows(
        marts, "select subject, status, promised_count, work_count, is_current from loads"
    ) == {("love", "partial", 16212, 1000, True), (None, "complete", None, None, True)}
    assert rows(
        marts, "select subject, is_tracked, book_count, author_count, is_complete from subjects"
    ) >= {("love", True, 1000, 901, False)}
