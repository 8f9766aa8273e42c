"""Each lock holds everything the project requires, directly or not, in versions that fit.

pip installs the locks with --no-deps, so it does not check this; two requirements are overridden.
infra/requirements-checkov.txt overrides none: `make .venv/.checkov` fails where `pip check` does.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.project import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
RUNTIME = PROJECT["project"]["dependencies"]
LOCKS = {
    "requirements.txt": RUNTIME,
    "requirements-dev.txt": RUNTIME + GROUPS["dev"],
    "requirements-lambda.txt": GROUPS["loader"],
}


def locked(lock: str) -> dict[str, str]:
    """Give the version of each package that the lock installs for this Python, here."""
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*?) \\$", (ROOT / lock).read_text(), re.MULTILINE)
    pins = [Requirement(line) for line in lines]
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if not pin.marker or pin.marker.evaluate()
    }


def required(roots: list[str]) -> dict[str, list[tuple[str, Requirement]]]:
    """Give by package who requires it and how, read from what the installed packages declare."""
    found: dict[str, list[tuple[str, Requirement]]] = {}
    waiting = [("book-analytics", Requirement(root)) for root in roots]
    seen: set[tuple[str, str]] = set()
    while waiting:
        by, requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        found.setdefault(name, []).append((by, requirement))
        for extra in {"", *requirement.extras} - {e for n, e in seen if n == name}:
            seen.add((name, extra))
            try:
                declared = distribution(name).requires or []
            except PackageNotFoundError:
                continue
            waiting += [
                (name, needed)
                for needed in map(Requirement, declared)
                if not needed.marker or needed.marker.evaluate({"extra": extra})
            ]
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_is_required_and_nothing_else(lock: str) -> None:
    left_out = PROJECT["tool"]["uv"]["exclude-dependencies"]
    assert left_out == ["dbt-core-experimental-parser"]
    assert sorted(locked(lock)) == sorted(set(required(LOCKS[lock])) - set(left_out))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_fits_all_that_require_it(lock: str) -> None:
    versions = locked(lock)
    misfits = {
        (by, str(requirement))
        for name, requirements in required(LOCKS[lock]).items()
        for by, requirement in requirements
        if name in versions
        if not requirement.specifier.contains(versions[name], prereleases=True)
    }
    overridden = {("dbt-athena", "mmh3<4.2.0,>=4.0.1")}
    assert misfits == (set() if lock == "requirements-lambda.txt" else overridden)


def test_what_is_installed_is_what_is_locked() -> None:
    """Else the two tests above would read the requirements of other versions."""
    versions = locked("requirements-dev.txt")
    assert versions == {name: distribution(name).version for name in versions}
