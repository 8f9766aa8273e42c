"""Every data test is seen to fail.

A built warehouse, or the landed data behind its views, is corrupted in one way per data test; then
exactly the expected tests must fail. The tests' SQL is what dbt compiled and ran.
"""

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.dump_files import write_sample
from tests.support.faults import Fault, html_503
from tests.support.project import (
    DUMP_DATE,
    DUMP_FILES,
    NO_UNIT_TESTS,
    SAMPLE,
    Project,
)
from tests.support.stand_in import StandIn
from tests.support.streaming_files import Received, at, author, book, review

pytestmark = pytest.mark.xdist_group("data_tests_can_fail")  # share one build

NOVELIST = {"key": "/authors/OL1A", "name": "A. Novelist"}
NAMESAKE = {"key": "/authors/OL2A", "name": "A. Novelist"}
NAMELESS = {"key": "/authors/OL3A", "name": ""}


def work(number: int, year: int | None, *authors: dict[str, str], **more: object) -> dict[str, Any]:
    """A work as the API gives it."""
    return {
        "key": f"/works/OL{number}W",
        "title": f"Book {number}",
        "edition_count": 1,
        "cover_id": None,
        "has_fulltext": False,
        "authors": list(authors),
        "first_publish_year": year,
    } | more


SPACE = [
    work(1, 1900, NOVELIST, NAMESAKE),
    work(2, 1900, NOVELIST),
    work(3, 1910, NAMESAKE, NAMELESS),
    work(4, 1920),
    work(5, None, NOVELIST),
    work(6, 0, NOVELIST),
    work(7, 1930, NOVELIST, title={"nested": "title"}),
    work(2, 1900, NOVELIST),
]

# Of each dataset two records at least; two are rejected, and a movie and a stream come twice.
RECEIVED = Received(
    movies=[("Heat", 100, "English", 700), ("Heat", 170, "English", 700), ("Rush", 100, "", "")],
    streams=[
        ("RUSH", "a@example.org", 1, at(1, 8), at(1, 9)),
        ("RUSH", "a@example.org", 1, at(1, 8), at(1, 10)),
        ("Heat", "a@example.org", 1, at(2, 8), at(2, 9)),
        ("Heat", "a@example.org", 1, at(3, 8), ""),
    ],
    users=[("A", "B", "a@example.org"), ("C", "D", "c@example.org")],
    books=[book("Book 1", "A. Novelist", 1), book("Unread", "Author", 1)],
    authors=[author("A. Novelist"), author("Author"), author(None)],
    reviews=[review("RUSH", at(1, 8), 5, "Book 1"), review("OTHER", at(2, 8), 4, "Unheard of")],
)


WANTED = "/works/OL21177W"  # Wuthering Heights, which the sample of the API has

# What is sold: an edition of a book of the dump, in several ways, and what no book is known of.
STORE = """\
isbn,title,author,price,currency,stock
0440539811,The Illuminatus! Trilogy,Robert Shea,9.50,EUR,0
0440539811,The Illuminatus! Trilogy,Robert Shea,9.75,EUR,0
,Illuminatus!,Nobody,9.50,EUR,1
9780141439517,Nothing,Nobody,free,EUR,1
"""


@dataclass(frozen=True)
class Corruption:
    """What goes wrong, and which other tests must notice it as well.

    ``files`` are written into the raw zone (name to content), ``sql`` runs in the warehouse.
    """

    sql: str = ""
    files: dict[str, str] = field(default_factory=dict)
    also: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DataTest:
    """A data test as dbt compiled it."""

    name: str
    sql: str
    fail_calc: str
    error_if: str
    relation: str  # what it tests; a test of several has none
    where: str
    required: tuple[str, ...]  # columns of it that may have no null

    def fails(self, warehouse: duckdb.DuckDBPyConnection) -> bool:
        failures = f"select {self.fail_calc} {self.error_if} from ({self.sql})"  # noqa: S608
        return bool((warehouse.execute(failures).fetchone() or [None])[0])


def sql(statement: str, *also: str) -> Corruption:
    return Corruption(sql=statement, also=frozenset(also))


def landed(dataset: str, *lines: dict[str, Any], also: tuple[str, ...] = ()) -> Corruption:
    """A file that the loader would not have written."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return Corruption(
        files={f"{dataset}/load_date=2026-01-01/odd.jsonl": text}, also=frozenset(also)
    )


# What a commit record, an event and a dead letter must have to pass their tests.
COMMIT = {"load_id": "odd", "dataset": "subject_works", "subject": "odd", "is_complete": True}
EVENT = {"load_id": "odd", "event": "started"}
LETTER = {"load_id": "odd"}

IN_A_MART = "assert_every_record_of_a_file_is_in_a_mart_repeated_or_rejected"

DATASETS = (
    *("movies", "streams", "users"),
    *("vendor_books", "vendor_authors", "vendor_reviews"),
    "store_books",
)

CORRUPTIONS = {
    # staging: what the loader would never write
    "primary_key_stg_extract__loads": landed("loads", COMMIT, COMMIT),
    "stg_extract__load_events_event_is_known": landed("load_events", EVENT | {"event": "exploded"}),
    "primary_key_stg_extract__load_events": landed("load_events", EVENT, EVENT),
    "primary_key_stg_extract__dead_letters": landed("dead_letters", LETTER, LETTER),
    # seeds
    "primary_key_tracked_subjects": sql(
        "insert into main_seeds.tracked_subjects values ('love', '')"
    ),
    "primary_key_store_categories": sql(
        "insert into main_seeds.store_categories values ('Romance', 'war')",
        "assert_store_categories_are_spelt_once",
    ),
    "assert_subjects_of_seeds_are_slugs": sql(
        "insert into main_seeds.tracked_subjects values ('Science Fiction', '')"
    ),
    "assert_store_categories_are_spelt_once": sql(
        "insert into main_seeds.store_categories values ('ROMANCE ', 'love')"
    ),
    # intermediate
    "not_null_int_loads_committed_subject": sql(
        "update main_intermediate.int_loads_committed set subject = null where subject = 'love'"
    ),
    "primary_key_int_loads_committed": sql(
        "insert into main_intermediate.int_loads_committed "
        "select * replace (false as is_current) from main_intermediate.int_loads_committed"
    ),
    "primary_key_int_parts_listed": sql(
        "insert into main_intermediate.int_parts_listed from main_intermediate.int_parts_listed"
    ),
    "primary_key_int_works_checked": sql(
        "update main_intermediate.int_works_checked set page_position = 0 where page_position = 1"
    ),
    "assert_the_source_has_not_changed_its_shape": sql(
        "update main_intermediate.int_works_checked set rejection_reason = 'key is missing' "
        "where subject = 'love' and page_position < 501"
    ),
    "assert_every_listed_line_was_read": sql("update loads set record_count = record_count + 1"),
    "primary_key_int_works_superseded": sql(
        "insert into main_intermediate.int_works_superseded "
        "select load_id, null, page_position from main_intermediate.int_works_checked limit 1"
    ),
    # authors
    "primary_key_authors": sql(
        "insert into authors from authors where author_key = '/authors/OL1A'"
    ),
    "assert_an_author_has_a_name_unless_all_spellings_are_blank": sql(
        "update authors set author_name = '' where author_key = '/authors/OL3A'",
        "author_years_name_their_author",
        "averages_name_their_author",
    ),
    "authors_sum_up_their_books": sql(
        "update authors set last_publish_year = 1901 where author_key = '/authors/OL1A'"
    ),
    # books
    "primary_key_books": sql(
        "insert into books from books where book_key = '/works/OL4W'",
        "assert_years_reconcile_with_books",
    ),
    "books_count_their_authors": sql("update books set author_count = 99"),
    "books_count_their_subjects": sql("update books set subject_count = 99"),
    "assert_every_book_of_the_api_has_a_subject": sql(
        "update books set subject_count = 0 where book_key = '/works/OL5W'",
        "books_count_their_subjects",
    ),
    "assert_only_plausible_years_are_published": sql(
        "update books set first_publish_year_reported = 1985 where book_key = '/works/OL5W'"
    ),
    # author_books
    "primary_key_author_books": sql(
        "insert into author_books from author_books where book_key = '/works/OL1W'",
        "books_count_their_authors",
        "assert_author_years_reconcile_with_author_books",
        "authors_sum_up_their_books",
    ),
    "author_books_repeat_their_books": sql(
        "update author_books set title = 'Another' where book_key = '/works/OL6W'"
    ),
    # subjects, subject_books
    "primary_key_subjects": sql("insert into subjects from subjects where subject = 'love'"),
    "subjects_count_their_books": sql("update subjects set book_count = book_count + 1"),
    "assert_subjects_count_their_authors": sql(
        "update subjects set author_count = author_count + 1"
    ),
    "primary_key_subject_books": sql(
        "insert into subject_books from subject_books where book_key = '/works/OL4W'",
        "books_count_their_subjects",
        "assert_every_line_is_a_book_a_duplicate_or_rejected",
        "subjects_count_their_books",
    ),
    # the yearly tables
    "primary_key_books_per_author_per_year": sql(
        "insert into books_per_author_per_year from books_per_author_per_year "
        "where first_publish_year = 1910",
        "assert_years_reconcile_with_author_years",
        "assert_author_averages_reconcile_with_author_years",
    ),
    "author_years_name_their_author": sql(
        "update books_per_author_per_year set author_name = 'Somebody Else'"
    ),
    "assert_author_years_reconcile_with_author_books": sql(
        "delete from books_per_author_per_year where first_publish_year = 1910",
        "assert_years_reconcile_with_author_years",
        "assert_author_averages_reconcile_with_author_years",
    ),
    "primary_key_average_books_per_author": sql(
        "insert into average_books_per_author from average_books_per_author "
        "where author_key = '/authors/OL3A'"
    ),
    "averages_name_their_author": sql(
        "update average_books_per_author set author_name = 'Somebody Else'"
    ),
    "assert_author_averages_reconcile_with_author_years": sql(
        "update average_books_per_author set average_books_per_career_year = 99"
    ),
    "primary_key_books_per_year": sql(
        "insert into books_per_year from books_per_year where first_publish_year = 1910"
    ),
    "assert_years_reconcile_with_author_years": sql("update books_per_year set author_count = 99"),
    "assert_years_reconcile_with_books": sql("update books_per_year set book_count = 99"),
    # operations
    "primary_key_loads": sql("insert into loads from loads where subject = 'mars'"),
    "loads_status_is_documented": sql("update loads set status = 'fine' where subject = 'mars'"),
    "assert_a_partial_load_is_current_only_without_a_complete_one": sql(
        "insert into loads select * replace ('new' as load_id, 'complete' as status, "
        "false as is_current) from loads where subject = 'love'"
    ),
    "assert_every_subject_that_was_loaded_has_one_current_load": sql(
        "update loads set is_current = false where subject = 'love'"
    ),
    "assert_every_work_that_the_loader_counted_is_a_book_or_rejected": sql(
        "update loads set work_count = work_count + 1"
    ),
    "rejected_records_reason_is_documented": sql("update rejected_records set reason = 'bad'"),
    "primary_key_rejected_records": sql(
        "insert into rejected_records from rejected_records",
        "assert_every_line_is_a_book_a_duplicate_or_rejected",
        IN_A_MART,
    ),
    "relationships_rejected_records_load_id__load_id__ref_loads_": sql(
        "update rejected_records set load_id = 'unheard-of'"
    ),
    "primary_key_data_quality_summary": sql(
        "insert into data_quality_summary from data_quality_summary"
    ),
    "relationships_data_quality_summary_subject__subject__ref_subjects_": sql(
        "update data_quality_summary set subject = 'unheard of' where subject = 'love'",
        "assert_every_landed_subject_has_a_quality_summary",
        "assert_every_line_is_a_book_a_duplicate_or_rejected",
    ),
    "relationships_data_quality_summary_load_id__load_id__ref_loads_": sql(
        "update data_quality_summary set load_id = 'unheard-of' where subject = 'love'",
        "assert_every_landed_subject_has_a_quality_summary",
        "assert_every_work_that_the_loader_counted_is_a_book_or_rejected",
        "assert_every_listed_line_was_read",
    ),
    "assert_every_landed_subject_has_a_quality_summary": sql(
        "delete from data_quality_summary where subject = 'love'",
        "assert_every_work_that_the_loader_counted_is_a_book_or_rejected",
        "assert_every_listed_line_was_read",
    ),
    "assert_every_line_is_a_book_a_duplicate_or_rejected": sql(
        "update data_quality_summary set duplicate_count = duplicate_count + 1",
        "assert_every_work_that_the_loader_counted_is_a_book_or_rejected",
    ),
    "assert_every_book_is_dated_implausible_or_undated": sql(
        "update data_quality_summary set dated_book_count = dated_book_count + 1"
    ),
    # intermediate: files
    "primary_key_int_files_listed": sql(
        "insert into main_intermediate.int_files_listed from main_intermediate.int_files_listed"
    ),
    "primary_key_int_file_parts_listed": sql(
        "insert into main_intermediate.int_file_parts_listed "
        "select * replace (0 as record_count) from main_intermediate.int_file_parts_listed"
    ),
    **{
        f"primary_key_int_{dataset}_checked": sql(
            f"update main_intermediate.int_{dataset}_checked set file_row = 1 "  # noqa: S608
            "where rejection_reason is null"
        )
        for dataset in DATASETS
    },
    **{
        f"whole_dataset_int_{dataset}_checked_{dataset}": sql(
            "update main_intermediate.int_file_parts_listed set record_count = 0 "  # noqa: S608
            f"where dataset = '{dataset}'"
        )
        for dataset in DATASETS
    },
    # the dump
    **{
        f"primary_key_int_dump_{name}": sql(
            f"insert into main_intermediate.int_dump_{name} "  # noqa: S608
            f"select * from main_intermediate.int_dump_{name} limit 1",
            *also,
        )
        for name, also in {
            "works_checked": (),
            "editions_checked": (),
            "authors_checked": (),
            "moves_checked": (),
            "moves_followed": (),
            "redirects": (),
            "edition_totals": (),
            "authors_relisted": (),
            "books_unknown": (),
            "books": ("assert_every_line_of_a_dump_is_a_book_an_edition_or_rejected",),
        }.items()
    },
    "primary_key_int_books_contested": sql(
        "insert into main_intermediate.int_books_contested values ('x', false), ('x', false)"
    ),
    "primary_key_book_redirects": sql("insert into book_redirects from book_redirects"),
    **{
        f"primary_key_{mart}": sql(f"insert into {mart} from {mart}")
        for mart in (
            "book_popularity",
            "editions",
            "isbns",
            "isbn_quality_summary",
            "book_languages",
            "publisher_books",
            "rising_authors",
        )
    },
    "isbn_quality_summary_reason_is_documented": sql(
        "insert into isbn_quality_summary values ('dump', 'torn off', 1)"
    ),
    "assert_what_readers_do_has_not_changed_its_shape": sql(
        "insert into main_intermediate.int_dump_ratings_checked by name "
        "select 'rating is not 1 to 5' as rejection_reason from range(1000)"
    ),
    "books_source_is_documented": sql(
        "update books set source = 'hearsay' where book_key = '/works/OL4W'"
    ),
    "assert_every_line_of_a_dump_is_a_book_an_edition_or_rejected": sql(
        "delete from main_intermediate.int_dump_books where book_key = "
        "(select min(book_key) from main_intermediate.int_dump_books)"
    ),
    # history
    "assert_history_has_one_open_version_of_each_record": sql(
        "update main_history.vendor_books_history set dbt_valid_to = dbt_valid_from"
    ),
    # movies, users
    "primary_key_movies": sql(
        "insert into movies select * replace (true as is_deleted) from movies"
    ),
    "primary_key_users": sql("insert into users from users", IN_A_MART),
    # streams
    "relationships_streams_user_key__user_key__ref_users_": sql(
        "update users set user_key = 'unheard@example.org' where user_key = 'a@example.org'"
    ),
    "primary_key_streams": sql(
        "insert into streams from streams where movie_key = 'heat'",
        IN_A_MART,
        "assert_streams_are_summed_up_without_loss",
    ),
    "assert_every_accepted_stream_is_kept": sql(
        "delete from streams where movie_key = 'heat'",
        IN_A_MART,
        "assert_streams_are_summed_up_without_loss",
    ),
    # the vendor
    "primary_key_vendor_books": sql(
        "insert into vendor_books select * replace (true as is_deleted) from vendor_books"
    ),
    "primary_key_vendor_authors": sql(
        "insert into vendor_authors select * replace (true as is_deleted) from vendor_authors"
    ),
    "primary_key_vendor_reviews": sql(
        "insert into vendor_reviews select * replace (true as is_deleted) from vendor_reviews"
    ),
    "vendor_reviews_rating_is_one_to_five": sql("update vendor_reviews set rating = 6"),
    # what movies, books and streams have to do with each other
    "relationships_movie_books_vendor_book_key__vendor_book_key__ref_vendor_books_": sql(
        "update movie_books set vendor_book_key = 'unheard of'"
    ),
    "primary_key_movie_books": sql("insert into movie_books from movie_books"),
    "primary_key_movie_stream_summary": sql(
        "insert into movie_stream_summary from movie_stream_summary where stream_count = 0"
    ),
    "assert_streams_are_summed_up_without_loss": sql(
        "delete from movie_stream_summary where movie_key = 'heat'"
    ),
    "relationships_vendor_book_matches_vendor_book_key__vendor_book_key__ref_vendor_books_": sql(
        "update vendor_book_matches set vendor_book_key = 'unheard of'"
    ),
    "relationships_vendor_book_matches_book_key__book_key__ref_books_": sql(
        "update vendor_book_matches set book_key = '/works/OL999999999W'"
    ),
    "primary_key_vendor_book_matches": sql(
        "insert into vendor_book_matches from vendor_book_matches"
    ),
    "vendor_book_matches_class_is_documented": sql(
        "update vendor_book_matches set match_class = 'perhaps'"
    ),
    # the store
    "primary_key_store_books": sql(
        "insert into store_books select * replace (true as is_deleted) from store_books"
    ),
    "relationships_store_books_book_key__book_key__ref_books_": sql(
        "update store_books set book_key = '/works/OL999999999W' where book_key is not null"
    ),
    "store_books_unmatched_reason_is_documented": sql(
        "update store_books set unmatched_reason = 'who knows' where book_key is null"
    ),
    "primary_key_store_book_candidates": sql(
        "insert into store_book_candidates from store_book_candidates"
    ),
    "relationships_store_book_candidates_store_book_key__store_book_key__ref_store_books_": sql(
        "update store_book_candidates set store_book_key = 'unheard of'"
    ),
    "relationships_store_book_candidates_book_key__book_key__ref_books_": sql(
        "update store_book_candidates set book_key = '/works/OL999999999W'"
    ),
    "store_book_candidates_class_is_documented": sql(
        "update store_book_candidates set match_class = 'perhaps'"
    ),
    "primary_key_wanted_books": sql("insert into wanted_books from wanted_books"),
    "relationships_wanted_books_book_key__book_key__ref_book_popularity_": sql(
        "update wanted_books set book_key = '/works/OL999999999W' "
        "where book_key = (select min(book_key) from wanted_books)"
    ),
    "primary_key_books_to_add": sql(
        "insert into books_to_add from books_to_add", "assert_books_to_add_are_ranked_and_lacking"
    ),
    "assert_books_to_add_are_ranked_and_lacking": sql("update books_to_add set rank = rank + 1"),
    "primary_key_file_quality_summary": sql(
        "insert into file_quality_summary from file_quality_summary"
    ),
    "relationships_file_quality_summary_load_id__load_id__ref_loads_": sql(
        "update file_quality_summary set load_id = 'unheard-of'"
    ),
    IN_A_MART: sql("delete from vendor_authors where author_name = 'Author'"),
}

# Of tests that look at several tables, what is wrong in another one.
MORE_CORRUPTIONS = [
    *(
        ("assert_books_to_add_are_ranked_and_lacking", sql(statement))
        for statement in (
            "update books_to_add set score = score + 0.001",
            "update books_to_add set score = 2",
            "update store_books set book_key = (select min(book_key) from books_to_add)",
            "update store_books set isbn_13 = (select min(isbn_13) from books_to_add)",
        )
    ),
    (
        "assert_subjects_of_seeds_are_slugs",
        sql("insert into main_seeds.store_categories values ('Fantasy', 'High fantasy')"),
    ),
    # values that the other table lacks
    (
        "authors_sum_up_their_books",
        sql(
            "update author_books set author_key = '/authors/OL9A' where book_key = '/works/OL6W'",
            "assert_subjects_count_their_authors",
        ),
    ),
    (
        "author_books_repeat_their_books",
        sql(
            "update author_books set book_key = '/works/OL999W' where book_key = '/works/OL6W'",
            "books_count_their_authors",
        ),
    ),
    (
        "subjects_count_their_books",
        sql(
            "delete from subjects where subject = 'space'",
            "relationships_data_quality_summary_subject__subject__ref_subjects_",
        ),
    ),
    (
        "books_count_their_subjects",
        sql(
            "delete from books where book_key = '/works/OL5W'",
            "author_books_repeat_their_books",
            "books_count_their_authors",
        ),
    ),
    (
        "author_years_name_their_author",
        sql(
            "update books_per_author_per_year set author_key = '/authors/OL999999999A' "
            "where first_publish_year = 1910 and author_key = '/authors/OL3A'",
            "assert_author_years_reconcile_with_author_books",
            "assert_author_averages_reconcile_with_author_years",
        ),
    ),
    (
        "averages_name_their_author",
        sql(
            "update average_books_per_author set author_key = '/authors/OL999999999A' "
            "where author_key = '/authors/OL3A'",
            "assert_author_averages_reconcile_with_author_years",
        ),
    ),
    # a count that is unknown where it is 0
    (
        "books_count_their_authors",
        sql("update books set author_count = null where author_count = 0"),
    ),
    # a total and a repeated column that the tests above leave right
    (
        "authors_sum_up_their_books",
        sql(
            "update author_books set first_publish_year = 1500 where book_key = '/works/OL1W'",
            "author_books_repeat_their_books",
            "assert_author_years_reconcile_with_author_books",
        ),
    ),
    (
        "assert_every_line_is_a_book_a_duplicate_or_rejected",
        sql("update data_quality_summary set outdated_count = outdated_count + 1"),
    ),
    *(
        (
            "assert_every_listed_line_was_read",
            sql(
                "update file_quality_summary set record_count = record_count - 1, "  # noqa: S608
                f"rejected_count = rejected_count - 1 where dataset = 'dump_{name}'"
            ),
        )
        for name in ("works", "editions", "authors", "redirects", "ratings", "reading_log")
    ),
    (
        "assert_what_readers_do_has_not_changed_its_shape",
        sql(
            "insert into main_intermediate.int_dump_reading_log_checked by name "
            "select 'date cannot be read' as rejection_reason from range(1000)"
        ),
    ),
    *(
        (
            "assert_the_source_has_not_changed_its_shape",
            sql(
                f"insert into main_intermediate.int_dump_{table}_checked by name "  # noqa: S608
                f"select {columns} 'key is missing' as rejection_reason from range(1000)"
            ),
        )
        for table, columns in {
            "works": "",
            "editions": "",
            "authors": "",
            "moves": "'dump_deletes' as dataset,",
        }.items()
    ),
]


def dump(folder: Path) -> Path:
    """The sample of a dump, with a book that the API has newer and whose author never was.

    And with an edition whose work is not there, one of a tracked subject's book that somebody
    rated, and a book that ten read in each month of a year.
    """
    write_sample(folder, "/works/OL5W")
    (editions,) = folder.glob("ol_dump_editions_*.txt.gz")
    with gzip.open(editions, "at") as lines:
        for number, book in ((999999999, "/works/OL999999999W"), (999999998, WANTED)):
            key = f"/books/OL{number}M"
            isbn = {"isbn_13": ["9780141439556"]} if book == WANTED else {}
            record = json.dumps({"key": key, "works": [{"key": book}]} | isbn)
            lines.write(f"/type/edition\t{key}\t1\t2026-01-01T00:00:00.000000\t{record}\n")
    (ratings,) = folder.glob("ol_dump_ratings_*.txt.gz")
    with gzip.open(ratings, "at") as lines:
        lines.write(f"{WANTED}\t\\N\t5\t2026-01-01\n")
    (reading_log,) = folder.glob("ol_dump_reading-log_*.txt.gz")
    with gzip.open(reading_log, "at") as lines:
        for month in range(7, 19):
            day = f"{2025 + month // 12}-{month % 12 + 1:02}-01"
            lines.write(f"/works/OL3809593W\t\\N\tWant to Read\t{day}\n" * 10)
    return folder


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A warehouse with two subjects, files, duplicates, rejections, a failed load, letters."""
    project = Project(tmp_path_factory.mktemp("busy"))
    saved = project.scratch / "space.json"
    body = {"key": "/subjects/space", "name": "Space", "work_count": 7, "works": SPACE}
    saved.write_text(json.dumps(body))
    project.extract("subjects", "--from", str(saved), str(SAMPLE))
    project.extract("files", "streaming", str(RECEIVED.write(project.scratch / "received")))
    (project.scratch / "store").mkdir()
    (project.scratch / "store" / "books.csv").write_text(STORE)
    project.extract("files", "store", str(project.scratch / "store"))
    folder = str(dump(project.scratch / "dump"))
    project.extract("dump", DUMP_DATE, "--from", folder, "--only", DUMP_FILES)
    works = [json.dumps(w).encode() for w in SPACE[:3]]
    with StandIn({"mars": works}, faults=[Fault(html_503, lambda place: place.limit > 0)]) as api:
        project.extract(
            *("subjects", "mars", "--rate", "0", "--retries", "0"),
            fails=True,
            OPEN_LIBRARY_URL=api.url,
        )
    project.dbt("build", *NO_UNIT_TESTS, "--write-json")
    return project


@pytest.fixture(scope="session")
def data_tests(busy: Project) -> dict[str, DataTest]:
    manifest = json.loads((busy.target / "manifest.json").read_text())
    results = json.loads((busy.target / "run_results.json").read_text())["results"]
    tests = {}
    for result in results:
        node = manifest["nodes"].get(result["unique_id"])
        if node and node["resource_type"] == "test":
            config, generic = node["config"], node.get("test_metadata", {"name": ""})
            tested = manifest["nodes"].get(node.get("attached_node"))
            name, columns = node["name"], []
            match generic["name"]:
                case "primary_key":  # a table has one
                    name = f"primary_key_{tested['name']}"
                    columns = [
                        *generic["kwargs"]["columns"],
                        *generic["kwargs"].get("required", ()),
                    ]
                case "not_null":
                    columns = [node["column_name"]]
            assert name not in tests
            tests[name] = DataTest(
                name,
                result["compiled_code"],
                config["fail_calc"],
                config["error_if"],
                tested["relation_name"] if tested else "",
                config["where"] or "true",
                tuple(columns),
            )
    return tests


@pytest.fixture
def warehouse(busy: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    with busy.connect() as connection:
        yield connection


@contextmanager
def corrupted(
    warehouse: duckdb.DuckDBPyConnection, raw_root: Path, corruption: Corruption
) -> Iterator[None]:
    """Corrupt, and undo it at the end."""
    with ExitStack() as undo:
        for name, content in corruption.files.items():
            path = raw_root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            undo.callback(path.unlink)
        warehouse.begin()
        undo.callback(warehouse.rollback)
        if corruption.sql:
            warehouse.execute(corruption.sql)
        yield


def test_nothing_fails_before(
    warehouse: duckdb.DuckDBPyConnection, data_tests: dict[str, DataTest]
) -> None:
    assert [test.name for test in data_tests.values() if test.fails(warehouse)] == []


def test_every_data_test_has_a_corruption(data_tests: dict[str, DataTest]) -> None:
    only_of_nulls = {
        test.name
        for test in data_tests.values()
        if test.required and not test.name.startswith("primary_key_")
    }
    assert set(data_tests) == set(CORRUPTIONS) | only_of_nulls


@pytest.mark.parametrize(("name", "corruption"), [*CORRUPTIONS.items(), *MORE_CORRUPTIONS])
def test_data_test_fails(
    name: str,
    corruption: Corruption,
    busy: Project,
    warehouse: duckdb.DuckDBPyConnection,
    data_tests: dict[str, DataTest],
) -> None:
    with corrupted(warehouse, busy.raw_root, corruption):
        failing = {test.name for test in data_tests.values() if test.fails(warehouse)}
    assert failing == {name} | corruption.also


def test_one_null_is_noticed_in_every_required_column(
    warehouse: duckdb.DuckDBPyConnection, data_tests: dict[str, DataTest]
) -> None:
    cases = [(test, column) for test in data_tests.values() for column in test.required]
    assert cases
    unnoticed = []
    for test, column in cases:
        warehouse.execute(f"create or replace temp table copy as from {test.relation}")
        warehouse.execute(
            f"update copy set {column} = null "  # noqa: S608
            f"where rowid = (select min(rowid) from copy where {test.where})"
        )
        if not replace(test, sql=test.sql.replace(test.relation, "copy")).fails(warehouse):
            unnoticed.append((test.name, column))
    assert unnoticed == []


def test_dbt_says_so_too(busy: Project) -> None:
    """One corruption through dbt itself: the compiled SQL above is what decides there."""
    statement = "update average_books_per_author set author_name = 'Somebody Else'"
    name = "averages_name_their_author"
    with busy.connect() as connection:
        connection.execute("create table kept as from average_books_per_author")
        connection.execute(statement)
    try:
        output = busy.dbt("test", "--select", name, fails=True)
        assert re.search(rf"FAIL \d+ {name}", output)
    finally:
        with busy.connect() as connection:
            connection.execute("create or replace table average_books_per_author as from kept")
            connection.execute("drop table kept")
