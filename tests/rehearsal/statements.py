"""Athena's SQL in Trino's dialect: the statements that dbt-athena sends, and no others.

Athena's engine 3 is Trino: select, insert, merge and views go through as they are. Its DDL is
Hive's, and its Iceberg tables live in the same catalog as its Hive tables: those are translated.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST = 262_144  # bytes of a statement, Athena's quota

_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.DOTALL)
_QUERY_COMMENT = re.compile(r"/\* (\{.*?\}) \*/")
_OPTIMIZE = re.compile(r"optimize\s+(\S+)\s+rewrite\s+data\s+using\s+bin_pack\b", re.IGNORECASE)

# What Trino's Iceberg connector has under the same name, and Athena's others, kept as they are.
_ICEBERG_PROPERTIES = {"format", "location", "partitioning"}
_ATHENAS_ICEBERG_PROPERTIES = {
    "compression_level",
    "optimize_rewrite_data_file_threshold",
    "optimize_rewrite_delete_file_threshold",
    "optimize_rewrite_max_data_file_size_bytes",
    "optimize_rewrite_min_data_file_size_bytes",
    "vacuum_max_metadata_files_to_keep",
    "vacuum_max_snapshot_age_seconds",
    "vacuum_min_snapshots_to_keep",
    "write_target_data_file_size_bytes",
}
_HIVE_PROPERTIES = {
    "format",
    "external_location",
    "partitioned_by",
    "bucketed_by",
    "bucket_count",
}
_LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_SERDES = {_LAZY_SIMPLE, "org.apache.hadoop.hive.serde2.OpenCSVSerde"}  # those of text files


class InvalidStatement(Exception):
    """Athena would refuse the statement, or nothing here stands in for it."""


@dataclass(frozen=True)
class Table:
    """A table's place in the catalog."""

    database: str
    name: str

    def __str__(self) -> str:
        return f"{self.database}.{self.name}"

    def of(self, catalog: str) -> str:
        """The name as SQL, in one of Trino's catalogs."""
        return ".".join(f'"{part}"' for part in (catalog, self.database, self.name))


@dataclass(frozen=True)
class RunInTrino:
    """Statements for Trino, one after the other; the last one's result counts."""

    sqls: tuple[str, ...]
    session: Mapping[str, str] = field(default_factory=dict)
    iceberg_query: str = ""  # whose columns become an Iceberg table's


@dataclass(frozen=True)
class CreateDatabase:
    """``create schema``: Trino would demand a location."""

    name: str


@dataclass(frozen=True)
class CreateTable:
    """``create external table``, as Glue's TableInput."""

    table: Table
    table_input: Mapping[str, Any]


@dataclass(frozen=True)
class SetProperties:
    """``alter table … set tblproperties``, which Trino does not have."""

    table: Table
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Vacuum:
    """``vacuum``, whose ages are properties of the table."""

    table: Table


Work = RunInTrino | CreateDatabase | CreateTable | SetProperties | Vacuum


@dataclass(frozen=True)
class Statement:
    """One statement: how Athena's API describes it, and what is executed for it."""

    sql: str  # without dbt's comment and the final semicolon
    type: str  # Athena's StatementType and SubstatementType
    subtype: str
    work: Work
    target: Table | None = None  # what it writes


def query_comment(text: str) -> dict[str, Any]:
    """What dbt says in the comment before a statement; empty where there is none."""
    found = _COMMENTS.match(text)
    comment = _QUERY_COMMENT.search(found.group()) if found else None
    return dict(json.loads(comment.group(1))) if comment else {}


def translate(text: str, database: str) -> Statement:
    """Say what a statement is and what to do for it; ``database`` is the default one.

    Raises:
        InvalidStatement: it is too long, or none of those that dbt-athena sends.
    """
    if len(text.encode()) > LONGEST:
        raise InvalidStatement(f"The query is longer than {LONGEST} bytes")
    sql = _COMMENTS.sub("", text).rstrip().removesuffix(";").rstrip()
    match sql[:100].lower().split()[:4]:
        case [("select" | "with" | "values" | "table" | "(" | "(select"), *_]:
            found = Statement(sql, "DML", "SELECT", RunInTrino((sql,)))
        case [("show" | "describe" | "explain") as verb, *_]:
            found = Statement(sql, "UTILITY", verb.upper(), RunInTrino((sql,)))
        case [("insert" | "merge" | "delete" | "update") as verb, *_]:
            target = _target(sql, database)
            found = Statement(sql, "DML", verb.upper(), RunInTrino((sql,)), target)
        case ["create", "view", *_] | ["create", "or", "replace", "view"]:
            target = _target(sql, database)
            found = Statement(sql, "DDL", "CREATE_VIEW", RunInTrino((sql,)), target)
        case ["create", "table", *_]:
            found = _create_table_as(sql, database)
        case ["create", ("external" | "schema" | "database"), *_]:
            found = _create(sql, database)
        case ["alter", "table", *_]:
            found = _alter(sql, database)
        case ["drop", *_]:
            dropped = _parse(sql).sql(dialect="trino", identify=True)
            found = Statement(sql, "DDL", "DROP", RunInTrino((dropped,)))
        case ["optimize", *_]:
            found = _optimize(sql, database)
        case ["vacuum", name]:
            target = _maintained(name, database)
            found = Statement(sql, "DML", "VACUUM", Vacuum(target), target)
        case _:
            _refuse(sql)
    return found


def _refuse(sql: str) -> NoReturn:
    raise InvalidStatement(
        f"Nothing stands in for this statement; teach tests/rehearsal/statements.py: {sql[:200]}"
    )


def _named(name: str, database: str) -> Table:
    parts = [part.strip('`"') for part in name.split(".")]
    return Table(parts[-2] if len(parts) > 1 else database, parts[-1])


def _maintained(name: str, database: str) -> Table:
    if name.count(".") > 1:
        raise InvalidStatement(f"OPTIMIZE and VACUUM take a database and a table, not {name}")
    return _named(name, database)


def _table(expression: sqlglot.Expr, database: str) -> Table:
    table = expression.find(exp.Table)
    if not table:
        _refuse(expression.sql())
    return Table(table.db or database, table.name)


def _parse(sql: str) -> sqlglot.Expr:
    try:
        statement = sqlglot.parse_one(sql, read="athena")
    except SqlglotError:
        _refuse(sql)
    if isinstance(statement, exp.Command):
        _refuse(sql)
    return statement


def _tokens(sql: str) -> list[Token]:
    try:
        return sqlglot.tokenize(sql, read="trino")
    except SqlglotError:
        _refuse(sql)


def _target(sql: str, database: str) -> Table:
    """The first name after the verb."""
    skipped = {"insert", "into", "merge", "update", "delete", "from"}
    skipped |= {"create", "or", "replace", "view", "table", "if", "not", "exists"}
    name = ""
    for token in _tokens(sql):
        if token.token_type is TokenType.DOT:
            name += "."
        elif name and not name.endswith("."):
            break
        elif name or token.text.lower() not in skipped:
            name += token.text
    return _named(name, database)


# --- create table … as ---------------------------------------------------------------------------


def _create_table_as(sql: str, database: str) -> Statement:
    tokens = _tokens(sql)
    opening = next((i for i, t in enumerate(tokens) if t.token_type is TokenType.L_PAREN), 0)
    if tokens[opening - 1].text.lower() != "with":
        _refuse(sql)
    properties: dict[str, str] = {}
    end = opening
    for start, end in _listed(tokens, opening):
        value = sql[tokens[start + 2].start : tokens[end - 1].end + 1]
        properties[tokens[start].text.lower()] = value
    if tokens[end + 1].text.lower() != "as":
        _refuse(sql)
    query = sql[tokens[end + 1].end + 1 :].strip()

    target = _target(sql, database)
    iceberg = _unquoted(properties.pop("table_type", "hive")).lower() == "iceberg"
    properties.pop("is_external", None)
    catalog = "iceberg" if iceberg else "awsdatacatalog"
    session = {}
    if codec := _unquoted(properties.pop("write_compression", "")).upper():
        session[f"{catalog}.compression_codec"] = {"ZLIB": "GZIP"}.get(codec, codec)
    known = _ICEBERG_PROPERTIES if iceberg else _HIVE_PROPERTIES
    kept = [f"{key}={value}" for key, value in properties.items() if key in known]
    others = {key: value for key, value in properties.items() if key not in known}
    if iceberg and (unknown := others.keys() - _ATHENAS_ICEBERG_PROPERTIES):
        raise InvalidStatement(f"Unknown properties of an Iceberg table: {sorted(unknown)}")
    if others and iceberg:
        keys, values = ("', '".join(texts) for texts in (others, map(_unquoted, others.values())))
        kept.append(f"extra_properties=map(array['{keys}'], array['{values}'])")
    elif others:
        raise InvalidStatement(f"Nothing stands in for the table properties {sorted(others)}")
    created = f"create table {target.of(catalog)} with ({', '.join(kept)}) as\n{query}"
    work = RunInTrino((created,), session, iceberg_query=query if iceberg else "")
    return Statement(sql, "DML", "CREATE_TABLE_AS_SELECT", work, target)


def _unquoted(literal: str) -> str:
    return literal.strip("'")


def _listed(tokens: list[Token], opening: int) -> Iterator[tuple[int, int]]:
    """Where each item of a parenthesized list starts and what token ends it."""
    depth = 0
    start = opening + 1
    for i in range(opening, len(tokens)):
        match tokens[i].token_type:
            case TokenType.L_PAREN | TokenType.L_BRACKET:
                depth += 1
            case TokenType.R_PAREN | TokenType.R_BRACKET:
                depth -= 1
            case TokenType.COMMA if depth == 1:
                yield start, i
                start = i + 1
        if depth == 0:
            yield start, i
            return


# --- Hive's DDL ----------------------------------------------------------------------------------


def _create(sql: str, database: str) -> Statement:
    created = _parse(sql)
    if not isinstance(created, exp.Create):
        _refuse(sql)
    if created.kind in {"SCHEMA", "DATABASE"}:
        name = created.this.db or created.this.name
        return Statement(sql, "DDL", "CREATE_DATABASE", CreateDatabase(name))

    location, serde, parameters = "", _LAZY_SIMPLE, {"EXTERNAL": "TRUE"}
    for given in created.args["properties"].expressions:
        match given:
            case exp.LocationProperty():
                location = given.this.name
            case exp.RowFormatSerdeProperty():
                serde = given.this.name
            case exp.ExternalProperty():
                pass
            case exp.Property():
                parameters[given.name] = given.args["value"].name
            case _:
                _refuse(sql)
    if serde not in _SERDES:
        _refuse(sql)
    target = _table(created, database)
    table_input = {
        "Name": target.name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [
                {"Name": column.name.lower(), "Type": column.args["kind"].sql("hive").lower()}
                for column in created.this.expressions
            ],
            "Location": location,
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": {}},
        },
    }
    return Statement(sql, "DDL", "CREATE_TABLE", CreateTable(target, table_input), target)


def _alter(sql: str, database: str) -> Statement:
    altered = _parse(sql)
    target = _table(altered, database)
    work: Work
    match altered.args.get("actions"):
        case [exp.AlterSet() as action]:
            given = action.find_all(exp.Property)
            work = SetProperties(target, {p.name: p.args["value"].name for p in given})
        case [exp.Schema() as added]:
            table = target.of("awsdatacatalog")
            columns = [column.sql("trino", identify=True) for column in added.expressions]
            work = RunInTrino(tuple(f"alter table {table} add column {c}" for c in columns))
        case _:
            work = RunInTrino((altered.sql(dialect="trino", identify=True),))
    return Statement(sql, "DDL", "ALTER_TABLE", work, target)


def _optimize(sql: str, database: str) -> Statement:
    found = _OPTIMIZE.match(sql)
    if not found:
        _refuse(sql)
    target = _maintained(found.group(1), database)
    condition = sql[found.end() :]
    work = RunInTrino((f"alter table {target.of('iceberg')} execute optimize{condition}",))
    return Statement(sql, "DML", "OPTIMIZE", work, target)
