"""Every mart as a CSV file and a Parquet file; docs/exports.md describes their contents.

DuckDB writes them whichever engine holds the marts: rows from another engine go through a temporary
DuckDB database. So the same rows always give the same bytes.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from publish.errors import DestinationError, WarehouseError
from publish.paths import path_setting
from publish.warehouse import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from publish.warehouse import Column, Mart, Warehouse

    Execute = Callable[[str], Any]  # runs a statement of DuckDB's SQL, gives a cursor

# A spreadsheet runs a text that begins with one of these (OWASP: CSV Injection; ASVS 1.2.10).
FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n\0"  # the four, full-width, and controls

CSV = "format csv, header, new_line e'\\r\\n'"
PARQUET = "format parquet, compression zstd"

_BATCH = 10_000  # rows


def export_root() -> Path:
    """Give the folder to write to: EXPORT_ROOT, or data/export."""
    return path_setting("EXPORT_ROOT", "data/export")


def write_files(warehouse: Warehouse, folder: Path, *, raw: bool) -> int:
    """Write all marts to the folder, which changes only once all are complete; count their rows.

    Args:
        warehouse: what to read.
        folder: created if missing; files with other names in it are left alone.
        raw: whether CSV keeps texts unchanged, even those that a spreadsheet would run.

    Raises:
        DestinationError: the folder cannot be written.
        WarehouseError: a mart cannot be read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".partial-", dir=folder) as partial:
            rows = sum(
                _write_mart(warehouse, mart, Path(partial), raw) for mart in warehouse.marts()
            )
            for file in sorted(Path(partial).iterdir()):
                file.replace(folder / file.name)
            return rows
    except (OSError, duckdb.Error) as error:
        raise DestinationError(
            f"cannot export to {folder}: {error} (make the folder writable, free space"
            " on its disk, or name another folder in EXPORT_ROOT)"
        ) from error


def _write_mart(warehouse: Warehouse, mart: Mart, folder: Path, raw: bool) -> int:
    texts = _plain if raw else _defused
    with _in_duckdb(warehouse, mart, folder) as (execute, relation):
        for suffix, options, cell in (("csv", CSV, texts), ("parquet", PARQUET, _plain)):
            cells = ", ".join(f"{cell(column)} as {quoted(column.name)}" for column in mart.columns)
            order = ", ".join(quoted(name) for name in mart.key)
            path = str(folder / f"{mart.name}.{suffix}").replace("'", "''")
            copied = execute(
                f"copy (select {cells} from {relation} order by {order}) to '{path}' ({options})"  # noqa: S608
            ).fetchone()
    return int(copied[0])


def _plain(column: Column) -> str:
    return f"cast({quoted(column.name)} as {column.data_type})"


def _defused(column: Column) -> str:
    if column.data_type != "varchar":
        return _plain(column)
    signs = ", ".join(str(ord(sign)) for sign in FORMULA_SIGNS)
    name = quoted(column.name)
    return f"case when unicode({name}) in ({signs}) then '''' || {name} else {name} end"


@contextmanager
def _in_duckdb(warehouse: Warehouse, mart: Mart, folder: Path) -> Iterator[tuple[Execute, str]]:
    """Give the mart as a DuckDB relation: the warehouse's own, or a temporary copy."""
    if warehouse.is_duckdb:
        try:
            yield warehouse.execute, mart.relation
        except WarehouseError as error:
            if isinstance(error.__cause__, duckdb.IOException):  # it cannot write the file
                raise error.__cause__ from None
            raise
        return
    with (
        TemporaryDirectory(dir=folder) as scratch,
        duckdb.connect(f"{scratch}/copy.duckdb") as connection,
    ):
        connection.execute("set preserve_insertion_order = false; set memory_limit = '1000MB'")
        _copy_rows(warehouse, mart, connection)
        yield connection.execute, quoted(mart.name)


def _copy_rows(warehouse: Warehouse, mart: Mart, connection: duckdb.DuckDBPyConnection) -> None:
    """Copy a mart into a new table of the same name, in constant memory."""
    columns = [(quoted(column.name), column.data_type) for column in mart.columns]
    table = ", ".join(f"{name} {data_type}" for name, data_type in columns)
    values = ", ".join(f"unnest(${n}::{kind}[])" for n, (_, kind) in enumerate(columns, 1))
    connection.execute(f"create table {quoted(mart.name)} ({table})")
    _, rows = warehouse.rows(mart.sql)
    while batch := list(islice(rows, _BATCH)):
        cells = [list(column) for column in zip(*batch, strict=True)]
        connection.execute(f"insert into {quoted(mart.name)} select {values}", cells)
