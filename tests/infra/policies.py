"""IAM's rules for one request: nothing is allowed but what a policy allows and none denies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Policy = dict[str, Any]


def is_allowed(
    policies: Iterable[Policy], action: str, resource: str, context: Mapping[str, str] | None = None
) -> bool:
    """Tell whether a request passes all policies that apply to it, together.

    Args:
        policies: of who asks and of what is asked for, in one account.
        action: as in a policy, ``s3:GetObject``.
        resource: one ARN.
        context: the condition keys that the request carries.

    Raises:
        KeyError: a condition's operator is not known here.
    """
    return _effects(policies, action, resource, context) == {"Allow"}


def is_denied(
    policies: Iterable[Policy], action: str, resource: str, context: Mapping[str, str] | None = None
) -> bool:
    """Tell whether a policy denies a request, whatever others allow; arguments as above."""
    return "Deny" in _effects(policies, action, resource, context)


def _effects(
    policies: Iterable[Policy], action: str, resource: str, context: Mapping[str, str] | None
) -> set[str]:
    return {
        statement["Effect"]
        for policy in policies
        for statement in _list(policy["Statement"])
        if _concerns(statement, action, resource, context or {})
    }


def _concerns(statement: Policy, action: str, resource: str, context: Mapping[str, str]) -> bool:
    return (
        _covers(statement, "Action", action, re.IGNORECASE)
        and _covers(statement, "Resource", resource)
        and all(
            _holds(operator, context.get(key), _list(values))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _covers(statement: Policy, element: str, value: str, flags: int = 0) -> bool:
    if f"Not{element}" in statement:
        return not _matches(value, statement[f"Not{element}"], flags)
    return _matches(value, statement[element], flags)


def _holds(operator: str, value: str | None, expected: list[str]) -> bool:
    if operator == "Null":
        return expected == [str(value is None).lower()]
    like = {"ArnEquals", "ArnLike", "StringLike"}
    exactly = {"Bool", "StringEquals"}
    if operator not in like | exactly:
        raise KeyError(operator)
    if value is None:
        return False
    return value in expected if operator in exactly else _matches(value, expected)


def _matches(value: str, patterns: str | list[str], flags: int = 0) -> bool:
    wildcards = {"*": ".*", "?": "."}
    return any(
        re.fullmatch("".join(wildcards.get(c) or re.escape(c) for c in pattern), value, flags)
        for pattern in _list(patterns)
    )


def _list(one_or_more: Any) -> list[Any]:  # noqa: ANN401 (JSON)
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
