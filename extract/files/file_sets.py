"""The sets of files that are landed together: which files, where, with which header."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file that a set must hold, and the dataset of the raw zone that its records become.

    A CSV file has ``columns``, in that order; a JSON array of objects has none.
    """

    dataset: str
    name: str
    folder: str  # where it may lie below the set's own
    columns: tuple[str, ...] = ()
    adds: bool = False  # a file brings what is new, be it little; else it is the whole picture


@dataclass(frozen=True, slots=True)
class FileSet:
    """Files that one load lands, all or none."""

    name: str
    files: tuple[WantedFile, ...]

    @property
    def digest(self) -> str:
        """16 hex digits that stand for the set in file names."""
        # with a slash, which the API's slugs never hold: no subject has the same digest
        return hashlib.sha256(f"files/{self.name}".encode()).hexdigest()[:16]


STREAMING = FileSet(
    "streaming",
    (
        WantedFile(
            "movies",
            "movies.csv",
            "internal",
            ("title", "duration_mins", "original_language", "size_mb"),
        ),
        WantedFile(
            "streams",
            "streams.csv",
            "internal",
            ("movie_title", "user_email", "size_mb", "start_at", "end_at"),
            adds=True,
        ),
        WantedFile("users", "users.csv", "internal", ("first_name", "last_name", "email")),
        WantedFile("vendor_books", "books.json", "vendor"),
        WantedFile("vendor_authors", "authors.json", "vendor"),
        WantedFile("vendor_reviews", "reviews.json", "vendor"),
    ),
)

FILE_SETS = {file_set.name: file_set for file_set in (STREAMING,)}
