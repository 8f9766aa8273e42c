"""`make` installs with a Python that fits: the named one, .venv's, python3, or the newest found."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "find_python.sh"
BROKEN = "#!/bin/sh\nexit 127\n"  # a pyenv shim for a version that is not selected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    return tmp_path


def install(folder: Path, **versions: str) -> None:
    """Put programs on the fake PATH that say they are Python of a version, or that do not run."""
    for name, version in versions.items():
        program = folder / "bin" / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\necho {version}\n" if version else BROKEN)
        program.chmod(0o755)


def find(folder: Path, *named: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, *named],
        cwd=folder,
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def found(folder: Path, *named: str) -> str:
    done = find(folder, *named)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip().removeprefix(f"{folder}/")


def test_python3_is_taken_if_it_fits(folder: Path) -> None:
    install(folder, python3="3.11", python3_14="3.14")
    assert found(folder) == "bin/python3"


@pytest.mark.parametrize("python3", ["3.10", "3.15", "2.7", ""])
def test_otherwise_the_newest_that_fits_is_taken(folder: Path, python3: str) -> None:
    install(folder, python3=python3, python3_11="3.11", python3_13="3.13", python3_9="3.9")
    assert found(folder) == "bin/python3.13"
    install(folder, python3_14="")
    assert found(folder) == "bin/python3.13", "a shim that does not run does not count"
    install(folder, python3_14="3.14", python3_15="3.15")
    assert found(folder) == "bin/python3.14"


def test_a_venv_keeps_its_python(folder: Path) -> None:
    """So that an upgrade, or `uv venv --python 3.13`, decides once."""
    install(folder, python3="3.11", python="3.13")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "bin" / "python").rename(folder / ".venv" / "bin" / "python")
    assert found(folder) == ".venv/bin/python"
    (folder / ".venv" / "bin" / "python").write_text(BROKEN)
    assert found(folder) == "bin/python3"


def test_the_named_one_or_none(folder: Path) -> None:
    install(folder, python3="3.13", mine="3.12", old="3.10", broken="")
    assert found(folder, "mine") == "bin/mine"
    assert found(folder, f"{folder}/bin/mine") == "bin/mine"
    for name, problem in (
        ("old", "is Python 3.10"),
        ("broken", "does not run"),
        ("/nowhere", "does not run"),
    ):
        done = find(folder, name)
        message = f"PYTHON={name} {problem}: this project needs Python 3.11 to 3.14.\n"
        assert (done.returncode, done.stdout, done.stderr) == (1, "", message)


def test_where_there_is_none_one_line_names_the_remedies(folder: Path) -> None:
    install(folder, python3="3.10", python3_12="")
    done = find(folder)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "Python 3.11 to 3.14" in done.stderr
    assert "PYTHON=/path/to/python3" in done.stderr
    assert "uv venv --python 3.13" in done.stderr


def test_make_stops_with_that_line(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for path in (ROOT / "Makefile", ROOT / "requirements.txt", SCRIPT):
        shutil.copy(path, tmp_path / path.relative_to(ROOT))
    done = subprocess.run(
        ["make", "venv", "PYTHON=/nowhere"],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "PYTHON=/nowhere does not run" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_versions_are_the_same_everywhere() -> None:
    versions = ["3.11", "3.12", "3.13", "3.14"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    allowed = SpecifierSet(project["requires-python"])
    assert [f"3.{minor}" for minor in range(30) if f"3.{minor}.0" in allowed] == versions
    listed = re.search(r'^versions="(.*)"', SCRIPT.read_text(), re.MULTILINE)
    assert listed
    assert sorted(listed[1].split()) == versions
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    matrices = [
        job["strategy"]["matrix"]["python"]
        for job in workflow["jobs"].values()
        if "strategy" in job
    ]
    assert matrices == [versions]
    for name in ("README.md", "Makefile", "scripts/find_python.sh"):
        assert "3.11 to 3.14" in (ROOT / name).read_text(), name
