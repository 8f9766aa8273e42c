"""`make check` runs the tests of what changed: every file of the project has some."""

import os
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.project import ROOT, Project

changed = runpy.run_path(str(ROOT / "scripts" / "changed.py"))


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("publish/cli.py", "tests/publish"),
        ("models/marts/catalog/books.yml", "tests/docs"),
        ("infra/modules/book_analytics/build.tf", "tests/infra"),
        ("tests/rehearsal/statements.py", "tests/rehearsal"),
        ("tests/infra/test_changed.py", "tests/infra/test_changed.py"),
        ("tests/support/faults.py", "tests/support"),
        ("tests/conftest.py", "tests/support"),
        ("pyproject.toml", "tests/infra"),
        (".github/workflows/test.yml", "tests/infra"),
    ],
)
def test_the_tests_of_a_file(file: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert changed["tests"]([file]) == changed["ALWAYS"] | {folder}


def test_the_mapping_names_what_exists_and_every_folder_of_tests() -> None:
    mapping: dict[str, str] = changed["TESTS"]
    for start, folder in mapping.items():
        assert (ROOT / start).exists(), start
        assert (ROOT / folder).exists(), folder
    for path in (ROOT / "tests").iterdir():
        if path.is_dir() and path.name != "__pycache__":
            assert f"tests/{path.name}/" in mapping


@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("extract/settings.py", "test_settings.py"),
        ("extract/subjects/pacing.py", "test_pacing.py"),
        ("extract/files/loader.py", "test_parsing.py"),
    ],
)
def test_the_loaders_tests_are_those_that_import_what_changed(
    file: str, test: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    chosen = changed["tests"]([file])
    assert {f"tests/extract/{test}", "tests/extract/test_cli.py"} <= chosen
    assert "tests/extract" not in chosen
    assert len(chosen) < len(list((ROOT / "tests" / "extract").glob("test_*.py")))


def test_sql_and_models_are_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    book, gone = "models/marts/catalog/books.sql", "models/marts/catalog/gone.sql"
    files = ["models/marts/catalog/authors.yml", book, gone, "macros/time/a.sql"]
    assert changed["sql"](files) == {book}
    assert changed["models"](files) == {"authors", "books"}


@pytest.mark.parametrize(
    ("macro", "users"),
    [
        ("text/word_overlap.sql", {"store_book_candidates", "vendor_book_matches"}),
        # through newest_rows and superseded_rows, which call repeated_rows, which calls it
        ("rows/where_newest.sql", {"authors", "int_works_superseded", "streams"}),
        ("athena/safe_cast.sql", set()),
    ],
)
def test_the_models_that_use_a_changed_macro_changed_too(
    macro: str, users: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    files = [f"macros/{macro}"]
    assert changed["models"](files) == users
    assert {Path(file).stem for file in changed["sql"](files)} == users
    assert changed["left_out"](files) == set()


@pytest.mark.parametrize("macro", ["time/iso_timestamp.sql", "json/json_texts.sql"])
def test_too_many_users_of_a_macro_are_left_out_and_counted(
    macro: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    files = [f"macros/{macro}", "models/marts/catalog/books.sql"]
    assert changed["models"](files) == {"books"}
    assert changed["sql"](files) == {"models/marts/catalog/books.sql"}
    (said,) = changed["left_out"](files)
    assert said.endswith(" models that use changed macros")


@pytest.mark.needs_dbt
def test_make_check_finds_what_is_wrong_in_a_changed_model(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.name == "models":
            shutil.copytree(path, copy / "models")
        elif path.is_dir() and path.name != ".git":
            (copy / path.name).symlink_to(path)
        elif path.name != ".git":  # a file in a worktree
            shutil.copy(path, copy)
    # what an outer make or git (a hook) hands on would lead back here
    outer = ("MAKE", "MFLAGS", "GIT_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=0"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "All"]):
        subprocess.run([*git, *command], cwd=copy, env=clean, check=True)
    model = copy / "models" / "marts" / "streaming" / "users.sql"
    model.write_text(model.read_text() + "where false\n")

    def make(*args: str) -> tuple[int, str]:
        done = subprocess.run(
            ["/usr/bin/env", "make", *args],
            cwd=copy,
            env=clean | Project(tmp_path).environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    # only planned: `make lint` runs sqlfluff in the same way, on more files
    code, planned = make("-n", "check-changed-sql")
    assert code == 0
    assert re.search(r"/sqlfluff lint .* models/marts/streaming/users.sql\n", planned), planned

    code, said = make("check-changed-models")
    assert code == 2
    assert "==> unit tests of users\n" in said
    assert "1 of 1 FAIL 1 users::a_user_is_there_once" in said, said
    assert ": check-changed-models] Error 1" in said, said
