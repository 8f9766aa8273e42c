"""Say what changed since the last commit, for `make check`: folders of tests, SQL files or models.

A changed macro counts as a change of the models that use it, unless these take over a minute.

python scripts/changed.py tests
"""

import re
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

# Where the tests of a changed file are: the first prefix that fits counts. What all tests share
# concerns them all, which would take too long: only the tests of tests/support run.
TESTS = {
    "extract/": "tests/extract/test_cli.py",  # and what imports the module: all take too long
    "publish/": "tests/publish",
    "analyses/": "tests/publish",
    "docs/": "tests/docs",
    "infra/": "tests/infra",
    "scripts/": "tests/infra",
    "tests/support/": "tests/support",
    "tests/conftest.py": "tests/support",
    "tests/extract/": "tests/extract/test_cli.py",
    "tests/warehouse/": "tests/warehouse",
    "tests/publish/": "tests/publish",
    "tests/docs/": "tests/docs",
    "tests/infra/": "tests/infra",
    "tests/rehearsal/": "tests/rehearsal",
    "tests/dbt/": "tests/docs",
    "benchmarks/": "tests/support",
    "models/": "tests/docs",
    "macros/": "tests/docs",
    "snapshots/": "tests/docs",
    "seeds/": "tests/docs",
    "README.md": "tests/docs",
    "CONTRIBUTING.md": "tests/docs",
    "CHANGELOG.md": "tests/docs",
    "Makefile": "tests/docs",
}
OTHERS = "tests/infra"  # the tests of a file that no prefix fits, such as pyproject.toml
ALWAYS = {"tests/docs", "tests/publish"}  # seconds, without what needs dbt or a browser
MOST_USERS = 8  # models that use a changed macro, at most
LINTED = ("models/", "snapshots/", "analyses/", "tests/dbt/assert_")


def changed() -> list[str]:
    """The files of the project that differ from the last commit, new and deleted ones too."""
    names: set[str] = set()
    for command in ("diff --name-only HEAD", "ls-files --others --exclude-standard"):
        git = ["git", *command.split()]
        listed = subprocess.run(git, check=True, capture_output=True, text=True)  # noqa: S603
        names.update(listed.stdout.splitlines())
    return sorted(names)


def tests(files: Iterable[str]) -> set[str]:
    """The tests to run, as files and folders."""
    chosen = set(ALWAYS)
    for file in files:
        if Path(file).name.startswith("test_") and Path(file).exists():
            chosen.add(file)
            continue
        chosen.add(next((TESTS[start] for start in TESTS if file.startswith(start)), OTHERS))
        if file.startswith("extract/"):
            chosen |= importing(file)
    return chosen


def importing(file: str) -> set[str]:
    """The loader's tests that import a module; where none does, any module of its package."""
    path = Path(file).with_suffix("")
    texts = {str(test): test.read_text("utf-8") for test in Path("tests/extract").glob("test_*.py")}
    for name in (".".join(path.parts), ".".join(path.parts[:2])):
        imports = re.compile(rf"^ *(from|import) {name}\b", re.MULTILINE)
        if found := {test for test, text in texts.items() if imports.search(text)}:
            return found
    return set()


def sql(files: Collection[str]) -> set[str]:
    """The files that sqlfluff reads."""
    written = {file for file in with_users(files) if file.startswith(LINTED)}
    return {file for file in written if file.endswith(".sql") and Path(file).exists()}


def models(files: Collection[str]) -> set[str]:
    """The models whose SQL, YAML or macros changed."""
    paths = {Path(file) for file in with_users(files) if file.startswith("models/")}
    return {path.stem for path in paths if path.with_suffix(".sql").exists()}


def with_users(files: Collection[str]) -> set[str]:
    """The files, and the models that use a macro of theirs, unless these are too many."""
    found = users(files)
    return {*files, *found} if len(found) <= MOST_USERS else set(files)


def left_out(files: Collection[str]) -> set[str]:
    """What the closing message of `make check` adds to what is never checked."""
    found = users(files)
    many = f", the {len(found)} models that use changed macros"
    return {many} if len(found) > MOST_USERS else set()


def users(files: Collection[str]) -> set[str]:
    """The models that use a changed macro, directly or through other macros."""
    macros, queries = (
        {path.as_posix(): path.read_text("utf-8") for path in Path(folder).rglob("*.sql")}
        for folder in ("macros", "models")
    )
    words = {file: set(re.findall(r"\w+", text)) for file, text in (macros | queries).items()}
    found: set[str] = set()
    more = macros.keys() & set(files)
    while more:
        found |= more
        names = set(re.findall(r"macro (\w+)", "".join(macros.get(file, "") for file in found)))
        more = {file for file in words if words[file] & names} - found
    return found & queries.keys()


if __name__ == "__main__":
    answers = {"tests": tests, "sql": sql, "models": models, "left-out": left_out}
    sys.stdout.write(" ".join(sorted(answers[sys.argv[1]](changed()))) + "\n")
