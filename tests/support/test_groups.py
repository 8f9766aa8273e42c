"""Tests that share a build run in one process, by pytest-xdist's groups."""

import os

import pytest


@pytest.mark.xdist_group("groups")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
def test_groups_are_known_to_xdist(request: pytest.FixtureRequest) -> None:
    """It distributes tests by what follows the @ in their names, and says nothing without it."""
    assert request.node.nodeid.endswith("@groups")
