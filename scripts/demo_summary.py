"""Show what `make demo` built: rows per mart, a few rows of one, and the warehouse's path.

It reads only the warehouse, so it shows what is there and not what should be.
"""

import io
import sys

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from publish.paths import path_setting

MART_SCHEMA = "main"

MARTS = """
    select table_name
    from information_schema.tables
    where table_schema = ? and table_type = 'BASE TABLE'
    order by table_name
"""
MOST_PROLIFIC = f"""
    select author_name, first_publish_year, book_count
    from {MART_SCHEMA}.books_per_author_per_year
    order by book_count desc, author_name, first_publish_year
    limit 3
"""  # noqa: S608 - a constant of this file


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):  # escape what its encoding lacks; stderr does
        sys.stdout.reconfigure(errors="backslashreplace")
    console = Console()
    path = path_setting("WAREHOUSE_PATH", "data/warehouse.duckdb")
    with duckdb.connect(str(path), read_only=True) as warehouse:
        rows_per_mart = _table("Built", "table", "rows")
        for (mart,) in warehouse.execute(MARTS, [MART_SCHEMA]).fetchall():
            row_count = warehouse.table(f'{MART_SCHEMA}."{mart}"').shape[0]
            rows_per_mart.add_row(mart, f"{row_count:,}")
        console.print(rows_per_mart)

        title = "Most books in a year, from books_per_author_per_year"
        most_prolific = _table(title, "author", "year", "books")
        for author_name, year, book_count in warehouse.execute(MOST_PROLIFIC).fetchall():
            most_prolific.add_row(escape(author_name), str(year), f"{book_count:,}")
        console.print(most_prolific)

    console.print(f"The warehouse is {path}", soft_wrap=True, markup=False, highlight=False)


def _table(title: str, *columns: str) -> Table:
    """Give an empty table, a number last; a text that is too long goes on in the next line."""
    table = Table(title=title, title_justify="left")
    for column in columns[:-1]:
        table.add_column(column, overflow="fold")
    table.add_column(columns[-1], justify="right", no_wrap=True)
    return table


if __name__ == "__main__":
    main()
