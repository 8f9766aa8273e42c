"""README, CONTRIBUTING, docs/metrics.md and the runbooks are right: all their ``sh`` blocks run.

Commands in ``shell`` blocks are not run: they need AWS, packages from the network, many minutes, or
something that only the reader has, such as received files or a warehouse to drop history from.
"""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from extract.cli import cli
from tests.support.archive import Archive
from tests.support.project import ROOT, Project
from tests.support.stand_in import StandIn
from tests.support.synthetic import works
from tests.support.synthetic_dump import write_dump

README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
METRICS = ROOT / "docs" / "metrics.md"
RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = [README, CONTRIBUTING, *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = (
    *("analyses", "benchmarks", "docs", "extract", "infra", "macros", "models", "profiles"),
    *("publish", "samples", "scripts", "seeds", "snapshots", "tests"),
)
UNTRACKED = {"infra/environments/example/terraform.tfvars"}
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)[^)]*\)")
DUMPED = date(2026, 9, 30)  # as the documents name it
MAX_LINES = {README: 200, CONTRIBUTING: 120}

# `make test` runs this very test, `make lint` takes minutes, and `make dev` could install packages
PLANNED = {f"make {target}": f"make -n {target}" for target in ("dev", "lint", "check", "test")}


def commands(document: Path) -> list[str]:
    """The lines of a document's shell blocks."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", document.read_text(), re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A newcomer's environment: a scratch folder for data, stand-ins for API and archive."""
    project = Project(tmp_path_factory.mktemp("documents"))
    write_dump(Fraction(1, 20_000), project.scratch / "published", DUMPED)
    files = {path.name: path.read_bytes() for path in (project.scratch / "published").iterdir()}
    ours = project.environment | {"OPEN_LIBRARY_CONTACT": "https://example.org/contact"}
    catalogue = {
        slug: list(works(count, seed=1))
        for slug, count in {
            "love": 1200,
            "space": 30,
            "science_fiction": 20,
            "person:shakespeare": 1,
        }.items()
    }
    # what an outer make hands on would overrule the variables above
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    with StandIn(catalogue) as api, Archive({f"ol_dump_{DUMPED}": files}) as archive:
        yield (
            inherited
            | ours
            | {
                "OPEN_LIBRARY_URL": api.url,
                "OPEN_LIBRARY_DUMPS_URL": archive.url,
                "DUMPS_ROOT": str(project.scratch / "dumps"),
            }
        )


@pytest.mark.parametrize("document", MAX_LINES, ids=lambda document: document.name)
def test_it_is_short(document: Path) -> None:
    assert len(document.read_text().splitlines()) < MAX_LINES[document]


@pytest.mark.needs_dbt
def test_every_command_runs(environment: dict[str, str]) -> None:
    shown = [
        command
        for document in (README, CONTRIBUTING, METRICS, *RUNBOOKS)
        for command in commands(document)
    ]
    assert "make demo" in shown
    for command in dict.fromkeys(shown):
        done = subprocess.run(
            ["/bin/sh", "-c", PLANNED.get(command, command)],  # as a reader would
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_every_marker_that_is_named_exists() -> None:
    markers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    known = {marker.partition(":")[0] for marker in markers["markers"]}
    assert set(re.findall(r"\bneeds_\w+", CONTRIBUTING.read_text())) == known


def test_every_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    for document in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z-]+)", document.read_text()))
        assert named <= targets, document


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in LINK.findall(document.read_text()):
        if "://" not in link:
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_path_that_is_named_exists(document: Path) -> None:
    for path in paths(document):
        assert any(ROOT.glob(path)), path


def paths(document: Path) -> set[str]:
    """The files and folders of the project that a document names; they may hold wildcards."""
    text = LINK.sub("", document.read_text()).replace("<dataset>", "*")
    return set(re.findall(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w.*/-]*[\w/]", text)) - UNTRACKED


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_model_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"\b(?:stg|int|assert)_[a-z_]+[a-z]\b", document.read_text()))
    files = {
        path.stem for folder in ("models", "tests/dbt") for path in (ROOT / folder).rglob("*.sql")
    }
    assert named <= files


def test_every_module_is_on_the_map() -> None:
    named = paths(ROOT / "docs" / "architecture.md")
    for package in ("extract", "publish"):
        for module in (ROOT / package).rglob("[!_]*.py"):
            path = module.relative_to(ROOT)
            assert named & {str(path), *(f"{folder}/" for folder in path.parents)}, path


def test_every_decision_has_the_same_sections() -> None:
    for document in DECISIONS:
        text = document.read_text()
        assert text.startswith(f"# {document.name[:4]} "), document
        bold = re.findall(r"^\*\*(\w+)", text, re.MULTILINE)
        assert [word for word in bold if word != "What"] == [
            "Decision",
            "Why",
            "Consequences",
            "Revisit",
        ], document


def test_every_option_and_exit_code_is_in_the_help() -> None:
    def help_of(*command: str) -> str:
        return CliRunner().invoke(cli, [*command, "--help"]).output

    failed_load = (ROOT / "docs/runbooks/failed-load.md").read_text()
    exit_codes = help_of().partition("Exit codes:")[2]
    codes = re.findall(r"^\| (\d+) \|", failed_load, re.MULTILINE)
    assert codes
    for code in codes:
        assert re.search(rf"\b{code} [a-z]", exit_codes), code

    text = "".join(document.read_text() for document in (README, *RUNBOOKS))
    named = {
        (command, option)
        for command, rest in re.findall(r"python -m extract\b *(\w*)([^`#\n]*)", text)
        for option in re.findall(r"--[a-z-]+", rest)
    }
    # where an option stands alone, it is about loading a subject
    alone = {("subjects", option) for option in re.findall(r"`(--[a-z-]+)`", failed_load)}
    assert {("", "--help"), ("subjects", "--limit")} <= named
    for command, option in named | alone:
        assert re.search(rf"^ +{option}\b", help_of(*command.split()), re.MULTILINE), option
