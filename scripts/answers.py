"""Print the answers that the streaming tables give, as Markdown: `make answers`, TARGET=prod too.

Each is a file of analyses/ named answer_…: its description opens with the question, then says what
is assumed.
"""

import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from dbt.cli.main import dbtRunner


def main() -> None:
    arguments = ["--log-level", "none", "show", "--select", "answer_*", "--target", sys.argv[1]]
    shown = dbtRunner().invoke(arguments)
    if not shown.success:
        why = shown.exception or "; ".join(r.message for r in shown.result if r.message)
        sys.exit(f"answers: error: {why} (is everything built? `make build`)")
    results = sorted(shown.result, key=lambda result: str(result.node.name))
    for number, result in enumerate(results, 1):
        print("\n".join(answer(number, result)))


def answer(number: int, result: Any) -> Iterator[str]:
    question, _, assumptions = result.node.description.strip().partition("\n\n")
    yield f"## {number}. {' '.join(question.split())}\n"  # a heading is one line
    for column, value in zip(
        result.agate_table.column_names, result.agate_table.rows[0], strict=True
    ):
        yield f"- {column}: {value}"
    sql = f"([SQL](../{result.node.original_file_path}))"
    yield "\n" + textwrap.fill(f"{assumptions} {sql}", 100, break_on_hyphens=False) + "\n"


if __name__ == "__main__":
    main()
