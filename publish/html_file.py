"""HTML files that people open: written whole or not at all, and forbidden to load anything."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from publish.errors import DestinationError

if TYPE_CHECKING:
    from collections.abc import Sequence


def write_html_file(text: str, path: Path, variable: str) -> None:
    """Replace the file by this page; ``variable`` is the setting that names another file.

    Raises:
        DestinationError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise DestinationError(
            f"cannot write {path}: {error.strerror} (make its folder writable, free space on its"
            f" disk, or name another file in {variable})"
        ) from error


def policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Forbid every request, and all scripts and styles except these."""

    def hashes(texts: Sequence[str]) -> str:
        digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts)
        return " ".join(f"'sha256-{digest.decode()}'" for digest in digests)

    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {hashes(scripts)}",
            f"style-src {hashes(styles)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


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
