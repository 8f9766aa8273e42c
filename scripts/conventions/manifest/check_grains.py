"""Rules on grains for dbt-bouncer: each is tested, there or in a model that is named."""

import re
from typing import Any

from dbt_bouncer.check_framework.decorator import check, fail  # type: ignore[import-untyped]

ELSEWHERE = re.compile(r"grain is\s+tested\s+on\s+(?:each\s+|the\s+)?`([a-z_…]+)`")


@check  # type: ignore[untyped-decorator]
def check_model_grain_is_tested(model: Any, ctx: Any) -> None:  # noqa: ANN401 - dbt's artefacts
    """A model has a primary_key test, or its description names one that has it (… is any word)."""
    if not _is_tested(model, ctx, ()):
        fail(
            f"`{model.name}` has no primary_key test: add one, or have the description name a model"
            " that has it: The grain is tested on `…`."
        )


@check  # type: ignore[untyped-decorator]
def check_snapshot_has_a_data_test(snapshot: Any, ctx: Any) -> None:  # noqa: ANN401 - dbt's artefacts
    """A data test reads the snapshot."""
    if not ctx.tests_by_depends_on_node.get(snapshot.unique_id):
        fail(f"`{snapshot.name}` is read by no data test: add it to the one that reads the others.")


def _is_tested(model: Any, ctx: Any, asked: tuple[str, ...]) -> bool:  # noqa: ANN401
    tests = ctx.tests_by_attached_node.get(model.unique_id, [])
    if any(getattr(test.test_metadata, "name", "") == "primary_key" for test in tests):
        return True
    named = ELSEWHERE.search(model.description)
    pattern = named.group(1).replace("…", "[a-z_]+") if named else ""
    asked = (*asked, model.name)
    others = [
        m
        for m in ctx.models
        if re.fullmatch(pattern, m.name) and m.name not in asked and not _is_exempt(m)
    ]
    return bool(others) and all(_is_tested(other, ctx, asked) for other in others)


def _is_exempt(model: Any) -> bool:  # noqa: ANN401
    """Whether a model's own file says, with a reason, that it has no grain to test."""
    meta = (model.config and model.config.meta) or {}
    return "check_model_grain_is_tested" in meta.get("dbt-bouncer", {}).get("skip_checks", [])
