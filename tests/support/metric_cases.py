"""What metrics must give: the same rows as the marts, which SQL of both engines reads.

Every metric, every saved query and every way to group that the documents name is here.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A question to MetricFlow, and the query of marts that answers it."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    marts: str


CASES = (
    Case(
        ("books_by_author_and_year",),
        (),
        """
        select author_key, author_name, first_publish_year, book_count
        from books_per_author_per_year order by author_key, first_publish_year
        """,
    ),
    Case(
        ("average_books_by_author",),
        (),
        """
        select author_key, author_name, average_books_per_active_year, book_count,
            active_year_count
        from average_books_per_author order by average_books_per_active_year desc, author_key
        """,
    ),
    Case(
        ("wanted_books_not_sold",),
        (),
        """
        select books.book_key, books.title, book_popularity.reader_count
        from book_popularity
        inner join books on book_popularity.book_key = books.book_key
        where books.book_key in (
            select book_key from wanted_books
            where subject = '' and not (is_sold or is_perhaps_sold)
        )
        order by book_popularity.reader_count desc, books.book_key
        """,
    ),
    Case(
        ("average_books_per_active_year", "active_year_count"),
        ("author_year__first_publish_year",),
        """
        select first_publish_year, average_books_per_author, author_count
        from books_per_year where author_count > 0 order by first_publish_year
        """,
    ),
    Case(
        ("book_count",),
        ("book__source", "book__first_publish_year"),
        """
        select source, first_publish_year, count(*) from books
        group by source, first_publish_year order by source, first_publish_year
        """,
    ),
    Case(
        ("book_count", "author_book_count"),
        ("metric_time__year",),
        """
        select
            cast(cast(first_publish_year as varchar) || '-01-01' as date) as first_day,
            book_count,
            (
                select sum(by_author.book_count)
                from books_per_author_per_year as by_author
                where by_author.first_publish_year = books_per_year.first_publish_year
            )
        from books_per_year
        union all
        select cast(null as date), count(*), null from books
        where first_publish_year is null
        having count(*) > 0
        order by first_day
        """,
    ),
    Case(
        ("reader_count",),
        ("book",),
        "select book_key, reader_count from book_popularity order by book_key",
    ),
    Case(
        ("subject_reader_count",),
        ("wanted_book__subject",),
        """
        select subject_books.subject, sum(book_popularity.reader_count)
        from subject_books
        inner join book_popularity on subject_books.book_key = book_popularity.book_key
        where subject_books.subject in (select subject from wanted_books)
        group by subject_books.subject order by subject_books.subject
        """,
    ),
    Case(
        ("average_books_per_active_year", "author_book_count", "active_year_count", "book_count"),
        (),
        """
        select
            cast(sum(book_count) as double) / count(*), sum(book_count), count(*),
            (select count(*) from books)
        from books_per_author_per_year
        """,
    ),
)
