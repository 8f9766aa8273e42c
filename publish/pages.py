"""Pages that people open: where they go, and that they appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from publish.errors import DestinationError


def write_page(text: str, path: Path, variable: str) -> None:
    """Put a page in place of the last one; ``variable`` names another file for it.

    Raises:
        DestinationError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise DestinationError(
            f"{path} cannot be written: {error.strerror} (make its folder writable, or name another"
            f" file in {variable})"
        ) from error


def _replace(path: Path, text: str) -> None:
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            os.replace(file.name, path)  # noqa: PTH105
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
