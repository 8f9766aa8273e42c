"""A received dataset is added to a copy of the project, as CONTRIBUTING.md says, and built."""

import csv
import filecmp
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import DBT, ROOT, Project
from tests.support.streaming_files import Received

pytestmark = pytest.mark.xdist_group("add_a_dataset")  # share one build

COPIED = (
    *("extract", "macros", "models", "profiles", "scripts/conventions", "seeds", "snapshots"),
    "tests/dbt",
)

# What is added to files that exist: after which text.
ADDED_TO = {
    "dbt_project.yml": (
        "        columns: [first_name, last_name, email]\n",
        """\
      - dataset: trailers
        name: trailers.csv
        folder: internal
        columns: [title, seconds, original_language, size_mb]
""",
    ),
    "models/staging/streaming/_streaming__sources.yml": (
        """\
        description: One row per landed row of users.csv, of every load, committed or not.
        columns: *raw_columns
""",
        """\
      - name: trailers
        description: One row per landed row of trailers.csv, of every load, committed or not.
        columns: *raw_columns
""",
    ),
    "models/_docs.md": (
        "| | content is not text | an object or a list |\n",
        "| `trailers.csv` | seconds is not a whole number | as duration_mins |\n",
    ),
}
# The checklist has it apart from the eight files, with the rest of the documentation.
DOCUMENTATION = "models/_docs.md"

# Models that are copied from those of a dataset much like it, and then edited.
COPIED_MODELS = (
    "models/staging/streaming/stg_streaming__movies.sql",
    "models/intermediate/streaming/int_movies_checked.sql",
)
EDITS = (
    ("movies", "trailers"),
    ("duration_mins", "seconds"),
    ("duration_minutes", "duration_seconds"),
)


def edited(text: str) -> str:
    for old, new in EDITS:
        text = text.replace(old, new)
    return text


NEW = {
    **{edited(name): edited((ROOT / name).read_text(encoding="utf-8")) for name in COPIED_MODELS},
    "models/staging/streaming/stg_streaming__trailers.yml": """\
models:
  - name: stg_streaming__trailers
    description: "{{ doc('landed_lines') }}"
""",
    "models/intermediate/streaming/int_trailers_checked.yml": """\
models:
  - name: int_trailers_checked
    description: One row per line of the listed parts of `trailers`.
    data_tests:
      - primary_key:
          arguments: {columns: [load_id, file_row]}
          config:
            where: rejection_reason is null
      - whole_dataset:
          arguments: {dataset: trailers}

unit_tests:
  - name: a_trailer_needs_a_title_and_the_last_of_several_counts
    model: int_trailers_checked
    given:
      - input: ref('int_file_parts_listed')
        rows:
          - {source_file: f, dataset: trailers, load_id: s1}
      - input: ref('stg_streaming__trailers')
        rows:
          - {source_file: f, line: x, is_json: true, file_row: 1, landed_at: 2021-12-31 08:00:01,
             title: Rush}
          - {source_file: f, line: x, is_json: true, file_row: 2, landed_at: 2021-12-31 08:00:01,
             title: Rush}
          - {source_file: f, line: x, is_json: true, file_row: 3, landed_at: 2021-12-31 08:00:01}
    expect:
      rows:
        - {file_row: 1, rejection_reason: null, record_rank: 2}
        - {file_row: 2, rejection_reason: null, record_rank: 1}
        - {file_row: 3, rejection_reason: title is missing, record_rank: 1}
""",
    "models/marts/streaming/trailers.sql": """\
with

trailers as (

    select
        title,
        duration_seconds
    from {{ ref('int_trailers_checked') }}
    where
        rejection_reason is null
        and record_rank = 1

)

select * from trailers
""",
    "models/marts/streaming/trailers.yml": """\
models:
  - name: trailers
    description: One row per trailer.
    data_tests:
      - primary_key:
          arguments: {columns: [title]}
    columns:
      - {name: title, data_type: varchar, description: The title of its movie.}
      - {name: duration_seconds, data_type: bigint, description: Its duration in seconds.}

unit_tests:
  - name: a_trailer_is_there_once
    model: trailers
    given:
      - input: ref('int_trailers_checked')
        rows:
          - {title: Rush, duration_seconds: 60, record_rank: 2}
          - {title: Rush, duration_seconds: 75, record_rank: 1}
          - {title: null, record_rank: 1, rejection_reason: title is missing}
    expect:
      rows:
        - {title: Rush, duration_seconds: 75}
""",
}

# Two of ten are rejected, which is as many as a dataset may have.
GOOD = [("Alien", 80), ("Brazil", 50), ("Casablanca", 120), ("Dune", 110), ("Fargo", 40)]
TRAILERS = [("Rush", 60), ("Heat", 90), ("", 30), ("Rush", 75), ("Jaws", "long"), *GOOD]
HEADER = ("title", "seconds", "original_language", "size_mb")


def files(root: Path) -> Iterator[str]:
    """Everything that dbt or the loader reads, by its path in the project."""
    for path in (
        root / "dbt_project.yml",
        *(file for name in COPIED for file in (root / name).rglob("*")),
    ):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(root).as_posix()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with one dataset more."""
    root = tmp_path_factory.mktemp("copy")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dbt_project.yml", "dbt-bouncer.yml"):
        shutil.copy(ROOT / name, root)
    for name, (after, added) in ADDED_TO.items():
        text = (root / name).read_text(encoding="utf-8")
        assert text.count(after) == 1, name
        (root / name).write_text(text.replace(after, after + added), encoding="utf-8")
    for name, text in NEW.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def built(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The copy's loader has landed the trailers, and its dbt has built and tested them."""
    project = Project(tmp_path_factory.mktemp("built"))
    received = Received().write(project.scratch / "received")
    with (received / "trailers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *((*trailer, "en", 1) for trailer in TRAILERS)])
    dbt = (str(DBT), "--warn-error")
    unit_tests = ("int_trailers_checked,test_type:unit", "trailers,test_type:unit")
    profiles = ("--profiles-dir", "profiles")
    # which looks for the manifest in $DBT_PROJECT_DIR/target
    bouncer = ("env", f"DBT_PROJECT_DIR={project.scratch}", str(DBT.with_name("dbt-bouncer")))
    programs = (
        (sys.executable, "-m", "extract", "files", "streaming", str(received)),
        (*dbt, "build", "--exclude-resource-type", "unit_test", *profiles),
        (*dbt, "test", "--select", *unit_tests, *profiles),
        (*bouncer, "run", "--show-all-failures"),
    )
    for program in programs:
        done = subprocess.run(
            program,
            cwd=copy,
            env=os.environ | project.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return project


def test_the_checklist_names_each_file_and_there_are_at_most_eight(copy: Path) -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    checklist = contributing.partition("## Add a received dataset")[2].partition("\n## ")[0]
    listed = re.findall(r"^\d+\. `(.+?)`", checklist, re.MULTILINE)
    touched = {
        name
        for name in files(copy)
        if not name.startswith("tests/")
        and not ((ROOT / name).is_file() and filecmp.cmp(ROOT / name, copy / name, shallow=False))
    }
    placeholders = {
        "<source>": "streaming",
        "<domain>": "streaming",
        "<entity>": "trailers",
        "<dataset>": "trailers",
    }
    named = {re.sub("<[a-z]+>", lambda found: placeholders[found[0]], path) for path in listed}
    assert touched == {*ADDED_TO, *NEW}
    assert f"each new reason in `{DOCUMENTATION}`" in " ".join(checklist.split())
    assert named == touched - {DOCUMENTATION}
    assert len(named) <= 8


def test_good_records_are_in_the_mart_and_the_others_are_accounted_for(built: Project) -> None:
    with built.connect() as warehouse:
        assert warehouse.execute("select * from trailers order by title").fetchall() == [
            *GOOD,
            ("Heat", 90),
            ("Rush", 75),
        ]
        assert warehouse.execute(
            "select dataset, reason, record_position from rejected_records order by record_position"
        ).fetchall() == [
            ("trailers", "title is missing", 3),
            ("trailers", "seconds is not a whole number", 5),
        ]
        assert warehouse.execute(
            "select file_name, record_count, rejected_count, duplicate_count"
            " from file_quality_summary where dataset = 'trailers'"
        ).fetchall() == [("trailers.csv", 10, 2, 1)]
