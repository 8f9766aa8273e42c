"""Patch the installed dbt-athena, which cannot swap a table whose partition keys Glue leaves out.

Glue returns what a table's writer stored, and a writer of an Iceberg table need not store partition
keys. dbt-athena allows for that in other places, but not where it swaps a table: its own
materializations swap only Hive tables; `macros/athena/replace_table_athena.sql` swaps Iceberg ones.
The patch runs after each install. It fails where a new release of dbt-athena has other code: then
check whether it is still needed.
"""

import sys
from importlib.metadata import distribution
from pathlib import Path

ORIGINAL, PATCHED = 'src_table["PartitionKeys"]', 'src_table.get("PartitionKeys", [])'


def patch(module: Path) -> None:
    """Patch the adapter's module, unless it is patched already.

    Raises:
        ValueError: the module contains neither the original expression nor the patched one.
    """
    source = module.read_text(encoding="utf-8")
    if source.count(PATCHED) == 1:
        return
    if source.count(ORIGINAL) != 1:
        raise ValueError(f"{module} is not the code that {__file__} patches: is it still needed?")
    # Replace the file instead of writing into it: it may be a hard link into an installer's cache.
    patched = module.with_suffix(".patched")
    patched.write_text(source.replace(ORIGINAL, PATCHED), encoding="utf-8")
    patched.replace(module)


def main() -> None:
    """Patch the copy that this interpreter imports."""
    adapter = distribution("dbt-athena").locate_file("dbt/adapters/athena/impl.py")
    try:
        patch(Path(str(adapter)))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
