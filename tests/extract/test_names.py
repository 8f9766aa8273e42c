"""From what a user types to the API's slug: nothing typed can leave its place."""

from __future__ import annotations

import re
import threading
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from extract.errors import InvalidInput
from extract.settings import LoadOptions
from extract.subjects.client import Client
from extract.subjects.landing import SubjectLoad
from extract.subjects.names import parse_subject, parse_subjects, tracked_subjects
from extract.subjects.pacing import Pacer

if TYPE_CHECKING:
    from pathlib import Path

# Copied from the API's documentation, not from the loader.
DROPPED = ';/?:@&=+$,<>#%"{}|\\^[]`\n'
PREFIXES = ("person:", "place:", "time:")

STOP = threading.Event()
CLIENT = Client("https://openlibrary.org", "test", Pacer(0, STOP), STOP, LoadOptions())

NASTY = [
    "../..",
    "..",
    "%2e%2e%2f",
    "a\x00b",
    "love?limit=1#x",
    "love.json?limit=0&",
    "//elsewhere.invalid/love",
    "http://elsewhere.invalid/",
    "user:secret@elsewhere.invalid",
    "\\\\share\\love",
    "Cafe\u0301",
    "😀",
    "\u202elove",
    "x" * 1000,
]


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ("love", "love"),
        ("Love ", "love"),
        ("science fiction", "science_fiction"),
        ("two  spaces", "two__spaces"),
        ("Person:Mark Twain", "person:mark_twain"),
        ("place: London", "place:london"),
        ("time:20th century", "time:20th_century"),
        ("subject:love", "subjectlove"),
        ("place:new york (n.y.)", "place:new_york_(n.y.)"),
        ("fiction, romance, general", "fiction_romance_general"),
        ("either/or", "eitheror"),
        ("C++", "c"),
        ("children's stories!", "children's_stories!"),
        ("***", "***"),
        ("Éducation", "éducation"),
        ("文学", "文学"),
        ("İstanbul", "i̇stanbul"),
        ("100% [sic] {x} <y> |z| \\ ^ `", "100_sic_x_y_z___"),
        ("line\nbreak", "linebreak"),
        ("1,000 islands", "1000_islands"),
        ("fiction,_romance", "fiction_romance"),
        ("love; hate", "love_hate"),
        ("love,", "love"),
        ("'s-Hertogenbosch", "'s-hertogenbosch"),
        ("'N Sync (Musical group)", "'n_sync_(musical_group)"),
        ("rock 'n' roll", "rock_'n'_roll"),
        ("writers'", "writers'"),
        ('the "new" thing', "the_new_thing"),
        ("R&B", "rb"),
        ('a 7"', "a_7"),
        ("e=mc2", "emc2"),
        ("sci-fi", "sci-fi"),
    ],
)
def test_a_name_becomes_the_slug_by_which_the_api_knows_it(given: str, slug: str) -> None:
    subject = parse_subject(given)
    assert subject.slug == slug
    assert subject.given == given


@pytest.mark.parametrize(
    "given",
    ["", "  ", "/", "person:", "person: ;", "___", "?#", "\ud800", "love\udfff", "x" * 1001],
)
def test_a_name_that_no_subject_can_have_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_subject(given)
    assert "\n" not in str(refused.value)
    str(refused.value).encode()


@pytest.mark.parametrize("name", ["x" * 100_000, "a,b" * 30_000, "https://" + "x" * 100_000])
def test_a_long_name_is_not_repeated_whole(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_subject(name)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("love,space", "write love space for several subjects, 'love, space' for one"),
        ("love;science fiction", "write love 'science fiction' for several"),
        ("fiction,romance, general", "'fiction, romance, general' for one"),
        ("https://openlibrary.org/subjects/science_fiction.json?a=0", "'science_fiction'"),
        ("openlibrary.org/subjects/love", "'love'"),
        ("/subjects/person:mark_twain#x", "'person:mark_twain'"),
        ("https://openlibrary.org/subjects/children%27s_stories", '"children\'s_stories"'),
        ("https://example.org", "write the subject's name"),
        ("http://[", "write the subject's name"),
        ("--love", "'love'"),
        ("-l", "write options before names"),
        ("\N{EN DASH}limit", "'limit'"),
        ("subjects=love", "'love'"),
        ("SUBJECT = science fiction", "'science fiction'"),
        ("science%20fiction", "'science fiction'"),
        ("'science", "'science'"),
        ('"science fiction', "'science fiction'"),
        ('fiction"', "'fiction'"),
        ("'science fiction'", "'science fiction'"),
        ("\N{LEFT DOUBLE QUOTATION MARK}love\N{RIGHT DOUBLE QUOTATION MARK}", "'love'"),
        ("\N{LEFT DOUBLE QUOTATION MARK}science", "'science'"),
        ("fiction\N{RIGHT DOUBLE QUOTATION MARK}", "'fiction'"),
        ("''", "write a name"),
    ],
)
def test_a_name_that_was_meant_otherwise_is_refused_with_what_was_meant(
    given: str, meant: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^subject {re.escape(repr(given))} ") as refused:
        parse_subject(given)
    assert meant in str(refused.value)


def parsed(name: str) -> str:
    """The slug of a name that has one."""
    try:
        return parse_subject(name).slug
    except InvalidInput:
        assume(False)
        raise


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("a \n b")
@example("person:person:x")
@example("/person:x")
def test_a_slug_contains_nothing_that_the_api_drops(name: str) -> None:
    slug = parsed(name)
    prefix = next((p for p in PREFIXES if slug.startswith(p)), "")
    rest = slug.removeprefix(prefix)
    assert not set(rest) & set(DROPPED)
    assert " " not in slug
    assert slug == slug.lower()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs"], include_characters=" ")))
def test_a_slug_is_its_own_slug(name: str) -> None:
    slug = parsed(name)
    assert parsed(slug) == slug


@given(st.text(max_size=60) | st.sampled_from(NASTY), st.sampled_from(["", *PREFIXES]))
def test_a_slug_stays_one_segment_of_its_url(name: str, prefix: str) -> None:
    slug = parsed(prefix + name)
    url = CLIENT.address(parse_subject(prefix + name), 999, 1000)
    parts = urlsplit(url)
    assert parts.scheme == "https"
    assert parts.netloc == "openlibrary.org"
    assert parts.query == "limit=1000&offset=999&sort=key"
    assert parts.fragment == ""
    root, subjects, segment = parts.path.split("/")
    assert (root, subjects) == ("", "subjects")
    assert segment.endswith(".json")
    assert unquote(segment.removesuffix(".json")) == slug
    assert url.isascii()


@given(st.text(max_size=60) | st.sampled_from(NASTY))
def test_no_part_of_a_name_reaches_a_file_name(name: str) -> None:
    parsed(name)
    load = SubjectLoad.begin(parse_subject(name), "https://openlibrary.org", None)
    assert re.fullmatch(
        r"load_date=\d{4}-\d\d-\d\d/\d{8}T\d{12}Z-[0-9a-f]{16}-[0-9a-f]{4}", load.prefix
    )


def test_subjects_that_differ_have_different_digests() -> None:
    names = ["love", "lóve", "person:love", "place:love", "love_", "c", "d"]
    assert len({parse_subject(name).digest for name in names}) == len(names)


def test_names_that_mean_the_same_subject_count_once_and_the_first_one_is_kept() -> None:
    subjects = parse_subjects(["Space", "Love ", "love", "space", "LOVE"])
    assert [(s.given, s.slug) for s in subjects] == [("Space", "space"), ("Love ", "love")]


def test_a_name_that_is_not_composed_is_pointed_out() -> None:
    assert "NFC" in parse_subject(unicodedata.normalize("NFD", "café")).hint
    assert parse_subject("café").hint == ""


def test_the_tracked_subjects_are_read_from_the_seed(tmp_path: Path) -> None:
    seed = tmp_path / "seed.csv"
    seed.write_text('description,subject\n"a, b",love\n,science fiction\n')
    assert tracked_subjects(seed) == ["love", "science fiction"]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("--love,", "'love'"),
        ('"love,space",', "write love space"),
        ("https://openlibrary.org/subjects/love,", "'love'"),
        (",a subject without a name", "no letter or digit"),
    ],
)
def test_a_tracked_name_that_no_subject_has_is_refused(
    tmp_path: Path, line: str, meant: str
) -> None:
    seed = tmp_path / "seed.csv"
    seed.write_text(f"subject,description\nlove,\n{line}\n")
    with pytest.raises(InvalidInput, match=r"seed\.csv: subject ") as refused:
        tracked_subjects(seed)
    assert meant in str(refused.value)


def test_a_seed_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    seed = tmp_path / "seed.csv"
    seed.write_text("\ufeffsubject,description\nlove,\n", encoding="utf-8")
    assert tracked_subjects(seed) == ["love"]


@pytest.mark.parametrize(
    "text",
    [None, "name\nlove\n", 'subject,description\n"love,\nspace,\n'],
    ids=["missing", "other_columns", "open_quote"],
)
def test_a_seed_that_cannot_be_read_is_an_invalid_input(tmp_path: Path, text: str | None) -> None:
    seed = tmp_path / "seed.csv"
    if text:
        seed.write_text(text)
    with pytest.raises(InvalidInput, match=r"seed\.csv"):
        tracked_subjects(seed)
