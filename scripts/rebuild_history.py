"""Rebuild the history of received files: one load after the other, as if each had just been landed.

This includes the data tests: a file that one of them would have stopped is skipped.

docs/runbooks/history.md says when to do this, and what to drop first.
"""

import json
import sys
from functools import partial
from itertools import groupby
from typing import NoReturn

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

# Each load with each history that does not yet know a newer one: so an interrupted run can be
# resumed, and a second run changes nothing.
STEPS = """
    with known as (
        {%- if execute %}
        {%- for node in graph.nodes.values() if node.resource_type == 'snapshot' %}
        {%- set history = load_relation(api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        )) %}
        {%- for file_set, files in var('file_sets').items()
            if node.name.removesuffix('_history') in files | map(attribute='dataset') %}
        select
            '{{ node.name }}' as history,
            '{{ file_set }}' as file_set,
            {{ '(select max(dbt_updated_at) from ' ~ history ~ ')' if history
                else 'cast(null as timestamp(6))' }} as newest_at
        {%- endfor %}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
        {%- endif %}
    )
    select loads.started_at, known.history
    from {{ ref('int_loads_committed') }} as loads
    inner join known on loads.dataset = known.file_set
    where known.newest_at is null or known.newest_at <= loads.started_at
    order by loads.started_at, known.history
"""
QUIET = ("--log-level", "none", "--log-level-file", "none")
TESTED = ("--exclude-resource-type", "unit_test", "--indirect-selection", "cautious")


def main() -> None:
    parsed = dbtRunner().invoke([*QUIET, "parse", "--target", sys.argv[1]])
    if not isinstance(parsed.result, Manifest):
        stop(parsed.exception)
    # dbt would parse the project again for each moment, which changes nothing but what is compiled
    run = partial(_run, dbtRunner(parsed.result), sys.argv[1])
    run("build", "--select", "+int_loads_committed", *TESTED)
    shown = run("show", "--inline", STEPS, "--limit", "-1")
    table = shown.results[0].agate_table
    steps = [(str(time), f"+{history}") for time, history in table.rows] if table else []
    for time, group in groupby(steps, key=lambda step: step[0]):
        sys.stdout.write(f"load of {time}\n")
        histories = [history for _, history in group]
        run("build", "--select", *histories, *TESTED, "--vars", json.dumps({"as_of": time}))


def _run(dbt: dbtRunner, target: str, *arguments: str) -> RunExecutionResult:
    done = dbt.invoke([*QUIET, *arguments, "--target", target])
    results = done.result.results if isinstance(done.result, RunExecutionResult) else []
    why = done.exception or next((r.message for r in results if r.status == "error"), None)
    if why or not isinstance(done.result, RunExecutionResult):
        stop(why)
    for failed in (result for result in results if result.status == "fail"):
        sys.stdout.write(f"skipped what depends on it: {failed.node.name} failed\n")
    return done.result


def stop(why: object) -> NoReturn:
    sys.exit(f"history: error: {' '.join(str(why).split())}")


if __name__ == "__main__":
    main()
