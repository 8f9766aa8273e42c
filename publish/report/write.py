"""Writing the report: ask the analyses, render the page, put it in place."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from publish.errors import DestinationError
from publish.report import page

if TYPE_CHECKING:
    from publish.warehouse import Warehouse


def report_path() -> Path:
    """Give the file to write: REPORT_PATH, or data/report/index.html."""
    return Path(os.environ.get("REPORT_PATH") or "data/report/index.html")


def write_report(warehouse: Warehouse, path: Path) -> None:
    """Write the report of a warehouse, whole or not at all.

    Raises:
        WarehouseError: a query failed.
        DestinationError: the file cannot be written.
    """
    analyses = warehouse.analysis("report_")
    tables: dict[str, list[dict[str, Any]]] = {}
    for analysis in analyses:
        columns, rows = warehouse.rows(analysis.sql)
        tables[analysis.name] = [dict(zip(columns, row, strict=True)) for row in rows]
    warn_days, error_days = warehouse.fresh_for("open_library", "subject_works")
    text = page.html(analyses, tables, {"warn_days": warn_days, "error_days": error_days})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise DestinationError(
            f"{path} cannot be written: {error.strerror} (make its folder writable, or name another"
            " file in REPORT_PATH)"
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
