"""Paths in environment variables, read as dbt and the loader read theirs."""

from __future__ import annotations

import os
import re
from pathlib import Path

from publish.errors import InvalidInput

PROJECT = Path(__file__).parents[1]

_MISREAD = re.compile(r"[?#\\]|://")


def path_setting(variable: str, default: str) -> Path:
    """Give the path in a variable: ``~`` is HOME, and a relative path begins in the project.

    The macro path_setting follows the same rules.

    Raises:
        InvalidInput: it is a URL, or DuckDB would read it as another path.
    """
    given = os.environ.get(variable) or default
    home = os.environ.get("HOME", "")
    path = home + given[1:] if given == "~" or given.startswith("~/") else given
    if found := _MISREAD.search(path):
        what = "is a URL" if found[0] == "://" else f"contains {found[0]}"
        raise InvalidInput(f"{variable}={given!r} {what}: write another path")
    if path.startswith("~") or (path != given and not home):
        raise InvalidInput(
            f"{variable}={given!r} begins with ~, which cannot be resolved: write another path"
        )
    return PROJECT / path
