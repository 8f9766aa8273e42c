"""One cloud for all tests: Trino takes 20 seconds to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cloud import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: Cloud) -> Iterator[Cloud]:
    """Good weather, at the start and at the end."""
    running_cloud.faults.clear()
    yield running_cloud
    running_cloud.faults.clear()
