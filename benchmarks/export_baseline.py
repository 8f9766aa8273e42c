"""The baseline of exports: the catalog's tables as files, by hand, in one DuckDB script.

It lists no columns, casts and defuses nothing, and writes straight to the folder.

    python -m benchmarks.export_baseline --warehouse FILE --folder DIR
"""

from pathlib import Path

import click
import duckdb

KEYS = {
    "authors": "author_key",
    "books": "book_key",
    "author_books": "author_key, book_key",
    "subjects": "subject",
    "subject_books": "subject, book_key",
    "books_per_author_per_year": "author_key, first_publish_year",
    "average_books_per_author": "author_key",
    "books_per_year": "first_publish_year",
}


@click.command()
@click.option("--warehouse", type=click.Path(path_type=Path), required=True)
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def main(warehouse: Path, folder: Path) -> None:
    """Write each table twice, in the order of its key."""
    folder.mkdir(exist_ok=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set threads = 2; set preserve_insertion_order = false")
        for table, key in KEYS.items():
            ordered = f"(from {table} order by {key})"
            connection.execute(f"copy {ordered} to '{folder / table}.csv' (format csv, header)")
            connection.execute(
                f"copy {ordered} to '{folder / table}.parquet' (format parquet, compression zstd)"
            )


if __name__ == "__main__":
    main()
