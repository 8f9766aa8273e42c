"""The packages for AWS are the same from each build, and run with nothing but their contents."""

from __future__ import annotations

import hashlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.support.faulty_s3 import download
from tests.support.loader_runs import PROJECT, Runs
from tests.support.packages import build

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.xdist_group("packages")

# The handler, where only the package is to be had and nothing may be written to the disk.
LIKE_LAMBDA = """
import json, os, sys, time
sys.path.insert(0, os.getcwd())
def refuse_to_write(event, args):
    if event in ("os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink") or (
        event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    ):
        raise PermissionError(f"{event} {args}")
sys.addaudithook(refuse_to_write)
from extract.aws_lambda import handler
class Context:
    get_remaining_time_in_millis = staticmethod(lambda: 900_000)
handler(json.loads(sys.argv[1]), Context)
print([m.__file__ for m in list(sys.modules.values()) if "site-packages" in str(getattr(m, "__file__", ""))])
"""  # noqa: E501


SCRIPT = runpy.run_path(str(PROJECT / "scripts" / "build_packages.py"))  # not a module of a package
lock_for, platform = SCRIPT["lock_for"], SCRIPT["platform"]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    build(PROJECT, folder)
    return folder


def test_two_builds_from_two_places_are_the_same_bytes(packages: Path, tmp_path: Path) -> None:
    copy = tmp_path / "a copy"
    shutil.copytree(
        PROJECT,
        copy,
        symlinks=True,
        copy_function=shutil.copy,  # with today's times
        ignore=lambda _, names: {
            name
            for name in names
            if name.startswith(".") or name in {"target", "data", "__pycache__"}
        },
    )
    for path in (copy / "extract" / "cli.py", copy / "dbt_project.yml"):
        path.chmod(0o600)
    (copy / "extract" / "__pycache__").mkdir()
    (copy / "extract" / "__pycache__" / "cli.cpython-313.pyc").write_bytes(b"")
    (copy / "models" / ".cli.sql.swp").write_bytes(b"")
    first = {path.name: path for path in packages.iterdir()}
    assert sorted(first) == ["dbt.zip", "loader.zip", "wheels.zip"]
    assert build(copy, tmp_path / "again") == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in first.items()
    }


def test_the_loader_is_built_for_lambda_and_not_for_this_machine(packages: Path) -> None:
    with ZipFile(packages / "loader.zip") as archive:
        names = archive.namelist()
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in ("extract/aws_lambda.py", "seeds/tracked_subjects.csv"):
            assert archive.read(name) == (PROJECT / name).read_bytes()
        assert not any(str(PROJECT).encode() in archive.read(name) for name in names)
    assert names == sorted(names)
    compiled = [name for name in names if name.endswith(".so")]
    assert "msgspec/_core.cpython-313-x86_64-linux-gnu.so" in compiled
    assert all("cpython-313-x86_64" in name for name in compiled), compiled
    assert not [n for n in names if "__pycache__" in n or n.startswith("bin/") or "RECORD" in n]


def test_codebuild_installs_dbt_from_the_wheels_alone(packages: Path, tmp_path: Path) -> None:
    """As its buildspec does, by its Python; here pip only resolves for that Python."""
    buildspec = (PROJECT / "infra/modules/book_analytics/build.tf").read_text()
    (python,) = re.findall(r'runtime-versions = { python = "([\d.]+)" }', buildspec)
    (command,) = re.findall(r'"\.venv/bin/python (-m pip install .*)",', buildspec)
    assert "--no-index" in command
    with ZipFile(packages / "wheels.zip") as archive:
        archive.extractall(tmp_path)
    arguments = command.replace("$CODEBUILD_SRC_DIR_wheels", str(tmp_path)).split()
    arguments[-1] = str(tmp_path / "requirements.txt")
    (tmp_path / "requirements.txt").write_text(lock_for(PROJECT / "requirements.txt", python))
    other_python = (*platform(python), "--target", str(tmp_path), "--ignore-requires-python")
    subprocess.run(
        [sys.executable, *arguments, "--dry-run", *other_python],
        check=True,
    )


def test_a_lock_is_cut_to_the_lines_of_one_python(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "# a comment\n"
        "old==1 ; python_full_version < '3.12' \\\n    --hash=sha256:aa\n"
        "new==2 ; python_full_version >= '3.12' \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
        "    # via it\n"
        "win==3 ; sys_platform == 'win32' \\\n    --hash=sha256:dd\n"
        "all==4 \\\n    --hash=sha256:ee\n"
    )
    assert lock_for(lock, "3.12").split() == (
        ["new==2", "--hash=sha256:bb", "--hash=sha256:cc", "all==4", "--hash=sha256:ee"]
    )
    assert lock_for(lock, "3.11").split()[:2] == ["old==1", "--hash=sha256:aa"]


def test_of_dbts_lock_only_other_machines_lines_are_cut() -> None:
    lock = PROJECT / "requirements.txt"
    pinned = set(re.findall(r"^[\w.-]+==[^ ;\\]+", lock.read_text(), re.MULTILINE))
    kept = {line.split()[0] for line in lock_for(lock, "3.12").splitlines()}
    cut = {one.split("==")[0] for one in pinned - {re.sub(r"\[.*\]", "", one) for one in kept}}
    assert cut == {"networkx", "tzdata"}  # one of two versions, and Windows'


def test_a_change_of_the_source_changes_the_package(packages: Path, tmp_path: Path) -> None:
    """Else the reproducible bytes would prove nothing."""
    with ZipFile(packages / "dbt.zip") as archive:
        archive.extractall(tmp_path / "dbt")
    seed = tmp_path / "dbt" / "seeds" / "tracked_subjects.csv"
    for path in ("scripts", "extract"):
        shutil.copytree(PROJECT / path, tmp_path / "dbt" / path, dirs_exist_ok=True)
    (tmp_path / "dbt" / "requirements-lambda.txt").write_text("")  # nothing to download
    before = build(tmp_path / "dbt", tmp_path / "before", "loader", "dbt")
    assert before["dbt.zip"] == hashlib.sha256((packages / "dbt.zip").read_bytes()).hexdigest()
    seed.write_text(seed.read_text().replace("love", "hate"))
    after = build(tmp_path / "dbt", tmp_path / "after", "loader", "dbt")
    assert all(before[name] != after[name] for name in ("dbt.zip", "loader.zip"))


@pytest.mark.needs_downloads
def test_the_loaders_package_runs_alone_and_writes_nothing_to_the_disk(
    aws: S3Client, bucket: str, loader: Runs, tmp_path: Path
) -> None:
    build(PROJECT, tmp_path / "built", "--here", "loader")
    with ZipFile(tmp_path / "built" / "loader.zip") as archive:
        archive.extractall(tmp_path / "task")
    loader.env["RAW_ROOT"] = f"s3://{bucket}/raw"
    event = {"Records": [{"body": json.dumps({"subjects": ["love"]})}]}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", LIKE_LAMBDA, json.dumps(event)],
        cwd=tmp_path / "task",
        env=os.environ | loader.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n", "nothing came from elsewhere"
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert events == ["load_started", "load_committed"]
    download(aws, bucket, "raw/", loader.root)
    loader.assert_whole()


@pytest.mark.needs_dbt
def test_dbts_package_is_a_project_that_parses(packages: Path, tmp_path: Path) -> None:
    with ZipFile(packages / "dbt.zip") as archive:
        archive.extractall(tmp_path / "dbt")
        assert archive.read("profiles.yml") == (PROJECT / "profiles/profiles.yml").read_bytes()
        for name in (
            "requirements.txt",
            "selectors.yml",
            "scripts/sweep_tables.py",
            "extract/cli.py",
        ):
            assert archive.read(name) == (PROJECT / name).read_bytes()
    for folder in ("analyses", "macros", "models", "profiles", "seeds", "snapshots", "tests/dbt"):
        assert (tmp_path / "dbt" / folder).exists() == (PROJECT / folder).exists()
    subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--quiet", "--warn-error", "parse"],
        cwd=tmp_path / "dbt",
        env=os.environ
        | {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "logs")},
        check=True,
    )
    # what lands and prunes dumps is this package, too
    loader = [sys.executable, "-P", "-m", "extract", "dump", "--help"]
    subprocess.run(loader, cwd=tmp_path / "dbt", env={"PYTHONPATH": "."}, check=True)
