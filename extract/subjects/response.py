"""A response of the subjects API: what it must contain, and its works byte for byte.

One work that is not JSON does not spoil the others: the response is then taken apart at its
brackets and commas, and that work is kept as it came, with what is wrong with it.
"""

import json
import re
from codecs import getincrementaldecoder
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import msgspec

from extract.errors import ResponseRejected
from extract.subjects.names import Subject

MAX_COUNT = 2**31 - 1  # works; the API's index cannot hold more
MAX_WORK = 15 * 2**20  # bytes; dbt reads lines of up to 16 MiB
CHUNK = 64 * 1024  # bytes

_SPACES = bytes.maketrans(b"\n\r", b"  ")
# Readers of lines end a line at a break, DuckDB ends it at NUL, and Athena a column at 1.
_NOT_IN_A_LINE = re.compile(rb"[\x00\x01\n\r]")
# possessive, so that a text of any length is matched in constant memory
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[][{}",]', re.DOTALL)
_NAME = re.compile(rb'\s*("[^"\\]*")\s*:')
_CLOSING = {b"{": b"}", b"[": b"]"}


class _Keyed(msgspec.Struct):
    key: Any = None


_response = msgspec.json.Decoder(dict[str, msgspec.Raw])
_works = msgspec.json.Decoder(list[msgspec.Raw])
_work = msgspec.json.Decoder(msgspec.Raw)
_keyed = msgspec.json.Decoder(_Keyed)
_lenient = json.JSONDecoder(strict=False)

_NOT_JSON = (msgspec.MsgspecError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Page:
    """A response: its promised count, its works and its other fields, as received.

    ``works`` are the bytes of each work, without line breaks; ``identities`` tell works apart;
    ``envelope`` is the response without its works; ``flaws`` says of a work that is not valid JSON,
    by its position, what is wrong with it.
    """

    subject_key: str
    count: int
    works: list[msgspec.Raw]
    identities: list[int]
    envelope: bytes
    flaws: dict[int, str] = field(default_factory=dict)


def parse_page(body: bytes) -> Page:
    """Parse a response without changing or copying the works.

    Raises:
        ResponseRejected: the body is not the JSON that the API documents.
    """
    flaws: dict[int, str] = {}
    try:
        _refuse_other_encodings(body)
        fields = _response.decode(body)
        # A break is between tokens, otherwise decoding would have failed. Looking for one byte and
        # then for the other takes a two-hundredth of what a pattern of both takes.
        if b"\n" in body or b"\r" in body:
            fields = _response.decode(body.translate(_SPACES))
        works = _works.decode(fields.pop("works"))
    except KeyError as error:
        raise ResponseRejected(f"the body lacks {error}") from error
    except _NOT_JSON as error:
        try:
            fields, works, flaws = _take_apart(body)
        except _NOT_JSON:
            start = body[:40].decode(errors="replace")
            raise ResponseRejected(
                f"the body is not a subject's JSON ({error}): {start!r}", may_be_one_work=True
            ) from error
    count, key = _value(fields, "work_count"), _value(fields, "key")
    if type(count) is not int or not 0 <= count <= MAX_COUNT:
        raise ResponseRejected(f"work_count is {count!r}: the API could not read its index")
    if type(key) is not str:
        raise ResponseRejected(f"the body's key is {key!r}")
    if any(len(memoryview(work)) > MAX_WORK for work in works):
        raise ResponseRejected(f"a work is over {MAX_WORK >> 20} MiB", may_be_one_work=True)
    identities = [identity(work) for work in works]
    return Page(key, count, works, identities, msgspec.json.encode(fields), flaws)


def _value(fields: dict[str, msgspec.Raw], name: str) -> object:
    try:
        return msgspec.json.decode(fields[name])
    except KeyError as error:
        raise ResponseRejected(f"the body lacks {error}") from error
    except msgspec.MsgspecError as error:
        raise ResponseRejected(f"the body's {name} is unusable: {error}") from error


def _refuse_other_encodings(body: bytes) -> None:
    utf8 = getincrementaldecoder("utf-8")()
    view = memoryview(body)
    for at in range(0, len(body), CHUNK):  # in chunks, so that the text is never held as a whole
        utf8.decode(view[at : at + CHUNK])
    utf8.decode(b"", final=True)


def _take_apart(
    body: bytes,
) -> tuple[dict[str, msgspec.Raw], list[msgspec.Raw], dict[int, str]]:
    """Find the works of a response that is not JSON: its other fields, its works, their flaws.

    Raises:
        ValueError: it cannot be taken apart.
        MsgspecError: its other fields are not JSON either.
    """
    works: list[msgspec.Raw] = []
    flaws: dict[int, str] = {}
    others: list[bytes] = []
    lists = 0
    for member in _members(body, b"{"):
        name = _NAME.match(member)
        if name is None or name[1] != b'"works"':
            others.append(member)
            continue
        lists += 1
        for position, work in enumerate(_members(member[name.end() :], b"[")):
            try:
                work.decode()
                _work.decode(work)
                works.append(msgspec.Raw(work.translate(_SPACES)))
            except _NOT_JSON as error:
                flaws[position] = str(error)
                works.append(msgspec.Raw(_on_one_line(work)))
    fields = _response.decode(b"{" + b",".join(others).translate(_SPACES) + b"}")
    if lists != 1:
        raise ValueError(f"{lists} lists of works")
    b"".join(others).decode()
    return fields, works, flaws


def _members(text: bytes, opening: bytes) -> list[bytes]:
    """Split an object or a list at its own commas, whatever is between them.

    Raises:
        ValueError: its brackets do not match, or it is followed by more.
    """
    text = text.strip(b" \t\n\r")
    if not text.startswith(opening):
        raise ValueError("not what it should be")
    members = []
    expected: list[bytes] = []  # the brackets to come
    start = 1
    for token in _TOKEN.finditer(text):
        what = token[0]
        if what in _CLOSING:
            expected.append(_CLOSING[what])
        elif what == b"," and len(expected) == 1:
            members.append(text[start : token.start()].strip(b" \t\n\r"))
            start = token.end()
        elif what in (b"}", b"]"):
            if not expected or what != expected.pop():
                raise ValueError("a bracket closes another kind")
            if not expected and token.end() < len(text):
                raise ValueError("there is more after its end")
        elif what == b'"':
            raise ValueError("a text without an end")
    if expected:
        raise ValueError("a bracket that is never closed")
    last = text[start:-1].strip(b" \t\n\r")
    members += [last] if last or members else []
    if not all(members):
        raise ValueError("nothing between two commas")
    return members


def _on_one_line(work: bytes) -> bytes:
    """Write what cannot be in a line of text as an escape; all else stays as it came."""
    text = work.decode(errors="backslashreplace").encode()
    return _NOT_IN_A_LINE.sub(lambda found: b"\\u%04x" % found[0][0], text)


def is_about(page: Page, subject: Subject) -> bool:
    """Whether a response is about this subject."""
    expected = f"/subjects/{subject.slug}"
    return page.subject_key == expected or unquote(page.subject_key) == expected


def identity(work: msgspec.Raw) -> int:
    """Identify a work by a hash of its key, or of all its bytes if it has no key."""
    try:
        key = _keyed.decode(work).key
    except msgspec.ValidationError:  # not an object: dbt rejects the record and gives the reason
        key = None
    except (msgspec.MsgspecError, RecursionError):  # dbt rejects the record here, too
        key = _lenient_key(bytes(work))
    return hash(key) if isinstance(key, str) else hash(bytes(work))


def _lenient_key(work: bytes) -> object:
    """Read the key of a work that is not JSON, unless Python cannot read it either."""
    try:
        record = _lenient.decode(work.decode())
    except (ValueError, RecursionError):
        return None
    return record.get("key") if isinstance(record, dict) else None
