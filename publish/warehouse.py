"""The warehouse that dbt built, for reading: the same way for DuckDB and for Athena.

Credentials, names of schemas and macros are dbt's: it is dbt that reads the project and the
profile, compiles the analyses and opens the connection. What is here knows no engine's SQL.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.nodes import GenericTestNode, ModelNode
from dbt_common.exceptions import ConnectionError as NotConnected
from dbt_common.exceptions import DbtRuntimeError

from publish.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dbt.adapters.sql.connections import SQLConnectionManager
    from dbt.adapters.sql.impl import SQLAdapter
    from dbt.artifacts.resources.v1.components import FreshnessThreshold
    from dbt.contracts.graph.manifest import Manifest

TARGETS = ("dev", "prod")

_BATCH = 10_000  # rows

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the mart's contract has it; ``is_required`` where a data test forbids nulls."""

    name: str
    data_type: str
    description: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Mart:
    """A table that people query; ``relation`` is its quoted name in SQL, ``key`` its tested key."""

    name: str
    description: str
    relation: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The query of all its rows, in any order, and its columns, in the contract's."""
        names = ", ".join(quoted(column.name) for column in self.columns)
        return f"select {names} from {self.relation}"  # noqa: S608 - the names are the contract's


@dataclass(frozen=True, slots=True)
class Analysis:
    """A query of ``analyses/``, compiled for the target; ``path`` is its file in the project."""

    name: str
    description: str
    path: str
    sql: str


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


class Warehouse:
    """One open connection to what dbt built."""

    def __init__(
        self, manifest: Manifest, analyses: list[Analysis], connections: SQLConnectionManager
    ) -> None:
        self._manifest = manifest
        self._analyses = analyses
        self._connections = connections
        self._queries = 0

    @property
    def is_duckdb(self) -> bool:
        """Whether the engine is DuckDB, which runs in this process and can write files."""
        return self._manifest.metadata.adapter_type == "duckdb"

    def marts(self) -> list[Mart]:
        """Give the contracted marts by name, with their columns in the contract's order."""
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
        """Give the analyses whose names begin so, by name."""
        return [analysis for analysis in self._analyses if analysis.name.startswith(prefix)]

    def tables(self, prefix: str) -> dict[str, list[dict[str, Any]]]:
        """Run the analyses whose names begin so; give the rows of each by its name.

        Raises:
            WarehouseError: a query failed.
        """
        tables = {}
        for analysis in self.analysis(prefix):
            columns, rows = self.rows(analysis.sql)
            tables[analysis.name] = [dict(zip(columns, row, strict=True)) for row in rows]
        return tables

    def fresh_for(self, source: str, table: str) -> tuple[int | None, int | None]:
        """Give the days after which dbt calls a source old, and stale; None where it never does."""
        freshness = next(
            node.freshness
            for node in self._manifest.sources.values()
            if (node.source_name, node.name) == (source, table)
        )
        return _days(freshness, "warn_after"), _days(freshness, "error_after")

    def rows(self, sql: str) -> tuple[list[str], Iterator[Row]]:
        """Run a query; give the names of its columns, and its rows in flat memory.

        The rows end where another query begins: one is read at a time.

        Raises:
            WarehouseError: the query failed, also while its rows are read.
        """
        cursor = self.execute(sql)
        self._queries += 1
        return [column[0] for column in cursor.description], self._fetch(cursor, self._queries, sql)

    def execute(self, sql: str) -> Any:  # noqa: ANN401 - each engine has a cursor of its own
        """Run a statement in the engine's own SQL; give the engine's cursor.

        Raises:
            WarehouseError: it failed.
        """
        with self._errors(sql):
            cursor = self._connections.get_thread_connection().handle.cursor()
            cursor.execute(sql)
            return cursor

    def _fetch(self, cursor: Any, query: int, sql: str) -> Iterator[Row]:  # noqa: ANN401
        while True:
            if query != self._queries:  # the engine would end the rows without a word
                raise RuntimeError(f"another query has begun: the rows are incomplete of {sql}")
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
            raise WarehouseError(f"{error.msg} (is everything built? `make build`)") from (
                error.__cause__ or error  # the engine's own says more
            )


@contextmanager
def warehouse(target: str) -> Iterator[Warehouse]:
    """Open the warehouse that ``target`` of the profile names.

    DuckDB's file cannot change until it is closed, so that all queries see one state of it; on
    Athena each query sees the tables as they are when it begins.

    Raises:
        WarehouseError: the project or the profile cannot be read, or there is no warehouse.
    """
    manifest = _dbt("parse", "--target", target)
    # An analysis may ask while it is rendered. DuckDB must make no file where there is none, and
    # keep no other reader out.
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
        # or the compiler's would stay open for good
        connections.close_all_connections()  # type: ignore[no-untyped-call]
        adapter.config.credentials.keep_open = False
    with adapter.connection_named("publish"):
        try:
            _ = connections.get_thread_connection().handle  # opens it
        except (duckdb.Error, DbtRuntimeError, NotConnected) as error:
            raise WarehouseError(
                f"{error} (`make build` makes it; while dbt is building, wait)"
            ) from error
        yield Warehouse(manifest, analyses, connections)


def _dbt(*arguments: str, manifest: Manifest | None = None) -> Any:  # noqa: ANN401 - dbt's own union
    done = dbtRunner(manifest).invoke(["--log-level", "none", *arguments])
    if done.success:
        return done.result
    results = getattr(done.result, "results", [])
    why = done.exception or next((result.message for result in results if result.message), "")
    raise WarehouseError(
        f"dbt {arguments[0]}: {why} (`make build` makes what is not there; while dbt is "
        "building, wait; `dbt debug` checks project, profile and environment; what prod needs "
        "is in docs/runbooks/deploy.md)"
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
    """Describe a mart; its key and its required columns are those that data tests prove."""
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
        raise WarehouseError(f"{node.name} has no data test of its key: add a primary_key to it")
    columns = tuple(
        Column(name, column.data_type or "", column.description, name in required)
        for name, column in node.columns.items()
    )
    return Mart(node.name, node.description, node.relation_name or "", columns, key)
