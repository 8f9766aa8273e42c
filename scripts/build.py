"""Run `dbt build` and show its progress; of dbt's own output, only warnings and errors."""

import sys

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg
from progress import Progress


def main() -> None:
    progress = Progress()
    progress.show("reading the project")
    done = total = 0

    def follow(event: EventMsg) -> None:
        nonlocal done, total
        match event.info.name:
            case "LogStartLine":
                total = event.data.total
            case "NodeFinished":
                done += 1
                node = event.data.node_info
                progress.show(f"{done} of {total}: {node.resource_type} {node.node_name}")

    result = dbtRunner(callbacks=[follow]).invoke(["--log-level", "warn", "build", *sys.argv[1:]])
    if not result.success:
        sys.exit(2 if result.exception else 1)
    progress.finish(f"{total} models, tests and other nodes built")


if __name__ == "__main__":
    main()
