"""Print the answers to the questions about streams and the shop as Markdown: `make answers`.

Each answer is a file analyses/answer_N_…: its description opens with the question, then lists the
assumptions, one per line. An answer is one row, or a list whose rows have a place.
"""

import io
import sys
from collections.abc import Iterator

from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner

MOST_ROWS = 10  # of a list


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):  # escape what its encoding lacks; stderr does
        sys.stdout.reconfigure(errors="backslashreplace")
    quiet = ("--log-level", "none", "--log-level-file", "none")
    select = ("--select", "answer_*", "--limit", str(MOST_ROWS))
    shown = dbtRunner().invoke([*quiet, "show", *select, "--target", sys.argv[1]])
    results = shown.result.results if isinstance(shown.result, RunExecutionResult) else []
    if not shown.success:
        why = shown.exception or next(result.message for result in results if result.message)
        sys.exit(f"answers: error: {' '.join(str(why).split())} (run `make build` first)")
    for number, result in sorted((number_of(result), result) for result in results):
        sys.stdout.writelines(f"{line}\n" for line in answer(number, result))


def number_of(result: RunResult) -> int:
    return int(result.node.name.split("_")[1])


def answer(number: int, result: RunResult) -> Iterator[str]:
    question, _, assumptions = result.node.description.strip().partition("\n\n")
    yield f"## {number}. {' '.join(question.split())}\n"  # a heading is one line
    rows = [row.dict() for row in result.agate_table.rows] if result.agate_table else []
    if not rows:
        yield "- none"
    elif "place" in rows[0]:
        yield f"| {' | '.join(rows[0])} |"
        yield f"|{'---|' * len(rows[0])}"
        for row in rows:
            yield f"| {' | '.join(map(cell, row.values()))} |"
    else:
        for column, value in rows[0].items():
            yield f"- {column}: {value}"
    yield f"\nAssumed ([SQL](../{result.node.original_file_path})):\n"
    yield f"{assumptions}\n"


def cell(value: object) -> str:
    """Write a value where it cannot end the cell; what is unknown is a dash."""
    text = "\N{EN DASH}" if value is None else " ".join(str(value).split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    main()
