"""Print the answers to the questions about streams as Markdown: `make answers`, also TARGET=prod.

Each answer is a file analyses/answer_…: its description opens with the question, then lists the
assumptions, one per line.
"""

import io
import sys
from collections.abc import Iterator

from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):  # escape what its encoding lacks; stderr does
        sys.stdout.reconfigure(errors="backslashreplace")
    quiet = ("--log-level", "none", "--log-level-file", "none")
    shown = dbtRunner().invoke([*quiet, "show", "--select", "answer_*", "--target", sys.argv[1]])
    results = shown.result.results if isinstance(shown.result, RunExecutionResult) else []
    if not shown.success:
        why = shown.exception or next(result.message for result in results if result.message)
        sys.exit(f"answers: error: {' '.join(str(why).split())} (run `make build` first)")
    for number, result in enumerate(sorted(results, key=lambda result: result.node.name), 1):
        sys.stdout.writelines(f"{line}\n" for line in answer(number, result))


def answer(number: int, result: RunResult) -> Iterator[str]:
    question, _, assumptions = result.node.description.strip().partition("\n\n")
    yield f"## {number}. {' '.join(question.split())}\n"  # a heading is one line
    for column, value in result.agate_table.rows[0].dict().items() if result.agate_table else ():
        yield f"- {column}: {value}"
    yield f"\nAssumed ([SQL](../{result.node.original_file_path})):\n"
    yield f"{assumptions}\n"


if __name__ == "__main__":
    main()
