"""Writing the slides: ask the analyses, fill the deck in, put it in place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from publish.pages import write_page
from publish.slides import deck

if TYPE_CHECKING:
    from publish.warehouse import Warehouse


def slides_path() -> Path:
    """Give the file to write: SLIDES_PATH, or data/slides/index.html."""
    return Path(os.environ.get("SLIDES_PATH") or "data/slides/index.html")


def write_slides(warehouse: Warehouse, path: Path) -> None:
    """Write the slides about a warehouse, whole or not at all.

    Raises:
        InvalidInput: they tell of something that the warehouse lacks.
        WarehouseError: a query failed.
        DestinationError: the file cannot be written.
    """
    text = deck.html(warehouse.tables("report_"), warehouse.tables("answer_"), warehouse.marts())
    write_page(text, path, "SLIDES_PATH")
