"""Show what `make demo` built: rows per mart, a few rows of one, and the warehouse's path.

It reads only the warehouse, so it shows what is there and not what should be.
"""

import duckdb
from rich.console import Console
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
    console = Console()
    path = path_setting("WAREHOUSE_PATH", "data/warehouse.duckdb")
    with duckdb.connect(str(path), read_only=True) as warehouse:
        rows_per_mart = Table("table", "rows", title="Built", title_justify="left")
        rows_per_mart.columns[1].justify = "right"
        for (mart,) in warehouse.execute(MARTS, [MART_SCHEMA]).fetchall():
            row_count = warehouse.table(f'{MART_SCHEMA}."{mart}"').shape[0]
            rows_per_mart.add_row(mart, f"{row_count:,}")
        console.print(rows_per_mart)

        most_prolific = Table("author", "year", "books", title_justify="left")
        most_prolific.title = "Most books in a year, from books_per_author_per_year"
        most_prolific.columns[2].justify = "right"
        for author_name, year, book_count in warehouse.execute(MOST_PROLIFIC).fetchall():
            most_prolific.add_row(author_name, str(year), f"{book_count:,}")
        console.print(most_prolific)

    console.print(f"The warehouse is {path}", soft_wrap=True, markup=False, highlight=False)


if __name__ == "__main__":
    main()
