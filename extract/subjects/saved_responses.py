"""Saved responses of the API, read as pages instead of asking it."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from extract.errors import InvalidInput, ResponseRejected
from extract.subjects.client import MAX_BODY
from extract.subjects.names import Subject, normalise
from extract.subjects.response import Page, parse_page


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A response in a file: its subject, and how many works it promises and contains."""

    path: Path
    sha256: str
    subject: Subject
    promised_count: int
    work_count: int

    @classmethod
    def inspect(cls, path: Path) -> "SavedPage":
        """Read a file to find out what it contains, without keeping its works.

        Raises:
            InvalidInput: the file is missing, damaged, too large or not a response of the API.
        """
        page, digest = _read(path)
        slug = unquote(page.subject_key.removeprefix("/subjects/"))
        return cls(path, digest, normalise(slug), page.count, len(page.works))

    def read(self) -> Page:
        """Read the response.

        Raises:
            InvalidInput: it has changed since it was inspected.
        """
        page, digest = _read(self.path)
        if digest != self.sha256:
            raise InvalidInput(f"{self.path} changed while being read: run the command again")
        return page


def _read(path: Path) -> tuple[Page, str]:
    try:
        stored = path.read_bytes()
        body = gzip.decompress(stored) if stored.startswith(b"\x1f\x8b") else stored
        if len(body) > MAX_BODY:
            raise InvalidInput(f"{path} is over {MAX_BODY >> 20} MiB, too large for one response")
        return parse_page(body), hashlib.sha256(stored).hexdigest()
    except ResponseRejected as error:
        raise InvalidInput(f"{path} is not a saved response of the API: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"cannot read {path}: {reason}; save the response again") from error


def group_by_subject(
    saved: list[SavedPage], subjects: list[Subject]
) -> dict[Subject, list[SavedPage]]:
    """Group files by subject, in the order given; with no subjects, by those of the files.

    Raises:
        InvalidInput: a file is about another subject, or a subject has no file.
    """
    named = {subject.slug: subject for subject in subjects}
    groups: dict[Subject, list[SavedPage]] = {subject: [] for subject in subjects}
    for file in saved:
        subject = named.get(file.subject.slug) if subjects else file.subject
        if subject is None:
            raise InvalidInput(f"{file.path} is about {file.subject.slug!r}, which was not given")
        groups.setdefault(subject, []).append(file)
    for subject, files in groups.items():
        if not files:
            raise InvalidInput(f"no file of --from is about subject {subject.slug!r}")
        counts = {file.promised_count for file in files}
        if len(counts) > 1:
            raise InvalidInput(
                f"the files about {subject.slug!r} promise different counts "
                f"({', '.join(map(str, sorted(counts)))}): save them again, together"
            )
    return groups
