"""How much disk a dump needs, and whether it is there."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from extract.errors import InvalidInput
from extract.reporting import Reporter


@dataclass(frozen=True, slots=True)
class Need:
    """How many bytes a folder will grow by, at most, and the setting that names the folder."""

    folder: Path
    size: int
    setting: str


def refuse_without_space(needs: Iterable[Need], reporter: Reporter) -> None:
    """Say how much each disk needs, and refuse one that has less.

    Raises:
        InvalidInput: it has, or a folder cannot be looked at.
    """
    disks: dict[int, list[Need]] = {}
    for need in needs:
        with _looking_at(need):
            disks.setdefault(_nearest(need.folder).stat().st_dev, []).append(need)
    for sharing in disks.values():
        needed = sum(need.size for need in sharing)
        with _looking_at(sharing[0]):
            free = shutil.disk_usage(_nearest(sharing[0].folder)).free
        folders = " and ".join(str(need.folder) for need in sharing)
        reporter.inform("disk", folders=folders, needed=gigabytes(needed), free=gigabytes(free))
        if needed > free:
            settings = " or ".join(need.setting for need in sharing)
            raise InvalidInput(
                f"{folders}: {gigabytes(needed)} needed, but the disk has {gigabytes(free)} free: "
                f"make room or change {settings}"
            )


@contextmanager
def _looking_at(need: Need) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidInput(
            f"cannot read {str(need.folder)!r}: {error.strerror or error}: "
            f"fix the path or change {need.setting}, then run the command again"
        ) from error


def gigabytes(size: int) -> str:
    """Write a size for people."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.1f} MB"


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder
