"""What several modules' tests start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from loader_runs import Runs, works

from benchmarks.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# how long an example takes depends on what else the machine does
settings.register_profile(
    "any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any_machine")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have an environment of their own."""
    for name in ("OPEN_LIBRARY_URL", "OPEN_LIBRARY_CONTACT", "RAW_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def api() -> Iterator[StandIn]:
    """The API with one subject of four pages."""
    with StandIn({"love": works()}) as stand_in:
        yield stand_in


@pytest.fixture
def loader(api: StandIn, tmp_path: Path) -> Runs:
    """The loader, asking ``api`` and landing in an empty raw root."""
    return Runs(api, tmp_path / "raw")
