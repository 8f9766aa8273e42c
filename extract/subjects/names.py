"""Subject names: what a user types, and the slug that the API uses for it."""

import csv
import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from extract.errors import InvalidInput

PREFIXES = ("person:", "place:", "time:")
MAX_SLUG_BYTES = 1000  # servers refuse URLs longer than about 2,000 characters

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
        raise InvalidInput(f"subject {given!r} is not Unicode text: type it again") from None
    if not slug.strip("_"):
        raise InvalidInput(f"subject {given!r} contains no letter or digit that Open Library keeps")
    if size > MAX_SLUG_BYTES:
        raise InvalidInput(f"subject {given[:40]!r}… is longer than {MAX_SLUG_BYTES} bytes")
    return Subject(given, prefix + slug)


def parse_subjects(names: list[str]) -> list[Subject]:
    """Parse names; of those that mean the same subject, keep the first."""
    return list({s.slug: s for s in map(parse_subject, reversed(names))}.values())[::-1]


def tracked_subjects(seed: Path) -> list[str]:
    """Read the names in dbt's seed of tracked subjects.

    Raises:
        InvalidInput: the seed is missing or has no column ``subject``.
    """
    try:
        with seed.open(newline="", encoding="utf-8") as lines:
            return [row["subject"] for row in csv.DictReader(lines)]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"cannot read column 'subject' of {seed}: {error!r}") from error
