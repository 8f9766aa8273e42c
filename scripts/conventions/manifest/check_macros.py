"""Rules on macros for dbt-bouncer, whose own ones do not know an adapter's variant from a macro."""

import re
from pathlib import PurePosixPath
from typing import Any

from dbt_bouncer.check_framework.decorator import check, fail  # type: ignore[import-untyped]

VARIANT = re.compile(r"^(default|duckdb|athena)__")


@check  # type: ignore[untyped-decorator]
def check_macro_is_alone_and_described(macro: Any) -> None:  # noqa: ANN401 - dbt's artefact
    """A file holds one macro, named like the file and described, and its adapters' variants."""
    name = VARIANT.sub("", macro.name)
    stem = PurePosixPath(macro.original_file_path).stem
    if name != stem:
        fail(f"`{macro.name}` is in `{stem}.sql`: move it to `{name}.sql`.")
    if name == macro.name and not macro.description:
        fail(f"`{name}` has no description: say what it means and where the engines differ.")
