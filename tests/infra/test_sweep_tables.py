"""Of the bucket of tables, only what no definition names and nobody may still write is removed."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from tests.support.project import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCRIPT = runpy.run_path(str(ROOT / "scripts" / "sweep_tables.py"))
BUCKET, SCHEMA = "tables", "shelf"
LATER = datetime.now(UTC) + timedelta(hours=1)  # all objects were written before


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3, glue = boto3.client("s3"), boto3.client("glue")
        s3.create_bucket(Bucket=BUCKET)
        glue.create_database(DatabaseInput={"Name": SCHEMA})
        for key in (
            *("shelf/books/old/data/1", "shelf/books/now/data/1", "shelf/books/gone/data/1"),
            *("shelf/books/gone/metadata/1", "shelf/swapped/building/data/1"),
            "shelf/books/old2/data/1",  # not what `old` names
            *("shelf/dropped/all/data/1", "shelf_2/books/other/data/1", "shelf/loose"),
        ):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"123")
        define(glue, "create_table", "books", "old")
        define(glue, "update_table", "books", "now/")
        define(glue, "create_table", "__building_swapped", "building", folder="swapped")
        yield s3, glue


def define(glue: Any, call: str, table: str, version: str, folder: str = "") -> None:  # noqa: ANN401
    location = f"s3://{BUCKET}/{SCHEMA}/{folder or table}/{version}"
    given = {"Name": table, "StorageDescriptor": {"Location": location}}
    getattr(glue, call)(DatabaseName=SCHEMA, TableInput=given)


def keys(s3: Any) -> set[str]:  # noqa: ANN401
    return {item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}


def test_what_no_version_names_is_removed(
    account: tuple[Any, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    s3, glue = account
    before = keys(s3)
    SCRIPT["sweep"](s3, glue, BUCKET, [SCHEMA], LATER)
    assert before - keys(s3) == {
        *("shelf/books/gone/data/1", "shelf/books/gone/metadata/1"),
        *("shelf/books/old2/data/1", "shelf/dropped/all/data/1"),
    }
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(", last written")[0] for line in said] == [
        "Removed shelf/books/gone/: 2 objects, 0.0 MB",
        "Removed shelf/books/old2/: 1 objects, 0.0 MB",
        "Removed shelf/dropped/all/: 1 objects, 0.0 MB",
    ]


def test_what_was_written_lately_is_left(
    account: tuple[Any, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    s3, glue = account
    before = keys(s3)
    SCRIPT["sweep"](s3, glue, BUCKET, [SCHEMA], datetime.now(UTC) - SCRIPT["WEEK"])
    assert keys(s3) == before
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == [
        "Left shelf/books/gone/",
        "Left shelf/books/old2/",
        "Left shelf/dropped/all/",
    ]


def test_more_objects_than_one_request_may_delete(account: tuple[Any, Any]) -> None:
    s3, glue = account
    for number in range(SCRIPT["AT_ONCE"] + 1):
        s3.put_object(Bucket=BUCKET, Key=f"shelf/dropped/all/data/{number}", Body=b"")
    SCRIPT["sweep"](s3, glue, BUCKET, [SCHEMA], LATER)
    assert not [key for key in keys(s3) if key.startswith("shelf/dropped/")]


def test_what_s3_refuses_to_delete_is_said(account: tuple[Any, Any]) -> None:
    class Refusing:
        def delete_objects(self, **_: object) -> dict[str, object]:
            return {"Errors": [{"Key": "a", "Message": "Please reduce your request rate."}]}

    folder = SCRIPT["Folder"]("shelf/a/b/", ("shelf/a/b/1",), 1, LATER)
    with pytest.raises(Exception, match="shelf/a/b/: Please reduce your request rate"):
        SCRIPT["remove"](Refusing(), BUCKET, folder)


def test_the_schemas_are_those_of_tables(tmp_path: Path) -> None:
    def node(schema: str, materialized: str) -> dict[str, object]:
        return {"schema": schema, "config": {"materialized": materialized}}

    nodes = {
        "a": node("shelf", "table"),
        "b": node("shelf", "incremental"),
        "c": node("shelf_history", "snapshot"),
        "d": node("shelf_seeds", "seed"),
        "e": node("shelf_staging", "view"),
        "f": node("shelf_audit", "test"),
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    found = SCRIPT["schemas_of"](tmp_path / "manifest.json")
    assert found == ["shelf", "shelf_history", "shelf_seeds"]
