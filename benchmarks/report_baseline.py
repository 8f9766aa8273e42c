"""The baseline of the report: runs its compiled queries and throws the rows away.

python -m benchmarks.report_baseline --warehouse FILE --compiled DIR
"""

from pathlib import Path

import click
import duckdb


@click.command()
@click.option("--warehouse", type=click.Path(path_type=Path), required=True)
@click.option("--compiled", type=click.Path(path_type=Path), required=True, help="dbt's target.")
def main(warehouse: Path, compiled: Path) -> None:
    """Run each query, and fetch its rows."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set preserve_insertion_order = false; set memory_limit = '1000MB'")
        for query in sorted(compiled.glob("compiled/book_analytics/analyses/report_*.sql")):
            connection.execute(query.read_text(encoding="utf-8")).fetchall()


if __name__ == "__main__":
    main()
