"""How much disk a dump needs, and whether it is there."""

import shutil
from collections.abc import Iterable
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
        InvalidInput: it has.
    """
    disks: dict[int, list[Need]] = {}
    for need in needs:
        disks.setdefault(_nearest(need.folder).stat().st_dev, []).append(need)
    for sharing in disks.values():
        needed = sum(need.size for need in sharing)
        free = shutil.disk_usage(_nearest(sharing[0].folder)).free
        folders = " and ".join(str(need.folder) for need in sharing)
        reporter.note("disk", folders=folders, needed=gigabytes(needed), free=gigabytes(free))
        if needed > free:
            settings = " or ".join(need.setting for need in sharing)
            raise InvalidInput(
                f"{folders}: {gigabytes(needed)} needed, but the disk has {gigabytes(free)} free: "
                f"make room or change {settings}"
            )


def gigabytes(size: int) -> str:
    """Write a size for people."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.1f} MB"


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder
