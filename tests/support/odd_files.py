"""Odd values in received files, each with the expected reason for rejection, if any."""

from typing import Any

from tests.support.streaming_files import Received, at, author, book, review

LONG = "x" * 500_000
GOOD = at(1, 8)
END = {"id": 0, "title": "end"}

MOVIES: list[tuple[tuple[object, ...], str | None]] = [
    (("Rush", "100", "English", "700"), None),
    (("Ämne İ ß", "", "", ""), None),
    (("Spaces", " ", "", ""), "duration_mins is not a whole number"),
    (("", "100", "English", "700"), "title is missing"),
    (("Half", "1.5", "English", "700"), "duration_mins is not a whole number"),
    (("Float", "83.0", "English", "700"), None),
    (("Too long", "99999999999999999999", "English", "7"), "duration_mins is not a whole number"),
    (("Not a number", "1", "English", "NaN"), "size_mb is not a number"),
    (("Infinite", "1", "English", "inf"), "size_mb is not a number"),
    (("Exponent", "1", "English", "1.25e-2"), None),
    (("Negative", "-1", "English", "7"), None),
    (("Endless", "1e12", "English", "7"), "duration_mins is out of range"),
    (("Light", "1", "English", "-7"), "size_mb is out of range"),
    (("Heavy", "1", "English", "1e17"), "size_mb is out of range"),
    (("Blank", "", "", ""), None),
    (('Quoted "title", with\nbreak', "1", "", "0"), None),
    (("'; drop table movies; --", "1", "", "0"), None),
    (("\u200b e\u0301 \U0001f3ac", "1", "", "0"), None),
    ((LONG, "1", "", "0"), None),
]
STREAMS: list[tuple[tuple[object, ...], str | None]] = [
    (("RUSH", "a@example.org", "1", GOOD, at(1, 9)), None),
    (("RUSH", "a@example.org", "1", "2021-12-01T08:00:00Z", "2021-12-01T03:30:00.5-0530"), None),
    (("RUSH", "a@example.org", "", "2021-12-01T08:00:00+01:00", at(1, 8)), None),
    (("", "a@example.org", "1", GOOD, GOOD), "movie_title is missing"),
    (("RUSH", "", "1", GOOD, GOOD), "user_email is missing"),
    (
        ("RUSH", "a@example.org", "1", "2021-12-01 08:00:00", GOOD),
        "start_at is not a time with an offset",
    ),
    (
        ("RUSH", "a@example.org", "1", "2021-02-30T08:00:00Z", GOOD),
        "start_at is not a time with an offset",
    ),
    (
        ("RUSH", "a@example.org", "1", "2021-12-01T24:00:01Z", GOOD),
        "start_at is not a time with an offset",
    ),
    (("RUSH", "a@example.org", "1", GOOD, ""), "end_at is not a time with an offset"),
    (("RUSH", "a@example.org", "1", at(2, 8), GOOD), "end_at is before start_at"),
    (("RUSH", "a@example.org", "one", GOOD, GOOD), "size_mb is not a number"),
    (("RUSH", "a@example.org", "-1", GOOD, GOOD), "size_mb is out of range"),
    (
        ("RUSH", "a@example.org", "1", GOOD, "9999-12-31T00:00:00Z"),
        "end_at is too long after start_at",
    ),
    (
        ("RUSH", "a@example.org", "1", "9999-12-30T00:00:00Z", "9999-12-30T01:00:00Z"),
        "start_at is out of range",
    ),
    # no time at all, as .NET and Go write it, and the end of all times
    (
        ("RUSH", "a@example.org", "1", "0001-01-01T00:00:00.000+0100", at(1, 9)),
        "start_at is not a time with an offset",
    ),
    (
        ("RUSH", "a@example.org", "1", GOOD, "9999-12-31T23:59:59-0100"),
        "end_at is not a time with an offset",
    ),
    # as PostgreSQL writes it
    (("RUSH", "a@example.org", "", "2021-12-02 08:00:00.099123+01", at(2, 9)), None),
]
USERS: list[tuple[tuple[object, ...], str | None]] = [
    (("Ann", "Conn", "a@example.org"), None),
    (("Ann", "Once More", "a@example.org"), None),  # the same user: the later row counts
    (("Eddy", "Nobody", ""), "email is missing"),
    (("", "", "İ ß <b>@example.org"), None),
]
BOOKS: list[tuple[dict[str, Any], str | None]] = [
    (book("B", "Author", 1), None),
    (book("B", "Author", "2"), None),  # the same book: the later one counts
    (book("", "Author", 1), "name is missing or not text"),
    ({"author": "Author"}, "name is missing or not text"),
    ({"name": {"text": "B"}, "author": "Author"}, "name is missing or not text"),
    ({"name": "B", "author": ["Author"]}, "author is missing or not text"),
    (book("C", "Author", 1.5), "pages is not a whole number"),
    (book("D", "Author", None), None),
    (book("Float", "Author", 83.0), None),
    (book("Negative", "Author", -1), "pages is out of range"),
    (book("E", "Author", True), "pages is not a whole number"),
    (book("F", "Author", 1, [1]), "publisher is not text"),  # type: ignore[arg-type]
    (book("a\x1fb", "c", 1), None),
    # half of an emoji, and a whole one
    (book("cut \ud83d", "Author", 1), "record is not valid JSON"),
    (book("cut \ude00", "Author", 1), "record is not valid JSON"),
    (book("\U0001f4da", "Author", 1), None),
    (book(LONG, "Author", 1), None),
    ({}, "name is missing or not text"),
]
AUTHORS: list[tuple[dict[str, Any], str | None]] = [
    (author("Author", "1956-05-07T00:00:00.000+0000", "danes"), None),
    (author(None), "name is missing or not text"),
    (author("A", "1956"), "birth_date is not a date"),
    (author("B") | {"nationalities": [{"label": "a"}, {"label": "b"}]}, None),
    (
        author("C") | {"nationalities": [{"label": "a"}] * 3},
        "nationalities is not a list of at most two",
    ),
    (author("D") | {"nationalities": [{"label": {}}]}, "nationality is not text"),
    (author("D") | {"nationalities": [{"label": "a", "slug": []}]}, "nationality is not text"),
    (author("D") | {"nationalities": ["danes"]}, "nationality is not an object"),
    (author("D") | {"nationalities": [{"label": "a"}, 1]}, "nationality is not an object"),
    (author("E") | {"nationalities": "danes"}, "nationalities is not a list of at most two"),
    (author("F") | {"nationalities": {}}, "nationalities is not a list of at most two"),
    (author("G") | {"nationalities": None}, None),
    (author("H") | {"nationalities": [None, {}]}, None),
    ({"metadata": None}, "name is missing or not text"),
    # midnight in one zone is another day in another: the day is the one that is written
    (author("East", "1956-05-07T00:00:00.000+0100"), None),
    (author("West", "1956-05-07T23:00:00.000-0500"), None),
    (author("Day", "1956-05-07"), None),
    # marked, not rejected
    (author("Zero", "0001-01-01T00:00:00+01:00"), None),
    (author("Never", "9999-12-31T23:59:59-01:00"), None),
]
REVIEWS: list[tuple[dict[str, Any], str | None]] = [
    (review("RUSH", at(1, 8), 5), None),
    (review("RUSH", at(2, 8), 5) | {"movies": [{"title": "RUSH"}, END]}, None),
    (review("RUSH", at(3, 8), 5) | {"movies": [{"title": "RUSH"}]}, None),
    (review("RUSH", at(4, 8), 5) | {"movies": [END, END]}, "movies names no movie"),
    (review("RUSH", at(5, 8), 5) | {"movies": []}, "movies names no movie"),
    (
        review("RUSH", at(6, 8), 5) | {"movies": [{"title": "A"}, {"title": "B"}]},
        "movies names more than one movie",
    ),
    (
        review("RUSH", at(7, 8), 5) | {"movies": [END, {"title": "A"}, END]},
        "movies names more than one movie",
    ),
    (review("RUSH", at(8, 8), 5) | {"books": []}, None),
    (review("RUSH", at(9, 8), 5) | {"books": [{}, {}]}, "books is not a list of at most one"),
    (review("RUSH", at(9, 9), 5) | {"books": "B"}, "books is not a list of at most one"),
    (review("RUSH", at(9, 10), 5) | {"books": None}, None),
    (review("RUSH", at(9, 11), 5) | {"books": [None]}, None),
    (review("RUSH", at(9, 12), 5) | {"books": ["B"]}, "book has no title that is text"),
    (
        review("RUSH", at(9, 13), 5) | {"books": [{"metadata": "B"}]},
        "book has no title that is text",
    ),
    (
        review("RUSH", at(9, 14), 5) | {"books": [{"metadata": {"title": ["B"]}}]},
        "book has no title that is text",
    ),
    (review("RUSH", at(10, 8), 5) | {"rating": {"rate": "5"}}, None),
    (review("RUSH", at(10, 8, 30), 5) | {"rating": {"rate": 5.0}}, None),
    (review("RUSH", at(10, 9), 5) | {"rating": 5}, "rating is not an object"),
    (review("RUSH", at(10, 10), 5) | {"rating": None, "content": ""}, None),
    (review("RUSH", at(10, 11), 5) | {"content": "Well."}, "content is not an object"),
    (review("RUSH", at(11, 8), 5) | {"rating": {"rate": 4.5}}, "rating is not a whole number"),
    (review("RUSH", at(12, 8), 5) | {"content": {"text": {}}}, "content is not text"),
    (
        review("RUSH", at(13, 8), 5) | {"updated": "yesterday"},
        "updated is not a time with an offset",
    ),
    (review("RUSH", at(14, 8), 5) | {"updated": None}, None),
    (review("RUSH", at(15, 8), 5) | {"updated": "9999-12-31T00:00:00Z"}, "updated is out of range"),
    (review("RUSH", "2021", 5), "created is not a time with an offset"),
    # the first and the last instant that are times
    (review("RUSH", "0001-01-01T01:00:00+01:00", 5), "created is out of range"),
    (review("RUSH", "9999-12-31T23:59:59.999999Z", 5), "created is out of range"),
    (review("RUSH", "0001-01-01T00:00:00+01:00", 5), "created is not a time with an offset"),
]
ODD = Received(
    movies=[row for row, _ in MOVIES],
    streams=[row for row, _ in STREAMS],
    users=[row for row, _ in USERS],
    books=[record for record, _ in BOOKS],
    authors=[record for record, _ in AUTHORS],
    reviews=[record for record, _ in REVIEWS],
)
