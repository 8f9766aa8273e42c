"""`make load` splits $SUBJECTS into names, and refuses what make itself would ignore."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.loader_runs import works
from tests.support.project import ROOT
from tests.support.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKE = shutil.which("make") or "make"
SLUGS = ("love", "space", "science_fiction", "children's_stories", "'s-hertogenbosch")


@pytest.fixture
def library() -> Iterator[StandIn]:
    with StandIn({slug: works(3) for slug in SLUGS}) as api:
        yield api


def make_load(
    library: StandIn, root: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run make without installing anything."""
    # what an outer make hands on would overrule the arguments
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    ours = {
        "RAW_ROOT": str(root),
        "OPEN_LIBRARY_URL": library.url,
        "OPEN_LIBRARY_CONTACT": "reader@example.org",
    }
    return subprocess.run(
        [MAKE, "-o", "venv", "load", *arguments],
        cwd=ROOT,
        env=inherited | ours | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("subjects", "slugs"),
    [
        ("love space", {"love", "space"}),
        ("love 'science fiction'", {"love", "science_fiction"}),
        ('"children\'s stories"  love', {"children's_stories", "love"}),
        ("'s-hertogenbosch love", {"'s-hertogenbosch", "love"}),
    ],
)
def test_subjects_are_separated_by_blanks_outside_quotes(
    library: StandIn, tmp_path: Path, subjects: str, slugs: set[str]
) -> None:
    done = make_load(library, tmp_path, f"SUBJECTS={subjects}")
    assert done.returncode == 0, done.stderr
    assert {request.slug for request in library.requests} == slugs


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["love"], "make load SUBJECTS='love'"),
        (["science fiction"], "make load SUBJECTS='science fiction'"),
        (["SUBJECTS=love", "space"], "make load SUBJECTS='love space'"),
        (["subjects=love"], "make load SUBJECTS='love'"),
        (["Subject=science fiction"], "make load SUBJECTS='science fiction'"),
        (["SUBJECTS=love 'science fiction"], "write 'science fiction'"),
        (['SUBJECTS=love "science fiction'], "write 'science fiction'"),
        (["SUBJECTS=love,space"], "write love space"),
        (["SUBJECTS=--love"], "'love'"),
    ],
    ids=str,
)
def test_what_would_load_something_else_is_refused(
    library: StandIn, tmp_path: Path, arguments: list[str], meant: str
) -> None:
    done = make_load(library, tmp_path, *arguments)
    assert done.returncode == 2
    complaint, *rest = done.stderr.splitlines()
    assert "error: " in complaint
    assert meant in complaint
    assert all(line.startswith("make: ") for line in rest)
    assert library.requests == []
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_variable_of_the_environment_is_refused(
    library: StandIn, tmp_path: Path
) -> None:
    done = make_load(library, tmp_path, subjects="love")
    assert "write make load SUBJECTS='love'" in done.stderr
    assert library.requests == []
