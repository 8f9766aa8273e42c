"""Write the report: run the analyses, render the page, put it in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publish.html_file import write_html_file
from publish.paths import path_setting
from publish.report import page

if TYPE_CHECKING:
    from pathlib import Path

    from publish.warehouse import Warehouse


# The source table whose freshness is that of the loads of a dataset. Those of other sets of files
# are judged as those of subjects are.
JUDGED_BY = {
    "subject_works": ("open_library", "subject_works"),
    "open_library_dump": ("open_library_dump", "dump_works"),
    "store": ("store", "store_books"),
}


def report_path() -> Path:
    """Give the file to write: REPORT_PATH, or data/report/index.html."""
    return path_setting("REPORT_PATH", "data/report/index.html")


def write_report(warehouse: Warehouse, path: Path) -> None:
    """Write the report of a warehouse; on failure the old file stays.

    Raises:
        WarehouseError: a query failed.
        DestinationError: the file cannot be written.
    """
    text = page.html(
        warehouse.analysis("report_"),
        warehouse.tables("report_"),
        {dataset: warehouse.fresh_for(*table) for dataset, table in JUDGED_BY.items()},
    )
    write_html_file(text, path, "REPORT_PATH")
