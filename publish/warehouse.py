"""Reads the warehouse that dbt built, DuckDB and Athena alike.

dbt reads the project and the profile, compiles the analyses and opens the connection, so
credentials, schema names and macros stay with dbt. Nothing here knows an engine's SQL.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.nodes import GenericTestNode, ModelNode
from dbt.contracts.graph.semantic_manifest import SemanticManifest
from dbt_common.exceptions import ConnectionError as NotConnected
from dbt_common.exceptions import DbtRuntimeError

from publish.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dbt.adapters.sql.connections import SQLConnectionManager
    from dbt.adapters.sql.impl import SQLAdapter
    from dbt.artifacts.resources.v1.components import ColumnInfo, FreshnessThreshold
    from dbt.config.runtime import RuntimeConfig
    from dbt.contracts.graph.manifest import Manifest

TARGETS = ("dev", "prod")

ALWAYS = "true"  # a column that is personal in every row

_BATCH = 10_000  # rows

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a mart's contract.

    Attributes:
        name: its name.
        data_type: its type, as the contract writes it.
        description: what it means, in Markdown.
        is_required: whether a data test forbids nulls.
        personal: an SQL condition, true of the rows whose value is about a person; "" if none is.
        sql: the SQL expression that gives it.
    """

    name: str
    data_type: str
    description: str
    is_required: bool
    personal: str
    sql: str


@dataclass(frozen=True, slots=True)
class Mart:
    """A table that people query.

    Attributes:
        name: its name.
        description: what it holds, in Markdown.
        relation: its quoted SQL name.
        columns: in the contract's order.
        key: the columns that data tests prove to be its key; none if one of them is left out.
    """

    name: str
    description: str
    relation: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def grain(self) -> str:
        """What a row is: the first sentence of the description."""
        return re.split(r"(?<=\.)\s", self.description, maxsplit=1)[0]

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that order the rows: the key, or all of them if the key is incomplete."""
        return self.key or tuple(column.name for column in self.columns)

    @property
    def sql(self) -> str:
        """A query for all rows, in any order, with the columns in the contract's order."""
        cells = ", ".join(f"{column.sql} as {quoted(column.name)}" for column in self.columns)
        return f"select {cells} from {self.relation}"  # noqa: S608 - all of it is the contract's

    def without_personal_data(self) -> Mart:
        """Give the mart without personal columns, and without the personal values of others."""
        columns = tuple(
            replace(
                column,
                is_required=False,
                personal="",
                sql=f"case when not ({column.personal}) then {column.sql} end",
            )
            if column.personal
            else column
            for column in self.columns
            if column.personal != ALWAYS
        )
        personal = {column.name for column in self.columns if column.personal}
        return replace(
            self, columns=columns, key=() if personal.intersection(self.key) else self.key
        )


@dataclass(frozen=True, slots=True)
class Analysis:
    """A query from ``analyses/``, compiled for the target; ``path`` is its file in the project."""

    name: str
    description: str
    path: str
    sql: str


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


class Warehouse:
    """An open connection to what dbt built."""

    def __init__(
        self,
        config: RuntimeConfig,
        manifest: Manifest,
        analyses: list[Analysis],
        connections: SQLConnectionManager,
    ) -> None:
        self._config = config
        self._manifest = manifest
        self._analyses = analyses
        self._connections = connections
        self._queries = 0

    @property
    def target(self) -> str:
        """The profile's target: which warehouse this is."""
        return self._config.target_name

    @property
    def version(self) -> str:
        """The project's version."""
        return str(self._config.version)

    @property
    def is_duckdb(self) -> bool:
        """Whether the engine is DuckDB, which runs in this process and can write files."""
        return self._manifest.metadata.adapter_type == "duckdb"

    def marts(self) -> list[Mart]:
        """Give the marts with a contract, sorted by name, columns in the contract's order."""
        tests = [
            node for node in self._manifest.nodes.values() if isinstance(node, GenericTestNode)
        ]
        return sorted(
            (
                _mart(node, [test for test in tests if test.attached_node == node.unique_id])
                for node in self._manifest.nodes.values()
                if isinstance(node, ModelNode) and node.contract.enforced
            ),
            key=lambda mart: mart.name,
        )

    def analysis(self, prefix: str) -> list[Analysis]:
        """Give the analyses whose names begin with the prefix, sorted by name."""
        return [analysis for analysis in self._analyses if analysis.name.startswith(prefix)]

    def tables(self, prefix: str) -> dict[str, list[dict[str, Any]]]:
        """Run the analyses whose names begin with the prefix; give their rows by name.

        Raises:
            WarehouseError: a query failed.
        """
        tables = {}
        for analysis in self.analysis(prefix):
            columns, rows = self.rows(analysis.sql)
            tables[analysis.name] = [dict(zip(columns, row, strict=True)) for row in rows]
        return tables

    def semantic_manifest(self) -> str:
        """Give the metrics, the saved queries and what they are made of, as dbt writes them."""
        with TemporaryDirectory() as scratch:
            path = Path(scratch) / "semantic_manifest.json"
            SemanticManifest(self._manifest).write_json_to_file(str(path))
            return path.read_text(encoding="utf-8")

    def fresh_for(self, source: str, table: str) -> tuple[int | None, int | None]:
        """Give the days after which dbt warns that a source is old, and fails; None for never."""
        freshness = next(
            node.freshness
            for node in self._manifest.sources.values()
            if (node.source_name, node.name) == (source, table)
        )
        return _days(freshness, "warn_after"), _days(freshness, "error_after")

    def rows(self, sql: str) -> tuple[list[str], Iterator[Row]]:
        """Run a query; give its column names, and its rows in constant memory.

        Only one query can be read at a time: starting another one ends these rows.

        Raises:
            WarehouseError: the query failed, perhaps only while its rows are read.
        """
        cursor = self.execute(sql)
        self._queries += 1
        return [column[0] for column in cursor.description], self._fetch(cursor, self._queries, sql)

    def execute(self, sql: str) -> Any:  # noqa: ANN401 - each engine has a cursor of its own
        """Run a statement in the engine's SQL dialect; give the engine's cursor.

        Raises:
            WarehouseError: it failed.
        """
        with self._errors(sql):
            cursor = self._connections.get_thread_connection().handle.cursor()
            cursor.execute(sql)
            return cursor

    def _fetch(self, cursor: Any, query: int, sql: str) -> Iterator[Row]:  # noqa: ANN401
        while True:
            if query != self._queries:  # the engine would silently end the rows
                raise RuntimeError(f"another query has started: the rows are incomplete of {sql}")
            with self._errors(sql):
                batch = cursor.fetchmany(_BATCH)
            yield from batch
            if len(batch) < _BATCH:
                return

    @contextmanager
    def _errors(self, sql: str) -> Iterator[None]:
        """Turn an engine's error into one line that says what to do."""
        try:
            with self._connections.exception_handler(sql):
                yield
        except DbtRuntimeError as error:
            raise WarehouseError(
                f"{error.msg} (if the tables are not built yet, run `make build`)"
            ) from (
                error.__cause__ or error  # the engine's own says more
            )


@contextmanager
def warehouse(target: str) -> Iterator[Warehouse]:
    """Open the warehouse that ``target`` of the profile names.

    DuckDB's file cannot change while it is open, so all queries see the same state; on Athena each
    query sees the tables as they are when it starts.

    Raises:
        WarehouseError: the project or the profile cannot be read, or there is no warehouse.
    """
    manifest = _dbt("parse", "--target", target)
    # Rendering an analysis may run a query. That must neither create a DuckDB file that does not
    # exist nor lock out other readers.
    with _environment(DUCKDB_ACCESS_MODE="read_only"):
        compiled = _dbt(
            "compile",
            "--select",
            "resource_type:analysis",
            "--no-populate-cache",
            "--target",
            target,
            manifest=manifest,
        )
    nodes = sorted((result.node for result in compiled.results), key=lambda node: node.name)
    analyses = [
        Analysis(node.name, node.description, node.original_file_path, node.compiled_code)
        for node in nodes
    ]
    adapter = cast("SQLAdapter", FACTORY.lookup_adapter(manifest.metadata.adapter_type))
    connections = adapter.connections
    if isinstance(connections, DuckDBConnectionManager):
        # or the compiler's connection would stay open
        connections.close_all_connections()  # type: ignore[no-untyped-call]
        adapter.config.credentials.keep_open = False
    with adapter.connection_named("publish"):
        try:
            _ = connections.get_thread_connection().handle  # opens it
        except (duckdb.Error, DbtRuntimeError, NotConnected) as error:
            raise WarehouseError(
                f"{error} (run `make build` to create it; if dbt is building, wait)"
            ) from error
        yield Warehouse(cast("RuntimeConfig", adapter.config), manifest, analyses, connections)


def _dbt(*arguments: str, manifest: Manifest | None = None) -> Any:  # noqa: ANN401 - dbt's own union
    quiet = ("--log-level", "none", "--log-level-file", "none")
    done = dbtRunner(manifest).invoke([*quiet, *arguments])
    if done.success:
        return done.result
    results = getattr(done.result, "results", [])
    why = done.exception or next((result.message for result in results if result.message), "")
    raise WarehouseError(
        f"dbt {arguments[0]}: {why} (`make build` creates what is missing; if dbt is building, "
        "wait; `.venv/bin/dbt debug` checks project, profile and environment; "
        "docs/runbooks/deploy.md lists what prod needs)"
    )


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _days(freshness: FreshnessThreshold | None, threshold: str) -> int | None:
    after = getattr(freshness, threshold, None)
    if after is None or after.count is None:
        return None
    return int(timedelta(**{f"{after.period}s": after.count}) / timedelta(days=1))


def _mart(node: ModelNode, tests: Iterable[GenericTestNode]) -> Mart:
    """Describe a mart; its data tests say what its key and its required columns are."""
    required: set[str] = set()
    key: tuple[str, ...] = ()
    for test in tests:
        if test.config.where or test.config.severity.lower() != "error":
            continue
        match test.test_metadata.name:
            case "not_null":
                required.add(str(test.column_name))
            case "primary_key":
                key = tuple(test.test_metadata.kwargs["columns"])
                required.update(key, test.test_metadata.kwargs.get("required", ()))
    if not key:
        raise WarehouseError(
            f"{node.name} has no data test of its key: add a primary_key test to it"
        )
    columns = tuple(
        Column(
            name,
            column.data_type or "",
            _unwrapped(column.description),
            name in required,
            _personal(column),
            quoted(name),
        )
        for name, column in node.columns.items()
    )
    return Mart(node.name, _unwrapped(node.description), node.relation_name or "", columns, key)


def _unwrapped(markdown: str) -> str:
    """Join the lines of each paragraph; tables and lists keep theirs."""
    return re.sub(r"(?<!\n)\n(?![\n|*-])", " ", markdown.strip())


def _personal(column: ColumnInfo) -> str:
    """Give the SQL condition of the rows in which the contract marks a column as personal."""
    marked = column.config.meta.get("personal", False)
    return marked if isinstance(marked, str) else ALWAYS if marked else ""
