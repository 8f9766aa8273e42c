"""The markers that say what a test needs: set here by folder and fixture, and never forgotten.

A test that starts dbt, a browser, PostgreSQL, Trino or Terraform, or downloads packages, without
its marker fails, so that `-m "not needs_dbt"` leaves out all that it names. Tests that start one by
a command of their own are marked by hand.

Only the thread of the test is checked. Work in the background outlives the test that started it, so
its fixture names the markers, and all tests that wait for it have them.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

BY_FOLDER = {"tests/warehouse": ("needs_dbt",)}
BY_FIXTURE = {
    "shared": ("needs_dbt",),
    "browser": ("needs_browser",),
    "server": ("needs_postgresql",),
    "packages": ("needs_downloads",),
    "running_cloud": ("needs_trino", "needs_dbt"),
    "deploying": ("needs_terraform",),
    "terraform": ("needs_terraform",),
}

_running = threading.local()  # `markers` of the test that runs in this thread, if one does


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark tests by their folders and fixtures."""
    for item in items:
        folder = item.path.parent.relative_to(item.config.rootpath).as_posix()
        for marker in BY_FOLDER.get(folder, ()):
            item.add_marker(marker)
        for fixture, markers in BY_FIXTURE.items():
            if fixture in item.fixturenames:  # type: ignore[attr-defined]
                for marker in markers:
                    item.add_marker(marker)


def begin(item: pytest.Item) -> None:
    """Take note of the test that is about to run."""
    _running.markers = {marker.name for marker in item.iter_markers()}


def require(marker: str) -> None:
    """Fail unless the test that runs in this thread has the marker."""
    if marker not in getattr(_running, "markers", {marker}):
        raise AssertionError(f"this test needs the marker @pytest.mark.{marker}")
