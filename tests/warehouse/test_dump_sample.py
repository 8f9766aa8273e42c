"""The marts of a part of a real dump: counted in plain Python, and a dozen rows by hand."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.support import dump_rules
from tests.support.catalog_rules import KEYS, Rows, marts
from tests.support.project import DUMP, DUMP_DATE, DUMP_FILES, NO_UNIT_TESTS, Project, Shared

pytestmark = pytest.mark.xdist_group("dump_sample")  # share one build

ANALYSES = ("report_sources", "report_newest_loads", "report_subjects")


@pytest.fixture(scope="module")
def built(shared: Shared) -> Project:
    def build(project: Project) -> None:
        project.extract("dump", DUMP_DATE, "--from", str(DUMP), "--only", DUMP_FILES)
        project.dbt("build", *NO_UNIT_TESTS)
        project.dbt("compile", "--select", *ANALYSES)

    return shared.project("dump_sample", build)


@pytest.fixture
def warehouse(built: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    with built.connect() as connection:
        yield connection


def analysis(built: Project, name: str) -> str:
    """The SQL of one of the report's queries."""
    return next((built.target / "compiled").rglob(f"{name}.sql")).read_text(encoding="utf-8")


def rows(warehouse: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(sql).fetchall()


def test_every_row_of_the_catalog(warehouse: duckdb.DuckDBPyConnection) -> None:
    dumps = dump_rules.read(DUMP, DUMP_DATE)
    books = dump_rules.books(dumps)
    keys = {book.key for book in books}
    expected: dict[str, Rows] = marts(books) | dump_rules.editions(dumps, keys)
    expected["book_popularity"] = dump_rules.book_popularity(dumps, keys)
    for mart, wanted in expected.items():
        columns = [*KEYS[mart], *next(iter(wanted.values()))]
        width = len(KEYS[mart])
        found = {
            row[:width]: dict(zip(columns[width:], row[width:], strict=True))
            for row in rows(warehouse, f"select {', '.join(columns)} from {mart}")  # noqa: S608
        }
        assert found == wanted, mart


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("/works/OL10073031W", ("Pon", 1993, 1, 1, 0, None)),
        ("/works/OL10084106W", ("Naturalis Historiae, vol. V", 1998, 1, 1, 0, 5214791)),
        # no list of authors, and no date
        ("/works/OL13746627W", ("Behind the Wheel Spanish Level 1", None, 1, 0, 0, None)),
        ("/works/OL13746659W", ("Kama Sutra 365", 2008, 1, 0, 0, 8681384)),
        # a role that names nobody
        ("/works/OL15328248W", ("le nuove paesane", 1898, 1, 0, 1, None)),
        ("/works/OL15598185W", ("cat in the hAT", 1959, 1, 0, 1, None)),
        # nine editions of 1977 to 2021; its own first cover, which an edition has as its second
        ("/works/OL3809593W", ("The Illuminatus! Trilogy", 1977, 9, 2, 0, 283212)),
    ],
)
def test_a_book(warehouse: duckdb.DuckDBPyConnection, key: str, expected: tuple[Any, ...]) -> None:
    """Read by hand from the lines."""
    sql = """
        select title, first_publish_year, edition_count, author_count, empty_role_count, cover_id
        from books where book_key = ?
    """
    assert warehouse.execute(sql, [key]).fetchall() == [expected]


def test_a_cover_that_is_not_the_first_of_its_edition(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = "select cover_edition_key from books where book_key = '/works/OL3809593W'"
    assert rows(warehouse, sql) == [("OL2885647M",)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        # three ISBN-10 and no ISBN-13
        ("OL1700372M", ("OL81205W", "9780876858677", "Black Sparrow Press", "eng", 1992, 213, 3)),
        # an ISBN-10, and languages not in the order of the alphabet
        (
            "OL21678754M",
            ("OL1089679W", "9780716500292", "Irish U.P", "gla, eng, gle", 1969, 158, 1),
        ),
        # two ISBN-13, of which the second is its ISBN-10, too
        ("OL18337586M", ("OL100077W", "9780385734363", "Delacorte Press", "eng", 2007, 174, 2)),
        ("OL7522539M", ("OL3809593W", "9780440539810", "Dell", "eng", 1983, 805, 1)),
        ("OL5699792M", ("OL81205W", "9780670000487", "Viking Press", "eng", 1972, 148, 1)),
    ],
)
def test_an_edition(
    warehouse: duckdb.DuckDBPyConnection, key: str, expected: tuple[Any, ...]
) -> None:
    """Read by hand from the lines; the last is the number of its ISBN-13."""
    sql = """
        select
            book_key[8:], isbn_13, publisher, languages, publish_year, page_count,
            (select count(*) from isbns where isbns.edition_key = editions.edition_key)
        from editions where edition_key = '/books/' || ?
    """
    assert warehouse.execute(sql, [key]).fetchall() == [expected]


def test_every_publisher_and_language_of_a_book(warehouse: duckdb.DuckDBPyConnection) -> None:
    of = "where book_key = '/works/OL1008345W'"
    assert set(rows(warehouse, f"from book_languages {of}")) == {
        ("/works/OL1008345W", "grn", 1, 1995, 1995),
        ("/works/OL1008345W", "spa", 1, 1995, 1995),
    }
    # its accents are characters of their own
    sql = f"select nfc_normalize(publisher) from publisher_books {of}"  # noqa: S608
    assert {name for (name,) in rows(warehouse, sql)} == {
        "Centro de Estudios Antropológicos, Universidad Católica",
        "Instituto Ecuménico de Posgrado, Escuela Superior de Teología",
        "Consejo de Misión entre Indios",
    }


def test_what_readers_make_of_a_book(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Counted in the lines: 2, 2, six times 4 and seven times 5, among 25 ratings of 99 in all."""
    sql = """
        select
            rating_count, rating_average, round(weighted_rating, 9),
            want_to_read_count, reading_count, read_count, stopped_reading_count, reader_count,
            -- nobody put anything on a shelf in March and May 2026
            reader_count_12_months, reader_count_3_months
        from book_popularity where book_key = '/works/OL3809593W'
    """
    assert rows(warehouse, sql) == [(15, 4.2, 4.104, 65, 1, 23, 0, 89, None, None)]


def test_what_it_is_of(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = "select distinct source, has_fulltext, cast(fetched_at as varchar) from books"
    assert rows(warehouse, sql) == [("dump", None, "2026-07-31 23:59:59")]
    sql = """
        select dataset, status, source, is_current, subject, cast(dumped_at as varchar) from loads
    """
    assert rows(warehouse, sql) == [
        ("open_library_dump", "partial", "dump", True, None, "2026-07-31 23:59:59")
    ]


def test_keys_that_moved(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert dict(rows(warehouse, "from book_redirects where from_key like '/works/%'")) == {
        "/works/OL15331408W": "/works/OL3809593W",
        "/works/OL26204513W": None,  # its target is not here
    }


def test_every_line_is_accounted_for(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = "select dataset, record_count, rejected_count from file_quality_summary"
    assert set(rows(warehouse, sql)) == {
        ("dump_works", 34, 0),
        ("dump_editions", 194, 0),
        ("dump_authors", 31, 0),
        ("dump_redirects", 8, 0),
        ("dump_ratings", 25, 0),
        ("dump_reading_log", 200, 0),
    }
    assert rows(warehouse, "from rejected_records") == []


def test_the_report_compares_the_books_with_the_dump_that_landed(
    built: Project, warehouse: duckdb.DuckDBPyConnection
) -> None:
    of_books = "cast(fetched_until as varchar), is_complete, record_count, rejected_count"
    sources = f"select {of_books} from ({analysis(built, 'report_sources')})"  # noqa: S608
    of_loads = "dataset, status, cast(dumped_at as varchar)"
    newest = f"select {of_loads} from ({analysis(built, 'report_newest_loads')})"  # noqa: S608
    assert rows(warehouse, sources) == [("2026-07-31 23:59:59", False, 492, 0)]
    assert rows(warehouse, newest) == [("open_library_dump", "partial", "2026-07-31 23:59:59")]
    warehouse.begin()
    warehouse.execute("update loads set dumped_at = timestamp '2026-08-31 23:59:59'")
    assert rows(warehouse, sources) == [("2026-07-31 23:59:59", None, None, None)]
    warehouse.rollback()


def test_the_report_lists_the_subjects_that_somebody_asked_for(
    built: Project, warehouse: duckdb.DuckDBPyConnection
) -> None:
    found = rows(warehouse, analysis(built, "report_subjects"))
    assert {row[0] for row in found} == {"love", "space"}
    assert len(rows(warehouse, "from subjects")) > 2
