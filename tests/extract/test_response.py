"""Responses are parsed without changing a byte of a work."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extract.errors import ResponseRejected
from extract.subjects.names import parse_subject
from extract.subjects.response import identity, is_about, parse_page

HEAD = b'{"key":"/subjects/love","name":"love","work_count":16212,"works":['


def body(*works: bytes, rest: bytes = b"") -> bytes:
    return HEAD + b",".join(works) + b"]" + rest + b"}"


def works_of(body: bytes) -> list[bytes]:
    return [bytes(work) for work in parse_page(body).works]


def test_works_are_kept_byte_for_byte() -> None:
    works = [
        b'{"key":"/works/OL1W","title":"a","title":"b"}',
        b'{ "key" :\t"/works/OL2W" , "n":1.50e+3, "big":123456789012345678901234567890}',
        b'{"t":"\\u00e9 \\/ \\n \\ud83d\\ude00 \xc3\xa9 \x7f"}',
        b"null",
        b'"text"',
        b"[1,[2,{}]]",
        b"-0.0",
        b"1e400",
    ]
    assert works_of(body(*works)) == works


def test_the_other_fields_are_kept_too() -> None:
    page = parse_page(body(b"{}", rest=b',"ebook_count":7,"details":{"a":[1.0,null]}'))
    assert json.loads(page.envelope) == {
        "key": "/subjects/love",
        "name": "love",
        "work_count": 16212,
        "ebook_count": 7,
        "details": {"a": [1.0, None]},
    }
    assert page.count == 16212
    assert page.subject_key == "/subjects/love"


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n", b"\r"])
def test_line_breaks_between_tokens_become_spaces(line_break: bytes) -> None:
    pretty = body(b'{"key":"/works/OL1W",X"title":"a\\nb\xe2\x80\xa8c"}'.replace(b"X", line_break))
    (work,) = works_of(pretty.replace(b",", b"," + line_break))
    assert b"\n" not in work
    assert b"\r" not in work
    assert json.loads(work) == {"key": "/works/OL1W", "title": "a\nb\u2028c"}


# works that are not JSON, and how each is landed
FLAWED: dict[str, tuple[bytes, bytes]] = {
    "lone surrogate": (b'{"key":"/works/OL9W","t":"\\ud83d"}',) * 2,
    "half a pair": (b'{"key":"/works/OL9W","t":"\\ud83d\\u0041"}',) * 2,
    "NaN": (b'{"key":"/works/OL9W","n":NaN}',) * 2,
    "-Infinity": (b'{"key":"/works/OL9W","n":-Infinity}',) * 2,
    "bell": (b'{"key":"/works/OL9W","t":"a\x07b"}',) * 2,
    "tab": (b'{"key":"/works/OL9W","t":"a\tb"}',) * 2,
    "NUL": (b'{"key":"/works/OL9W","t":"a\x00b"}', b'{"key":"/works/OL9W","t":"a\\u0000b"}'),
    "line break": (
        b'{"key":"/works/OL9W","t":"a\r\nb"}',
        b'{"key":"/works/OL9W","t":"a\\u000d\\u000ab"}',
    ),
    "Athena's delimiter": (
        b'{"key":"/works/OL9W","t":"a\x01b"}',
        b'{"key":"/works/OL9W","t":"a\\u0001b"}',
    ),
    "Latin-1": (b'{"key":"/works/OL9W","t":"\xe9"}', b'{"key":"/works/OL9W","t":"\\xe9"}'),
    "encoded surrogate": (b'{"t":"\xed\xa0\x80"}', b'{"t":"\\xed\\xa0\\x80"}'),
    "cut character": (b'{"t":"\xc3"}', b'{"t":"\\xc3"}'),
    "bad escape": (b'{"t":"\\x41"}',) * 2,
    "escaped quote": (b'{"t":"\\x\\",\\\\","u":[]}',) * 2,
    "leading zero": (b'{"n":01}',) * 2,
    "bare word": (b'{"n":nan}',) * 2,
    "single quotes": (b"{'n':1}",) * 2,
    "comma at the end": (b'{"a":[1,],}',) * 2,
    "comment": (b'{"n":1/* */}',) * 2,
    "no value": (b'{"n":}',) * 2,
    "a word": (b"undefined",) * 2,
    "deeper than can be read": (b"[" * 100_000 + b"]" * 100_000,) * 2,
}


@pytest.mark.parametrize("spaced", [False, True])
@pytest.mark.parametrize("name", FLAWED)
def test_a_work_that_is_not_json_is_kept_among_the_others(name: str, spaced: bool) -> None:
    sent, kept = FLAWED[name]
    around = [b'{"key":"/works/OL1W","t":"],{\\"[\\\\"}', b'{"key":"/works/OL2W"}']
    received = body(around[0], sent, around[1], rest=b',"ebook_count":7')
    if spaced:
        received = received.replace(b'"works":[', b'\n "works" :\t[ ')
        received = received.replace(b'],"ebook', b' ]\n, "ebook')
        received += b"\r\n"
    page = parse_page(received)
    assert [bytes(work) for work in page.works] == [around[0], kept, around[1]]
    assert page.flaws.keys() == {1}
    assert page.flaws[1]
    assert page.count == 16212
    assert json.loads(page.envelope)["ebook_count"] == 7


def test_several_works_may_be_flawed_and_the_first_or_last() -> None:
    works = [b'{"n":NaN}', b"{}", b'{"t":"\x02"}', b'{"n":00}']
    page = parse_page(body(*works))
    assert [bytes(work) for work in page.works] == works
    assert page.flaws.keys() == {0, 2, 3}


def test_a_flawed_work_keeps_its_identity_where_its_key_can_be_read() -> None:
    for name in ("lone surrogate", "NaN", "-Infinity", "bell", "line break"):
        (flawed,) = parse_page(body(FLAWED[name][0])).works
        assert identity(flawed) == identity(raw('{"key":"/works/OL9W"}')), name
    (one,) = parse_page(body(b'{"n":01}')).works
    (other,) = parse_page(body(b'{"n":02}')).works
    assert identity(one) != identity(other)


def test_breaks_around_the_tokens_of_sound_works_become_spaces_beside_a_flawed_one() -> None:
    page = parse_page(body(b'{"a":\n1}', b'{"n":NaN}', b'\r\n{"b":\r2}\n'))
    assert [bytes(work) for work in page.works] == [b'{"a": 1}', b'{"n":NaN}', b'{"b": 2}']


REJECTED = {
    "empty": b"",
    "html": b"<html><head><title>503</title></head></html>",
    "cut": body(b'{"key":"/works/OL1W"}')[:-9],
    "list": b"[]",
    "null": b"null",
    "no works": b'{"key":"/subjects/love","work_count":1}',
    "no count": b'{"key":"/subjects/love","works":[]}',
    "no key": b'{"work_count":0,"works":[]}',
    "null count": b'{"key":"/subjects/love","work_count":null,"works":[]}',
    "true count": b'{"key":"/subjects/love","work_count":true,"works":[]}',
    "text count": b'{"key":"/subjects/love","work_count":"1","works":[]}',
    "fractional count": b'{"key":"/subjects/love","work_count":1.0,"works":[]}',
    "negative count": b'{"key":"/subjects/love","work_count":-1,"works":[]}',
    "absurd count": b'{"key":"/subjects/love","work_count":1e999,"works":[]}',
    "more works than the index can number": body().replace(b"16212", b"2147483648"),
    "work over 15 MiB": body(b'{"t":"' + b"x" * (15 * 2**20) + b'"}'),
    "null key": b'{"key":null,"work_count":0,"works":[]}',
    "null works": b'{"key":"/subjects/love","work_count":0,"works":null}',
    "works as object": b'{"key":"/subjects/love","work_count":0,"works":{}}',
    "two bodies": body() * 2,
    "byte order mark": b"\xef\xbb\xbf" + body(),
    "flawed work and no count": b'{"key":"/subjects/love","works":[{"n":NaN}]}',
    "lone surrogate in the name": body().replace(b'"name":"love"', b'"name":"\\ud800"'),
    "Latin-1 in the name": body().replace(b'"name":"love"', b'"name":"\xe9"'),
    "UTF-16": body(b"{}").decode().encode("utf-16"),
    "text without an end": body(b'{"t":"a}', b"{}"),
    "bracket without an end": body(b'{"t":[1}', b"{}"),
    "bracket too many": body(b'{"t":1}}', b"{}"),
    "brackets that cross": body(b'{"t":[1}]'),
    "text after the works": body(b'{"n":NaN}', rest=b"7"),
    "flawed work and no end": body(b'{"n":NaN}', rest=b',"ebook_count":71')[:-1],
    "nothing between commas": body(b"{}", b"", b"{}"),
    "comma after the last work": body(b"{}", b""),
    "works twice, one of them flawed": body(b'{"n":NaN}', rest=b',"works":[]'),
    "bottomless": body(b"[" * 100_000),
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_body_that_is_not_a_response_is_rejected_in_one_line(name: str) -> None:
    with pytest.raises(ResponseRejected) as rejected:
        parse_page(REJECTED[name])
    assert len(str(rejected.value)) < 300
    assert str(rejected.value).isprintable()


def test_the_largest_count_and_work_are_accepted() -> None:
    largest = b'"' + b"x" * (15 * 2**20 - 2) + b'"'
    page = parse_page(body(largest).replace(b"16212", b"2147483647"))
    assert page.count == 2**31 - 1
    assert bytes(page.works[0]) == largest


# --- any JSON at all ------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=15,
)
records = values | st.dictionaries(texts | st.just("key"), values)


@st.composite
def json_bytes(draw: st.DrawFn) -> bytes:
    """JSON as one sender or another writes it: escaped or not, on one line or on many."""
    text = json.dumps(
        draw(records),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 2])),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", "\r\n:")])),
    )
    return text.encode()


@given(st.lists(json_bytes(), max_size=5))
def test_any_works_are_read_as_they_were_sent(sent: list[bytes]) -> None:
    read = works_of(body(*sent))
    # a line break in JSON can only stand between tokens, where a space means the same
    assert read == [work.replace(b"\n", b" ").replace(b"\r", b" ") for work in sent]
    assert [json.loads(work) for work in read] == [json.loads(work) for work in sent]


@given(json_bytes())
def test_any_work_has_an_identity(work: bytes) -> None:
    (received,) = parse_page(body(work)).works
    assert identity(received) == identity(received.copy())


@given(
    st.binary(max_size=300)
    | st.builds(body, st.binary(max_size=60))
    | st.builds(lambda junk: body(b"{}", b'{"t":"' + junk + b'"}', b"1"), st.binary(max_size=20))
)
@example(b"{" * 5000)
def test_arbitrary_bytes_are_read_or_rejected(junk: bytes) -> None:
    try:
        page = parse_page(junk)
    except ResponseRejected:
        return
    for position, work in enumerate(page.works):
        identity(work)
        assert not {0, 1, 10, 13} & set(bytes(work)), "it fits into a line"
        text = bytes(work).decode()
        if position not in page.flaws:
            json.loads(text)


# --- which work, which subject --------------------------------------------------------------------


def raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def test_works_are_identified_by_their_keys() -> None:
    assert identity(raw('{"key":"/works/OL1W","n":1}')) == identity(
        raw('{"n":2,"key":"/works/OL1W"}')
    )
    assert identity(raw('{"key":"/works/OL1W"}')) != identity(raw('{"key":"/works/OL2W"}'))


def test_works_without_a_key_are_identified_by_all_their_bytes() -> None:
    for one, other in [("{}", '{"a":1}'), ("1", "2"), ('{"key":null}', '{"key":1}'), ("[]", "{}")]:
        assert identity(raw(one)) == identity(raw(one))
        assert identity(raw(one)) != identity(raw(other))


@pytest.mark.parametrize(
    ("key", "is_answer"),
    [
        ("/subjects/person:mark_twain", True),
        ("/subjects/person%3Amark_twain", True),
        ("/subjects/person:mark_twain2", False),
        ("/subjects/mark_twain", False),
        ("person:mark_twain", False),
        ("", False),
    ],
)
def test_a_response_is_about_its_own_subject_only(key: str, is_answer: bool) -> None:
    page = parse_page(json.dumps({"key": key, "work_count": 0, "works": []}).encode())
    assert is_about(page, parse_subject("Person:Mark Twain")) is is_answer
