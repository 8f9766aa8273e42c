"""Every mart as a CSV file and a Parquet file, with their dictionary and a manifest.

docs/exports.md describes their contents.

DuckDB writes them whichever engine holds the marts: rows from another engine go through a temporary
DuckDB database. So the same rows always give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import json
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from publish.errors import DestinationError, WarehouseError
from publish.export_contents import Described
from publish.paths import path_setting
from publish.warehouse import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from publish.export_contents import Export
    from publish.warehouse import Column, Mart, Warehouse

    Execute = Callable[[str], Any]  # runs a statement of DuckDB's SQL, gives a cursor

# A spreadsheet runs a text that begins with one of these (OWASP: CSV Injection; ASVS 1.2.10).
FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n\0"  # the four, full-width, and controls

KINDS = ("csv", "parquet")
CSV = "format csv, header, new_line e'\\r\\n'"
PARQUET = "format parquet, compression zstd"

DICTIONARY = "dictionary"
MANIFEST = "manifest.json"

_BATCH = 10_000  # rows


def export_root() -> Path:
    """Give the folder to write to: EXPORT_ROOT, or data/export."""
    return path_setting("EXPORT_ROOT", "data/export")


def write_files(export: Export, folder: Path, *, raw: bool) -> int:
    """Write an export to the folder, which changes only once all is complete; count its rows.

    Files of marts that the export leaves out are removed: they hold personal data.

    Args:
        export: what to write.
        folder: created if missing; files with other names in it are left alone.
        raw: whether CSV keeps texts unchanged, even those that a spreadsheet would run.

    Raises:
        DestinationError: the folder cannot be written.
        WarehouseError: a mart cannot be read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".partial-", dir=folder) as scratch:
            partial = Path(scratch)
            rows = {
                mart.name: _write_mart(export.warehouse, mart, partial, raw)
                for mart in export.marts
            }
            _write_dictionary(export, partial)
            files = sorted(partial.iterdir())
            manifest = partial / MANIFEST
            manifest.write_text(_manifest(export, rows, files), encoding="utf-8")
            for name in export.left_out_marts:
                for kind in KINDS:
                    (folder / f"{name}.{kind}").unlink(missing_ok=True)
            for file in (*files, manifest):  # which describes the others, so it comes last
                file.replace(folder / file.name)
            return sum(rows.values())
    except (OSError, duckdb.Error) as error:
        raise DestinationError(
            f"cannot export to {folder}: {error} (make the folder writable, free space"
            " on its disk, or name another folder in EXPORT_ROOT)"
        ) from error


def _write_mart(warehouse: Warehouse, mart: Mart, folder: Path, raw: bool) -> int:
    texts = _plain if raw else _defused
    described = {"description": mart.description} | {
        f"column.{column.name}": column.description for column in mart.columns
    }
    pairs = ", ".join(f"{_literal(key)}: {_literal(text)}" for key, text in described.items())
    parquet = f"{PARQUET}, kv_metadata {{{pairs}}}"
    with _in_duckdb(warehouse, mart, folder) as (execute, relation):
        for kind, options, cell in zip(KINDS, (CSV, parquet), (texts, _plain), strict=True):
            cells = ", ".join(f"{cell(column)} as {quoted(column.name)}" for column in mart.columns)
            order = ", ".join(quoted(name) for name in mart.order)
            path = _literal(str(folder / f"{mart.name}.{kind}"))
            copied = execute(
                f"copy (select {cells} from {relation} order by {order}) to {path} ({options})"  # noqa: S608
            ).fetchone()
    return int(copied[0])


def _write_dictionary(export: Export, folder: Path) -> None:
    text = export.dictionary_in_markdown()
    (folder / f"{DICTIONARY}.md").write_text(text, encoding="utf-8", newline="\n")
    with (folder / f"{DICTIONARY}.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)  # no cell is null, and none begins like a formula
        table.writerow(Described._fields)
        for row in export.dictionary():
            table.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in row])


def _manifest(export: Export, rows: Mapping[str, int], files: list[Path]) -> str:
    """Give the manifest, with the size and hash of each file, by which a copy is checked."""
    written = []
    for file in files:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        written.append({"name": file.name, "bytes": file.stat().st_size, "sha256": digest})
    manifest = export.manifest(rows) | {"files": written}
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


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
            yield warehouse.execute, f"({mart.sql})"
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
        # the same query as of DuckDB's own mart, or Parquet's bytes would not be the same
        yield connection.execute, f"({replace(mart, relation=quoted(mart.name)).sql})"


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
