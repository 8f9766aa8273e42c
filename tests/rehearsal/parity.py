"""Whether the two engines hold the same tables: every model, row for row and type for type.

What Athena holds is read through Athena: a statement copies each relation into Parquet files, and
DuckDB compares their rows with those of its own table.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

    from .production import Production

# what Athena calls a type that DuckDB calls so
TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double",
    "INTEGER": "integer",
    "TIMESTAMP": "timestamp(6)",
    "VARCHAR": "varchar",
    "VARCHAR[]": "array(varchar)",
}


COPIED_AT_ONCE = 2  # relations: while one waits for S3, the other is read


class Pair(NamedTuple):
    """A model, and what it is called in each engine."""

    name: str
    ours: str
    theirs: str


@dataclass
class Comparison:
    """How a model's rows and types on DuckDB and on Athena differ; false where they do not."""

    model: str
    rows: int = 0
    types: list[str] = field(default_factory=list)
    only_duckdb: list[tuple[object, ...]] = field(default_factory=list)
    only_athena: list[tuple[object, ...]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.types or self.only_duckdb or self.only_athena)


def compare_all(project: Project, production: Production, *names: str) -> list[Comparison]:
    """Compare every model, seed and snapshot that both have built, or those that are named."""
    ours, theirs = (_relations(target) for target in (project.target, production.target))
    assert ours.keys() == theirs.keys()
    kinds = _kinds(production)
    pairs = [Pair(name, ours[name], theirs[name]) for name in names or sorted(ours)]
    with duckdb.connect() as connection, ThreadPoolExecutor(COPIED_AT_ONCE) as pool:
        connection.execute(f"attach '{project.warehouse}' as ours (read_only)")
        copies = pool.map(lambda pair: _copied(pair.theirs, production), pairs)
        return [
            _compare(connection, pair, kinds[pair.theirs], files, project, production)
            for pair, files in zip(pairs, copies, strict=True)
        ]


def _kinds(production: Production) -> dict[str, dict[str, str]]:
    """Give the type of each column of each relation, as Athena tells them."""
    databases = ", ".join(f"'{database}'" for database in production.databases)
    kinds: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in production.cloud.query(
        "select table_schema, table_name, column_name, data_type "  # noqa: S608
        f"from information_schema.columns where table_schema in ({databases})"
    ):
        kinds.setdefault(f'"{schema}"."{table}"', {})[str(column)] = str(kind)
    return kinds


def _relations(target: Path) -> dict[str, str]:
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    return {
        node["name"]: f'"{node["schema"]}"."{node["alias"]}"'
        for node in nodes.values()
        if node["resource_type"] in {"model", "seed", "snapshot"}
        and node["config"]["materialized"] != "ephemeral"
    }


def _compare(
    connection: duckdb.DuckDBPyConnection,
    pair: Pair,
    other: dict[str, str],
    files: list[str],
    project: Project,
    production: Production,
) -> Comparison:
    comparison = Comparison(pair.name)
    described = connection.execute(f"describe ours.{pair.ours}").fetchall()
    kinds = {column: TYPES.get(kind, kind) for column, kind, *_ in described}
    comparison.types = [
        f"{column}: {kinds.get(column)} on DuckDB, {other.get(column)} on Athena"
        for column in sorted(kinds.keys() | other.keys())
        if kinds.get(column) != other.get(column)
    ]
    if comparison.types:
        return comparison

    rows = f"select {_columns(kinds, str(project.raw_root))} from ours.{pair.ours}"  # noqa: S608
    connection.execute(f"create or replace temp table one as {rows}")
    connection.execute("create or replace temp table two as from one limit 0")
    if files:
        columns = _columns(kinds, production.raw_root)
        connection.execute(
            f"insert into two select {columns} from read_parquet($files)",  # noqa: S608
            {"files": files},
        )
    comparison.rows = _first(connection, "select count(*) from one")
    for left, right, found in (
        ("one", "two", comparison.only_duckdb),
        ("two", "one", comparison.only_athena),
    ):
        found.extend(connection.execute(f"from {left} except all from {right} limit 3").fetchall())
    return comparison


def _first(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row
    return int(row[0])


def _copied(relation: str, production: Production) -> list[str]:
    """Copy a relation, view or table, into Parquet files on this machine."""
    schema = production.environment["ATHENA_SCHEMA"]
    copy = f"parity_{uuid4().hex}"
    place = f"{production.environment['ATHENA_S3_DATA_DIR'].rstrip('/')}/parity/{copy}/"
    production.cloud.query(
        f"create table {schema}.{copy} with (table_type = 'iceberg', is_external = false, "  # noqa: S608
        f"location = '{place}', format = 'parquet') as select * from {relation}"
    )
    return [str(file) for file in production.cloud.download(place, ".parquet")]


def _columns(kinds: dict[str, str], raw_root: str) -> str:
    """Give the columns as they are compared.

    Excepted from equality as text, with the reason:
    - paths are compared below the raw root, which is a folder on one engine and a bucket on the
      other;
    - JSON texts are compared as values, because the engines escape a character of two UTF-16 units
      differently;
    - the subjects of a work are compared sorted, because each engine lists distinct texts in an
      order of its own, and nothing reads it;
    - the ids of a snapshot's versions are left out: each engine hashes in its own way what they are
      made of, which is compared.
    """
    root = raw_root.rstrip("/")

    def compared(column: str) -> str:
        if column.endswith("_file") or column in {"raw_root", "rejected_record_key"}:
            return f"replace(\"{column}\", '{root}', '')"
        if column == "subjects":
            return f'list_sort("{column}")'
        if column.endswith("_json") and kinds[column] == "varchar":
            return f'coalesce(try(cast(json("{column}") as varchar)), "{column}")'
        return f'"{column}"'

    return ", ".join(
        f'{compared(column)} as "{column}"' for column in kinds if column != "dbt_scd_id"
    )
