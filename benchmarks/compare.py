"""Check that two warehouses hold the same rows in the tables of a domain.

python -m benchmarks.compare --domain catalog BASELINE.duckdb DBT.duckdb
"""

from pathlib import Path

import click
import duckdb

from benchmarks import baseline, dump_baseline, streaming_baseline

TABLES = {
    "catalog": baseline.TABLES,
    "dump": dump_baseline.TABLES,
    "streaming": streaming_baseline.TABLES,
}

# Here dbt's tables may have more columns than the baseline's, which only favours the baseline.
WITH_MORE_COLUMNS = ("streaming",)
# dbt also lists the movies that nobody watched.
ROWS = {"movie_stream_summary": "stream_count > 0"}

Columns = dict[str, str]
Digest = tuple[int, int]


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> Columns:
    """The types of a table's columns by name."""
    query = (
        "select column_name, data_type from duckdb_columns()"
        " where schema_name = 'main' and table_name = ? order by column_name"
    )
    return dict(connection.execute(query, [table]).fetchall())


def digest(connection: duckdb.DuckDBPyConnection, table: str, of: Columns) -> Digest:
    """The number of rows, and the sum of their hashes over these columns."""
    names = ", ".join(f'"{name}"' for name in of)
    query = (
        f"select count(*), sum(hash({names})::hugeint) from main.{table}"  # noqa: S608
        f" where {ROWS.get(table, 'true')}"
    )
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has a row
    return row[0], row[1] or 0


def difference(
    one: duckdb.DuckDBPyConnection, two: duckdb.DuckDBPyConnection, table: str, *, more: bool
) -> str | None:
    """How a table differs between the two, if it does; the other may have `more` columns."""
    left, right = columns(one, table), columns(two, table)
    if more:
        right = {name: kind for name, kind in right.items() if name in left}
    if left != right or not left:
        return f"{table}: {left} / {right}"
    digests = digest(one, table, left), digest(two, table, left)
    return None if digests[0] == digests[1] else f"{table}: {digests[0]} / {digests[1]}"


@click.command()
@click.argument("one", type=click.Path(exists=True, path_type=Path))
@click.argument("two", type=click.Path(exists=True, path_type=Path))
@click.option("--domain", type=click.Choice(list(TABLES)), default="catalog", show_default=True)
def main(one: Path, two: Path, domain: str) -> None:
    """Fail if two warehouses differ, and name the tables."""
    with (
        duckdb.connect(str(one), read_only=True) as left,
        duckdb.connect(str(two), read_only=True) as right,
    ):
        more = domain in WITH_MORE_COLUMNS
        found = [difference(left, right, table, more=more) for table in TABLES[domain]]
    if different := [text for text in found if text]:
        details = "\n".join(different)
        raise click.ClickException(f"{one} and {two} do not hold the same rows.\n{details}")
    click.echo(f"{len(TABLES[domain])} tables hold the same rows")


if __name__ == "__main__":
    main()
