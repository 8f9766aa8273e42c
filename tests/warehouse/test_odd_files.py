"""Values that a file may hold and nobody wants: accepted or rejected, and why."""

import csv
from datetime import date
from typing import Any

import pytest

from tests.support.odd_files import AUTHORS, BOOKS, MOVIES, ODD, REVIEWS, STREAMS, USERS
from tests.support.project import NO_UNIT_TESTS, Project


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("odd_files"))
    folder = ODD.write(project.scratch / "received")
    project.extract("files", "streaming", str(folder))
    # over a fifth of each file is rejected
    project.dbt("build", *NO_UNIT_TESTS, "--exclude", "test_name:whole_dataset")
    return project


@pytest.mark.parametrize(
    ("dataset", "cases"),
    [
        ("movies", MOVIES),
        ("streams", STREAMS),
        ("users", USERS),
        ("vendor_books", BOOKS),
        ("vendor_authors", AUTHORS),
        ("vendor_reviews", REVIEWS),
    ],
)
def test_each_record_is_accepted_or_rejected_with_its_reason(
    odd: Project, dataset: str, cases: list[tuple[object, str | None]]
) -> None:
    with odd.connect() as connection:
        rejected = connection.execute(
            "select record_position, reason from rejected_records where dataset = ? order by all",
            [dataset],
        ).fetchall()
    assert rejected == [(row, reason) for row, (_, reason) in enumerate(cases, 1) if reason]


def test_what_is_accepted_is_what_was_sent(odd: Project) -> None:
    def fetch(query: str) -> list[Any]:
        with odd.connect() as connection:
            return connection.execute(query).fetchall()

    titles = [str(row[0]) for row, reason in MOVIES if not reason]
    assert sorted(t for (t,) in fetch("select movie_title from movies")) == sorted(titles)
    assert fetch(
        "select strftime(started_at, '%d %H:%M'), watched_minutes, size_mb "
        "from streams order by all"
    ) == [
        ("01 07:00", 0, None),
        ("01 08:00", 60 + 0.5 / 60, 1),  # the later row counts
        ("02 07:00", pytest.approx(60 - 0.099 / 60), None),
    ]
    assert fetch("select cast(started_at as varchar) from streams where day(started_at) = 2") == [
        ("2021-12-02 07:00:00.099123",)
    ]
    assert fetch(
        "select author_name, birth_date from vendor_authors "
        "where birth_date is not null and not has_implausible_dates order by all"
    ) == [(name, date(1956, 5, 7)) for name in ("Author", "Day", "East", "West")]
    assert fetch("select user_email, first_name, last_name from users order by all") == [
        ("a@example.org", "Ann", "Once More"),
        ("İ ß <b>@example.org", None, None),
    ]
    key = [("ämne i ss",)]  # a letter for a letter, but for one
    assert fetch("select movie_key from movies where movie_title like 'Ämne%'") == key
    assert fetch("select page_count from vendor_books where book_title = 'B'") == [(2,)]
    assert fetch("select author_name, nationality from vendor_authors order by all") == [
        ("Author", "Danes"),
        ("B", "a; b"),
        ("Day", None),
        ("East", None),
        ("G", None),
        ("H", None),
        ("Never", None),
        ("West", None),
        ("Zero", None),
    ]


def test_what_is_accepted_can_be_shown_and_exported(odd: Project) -> None:
    odd.publish("report")
    odd.publish("export")
    assert odd.report.read_text(encoding="utf-8").rstrip().endswith("</html>")
    with (odd.exported / "vendor_authors.csv").open(encoding="utf-8", newline="") as file:
        born = {row["birth_date"]: row["has_implausible_dates"] for row in csv.DictReader(file)}
    assert {born["0001-01-01"], born["9999-12-31"]} == {"true"}
