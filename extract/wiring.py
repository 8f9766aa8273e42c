"""Assembles loaders from the environment and from options."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from extract.dump.archive import Archive
from extract.dump.loader import DumpLoader
from extract.dump.supply import Folder, Supply
from extract.files.loader import FilesLoader
from extract.raw_zone import RawZone
from extract.reporting import Reporter
from extract.settings import LoadOptions, read_settings
from extract.storage import open_store
from extract.storage.base import RAW_ZONE_OF_SUBJECTS, StoreRole
from extract.subjects.client import Client
from extract.subjects.loader import SubjectLoader
from extract.subjects.pacing import Pacer


def open_raw_zone() -> RawZone:
    """Open the raw zone at RAW_ROOT."""
    return RawZone(open_store(read_settings().raw_root))


def files_loader(reporter: Reporter, *, allow_shrink: bool) -> FilesLoader:
    """Assemble the loader of received files."""
    return FilesLoader(open_raw_zone(), reporter, allow_shrink=allow_shrink)


def dump_loader(reporter: Reporter, *, allow_shrink: bool) -> DumpLoader:
    """Assemble the loader of dumps."""
    return DumpLoader(open_raw_zone(), reporter, allow_shrink=allow_shrink)


def dump_supply(folder: str | None) -> Supply:
    """Choose where dumps come from: a folder, or the archive."""
    if folder is not None:
        return Folder(folder)
    settings = read_settings()
    return Archive(settings.dumps_url, settings.user_agent, settings.dumps_root)


@contextmanager
def subject_loader(
    reporter: Reporter, options: LoadOptions, role: StoreRole = RAW_ZONE_OF_SUBJECTS
) -> Iterator[SubjectLoader]:
    """Assemble the loader of subjects; stop its threads at the end."""
    settings = read_settings()
    stop = threading.Event()
    pacer = Pacer(settings.rate(options.rate), stop)
    client = Client(settings.url, settings.user_agent, pacer, stop, options, reporter.note)
    zone = RawZone(open_store(settings.raw_root, role))
    try:
        yield SubjectLoader(zone, client, reporter, options)
    finally:
        stop.set()
        client.close()
