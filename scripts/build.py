"""Run `dbt build` and show its progress; of dbt's own output, only warnings and errors."""

import sys

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg
from progress import Progress

INTERRUPTED = (
    "build: interrupted. No table is half written: each is as this build left it, or the last one. "
    "Build again (docs/runbooks/build.md)"
)


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
        if event.info.level in ("warn", "error") and not is_of_interruption(event):
            progress.say(event.info.msg)  # type: ignore[attr-defined]  # in no stub

    result = dbtRunner(callbacks=[follow]).invoke(["--log-level", "none", "build", *sys.argv[1:]])
    if isinstance(result.exception, KeyboardInterrupt):
        progress.say(INTERRUPTED)
        sys.exit(130)
    if not result.success:
        sys.exit(2 if result.exception else 1)
    progress.finish(f"{total} models, tests and other nodes built")


def is_of_interruption(event: EventMsg) -> bool:
    """Whether dbt says that it was interrupted: nothing, and a traceback."""
    match event.info.name:
        case "LogCancelLine":
            return True
        case "MainEncounteredError":
            return not event.data.exc
        case "MainStackTrace":
            return str(event.data.stack_trace).rstrip().endswith("KeyboardInterrupt")
    return False


if __name__ == "__main__":
    main()
