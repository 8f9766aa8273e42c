"""Mend the installed dbt-athena, which cannot swap a table that Glue tells no partition keys of.

Glue leaves out of an answer what a table's writer left out, and who writes Iceberg need not name
partition keys. dbt-athena asks whether they are there, but not where it swaps a table: its own
materializations swap Hive's tables alone; `macros/athena/replace_table_athena.sql` swaps Iceberg's.
It runs after each install, and fails where a new release of dbt-athena reads otherwise: then see
whether anything is left to mend.
"""

import sys
from importlib.metadata import distribution
from pathlib import Path

TAKES, ASKS = 'src_table["PartitionKeys"]', 'src_table.get("PartitionKeys", [])'


def mend(module: Path) -> None:
    """Mend the adapter's module, where it is not mended.

    Raises:
        ValueError: it reads neither as it did nor as it should.
    """
    source = module.read_text(encoding="utf-8")
    if source.count(ASKS) == 1:
        return
    if source.count(TAKES) != 1:
        raise ValueError(f"{module} reads otherwise than expected: is {__file__} still needed?")
    # as a file of its own: the installed one may be a link into an installer's cache
    mended = module.with_suffix(".mended")
    mended.write_text(source.replace(TAKES, ASKS), encoding="utf-8")
    mended.replace(module)


def main() -> None:
    """Mend the copy that this interpreter would import."""
    adapter = distribution("dbt-athena").locate_file("dbt/adapters/athena/impl.py")
    try:
        mend(Path(str(adapter)))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
