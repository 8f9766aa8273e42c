"""The sets of files that are landed together: which files, in which folders, with which columns."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file that a set must contain, and the dataset of the raw zone that its records become.

    A CSV file has ``columns``, in that order; a JSON array of objects has none.
    """

    dataset: str
    name: str
    folder: str  # below the set's own folder; may be left out
    columns: tuple[str, ...] = ()
    is_incremental: bool = False  # each file adds records; otherwise each file holds all of them


@dataclass(frozen=True, slots=True)
class FileSet:
    """Files that one load lands: all of them or none."""

    name: str
    files: tuple[ExpectedFile, ...]

    @property
    def digest(self) -> str:
        """The set's unique, path-safe id: 16 hex digits."""
        # a subject's slug never contains a slash, so no subject has the same digest
        return hashlib.sha256(f"files/{self.name}".encode()).hexdigest()[:16]


STREAMING = FileSet(
    "streaming",
    (
        ExpectedFile(
            "movies",
            "movies.csv",
            "internal",
            ("title", "duration_mins", "original_language", "size_mb"),
        ),
        ExpectedFile(
            "streams",
            "streams.csv",
            "internal",
            ("movie_title", "user_email", "size_mb", "start_at", "end_at"),
            is_incremental=True,
        ),
        ExpectedFile("users", "users.csv", "internal", ("first_name", "last_name", "email")),
        ExpectedFile("vendor_books", "books.json", "vendor"),
        ExpectedFile("vendor_authors", "authors.json", "vendor"),
        ExpectedFile("vendor_reviews", "reviews.json", "vendor"),
    ),
)

FILE_SETS = {file_set.name: file_set for file_set in (STREAMING,)}
