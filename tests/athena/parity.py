"""Whether the two engines hold the same tables: every model, row for row and type for type.

What Athena holds is read through Athena: each relation is copied by a statement of its own into
Parquet files, which DuckDB then compares with its own table.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import duckdb

if TYPE_CHECKING:
    from cloud import Cloud

# what Athena calls a type, by what DuckDB calls it
TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double",
    "INTEGER": "integer",
    "TIMESTAMP": "timestamp",
    "VARCHAR": "varchar",
}
LAYERS = ("staging", "intermediate", "marts")


@dataclass(frozen=True)
class Model:
    """A model, and where it lies on each engine."""

    name: str
    layer: str
    duckdb: str
    athena: str


@dataclass
class Difference:
    """How one model differs between the engines; empty where it does not."""

    model: str
    rows: int = 0
    types: list[str] = field(default_factory=list)
    only_duckdb: list[tuple[object, ...]] = field(default_factory=list)
    only_athena: list[tuple[object, ...]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.types or self.only_duckdb or self.only_athena)


def models(duckdb_target: Path, athena_target: Path) -> list[Model]:
    """Every model of the project, from the manifests of a build on each engine."""
    ours, theirs = (
        json.loads((target / "manifest.json").read_text())["nodes"]
        for target in (duckdb_target, athena_target)
    )
    found = []
    for node_id, node in ours.items():
        if node["resource_type"] not in {"model", "seed", "snapshot"}:
            continue
        other = theirs[node_id]
        found.append(
            Model(
                node["name"],
                node["fqn"][1],
                f'"{node["schema"]}"."{node["alias"]}"',
                f'"{other["schema"]}"."{other["alias"]}"',
            )
        )
    return sorted(found, key=lambda model: model.name)


def compare(
    cloud: "Cloud",
    model: Model,
    warehouse: Path,
    scratch: str,
    roots: tuple[str, str],
) -> Difference:
    """Compare one model.

    Args:
        cloud: where Athena is.
        model: what to compare.
        warehouse: the DuckDB file.
        scratch: a Glue database and an s3:// location below which to copy, as ``database=location``.
        roots: the raw root of each engine; paths below them are compared without them.
    """
    database, location = scratch.split("=", 1)
    copy = f"copy_{uuid4().hex}"
    cloud.query(
        f"create table {database}.{copy} with (table_type = 'iceberg', is_external = false, "
        f"location = '{location}/{copy}/', format = 'parquet') as select * from {model.athena}"
    )
    difference = Difference(model.name)
    with duckdb.connect() as connection:
        files = cloud.download(f"{location}/{copy}/data/", ".parquet")
        connection.execute(f"attach '{warehouse}' as ours (read_only)")
        columns = connection.execute(f"describe ours.{model.duckdb}").fetchall()
        names = [column[0] for column in columns]
        types = dict(
            cloud.query(
                "select column_name, data_type from information_schema.columns "
                f"where table_schema = '{database}' and table_name = '{copy}'"
            )
        )
        difference.types = [
            f"{name}: {kind} on DuckDB, {types.pop(name, 'missing')} on Athena"
            for name, kind, *_ in columns
            if types.get(name, "").split("(")[0] != TYPES.get(kind, kind)
        ]
        difference.types += [f"{name}: on Athena alone" for name in types if name not in names]
        if difference.types:
            return difference

        def relative(root: str) -> str:
            prefix = root.rstrip("/") + "/"
            return ", ".join(
                f"replace(\"{name}\", '{prefix}', '') as \"{name}\""
                if name.endswith("_file")
                else f'"{name}"'
                for name in names
            )

        connection.execute(
            f"create temp table one as select {relative(roots[0])} from ours.{model.duckdb}"
        )
        if files:
            connection.execute(
                f"create temp table two as select {relative(roots[1])} "
                "from read_parquet($files, union_by_name = true)",
                {"files": [str(file) for file in files]},
            )
        else:
            connection.execute("create temp table two as select * from one where false")
        difference.rows = connection.execute("select count(*) from one").fetchall()[0][0]
        difference.only_duckdb, difference.only_athena = (
            connection.execute(f"select * from ({left} except all {right}) limit 5").fetchall()
            for left, right in (
                ("select * from one", "select * from two"),
                ("select * from two", "select * from one"),
            )
        )
    cloud.query(f"drop table {database}.{copy}")
    return difference
