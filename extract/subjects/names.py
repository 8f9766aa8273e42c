"""Subject names: what a user types, and the slug by which the API knows it."""

import csv
import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from extract.errors import InvalidInput

PREFIXES = ("person:", "place:", "time:")
MAX_SLUG_BYTES = 1000  # a URL beyond some 2,000 characters is refused on the way

_DROPPED = str.maketrans(dict.fromkeys(';/?:@&=+$,<>#%"{}|\\^[]`\n\r'))


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as given and as the API names it.

    The slug may hold any character that the API keeps: it goes into a URL only percent-encoded,
    into a file name never (``digest`` does).
    """

    given: str
    slug: str

    @property
    def digest(self) -> str:
        """16 hex digits that stand for the slug in file names."""
        return hashlib.sha256(self.slug.encode()).hexdigest()[:16]

    @property
    def hint(self) -> str:
        """What may be wrong with a name that the API does not know; often empty."""
        if unicodedata.is_normalized("NFC", self.slug):
            return ""
        return " (the name is not in Unicode NFC, which Open Library tells apart)"


def parse_subject(given: str) -> Subject:
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
        raise InvalidInput(f"subject {given!r} is not Unicode text: type it anew") from None
    if not slug.strip("_"):
        raise InvalidInput(f"subject {given!r} holds no letter or digit that Open Library keeps")
    if size > MAX_SLUG_BYTES:
        raise InvalidInput(f"subject {given[:40]!r}… is longer than {MAX_SLUG_BYTES} bytes")
    return Subject(given, prefix + slug)


def distinct(names: list[str]) -> list[Subject]:
    """Parse names, keeping the first of those that mean the same subject."""
    return list({s.slug: s for s in map(parse_subject, reversed(names))}.values())[::-1]


def tracked_subjects(seed: Path) -> list[str]:
    """Read the names in dbt's seed of tracked subjects.

    Raises:
        InvalidInput: the seed is missing, or has no column ``subject``.
    """
    try:
        with seed.open(newline="", encoding="utf-8") as lines:
            return [row["subject"] for row in csv.DictReader(lines)]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"cannot read column 'subject' of {seed}: {error!r}") from error
