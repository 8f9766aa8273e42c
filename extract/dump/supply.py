"""Where a dump's files come from: what every supply offers, and the one that is a folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from extract.dump.disk import Need
from extract.dump.dumps import Dump, DumpFile
from extract.errors import InvalidInput
from extract.reporting import Reporter
from extract.storage import open_store
from extract.storage.base import RECEIVED_FILES, Source
from extract.storage.hashed import Hashed

READ = 2**18  # compressed bytes read at a time


@dataclass(frozen=True, slots=True)
class Offer:
    """A file of a dump that can be had; its ``sha1`` is listed, or takes reading the file."""

    file: DumpFile
    name: str
    size: int
    sha1: Callable[[], str]
    is_listed: bool


class Supply(Protocol):
    """Has the files of a dump, or fetches them."""

    def url(self, dump: Dump) -> str | None:
        """Return where the files come from; None for a local folder, whose path is private."""

    def offers(self, dump: Dump, files: Sequence[DumpFile], reporter: Reporter) -> list[Offer]:
        """Return the files, in their order.

        Raises:
            ExtractError: one is missing.
        """

    def needs(self, dump: Dump, offers: Sequence[Offer]) -> list[Need]:
        """Return what disk it takes to bring the files."""

    def bring(
        self, dump: Dump, offers: Sequence[Offer], reporter: Reporter
    ) -> tuple[Source, list[Offer]]:
        """Return where the files can be read from now, and as what they are offered by then.

        Raises:
            ExtractError: they could not be fetched.
        """

    def discard(self, dump: Dump, offers: Sequence[Offer]) -> None:
        """Remove what was brought, if it is there: it is landed."""


class Folder:
    """A local folder or S3 prefix that has a dump's files."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._source = open_store(folder, RECEIVED_FILES)

    def url(self, _: Dump) -> str | None:
        """Return the S3 prefix."""
        return self._folder if self._folder.startswith("s3://") else None

    def offers(self, dump: Dump, files: Sequence[DumpFile], _: Reporter) -> list[Offer]:
        """Find the files.

        Raises:
            InvalidInput: one is missing.
        """
        sizes = {file: self._source.size(dump.name(file)) for file in files}
        if missing := [dump.name(file) for file, size in sizes.items() if size is None]:
            raise InvalidInput(
                f"{self._folder!r} lacks {', '.join(missing)}: add what is missing, of this very "
                "date, or name the files that are there with --only"
            )
        return [
            Offer(file, name, size or 0, partial(self._sha1, name), is_listed=False)
            for file, size in sizes.items()
            for name in [dump.name(file)]
        ]

    def needs(self, *_: object) -> list[Need]:
        """Need nothing: the files are there."""
        return []

    def bring(self, _: Dump, offers: Sequence[Offer], __: Reporter) -> tuple[Source, list[Offer]]:
        """Return the folder."""
        return self._source, [*offers]

    def discard(self, *_: object) -> None:
        """Leave the files: they are the user's."""

    def _sha1(self, name: str) -> str:
        with self._source.open(name) as opened:
            hashed = Hashed(opened, "sha1")
            while hashed.read(READ):
                pass
        return hashed.hash.hexdigest()
