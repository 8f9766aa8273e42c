"""Metrics and saved queries, as the files of the marts define them: MetricFlow writes their SQL.

MetricFlow comes with dbt, which checks the definitions whenever it reads the project. Here it knows
the dialect, and the warehouse runs what it wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from metricflow.engine.metricflow_engine import (
    MetricFlowEngine,
    MetricFlowQueryRequest,
    OutputColumnOrderMode,
)
from metricflow.engine.models import Entity
from metricflow.protocols.sql_client import SqlClient, SqlEngine
from metricflow.sql.render.athena import AthenaSqlPlanRenderer
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from publish.errors import InvalidInput
from publish.export_files import FORMULA_SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer

    from publish.warehouse import Row


@dataclass(frozen=True)
class Dialect:
    """An engine's SQL: all that MetricFlow asks of a client that runs nothing."""

    sql_engine_type: SqlEngine
    sql_plan_renderer: SqlPlanRenderer


DUCKDB = Dialect(SqlEngine.DUCKDB, DuckDbSqlPlanRenderer())
ATHENA = Dialect(SqlEngine.ATHENA, AthenaSqlPlanRenderer())


class Metrics:
    """What can be asked, and the SQL that answers it.

    Args:
        semantic_manifest: what dbt writes to `target/semantic_manifest.json`.
        dialect: the SQL to write.
    """

    def __init__(self, semantic_manifest: str, dialect: Dialect) -> None:
        manifest = parse_manifest_from_dbt_generated_manifest(semantic_manifest)
        lookup = SemanticManifestLookup(manifest)
        self._engine = MetricFlowEngine(lookup, cast("SqlClient", dialect))
        self.saved = {
            query.name: query.label or query.description or "" for query in manifest.saved_queries
        }
        self.described = {metric.name: metric.description or "" for metric in manifest.metrics}

    def groups(self, name: str) -> list[str]:
        """Give what a metric can be grouped by, sorted."""
        found = self._engine.list_group_bys([name])
        return sorted({one.name if isinstance(one, Entity) else one.dunder_name for one in found})

    def sql(self, names: Sequence[str], groups: Sequence[str]) -> str:
        """Write the query for a saved query, or for metrics in groups.

        The columns are the groups, then the metrics. A saved query has an order; otherwise the
        groups are the order.

        Raises:
            InvalidInput: there is no such name, or it cannot be grouped so.
        """
        names, groups = tuple(dict.fromkeys(names)), tuple(dict.fromkeys(groups))
        for name in names:
            if name in self.saved:
                if len(names) > 1 or groups:
                    raise InvalidInput(f"{name} is a saved query: ask for it alone, without --by")
            elif name not in self.described:
                raise InvalidInput(
                    f"there is no metric or saved query {name}"
                    " (`.venv/bin/python -m publish metrics` lists them)"
                )
            elif unknown := [group for group in groups if group not in self.groups(name)]:
                raise InvalidInput(
                    f"{name} cannot be grouped by {', '.join(unknown)},"
                    f" only by {', '.join(self.groups(name))}"
                )
        is_saved = names[0] in self.saved  # which has groups and an order of its own
        request = MetricFlowQueryRequest.create(
            saved_query_name=names[0] if is_saved else None,
            metric_names=None if is_saved else names,
            group_by_names=None if is_saved else groups,
            order_by_names=None if is_saved else groups,
            output_column_order_mode=OutputColumnOrderMode.TYPE_GROUPED,
        )
        return self._engine.explain(request).sql_statement.sql


def cells(row: Row) -> Iterator[object]:
    """Give a row as CSV has it: a text that a spreadsheet would run is defused.

    A date is a date: DuckDB truncates it to a time, Athena does not.
    """
    for value in row:
        if isinstance(value, bool):
            yield str(value).lower()
        elif isinstance(value, str) and value.startswith(tuple(FORMULA_SIGNS)):
            yield f"'{value}"
        elif isinstance(value, datetime):
            yield value.date()
        else:
            yield value
