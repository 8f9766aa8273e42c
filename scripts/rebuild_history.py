"""Build the history of received files anew: each load in its turn, as if it had just been landed.

docs/runbooks/history.md says when, and what must be dropped before.
"""

import json
import sys

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

LOADS = """
    select started_at
    from {{ ref('int_loads_committed') }}
    where dataset = 'streaming'
    order by started_at
"""
SNAPSHOTS = ("--select", "+resource_type:snapshot")
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")


def main() -> None:
    target = ("--target", sys.argv[1])
    run("build", "--select", "+int_loads_committed", *NO_TESTS, *target)
    shown = run("show", "--inline", LOADS, "--limit", "-1", *target)
    table = shown.results[0].agate_table
    times = [str(row[0]) for row in table.rows] if table else []
    for number, time in enumerate(times, 1):
        sys.stdout.write(f"load {number} of {len(times)}: {time}\n")
        run("build", *SNAPSHOTS, *NO_TESTS, "--vars", json.dumps({"as_of": time}), *target)


def run(*arguments: str) -> RunExecutionResult:
    done = dbtRunner().invoke(["--log-level", "none", *arguments])
    if not done.success or not isinstance(done.result, RunExecutionResult):
        results = done.result.results if isinstance(done.result, RunExecutionResult) else []
        why = done.exception or next(r.message for r in results if r.status in {"error", "fail"})
        sys.exit(f"history: error: {' '.join(str(why).split())}")
    return done.result


if __name__ == "__main__":
    main()
