"""The project's own rules for dbt-bouncer find what they are for."""

from typing import Any

import pytest
from dbt_bouncer.testing import check_fails, check_passes  # type: ignore[import-untyped]

from tests.support.project import ROOT

CHECKS = str(ROOT / "scripts" / "conventions")


def model(name: str, description: str = "One row per book.") -> dict[str, Any]:
    return {"name": name, "unique_id": f"model.p.{name}", "description": description}


EXEMPT = {"dbt-bouncer": {"skip_checks": ["check_model_grain_is_tested"]}}


def key_of(*names: str) -> list[dict[str, Any]]:
    return [
        {"attached_node": f"model.p.{name}", "test_metadata": {"name": "primary_key"}}
        for name in names
    ]


def says(*names: str) -> str:
    return "One row per book.\n\nThe grain is tested\non " + ", ".join(
        f"`{name}`" for name in names
    )


@pytest.mark.parametrize(
    ("description", "tested", "passes"),
    [
        ("", ["staged"], True),
        ("", ["books"], False),
        (says("books"), ["books"], True),
        (says("books"), ["authors"], False),
        (says("no_such_model"), ["books"], False),
        (says("int_…_checked"), ["int_a_checked", "int_b_checked"], True),
        (says("int_…_checked"), ["int_a_checked"], False),
        (says("staged"), ["books"], False),
        (says("int_…_exempt"), ["int_a_exempt"], True),
        (says("int_b_exempt"), ["int_a_exempt"], False),
    ],
)
def test_a_grain_is_tested_there_or_where_the_description_says(
    description: str, tested: list[str], passes: bool
) -> None:
    others = [model(name) for name in ("books", "authors", "int_a_checked", "int_b_checked")]
    others += [model("int_a_exempt"), model("int_b_exempt") | {"config": {"meta": EXEMPT}}]
    staged = model("staged", description)
    (check_passes if passes else check_fails)(
        "check_model_grain_is_tested",
        custom_checks_dir=CHECKS,
        model=staged,
        ctx_models=[staged, *others],
        ctx_tests=key_of(*tested),
    )


@pytest.mark.parametrize("read", ["snapshot.p.books_history", "snapshot.p.authors_history"])
def test_a_snapshot_is_read_by_a_data_test(read: str) -> None:
    (check_passes if "books" in read else check_fails)(
        "check_snapshot_has_a_data_test",
        custom_checks_dir=CHECKS,
        snapshot={"name": "books_history", "unique_id": "snapshot.p.books_history"},
        ctx_tests=[{"depends_on": {"nodes": [read]}, "unique_id": "test.p.t"}],
    )


@pytest.mark.parametrize(
    ("column", "meta", "passes"),
    [
        ("user_email", {"personal": True}, True),
        ("user_email", {"personal": False}, False),
        ("user_email", {}, False),
        ("email", {}, False),
        ("user_key", {}, False),
        ("first_name", {}, False),
        ("last_name", {}, False),
        ("author_name", {}, True),
        ("user_count", {}, True),
        ("movie_key", {}, True),
    ],
)
def test_a_column_about_a_person_is_marked(
    column: str, meta: dict[str, bool], *, passes: bool
) -> None:
    described = {column: {"name": column, "config": {"meta": meta}}}
    (check_passes if passes else check_fails)(
        "check_model_personal_columns_are_marked",
        custom_checks_dir=CHECKS,
        model=model("users") | {"columns": described},
    )
