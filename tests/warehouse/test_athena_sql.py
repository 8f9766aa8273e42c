"""The SQL that dbt compiles for Athena keeps to what Athena documents; no account is asked.

It is that of a first build. What a later one sends (merges, the files of loads), and what macros
ask, is run by the rehearsal.
"""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from publish.metrics import ATHENA, Metrics
from tests.support import forked_dbt
from tests.support.aws import empty_account
from tests.support.metric_cases import CASES
from tests.support.project import ROOT, Project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("athena_sql")  # share one compilation

MOST_PARTITIONS = 100  # that one statement of Athena can write

# What the statements call: Athena's engine version 3 has all of it, as Trino documents it. Look a
# name up there before you add it, because Trino has functions that are newer than that engine.
FUNCTIONS = {
    # aggregates and windows
    *("array_agg", "avg", "count", "lag", "lead", "max", "min", "min_by", "row_number", "sum"),
    # lists and rows
    *("array_distinct", "array_intersect", "array_join", "array_position", "array_union"),
    *("cardinality", "filter", "flatten", "row", "sequence", "transform", "unnest"),
    # JSON
    *("json_array_length", "json_extract", "json_extract_scalar", "json_format", "json_parse"),
    # text
    *("chr", "concat_ws", "lower", "md5", "normalize", "position", "regexp_extract"),
    *(
        "regexp_extract_all",
        "regexp_like",
        "regexp_replace",
        "replace",
        "split",
        "split_part",
        "strpos",
        "substr",
        "to_hex",
        "to_utf8",
        "translate",
        "trim",
        "upper",
    ),
    # times
    *("at_timezone", "date_diff", "extract"),
    # numbers, and any type
    *("abs", "cast", "coalesce", "floor", "greatest", "least", "ln", "nullif", "try", "try_cast"),
}

# What metrics call, of the same.
METRIC_FUNCTIONS = {"cast", "coalesce", "date_trunc", "max", "nullif", "sum"}

# Names that a parenthesis follows, too.
KEYWORDS = {
    *("and", "as", "between", "by", "case", "else", "exists", "from", "in", "intersect", "join"),
    *("not", "on", "or", "over", "select", "then", "union", "using", "values", "when", "where"),
}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The target folder of `dbt compile` for production, in an account that has nothing."""
    project = Project(tmp_path_factory.mktemp("athena"))
    production = {
        "AWS_REGION": "us-east-1",
        "ATHENA_SCHEMA": "book_analytics",
        "ATHENA_WORKGROUP": "book-analytics",
        "ATHENA_S3_STAGING_DIR": "s3://results/build/",
        "ATHENA_S3_DATA_DIR": "s3://tables/",
        "RAW_SCHEMA": "raw",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with empty_account() as aws:
        forked_dbt.run(
            ["--write-json", "compile", "--target", "prod"],
            ROOT,
            inherited | project.environment | production | aws,
        )
    return project.target


@pytest.fixture(scope="module")
def statements(target: Path) -> dict[str, str]:
    """Each compiled statement, by the path of its file."""
    files = [path for path in (target / "compiled").rglob("*.sql") if path.is_file()]
    return {str(file.relative_to(target)): file.read_text(encoding="utf-8") for file in files}


def called(sql: str) -> set[str]:
    """The functions that a statement calls: names before a parenthesis that are not after `as`."""
    tokens = sqlglot.tokenize(sql, read="athena")
    names = {
        name.text.lower()
        for before, name, after in zip([*tokens[:1], *tokens], tokens, tokens[1:], strict=False)
        if after.token_type is TokenType.L_PAREN
        and before.token_type is not TokenType.ALIAS
        and re.fullmatch(r"\w+", name.text)
        and name.token_type is not TokenType.STRING
    }
    return names - KEYWORDS


def test_every_statement_is_sql_of_athena(statements: dict[str, str], target: Path) -> None:
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    compiled = {"model", "test", "analysis", "snapshot"}
    assert len(statements) == sum(node["resource_type"] in compiled for node in nodes)
    for path, sql in statements.items():
        (parsed,) = sqlglot.parse(sql, read="athena")
        assert isinstance(parsed, exp.Query), path


def test_every_statement_has_room_for_the_files_it_reads(statements: dict[str, str]) -> None:
    ranges = 170_000  # bytes, as listed_files_only says
    assert max(len(sql.encode()) for sql in statements.values()) < 262_144 - ranges


def test_every_function_is_one_of_athena(statements: dict[str, str]) -> None:
    callers = {name: path for path, sql in statements.items() for name in called(sql)}
    assert {name: path for name, path in callers.items() if name not in FUNCTIONS} == {}
    assert callers.keys() == FUNCTIONS


def test_metrics_are_sql_of_athena(target: Path) -> None:
    manifest = (target / "semantic_manifest.json").read_text(encoding="utf-8")
    metrics, functions = Metrics(manifest, ATHENA), set()
    for case in CASES:
        sql = metrics.sql(case.names, case.groups)
        (parsed,) = sqlglot.parse(sql, read="athena")
        assert isinstance(parsed, exp.Query), case
        assert '"awsdatacatalog"."book_analytics"."' in sql
        functions |= called(sql)
    assert functions == METRIC_FUNCTIONS


def test_every_table_is_written_at_once(target: Path) -> None:
    """A statement that writes more partitions is refused, and dbt-athena's way around it would
    take `truncate` for another function."""
    manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    project = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    first, ahead = (
        int(re.findall(rf"^  {name}: (\d+)$", project, re.MULTILINE)[0])
        for name in ("first_plausible_year", "plausible_years_ahead")
    )
    decades = (datetime.now(UTC).year + ahead) // 10 - first // 10 + 1
    partitions = {
        node["name"]: node["config"]["partitioned_by"]
        for node in manifest["nodes"].values()
        if node["config"].get("partitioned_by")
    }
    assert partitions
    for name, transforms in partitions.items():
        (transform,) = transforms
        if transform == "truncate(first_publish_year, 10)":
            written = decades + 1  # and the books without a year
        else:
            bucket = re.fullmatch(r"bucket\(\w+, (\d+)\)", transform)
            assert bucket, f"{name}: say here how many partitions {transform} makes"
            written = int(bucket[1])
        assert written < MOST_PARTITIONS, name


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select list_sort(x) from t", {"list_sort"}),
        ("select cast(x as decimal(9, 2)) from unnest(y) as z (x)", {"cast", "unnest"}),
        ("with a as (select 'no(' as n) select Count (*) from a where n in ('f')", {"count"}),
        ("select filter(x, y -> y > 1), sum(x) over (order by (y))", {"filter", "sum"}),
    ],
)
def test_what_is_called_is_seen(sql: str, names: set[str]) -> None:
    assert called(sql) == names
