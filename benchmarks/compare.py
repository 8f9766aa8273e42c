"""Whether two warehouses hold the same rows in the tables of the catalog.

python -m benchmarks.compare FLOOR.duckdb DBT.duckdb
"""

from pathlib import Path

import click
import duckdb

from benchmarks.floor import TABLES

Digest = tuple[tuple[str, ...], int, int]


def digests(warehouse: Path) -> dict[str, Digest]:
    """Columns with types, number of rows, and the sum of the rows' hashes, of each table."""
    found = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table in TABLES:
            columns = connection.execute(
                "select column_name, data_type from duckdb_columns()"
                " where schema_name = 'main' and table_name = ? order by column_name",
                [table],
            ).fetchall()
            names = ", ".join(f'"{name}"' for name, _ in columns)
            query = f"select count(*), sum(hash({names})::hugeint) from main.{table}"  # noqa: S608
            row = connection.execute(query).fetchone()
            assert row is not None  # noqa: S101 - an aggregate has a row
            types = tuple(f"{name} {kind}" for name, kind in columns)
            found[table] = (types, row[0], row[1] or 0)
    return found


@click.command()
@click.argument("one", type=click.Path(exists=True, path_type=Path))
@click.argument("two", type=click.Path(exists=True, path_type=Path))
def main(one: Path, two: Path) -> None:
    """Fail, and name the tables, where two warehouses differ."""
    left, right = digests(one), digests(two)
    if different := [table for table in TABLES if left[table] != right[table]]:
        details = "\n".join(f"{table}: {left[table]} / {right[table]}" for table in different)
        raise click.ClickException(f"{one} and {two} do not hold the same rows.\n{details}")
    click.echo(f"{len(TABLES)} tables hold the same rows")


if __name__ == "__main__":
    main()
