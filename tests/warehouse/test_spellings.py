"""Records that are spelt in several ways, and words for no value: what meets and what does not."""

from typing import Any

import pytest

from tests.support.project import NO_UNIT_TESTS, Project
from tests.support.streaming_files import Received, at, author, book, review

# how the catalogue spells a title, and how a stream or a review does
TITLES = [
    ("Harbour Lights ", "HARBOUR LIGHTS"),
    ("Caf\u00e9 Noir", "CAFE\u0301 NOIR"),
    ("Paper\u00a0 Moon", "Paper Moon"),
    ("Royal Straße", "ROYAL STRASSE"),
    ("\ufeffFirst of a File", "first of a file"),
    ("Two\tLines", "Two \r\nLines\u2003"),
    ("Hid\u00adden", "Hid\u200bden"),
]
# what is not the same: punctuation, accents, signs
OTHERS = ["...", "?!", "!?", "Resume", "Résumé", "Lark-2", "Lark.2"]
NO_VALUES = ["NULL", "\\N", "n/a", " ", "\u00a0\t"]

SPELT = Received(
    movies=[
        *((title, 100, "English", 700) for title, _ in TITLES),
        *((title, 100, "English", 700) for title in OTHERS),
        *((word, 100, "English", 700) for word in NO_VALUES),
        ("Unknown Length", 0, "English", 0),
        ("Negative Length", -90, "English", ""),
    ],
    streams=[
        *((title, "ada@ex.org", 1, at(1, 8), at(1, 9)) for _, title in TITLES),
        *((title, "ada@ex.org", 1, at(1, 8), at(1, 9)) for title in OTHERS),
        # one stream of one user, whichever way it is spelt
        *(("Rush", email, 1, at(2, 8), at(2, 9)) for email in ("Ada@Ex.org", " ada@ex.org\u00a0")),
        *(("Rush", email, 1, at(2, 8), at(2, 9)) for email in ("jo.lark@ex.org", "jo-lark@ex.org")),
        *((word, "ada@ex.org", 1, at(3, 8), at(3, 9)) for word in NO_VALUES),
        *(("Rush", word, 1, at(3, 8), at(3, 9)) for word in NO_VALUES),
        ("Unknown Length", "ada@ex.org", 1, at(4, 8), at(4, 9)),
        ("Negative Length", "ada@ex.org", 1, at(4, 8), at(4, 9)),
    ],
    users=[
        *(("Ada", "Stone", email) for email in ("ada@ex.org", "ADA@ex.org ")),
        *(("Jo", "Lark", email) for email in ("jo.lark@ex.org", "jo-lark@ex.org")),
        *(("No", "Body", word) for word in NO_VALUES),
    ],
    books=[
        book("Die Straße", "Ida  Wren", 300),
        book("Die Strasse ", "IDA WREN", 301),
        book("Of no length", "Ida Wren", 0),
        *(book(word, "Ida Wren", 1) for word in NO_VALUES),
        *(book("By nobody", word, 1) for word in NO_VALUES),
    ],
    authors=[author("Ida Wren", "1956-05-07", "danes"), author("ida wren ", "1956-05-08", "danes")]
    + [author(word) for word in NO_VALUES],
    reviews=[
        *(review("HARBOUR LIGHTS", at(1, 8 + n), 4, "DIE STRASSE") for n in range(8)),
        # not rated, and rated on another scale
        review("HARBOUR LIGHTS", at(2, 8), 0, "DIE STRASSE"),
        review("Harbour Lights", at(2, 9), 50, "die straße"),
        review("HARBOUR LIGHTS", at(2, 10), 4, "NULL"),
        review("n/a", at(2, 11), 4),
        # the same review
        review(" Harbour Lights", at(2, 10), 4, "NULL"),
    ],
)


@pytest.fixture(scope="module")
def spelt(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("spelt"))
    folder = SPELT.write(project.scratch / "received")
    project.extract("files", "streaming", str(folder))
    # half of the records are odd, which a data test would stop
    project.dbt("build", *NO_UNIT_TESTS, "--exclude", "test_name:whole_dataset")
    return project


def fetch(project: Project, query: str) -> list[tuple[Any, ...]]:
    with project.connect(read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_titles_that_look_alike_meet(spelt: Project) -> None:
    """Each of the catalogue's movies was streamed, for 60 of its 100 minutes, and none besides."""
    assert fetch(
        spelt,
        "select movie_title, stream_count from movie_stream_summary "
        "where movie_key <> 'rush' and movie_key not like '% length' order by all",
    ) == sorted((title, 1) for title in [*(title for title, _ in TITLES), *OTHERS])
    assert set(
        fetch(spelt, "select watched_share from streams where movie_duration_minutes = 100")
    ) == {(0.6,)}


def test_what_was_sent_stays(spelt: Project) -> None:
    sent = fetch(spelt, "select distinct movie_title from streams where movie_key like '%str%'")
    assert sent == [("ROYAL STRASSE",)]
    assert fetch(spelt, "select user_key, user_email from users order by all") == [
        ("ada@ex.org", "ADA@ex.org "),  # the last row counts
        ("jo-lark@ex.org", "jo-lark@ex.org"),
        ("jo.lark@ex.org", "jo.lark@ex.org"),
    ]
    assert fetch(spelt, "select user_email from streams where movie_key = 'rush' order by all") == [
        (" ada@ex.org\u00a0",),
        ("jo-lark@ex.org",),
        ("jo.lark@ex.org",),
    ]


def test_a_user_is_counted_once(spelt: Project) -> None:
    assert fetch(
        spelt, "select user_count, stream_count from movie_stream_summary where movie_key = 'rush'"
    ) == [(3, 3)]


def test_books_and_authors_that_look_alike_are_one(spelt: Project) -> None:
    assert fetch(
        spelt, "select book_title, vendor_author_key, page_count from vendor_books order by all"
    ) == [("Die Strasse ", "ida wren", 301), ("Of no length", "ida wren", None)]
    assert fetch(spelt, "select author_name, cast(birth_date as varchar) from vendor_authors") == [
        ("ida wren ", "1956-05-08")
    ]


def test_words_for_no_value_are_no_keys(spelt: Project) -> None:
    reasons = fetch(
        spelt, "select dataset, reason, count(*) from rejected_records group by all order by all"
    )
    count = len(NO_VALUES)
    assert reasons == [
        ("movies", "title is missing", count),
        ("streams", "movie_title is missing", count),
        ("streams", "user_email is missing", count),
        ("users", "email is missing", count),
        ("vendor_authors", "name is missing or not text", count),
        ("vendor_books", "author is missing or not text", count),
        ("vendor_books", "name is missing or not text", count),
        ("vendor_reviews", "movies names no movie", 1),
    ]


def test_a_number_that_is_no_rating_is_not_averaged(spelt: Project) -> None:
    assert fetch(
        spelt,
        "select review_count, rating_count, average_rating from movie_stream_summary "
        "where movie_key = 'harbour lights'",
    ) == [(11, 9, 4.0)]
    assert fetch(
        spelt,
        "select book_title_key, review_count, rating_count, average_rating from movie_books",
    ) == [("die strasse", 10, 8, 4.0)]
    assert fetch(
        spelt,
        "select rating, rating_reported from vendor_reviews where rating is null order by all",
    ) == [(None, 0), (None, 50)]
    spelt.publish("report")
    says = spelt.report.read_text(encoding="utf-8")
    assert "2 of 11 ratings (18 %) are not 1 to 5 stars" in says.replace("\u202f", " ")


def test_a_length_of_nothing_is_unknown(spelt: Project) -> None:
    assert (
        fetch(
            spelt,
            "select duration_minutes, size_mb from movies where movie_key like '% length'",
        )
        == [(None, None)] * 2
    )
    assert (
        fetch(
            spelt,
            "select watched_minutes, watched_share, is_longer_than_movie from streams "
            "where movie_key like '% length'",
        )
        == [(60, None, None)] * 2
    )
