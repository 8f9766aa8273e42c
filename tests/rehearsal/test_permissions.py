"""The policies allow every call that the loader and dbt made to AWS.

The calls are those of test_days.py, which runs before. moto itself enforces no policy. A query has
the rights of its sender, so dbt must be allowed whatever the engine asks for.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.infra.policies import Policy, is_allowed

from .cloud import RESULTS
from .conftest import BOTH, DBT_KEY, LOADER_KEY, MACROS, OUTAGES
from .trino import Trino

if TYPE_CHECKING:
    from .calls import Call
    from .production import Production

# the other environments' names, as they are in databases and keys
ELSEWHERE = re.compile(rf"[/_]({BOTH}|{OUTAGES}|{MACROS})[/_]")


class Made(NamedTuple):
    """Which calls somebody made, and what allows them."""

    calls: set[Call]
    policies: list[Policy]

    def refused(self, without: str = "") -> list[Call]:
        """Give the calls that are not allowed, or would not be without an action."""
        policies = json.loads(json.dumps(self.policies).replace(f'"{without}"', '"no:Thing"'))
        return sorted(call for call in self.calls if not _passes(call, policies))


def _passes(call: Call, policies: list[Policy]) -> bool:
    if call.action == "sts:GetCallerIdentity":  # AWS asks no policy whether one may know oneself
        return True
    context = {"s3:prefix": call.prefix}
    needed = [call.resource]
    if call.action.startswith("glue:"):  # with a right to a table must go one to what it is in
        account, _, path = call.resource.rpartition(":")
        kind, *names = path.split("/")
        needed.append(f"{account}:catalog")
        if kind == "table":
            needed.append(f"{account}:database/{names[0]}")
    return all(is_allowed(policies, call.action, resource, context) for resource in needed)


@pytest.fixture(scope="module")
def made(production: Production) -> dict[str, Made]:
    """What was called on production's days, and what allows it."""
    iam = production.cloud.client("iam")
    calls = _of_whom_production_lets(production)
    (managed,) = (
        policy
        for policy in iam.list_policies(Scope="Local")["Policies"]
        if policy["PolicyName"].startswith("book-analytics-dbt-")
    )
    version = iam.get_policy_version(
        PolicyArn=managed["Arn"], VersionId=managed["DefaultVersionId"]
    )
    (role,) = (
        role["RoleName"]
        for role in iam.list_roles()["Roles"]
        if role["RoleName"].startswith("book-analytics-loader-")
    )
    inline = iam.get_role_policy(RoleName=role, PolicyName="loader")
    return {
        "loader": Made(
            {call for call in calls if call.access_key == LOADER_KEY}, [inline["PolicyDocument"]]
        ),
        "dbt": Made(
            {call for call in calls if call.access_key in {DBT_KEY, Trino.ACCESS_KEY}},
            [version["PolicyVersion"]["Document"]],
        ),
    }


def _of_whom_production_lets(production: Production) -> list[Call]:
    """Give all calls except those of the tests' own queries and of the background work.

    A call about a query is given as a call about the workgroup that the query was started in.
    """
    calls = [
        call
        for call in production.cloud.calls
        if RESULTS not in call.resource and not ELSEWHERE.search(f"{call.resource}/{call.prefix}")
    ]
    group = production.environment["ATHENA_WORKGROUP"]
    (arn,) = {call.resource for call in calls if call.resource.endswith(f"/{group}")}
    return [
        call._replace(resource=arn)
        if call.resource == "*" and call.action.startswith("athena:")
        else call
        for call in calls
    ]


@pytest.mark.parametrize("who", ["loader", "dbt"])
def test_each_is_allowed_what_it_asked_for(made: dict[str, Made], who: str) -> None:
    assert {call.action for call in made[who].calls} >= {"s3:PutObject", "s3:GetObject"}
    refused = made[who].refused()
    assert refused == [], "\n".join(map(repr, refused))


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("loader", "s3:PutObject"),
        ("loader", "s3:ListBucket"),
        ("dbt", "athena:StartQueryExecution"),
        ("dbt", "glue:UpdateTable"),
        ("dbt", "glue:DeleteTableVersion"),
        ("dbt", "s3:GetObject"),
        ("dbt", "s3:DeleteObject"),
    ],
)
def test_what_a_policy_lacks_is_found(made: dict[str, Made], who: str, action: str) -> None:
    assert {call.action for call in made[who].refused(without=action)} == {action}
