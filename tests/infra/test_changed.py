"""`make check` runs the tests of what changed: every file of the project has some."""

import runpy

import pytest

from tests.support.project import ROOT

changed = runpy.run_path(str(ROOT / "scripts" / "changed.py"))


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("publish/cli.py", "tests/publish"),
        ("models/marts/catalog/books.yml", "tests/docs"),
        ("infra/modules/book_analytics/build.tf", "tests/infra"),
        ("tests/rehearsal/statements.py", "tests/rehearsal"),
        ("tests/infra/test_changed.py", "tests/infra/test_changed.py"),
        ("tests/support/faults.py", "tests"),
        ("pyproject.toml", "tests"),
    ],
)
def test_the_tests_of_a_file(file: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    folders = changed["tests"]([file])
    assert folder in folders
    assert folders == {"tests"} or folders == changed["ALWAYS"] | {folder}


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
    assert not {"tests", "tests/extract"} & chosen
    assert len(chosen) < len(list((ROOT / "tests" / "extract").glob("test_*.py")))


def test_sql_and_models_are_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    book, gone = "models/marts/catalog/books.sql", "models/marts/catalog/gone.sql"
    files = ["models/marts/catalog/authors.yml", book, gone, "macros/time/a.sql"]
    assert changed["sql"](files) == {book}
    assert changed["models"](files) == {"authors", "books"}
