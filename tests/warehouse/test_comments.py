"""The contracts' descriptions are in DuckDB's file, for whoever opens it without the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.contracts import contracts, descriptions

if TYPE_CHECKING:
    import duckdb


def test_marts_and_their_columns_have_their_descriptions(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        (mart, column): str(comment)
        for mart, column, comment in marts.execute(
            "select table_name, column_name, comment from duckdb_columns()"
            " where schema_name = 'main' and not internal and comment is not null"
        ).fetchall()
    }
    assert found.keys() == {(mart, name) for mart, names in contracts().items() for name in names}
    written = {
        (mart, column): text
        for mart, columns in descriptions().items()
        for column, text in columns.items()
    }
    for column, text in written.items():
        if "{{" not in text:
            assert found[column].split() == text.split()
    assert found["books", "cover_id"] == (
        "Id of the cover image, as sent; Open Library marks a deleted cover with -1."
    )
    assert marts.execute(
        "select comment from duckdb_tables() where table_name = 'users' and schema_name = 'main'"
    ).fetchall() == [("One row per user in the newest export.",)]
