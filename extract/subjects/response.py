"""A response of the subjects API: what it must contain, and its works byte for byte."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec

from extract.errors import ResponseRejected
from extract.subjects.names import Subject

MAX_COUNT = 2**31 - 1  # works; the API's index cannot hold more
MAX_WORK = 15 * 2**20  # bytes; dbt reads lines of up to 16 MiB

_BREAK = re.compile(rb"[\n\r]")
_SPACES = bytes.maketrans(b"\n\r", b"  ")


class _Keyed(msgspec.Struct):
    key: Any = None


_response = msgspec.json.Decoder(dict[str, msgspec.Raw])
_works = msgspec.json.Decoder(list[msgspec.Raw])
_keyed = msgspec.json.Decoder(_Keyed)


@dataclass(frozen=True, slots=True)
class Page:
    """A response: its promised count, its works and its other fields, as received.

    ``works`` are the bytes of each work, without line breaks; ``identities`` tell works apart;
    ``envelope`` is the response without its works.
    """

    subject_key: str
    count: int
    works: list[msgspec.Raw]
    identities: list[int]
    envelope: bytes


def parse_page(body: bytes | bytearray) -> Page:
    """Parse a response, which is UTF-8, without changing or copying the works.

    Raises:
        ResponseRejected: the body is not the JSON that the API documents.
    """
    try:
        fields = _response.decode(body)
        if _BREAK.search(body):  # it is between tokens, otherwise decoding would have failed
            fields = _response.decode(body.translate(_SPACES))
        works = _works.decode(fields.pop("works"))
        count = msgspec.json.decode(fields["work_count"])
        key = msgspec.json.decode(fields["key"])
    except KeyError as error:
        raise ResponseRejected(f"the body lacks {error}") from error
    except (msgspec.MsgspecError, RecursionError) as error:
        start = body[:40].decode(errors="replace")
        raise ResponseRejected(f"the body is not a subject's JSON ({error}): {start!r}") from error
    if type(count) is not int or not 0 <= count <= MAX_COUNT:
        raise ResponseRejected(f"work_count is {count!r}: the API could not read its index")
    if type(key) is not str:
        raise ResponseRejected(f"the body's key is {key!r}")
    if any(len(memoryview(work)) > MAX_WORK for work in works):
        raise ResponseRejected(f"a work is over {MAX_WORK >> 20} MiB")
    return Page(key, count, works, [identity(w) for w in works], msgspec.json.encode(fields))


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
    return hash(key) if isinstance(key, str) else hash(bytes(work))
