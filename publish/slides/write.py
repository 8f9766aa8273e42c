"""Write the slides: run the analyses, fill in the deck, put it in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publish.html_file import write_html_file
from publish.paths import path_setting
from publish.slides import deck

if TYPE_CHECKING:
    from pathlib import Path

    from publish.warehouse import Warehouse


def slides_path() -> Path:
    """Give the file to write: SLIDES_PATH, or data/slides/index.html."""
    return path_setting("SLIDES_PATH", "data/slides/index.html")


def write_slides(warehouse: Warehouse, path: Path) -> None:
    """Write the slides about a warehouse; on failure the old file stays.

    Raises:
        InvalidInput: they refer to something that the warehouse does not have.
        WarehouseError: a query failed.
        DestinationError: the file cannot be written.
    """
    text = deck.html(warehouse.tables("report_"), warehouse.tables("answer_"), warehouse.marts())
    write_html_file(text, path, "SLIDES_PATH")
