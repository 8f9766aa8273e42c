"""The sets of files that are landed together, as dbt_project.yml lists them."""

import hashlib
from functools import cache
from pathlib import Path

import msgspec

# dbt needs the datasets, too, and reads no other file where it needs them.
PROJECT = Path(__file__).parents[2] / "dbt_project.yml"


class ExpectedFile(msgspec.Struct, frozen=True):
    """A file that a set must contain, and the dataset of the raw zone that its records become.

    A CSV file has these ``columns``, in any order, and may have the ``optional_columns``, which are
    used, too, and more; a JSON array of objects has none here.
    """

    dataset: str
    name: str
    folder: str = ""  # below the set's own folder; may be left out
    columns: tuple[str, ...] = ()
    optional_columns: tuple[str, ...] = ()
    is_incremental: bool = False  # each file adds records; otherwise each file holds all of them


class FileSet(msgspec.Struct, frozen=True):
    """Files that one load lands: all of them or none."""

    name: str
    files: tuple[ExpectedFile, ...]

    @property
    def digest(self) -> str:
        """The set's unique, path-safe id: 16 hex digits."""
        # a subject's slug never contains a slash, so no subject has the same digest
        return hashlib.sha256(f"files/{self.name}".encode()).hexdigest()[:16]


class _Variables(msgspec.Struct):
    file_sets: dict[str, tuple[ExpectedFile, ...]]


class _Project(msgspec.Struct):
    vars: _Variables


@cache
def file_sets() -> dict[str, FileSet]:
    """Every set by its name."""
    project = msgspec.yaml.decode(PROJECT.read_bytes(), type=_Project)
    return {name: FileSet(name, files) for name, files in project.vars.file_sets.items()}
