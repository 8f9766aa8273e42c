"""Every mart as a PostgreSQL table in the schema ``book_analytics``, all replaced in one step.

The new tables are created and filled next to the old ones, in one transaction that nobody else can
see. At its end it locks and drops the old tables and gives the new ones their names.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random

from publish.errors import DestinationError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publish.export_contents import Export
    from publish.warehouse import Mart, Row, Warehouse

SCHEMA = "book_analytics"

TYPES: dict[str, LiteralString] = {
    "varchar": "text",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}

# Shorter than PostgreSQL's deadlock_timeout (1 s), so that no reader is aborted for our sake.
LOCK_TIMEOUT = "500ms"
PATIENCE = 300  # seconds to wait for readers

NO_NUL = "\N{REPLACEMENT CHARACTER}"  # PostgreSQL's text cannot hold NUL


class Destination:
    """A PostgreSQL database; its URL may hold a password, so it is never shown."""

    def __init__(self, url: str) -> None:
        """Check the URL without connecting.

        Raises:
            InvalidInput: it is not a URL, or a character of the password reads as part of the URL.
        """
        try:
            parts = conninfo_to_dict(url) if url.startswith(("postgresql:", "postgres:")) else {}
        except psycopg.ProgrammingError:  # its text quotes what it parsed, perhaps the password
            parts = {}
        shown = [str(value) for name, value in parts.items() if name not in {"user", "password"}]
        ports = str(parts.get("port", "")).replace(",", "")
        if not parts or any("@" in text for text in shown) or not f"0{ports}".isdecimal():
            raise InvalidInput(
                "--to is not a PostgreSQL URL like postgresql://user@host:5432/database (in a "
                "password write @ / : ? # % as %40 %2F %3A %3F %23 %25, or pass it in PGPASSWORD)"
            )
        self._url = url

    def replace_tables(self, export: Export) -> int:
        """Replace all tables in one transaction; count their rows.

        Tables of marts that the export leaves out are dropped: they hold personal data.

        Raises:
            DestinationError: PostgreSQL refuses or cannot be reached; the tables are unchanged.
            WarehouseError: a mart cannot be read; the tables are unchanged.
        """
        try:
            with psycopg.connect(self._url, client_encoding="utf8") as connection:
                _prepare(connection)
                rows = {
                    mart.name: _fill(connection, export.warehouse, mart) for mart in export.marts
                }
                manifest = json.dumps(export.manifest(rows), indent=2, ensure_ascii=False)
                _lock(connection, [*rows, *export.left_out_marts])
                for name in export.left_out_marts:
                    connection.execute(sql.SQL("drop table if exists {}").format(_table(name)))
                for mart in export.marts:
                    _swap(connection, mart)
                _comment_on(connection, "schema", sql.Identifier(SCHEMA), manifest)
                return sum(rows.values())
        except psycopg.Error as error:
            diagnosis = error.diag
            message = (
                f"{diagnosis.message_primary or error} {diagnosis.message_detail or ''}".strip()
            )
            raise DestinationError(f"PostgreSQL: {message} (the tables are unchanged)") from error


def _prepare(connection: psycopg.Connection) -> None:
    """Admit one export at a time to the schema; create it if it is missing."""
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [SCHEMA])
    exists = connection.execute("select to_regnamespace(%s)", [SCHEMA]).fetchone()
    if exists == (None,):  # `if not exists` would require the right to create one
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(SCHEMA)))


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, name)


def _new(mart: Mart) -> str:
    return f"{mart.name}__new"


def _fill(connection: psycopg.Connection, warehouse: Warehouse, mart: Mart) -> int:
    """Create the mart's new table and fill it; count its rows."""
    new = _table(_new(mart))
    names = [sql.Identifier(column.name) for column in mart.columns]
    columns = [
        sql.SQL("{} {}{}").format(
            name,
            sql.SQL(TYPES[column.data_type]),
            sql.SQL(" not null" if column.is_required else ""),
        )
        for name, column in zip(names, mart.columns, strict=True)
    ]
    connection.execute(sql.SQL("create table {} ({})").format(new, sql.SQL(", ").join(columns)))
    _comment(connection, mart)
    # freeze: a reader whose snapshot is older than the swap sees the new rows, not an empty table
    statement = sql.SQL("copy {} from stdin (freeze)").format(new)
    _, rows = warehouse.rows(mart.sql)
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for row in _without_nul(rows, mart):
                copy.write_row(row)
        count = cursor.rowcount
    if mart.key:
        _declare_key(connection, mart)
    connection.execute(sql.SQL("analyze {}").format(new))
    return count


def _declare_key(connection: psycopg.Connection, mart: Mart) -> None:
    """Make the mart's key the new table's primary key, or prove it unique by hashes of its texts.

    An entry of an index holds 2,704 bytes, and a title may have more.
    """
    new, name = _table(_new(mart)), sql.Identifier(f"{_new(mart)}_pkey")
    types = {column.name: column.data_type for column in mart.columns}
    key = [sql.Identifier(column) for column in mart.key]
    hashed = [
        sql.SQL("md5({})").format(column) if types[column_name] == "varchar" else column
        for column_name, column in zip(mart.key, key, strict=True)
    ]
    try:
        with connection.transaction():
            connection.execute(
                sql.SQL("alter table {} add constraint {} primary key ({})").format(
                    new, name, sql.SQL(", ").join(key)
                )
            )
    except psycopg.errors.ProgramLimitExceeded:
        connection.execute(
            sql.SQL("create unique index {} on {} ({})").format(
                name, new, sql.SQL(", ").join(hashed)
            )
        )


def _comment(connection: psycopg.Connection, mart: Mart) -> None:
    """Describe the new table and its columns as the contract does."""
    _comment_on(connection, "table", _table(_new(mart)), mart.description)
    for column in mart.columns:
        name = sql.Identifier(SCHEMA, _new(mart), column.name)
        _comment_on(connection, "column", name, column.description)


def _comment_on(
    connection: psycopg.Connection, kind: LiteralString, name: sql.Identifier, text: str
) -> None:
    connection.execute(sql.SQL("comment on {} {} is {}").format(sql.SQL(kind), name, text))


def _without_nul(rows: Iterator[Row], mart: Mart) -> Iterator[Row]:
    texts = [n for n, column in enumerate(mart.columns) if column.data_type == "varchar"]
    for row in rows:
        if any(row[n] and "\0" in row[n] for n in texts):
            yield tuple(
                value.replace("\0", NO_NUL) if isinstance(value, str) else value for value in row
            )
        else:
            yield row


def _lock(connection: psycopg.Connection, names: list[str]) -> None:
    """Wait until nobody reads the old tables, and keep new readers waiting from then on."""
    found = connection.execute(
        "select tablename from pg_tables where schemaname = %s and tablename = any(%s)",
        [SCHEMA, names],
    ).fetchall()
    if not found:
        return
    tables = sql.SQL(", ").join(_table(name) for (name,) in found)
    connection.execute(sql.SQL("set local lock_timeout = {}").format(LOCK_TIMEOUT))
    for attempt in Retrying(
        retry=retry_if_exception_type(psycopg.errors.LockNotAvailable),
        wait=wait_random(0.1, 1),
        stop=stop_after_delay(PATIENCE),
        reraise=True,
    ):
        with attempt, connection.transaction():
            connection.execute(sql.SQL("lock table {} in access exclusive mode").format(tables))


def _swap(connection: psycopg.Connection, mart: Mart) -> None:
    new, key = _table(_new(mart)), _table(f"{_new(mart)}_pkey")
    for statement in (
        sql.SQL("drop table if exists {}").format(_table(mart.name)),
        # a primary key is renamed with its index
        sql.SQL("alter index if exists {} rename to {}").format(
            key, sql.Identifier(f"{mart.name}_pkey")
        ),
        sql.SQL("alter table {} rename to {}").format(new, sql.Identifier(mart.name)),
    ):
        connection.execute(statement)
