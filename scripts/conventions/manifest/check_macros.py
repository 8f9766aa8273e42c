"""Rules on macros for dbt-bouncer, whose own rules mistake an adapter's variant for a macro."""

import re
from pathlib import PurePosixPath
from typing import Any

from dbt_bouncer.check_framework.decorator import check, fail  # type: ignore[import-untyped]

VARIANT = re.compile(r"^(default|duckdb|athena)__")


@check  # type: ignore[untyped-decorator]
def check_macro_is_alone_and_described(macro: Any) -> None:  # noqa: ANN401 - dbt's artefact
    """A file holds one described macro of the same name, and its variants for adapters."""
    name = VARIANT.sub("", macro.name)
    stem = PurePosixPath(macro.original_file_path).stem
    if name != stem:
        fail(f"`{macro.name}` is in `{stem}.sql`: move it to `{name}.sql`.")
    if name == macro.name and not macro.description:
        fail(f"`{name}` has no description: say what it means and where the engines differ.")
