"""What AWS's reference of actions and resources does not know in policies.

A program of its own, because the reference (policy_sentry) is only installed beside checkov. It
reads a JSON object of policies by name, and prints a line for each action that does not exist, each
action that concerns none of its statement's resources, and each resource that no action concerns.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from policy_sentry.querying.actions import (  # type: ignore[import-not-found]
    get_action_data,
    get_actions_for_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Read, check and print."""
    for name, policy in json.load(sys.stdin).items():
        for statement in _list(policy["Statement"]):
            for finding in _findings(statement):
                sys.stdout.write(f"{name}: {finding}\n")


def _findings(statement: dict[str, Any]) -> Iterator[str]:
    resources = _list(statement.get("Resource", "*"))
    kinds_of = {
        pattern: _kinds(pattern)
        for element in ("Action", "NotAction")
        for pattern in _list(statement.get(element, []))
    }
    for pattern, kinds in kinds_of.items():
        if not kinds:
            yield f"there is no action {pattern}"
        elif not any(_fits(kind, resource) for kind in kinds for resource in resources):
            yield f"{pattern} does not concern {' or '.join(resources)}"
    all_kinds = {kind for kinds in kinds_of.values() for kind in kinds}
    for resource in resources:
        if all_kinds and not any(_fits(kind, resource) for kind in all_kinds):
            yield f"no action of the statement concerns {resource}"


def _fits(kind: str, resource: str) -> bool:
    """Tell whether a resource can be of a kind; * is that of actions which take no resource."""
    return resource == "*" if kind == "*" else _overlap(kind, resource)


@cache
def _kinds(pattern: str) -> frozenset[str]:
    """The forms of the ARNs that the actions of a pattern concern."""
    service, _, name = pattern.partition(":")
    kinds: set[str] = set()
    for action in get_actions_for_service(service):
        if _overlap(action.partition(":")[2].lower(), name.lower()):
            for entry in get_action_data(service, action.partition(":")[2])[service]:
                kinds.add(_form(entry["resource_arn_format"]))
    return frozenset(kinds - {"*"} or kinds)


def _form(arn: str) -> str:
    """An ARN's form, ``arn:${Partition}:s3:::${BucketName}/${ObjectName}``, as a pattern."""
    form = re.sub(r"\$\{(Partition|Region|Account|BucketName)\}", "+", arn)
    return re.sub(r"\$\{\w+\}", "*", form)


@cache
def _overlap(one: str, other: str) -> bool:
    """Tell whether some text fits both patterns: * is anything, + anything without : and /."""
    if not one or not other:
        return not (one + other).strip("*+")
    for this, that in ((one, other), (other, one)):
        if this[0] == "*":
            return _overlap(this[1:], that) or _overlap(this, that[1:])
    for this, that in ((one, other), (other, one)):
        if this[0] == "+":
            return _overlap(this[1:], that) or (that[0] not in ":/" and _overlap(this, that[1:]))
    return (one[0] == other[0] or "?" in (one[0], other[0])) and _overlap(one[1:], other[1:])


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    main()
