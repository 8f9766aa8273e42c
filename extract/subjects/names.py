"""Subject names: what a user types, and the slug that the API uses for it."""

import csv
import hashlib
import re
import shlex
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from extract.errors import InvalidInput

PREFIXES = ("person:", "place:", "time:")
SHOWN = 60  # characters of a name in an error
MAX_SLUG_BYTES = 1000  # servers refuse URLs longer than about 2,000 characters

# A comma within a number, as in "1,000 islands", or before a blank is part of a name.
_LIST = re.compile(r"(?<!\d),(?=[^\s_])|,(?=[^\s_\d])|(?<=[^\W\d_]);(?=[^\W\d_])")
_ADDRESS = re.compile(r"://|^www\.|\bopenlibrary\.org\b|^/?subjects/", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"subjects? *=", re.IGNORECASE)
_ENCODED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_DASHES = "-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
_QUOTES = {"'": "'", "\u2018": "\u2019", "\u201c": "\u201d"}
_AT_AN_END = re.compile(r'^"|\D"$')  # elsewhere it may stand for inches
# 's-Hertogenbosch and 'N Sync begin with an apostrophe.
_ELISION = re.compile(r"['\u2018]\w{1,3}\b")

_DROPPED = str.maketrans(dict.fromkeys(';/?:@&=+$,<>#%"{}|\\^[]`\n\r'))


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as given and as the API names it.

    The slug may contain any character that the API keeps: in a URL it is percent-encoded, and file
    names use ``digest`` instead.
    """

    given: str
    slug: str

    @property
    def digest(self) -> str:
        """The subject's unique, path-safe id: 16 hex digits of its slug's hash."""
        return hashlib.sha256(self.slug.encode()).hexdigest()[:16]

    @property
    def hint(self) -> str:
        """What may be wrong with a name that the API does not know; usually empty."""
        if unicodedata.is_normalized("NFC", self.slug):
            return ""
        return " (the name is not in Unicode NFC, and Open Library distinguishes the two)"


def parse_subject(given: str) -> Subject:
    """Normalise a name that somebody typed to the API's slug.

    Raises:
        InvalidInput: no subject has such a name, nothing is left of it, or it cannot be part of a
            URL.
    """
    if mistake := _mistake(given.strip()):
        raise InvalidInput(f"subject {shortened(given)} {mistake}")
    return normalise(given)


def _mistake(name: str) -> str | None:
    """Say why no subject can have this name, and what was probably meant; None if one can."""
    if _ADDRESS.search(name):
        found = re.search(r"subjects/([^/?#]+)", name)
        slug = unquote(found[1]).removesuffix(".json") if found else ""
        return f"is an address: write the subject's name{slug and f', {slug!r}'}"
    if name.startswith(tuple(_DASHES)):
        bare = name.strip(_DASHES + " ")
        return f"looks like an option: write options before names{bare and f', or {bare!r}'}"
    if found := _ASSIGNMENT.match(name):
        return f"looks like a setting: write {name[found.end() :].strip()!r}"
    if _ENCODED.search(name):
        return f"is encoded for a URL: write {unquote(name)!r}"
    if _LIST.search(name):
        name = name[:SHOWN]
        several = " ".join(map(shlex.quote, filter(None, map(str.strip, re.split("[,;]", name)))))
        one = re.sub(r"([,;])(?=[^\s_])", r"\1 ", name)
        return f"lacks a blank after a comma: write {several} for several subjects, {one!r} for one"
    return _quotation_mistake(name)


def _quotation_mistake(name: str) -> str | None:
    bare = name.strip("\"'\u2018\u2019\u201c\u201d ")
    if name and not bare:
        return "is only quotation marks: write a name"
    closing = _QUOTES.get(name[:1])
    if closing and name[1:].endswith(closing):
        return f"has quotation marks of its own: write {bare!r}"
    if (
        (closing and not _ELISION.match(name))
        or (name.count('"') % 2 and _AT_AN_END.search(name))
        or name.count("\u201c") != name.count("\u201d")
    ):
        return f"has a quotation mark without the other one: write {bare!r}"
    return None


def normalise(given: str) -> Subject:
    """Normalise a name to the API's slug.

    Raises:
        InvalidInput: nothing is left of the name, or it cannot be part of a URL.
    """
    name = given.strip().lower()
    prefix = next((p for p in PREFIXES if name.startswith(p)), "")
    slug = name.removeprefix(prefix).strip().translate(_DROPPED).replace(" ", "_")
    try:
        size = len(slug.encode())
    except UnicodeEncodeError:
        raise InvalidInput(
            f"subject {shortened(given)} is not Unicode text: type it again"
        ) from None
    if not slug.strip("_"):
        raise InvalidInput(
            f"subject {shortened(given)} contains no letter or digit that Open Library keeps"
        )
    if size > MAX_SLUG_BYTES:
        raise InvalidInput(f"subject {shortened(given)} is longer than {MAX_SLUG_BYTES} bytes")
    return Subject(given, prefix + slug)


def shortened(given: str) -> str:
    """Quote a name for an error, or only its beginning."""
    return repr(given) if len(given) <= SHOWN else f"{given[:SHOWN]!r}…"


def parse_subjects(names: list[str]) -> list[Subject]:
    """Parse names; of those that mean the same subject, keep the first."""
    return list({s.slug: s for s in map(parse_subject, reversed(names))}.values())[::-1]


def tracked_subjects(seed: Path) -> list[str]:
    """Read the names in dbt's seed of tracked subjects.

    Raises:
        InvalidInput: the seed is missing, has no column ``subject`` or is not CSV, or one of its
            names is none.
    """
    try:
        with seed.open(newline="", encoding="utf-8-sig") as lines:
            names = [row["subject"] or "" for row in csv.DictReader(lines, strict=True)]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"cannot read column 'subject' of {seed}: {error!r}") from error
    try:
        parse_subjects(names)
    except InvalidInput as error:
        raise InvalidInput(f"{seed}: {error}") from None
    return names
