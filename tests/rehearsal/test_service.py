"""What clients rely on in Athena, and its failures, on the real engine."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from .cloud import QueryFailed
from .trino import Trino

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .cloud import Cloud

DATABASE = "library"
BUCKET = "tables"


@pytest.fixture(autouse=True)
def _library(cloud: Cloud) -> Iterator[None]:
    """A database and a bucket, empty."""
    cloud.client("s3").create_bucket(Bucket=BUCKET)
    glue = cloud.client("glue")
    glue.create_database(DatabaseInput={"Name": DATABASE})
    yield
    for table in glue.get_tables(DatabaseName=DATABASE)["TableList"]:
        glue.delete_table(DatabaseName=DATABASE, Name=table["Name"])
    glue.delete_database(Name=DATABASE)
    for key in keys(cloud):
        cloud.client("s3").delete_object(Bucket=BUCKET, Key=key)


def keys(cloud: Cloud) -> list[str]:
    listed = cloud.client("s3").list_objects_v2(Bucket=BUCKET)
    return [item["Key"] for item in listed.get("Contents", [])]


def iceberg(name: str, query: str, **properties: str) -> str:
    extra = "".join(f", {key}='{value}'" for key, value in properties.items())
    return (
        f"create table {name} with (table_type='iceberg', is_external=false,"
        f" location='s3://{BUCKET}/{name}/{uuid4()}', format='parquet'{extra}) as {query}"
    )


def start(cloud: Cloud, sql: str, **given: Any) -> str:  # noqa: ANN401
    results = {"OutputLocation": "s3://results-of-cloud-query/"}
    started: str = cloud.client("athena", attempts=1).start_query_execution(
        QueryString=sql, ResultConfiguration=results, **given
    )["QueryExecutionId"]
    return started


def ended(cloud: Cloud, execution: str) -> dict[str, Any]:
    athena = cloud.client("athena")
    while True:
        described: dict[str, Any] = athena.get_query_execution(QueryExecutionId=execution)[
            "QueryExecution"
        ]
        if described["Status"]["State"] not in {"QUEUED", "RUNNING"}:
            return described


# --- results -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "type_", "text"),
    [
        ("true", "boolean", "true"),
        ("cast(7 as tinyint)", "tinyint", "7"),
        ("7", "integer", "7"),
        ("9223372036854775807", "bigint", "9223372036854775807"),
        ("1e0", "double", "1.0"),
        ("nan()", "double", "NaN"),
        ("cast(0.5 as real)", "float", "0.5"),
        ("1.50", "decimal", "1.50"),
        ("''", "varchar", ""),
        ("cast(null as varchar)", "varchar", None),
        ("date '2026-11-21'", "date", "2026-11-21"),
        ("timestamp '2026-11-21 01:02:03.000'", "timestamp", "2026-11-21 01:02:03.000"),
        ("timestamp '2026-11-21 01:02:03.123456'", "timestamp", "2026-11-21 01:02:03.123456"),
        ("x'00ff'", "varbinary", "00 ff"),
        ("json '{\"a\": [1]}'", "json", '{"a":[1]}'),
        ("array['a', null]", "array", "[a, null]"),
        ("cast(row(1, array[true]) as row(a int, b array(boolean)))", "row", "{a=1, b=[true]}"),
        ("map(array['k'], array[1])", "map", "{k=1}"),
    ],
)
def test_a_value_is_written_as_athena_writes_it(
    cloud: Cloud, sql: str, type_: str, text: str | None
) -> None:
    athena = cloud.client("athena")
    assert cloud.query(f"select {sql} as v") == [(text,)]
    results = athena.get_query_results(QueryExecutionId=cloud.statements[-1].id)
    assert results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"][0]["Type"] == type_


def test_results_come_in_pages_of_a_thousand_rows_with_the_header_in_the_first(
    cloud: Cloud,
) -> None:
    rows = cloud.query("select n from unnest(sequence(1, 2500)) as t (n) order by n")
    assert [int(row[0] or 0) for row in rows] == list(range(1, 2501))
    athena = cloud.client("athena")
    execution = cloud.statements[-1].id
    pages = [
        [row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]]
        for page in athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution)
    ]
    assert [len(page) for page in pages] == [1000, 1000, 501]
    assert pages[0][:2] == ["n", "1"]
    few = athena.get_query_results(QueryExecutionId=execution, MaxResults=2)
    assert [row["Data"] for row in few["ResultSet"]["Rows"]] == [
        [{"VarCharValue": "n"}],
        [{"VarCharValue": "1"}],
    ]


def test_results_lie_in_the_bucket_as_csv(cloud: Cloud) -> None:
    cloud.query("""select 'a "b",' as x, '' as empty, cast(null as varchar) as missing""")
    described = ended(cloud, cloud.statements[-1].id)
    bucket, _, key = (
        described["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    )
    body = cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert body == '"x","empty","missing"\n"a ""b"",","",\n'


def test_a_failed_query_says_why(cloud: Cloud) -> None:
    with pytest.raises(QueryFailed, match=r"COLUMN_NOT_FOUND: line 1:8: Column 'nothing'"):
        cloud.query("select nothing")
    athena = cloud.client("athena", attempts=1)
    with pytest.raises(ClientError, match="Final query state: FAILED"):
        athena.get_query_results(QueryExecutionId=cloud.statements[-1].id)


def test_parameters_take_the_places_of_question_marks(cloud: Cloud) -> None:
    execution = start(cloud, "select ? as a, 'it''s' as b", ExecutionParameters=["'x'"])
    assert ended(cloud, execution)["Status"]["State"] == "SUCCEEDED"
    assert cloud.statements[-1].rows == [["x", "it's"]]


# --- tables --------------------------------------------------------------------------------------


def test_an_iceberg_table_is_made_added_to_optimized_and_vacuumed(cloud: Cloud) -> None:
    cloud.query(iceberg("books", "select 1 as n", vacuum_max_snapshot_age_seconds="0"), DATABASE)
    for sql in ("insert into books values 2", "insert into books values 3"):
        cloud.query(sql, DATABASE)
        assert cloud.statements[-1].update_count == 1
    cloud.query("optimize books rewrite data using bin_pack", DATABASE)
    data = [key for key in keys(cloud) if key.endswith(".parquet")]
    assert len(data) == 4
    cloud.query("vacuum books", DATABASE)
    assert len([key for key in keys(cloud) if key.endswith(".parquet")]) == 1
    assert sorted(cloud.query("select n from books", DATABASE)) == [("1",), ("2",), ("3",)]
    entry = cloud.client("glue").get_table(DatabaseName=DATABASE, Name="books")["Table"]
    assert entry["Parameters"]["table_type"] == "ICEBERG"
    assert entry["PartitionKeys"] == []


def test_iceberg_takes_no_timestamp_of_three_digits(cloud: Cloud) -> None:
    with pytest.raises(QueryFailed, match=r"Timestamp precision \(3\) not supported for Iceberg"):
        cloud.query(iceberg("books", "select current_timestamp(3) as at"), DATABASE)
    cloud.query(iceberg("books", "select cast(current_timestamp as timestamp(6)) as at"), DATABASE)


@pytest.mark.parametrize("numbers", ["sequence(1, 100)", "sequence(1, 101)"])
def test_a_write_opens_at_most_a_hundred_partitions(cloud: Cloud, numbers: str) -> None:
    query = " ".join(["select n from unnest(", numbers, ") as t (n)"])
    sql = iceberg("books", query).replace("format=", "partitioning=ARRAY['n'], format=")
    if "101" in numbers:
        with pytest.raises(QueryFailed, match="TOO_MANY_OPEN_PARTITIONS"):
            cloud.query(sql, DATABASE)
    else:
        cloud.query(sql, DATABASE)


def test_a_view_has_its_columns_in_glue_and_may_be_described(cloud: Cloud) -> None:
    cloud.query("create or replace view v as select 'a' as name, array[1] as numbers", DATABASE)
    glue = cloud.client("glue")
    entry = glue.get_table(DatabaseName=DATABASE, Name="v")["Table"]
    assert entry["StorageDescriptor"]["Columns"] == [
        {"Name": "name", "Type": "varchar(1)"},
        {"Name": "numbers", "Type": "array<int>"},
    ]
    keys = ("Name", "StorageDescriptor", "TableType", "ViewOriginalText", "PartitionKeys")
    described = {key: entry[key] for key in keys}
    described["Parameters"] = {**entry["Parameters"], "comment": "A description"}
    glue.update_table(DatabaseName=DATABASE, TableInput=described)
    assert cloud.query("select * from v", DATABASE) == [("a", "[1]")]


def test_of_two_commits_to_one_version_of_a_table_one_is_refused(cloud: Cloud) -> None:
    cloud.query(iceberg("books", "select 1 as n"), DATABASE)
    glue = cloud.client("glue", attempts=1)
    entry = glue.get_table(DatabaseName=DATABASE, Name="books")["Table"]
    keys = ("Name", "StorageDescriptor", "TableType", "Parameters")
    commit = {
        "DatabaseName": DATABASE,
        "TableInput": {key: entry[key] for key in keys},
        "VersionId": entry["VersionId"],
    }
    glue.update_table(**commit)
    with pytest.raises(glue.exceptions.ConcurrentModificationException):
        glue.update_table(**commit)


# --- workgroups ----------------------------------------------------------------------------------


def test_a_workgroup_is_made_changed_tagged_and_deleted(cloud: Cloud) -> None:
    athena = cloud.client("athena", attempts=1)
    athena.create_work_group(
        Name="team",
        Configuration={"BytesScannedCutoffPerQuery": 10_000_000},
        Tags=[{"Key": "a", "Value": "1"}],
    )
    arn = "arn:aws:athena:us-east-1:123456789012:workgroup/team"
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    athena.update_work_group(
        WorkGroup="team",
        ConfigurationUpdates={
            "RemoveBytesScannedCutoffPerQuery": True,
            "ResultConfigurationUpdates": {"OutputLocation": "s3://fixed/"},
        },
    )
    configuration = athena.get_work_group(WorkGroup="team")["WorkGroup"]["Configuration"]
    assert "BytesScannedCutoffPerQuery" not in configuration
    # What a workgroup enforces overrides what the client asks for.
    described = ended(cloud, start(cloud, "select 1", WorkGroup="team"))
    assert described["ResultConfiguration"]["OutputLocation"].startswith("s3://fixed/")
    assert described["Status"]["State"] == "FAILED"  # there is no such bucket
    athena.delete_work_group(WorkGroup="team")
    with pytest.raises(ClientError, match="WorkGroup team is not found"):
        start(cloud, "select 1", WorkGroup="team")


@pytest.mark.parametrize(
    ("cutoff", "state"), [(1_000_000_000, "SUCCEEDED"), (10_000_000, "CANCELLED")]
)
def test_a_query_that_scans_more_than_the_workgroup_allows_is_cancelled(
    cloud: Cloud, cutoff: int, state: str
) -> None:
    numbers = "select random() as x from unnest(sequence(1, 2000)), unnest(sequence(1, 1000))"
    cloud.query(iceberg("books", numbers), DATABASE)
    athena = cloud.client("athena")
    athena.create_work_group(
        Name="thrifty",
        Configuration={
            "BytesScannedCutoffPerQuery": cutoff,
            "EnforceWorkGroupConfiguration": False,
        },
    )
    context = {"Database": DATABASE}
    execution = start(
        cloud, "select sum(x) from books", WorkGroup="thrifty", QueryExecutionContext=context
    )
    described = ended(cloud, execution)
    athena.delete_work_group(WorkGroup="thrifty")
    assert described["Status"]["State"] == state
    assert described["Statistics"]["DataScannedInBytes"] > 10_000_000
    if state == "CANCELLED":
        assert described["Status"]["StateChangeReason"] == "Bytes scanned limit was exceeded"


# --- failures ------------------------------------------------------------------------------------


def test_a_query_can_be_stopped(cloud: Cloud) -> None:
    endless = "select count(*) from unnest(sequence(1, 10000)) a, unnest(sequence(1, 10000)) b"
    endless += ", unnest(sequence(1, 10000)) c"
    for fault in (nullcontext(), cloud.faults.hold("unnest")):
        with fault:
            execution = start(cloud, endless)
            time.sleep(1)
            assert cloud.statements[-1].state == "RUNNING"
            cloud.client("athena").stop_query_execution(QueryExecutionId=execution)
            assert ended(cloud, execution)["Status"]["State"] == "CANCELLED"


def test_a_query_that_fails_half_way_wrote_files_and_made_no_table(cloud: Cloud) -> None:
    cloud.faults.fail_query("create table .*books")
    ten = "select n from unnest(sequence(1, 10)) as t (n)"
    with pytest.raises(QueryFailed, match="injected"):
        cloud.query(iceberg("books", ten), DATABASE)
    assert not cloud.client("glue").get_tables(DatabaseName=DATABASE)["TableList"]
    wrote = {call for call in cloud.calls if call.resource.startswith(f"arn:aws:s3:::{BUCKET}/boo")}
    assert {"s3:PutObject"} <= {call.action for call in wrote}
    cloud.query(iceberg("books", ten), DATABASE)
    assert cloud.query("select count(*) from books", DATABASE) == [("10",)]


def test_a_read_that_is_doomed_fails_once(cloud: Cloud) -> None:
    cloud.faults.fail_query("select 42")
    with pytest.raises(QueryFailed, match="injected"):
        cloud.query("select 42")
    assert cloud.query("select 42") == [("42",)]


def test_throttling_passes(cloud: Cloud) -> None:
    cloud.faults.throttle(2)
    for _ in range(2):
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            start(cloud, "select 1")
    assert ended(cloud, start(cloud, "select 1"))["Status"]["State"] == "SUCCEEDED"


@pytest.mark.parametrize(("status", "code"), [(500, "InternalError"), (503, "SlowDown")])
def test_s3_is_slow_to_clients_and_to_the_engine(cloud: Cloud, status: int, code: str) -> None:
    cloud.query(iceberg("books", "select 1 as n"), DATABASE)
    s3 = cloud.client("s3", attempts=1)
    cloud.faults.s3(status, times=1, by="rehearsal")
    with pytest.raises(ClientError, match=code):
        s3.get_object(Bucket=BUCKET, Key="books")
    cloud.faults.s3(status, times=2, key=f"{BUCKET}/books/*.parquet", by=Trino.ACCESS_KEY)
    assert cloud.query("select n from books", DATABASE) == [("1",)]


def test_an_expired_token_is_of_no_use_anywhere(cloud: Cloud) -> None:
    tries: list[Callable[[], object]] = [
        cloud.client("s3", attempts=1).list_buckets,
        cloud.client("glue", attempts=1).get_databases,
        cloud.client("sts", attempts=1).get_caller_identity,
        lambda: start(cloud, "select 1"),
    ]
    cloud.faults.expire_token()
    for attempt in tries:
        with pytest.raises(ClientError, match="ExpiredToken"):
            attempt()
    cloud.faults.clear()
    for attempt in tries:
        attempt()


def test_a_buckets_policy_denies_what_its_conditions_say(cloud: Cloud) -> None:
    s3 = cloud.client("s3", attempts=1)
    s3.create_bucket(Bucket="append-only")
    deny = {"Effect": "Deny", "Principal": "*", "Resource": "arn:aws:s3:::append-only/*"}
    overwriting = {"Null": {"s3:if-none-match": "true"}}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    statements = [
        deny | {"Action": "s3:PutObject", "Condition": overwriting},
        deny | {"Action": "s3:*", "Condition": plain},
    ]
    s3.put_bucket_policy(Bucket="append-only", Policy=json.dumps({"Statement": statements}))
    s3.put_object(Bucket="append-only", Key="a", Body=b"1", IfNoneMatch="*")
    assert s3.get_object(Bucket="append-only", Key="a")["Body"].read() == b"1"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket="append-only", Key="a", Body=b"2")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="append-only", Key="a", Body=b"2", IfNoneMatch="*")


def test_calls_are_told_by_key_action_and_resource(cloud: Cloud) -> None:
    cloud.forget_calls()
    s3 = cloud.client("s3", access_key="loader")
    s3.put_object(Bucket=BUCKET, Key="a/b", Body=b"x")
    s3.get_object(Bucket=BUCKET, Key="a/b")
    s3.list_objects_v2(Bucket=BUCKET, Prefix="a/")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a/b"}, {"Key": "a&c"}]})
    cloud.client("glue", access_key="dbt").get_tables(DatabaseName=DATABASE)
    cloud.client("athena", access_key="dbt").get_work_group(WorkGroup="primary")
    arn = f"arn:aws:s3:::{BUCKET}"
    assert {call.prefix for call in cloud.calls} == {"", "a/"}
    assert {call[:3] for call in cloud.calls} == {
        ("loader", "s3:PutObject", f"{arn}/a/b"),
        ("loader", "s3:GetObject", f"{arn}/a/b"),
        ("loader", "s3:ListBucket", arn),
        ("loader", "s3:DeleteObject", f"{arn}/a/b"),
        ("loader", "s3:DeleteObject", f"{arn}/a&c"),
        ("dbt", "glue:GetTables", f"arn:aws:glue:us-east-1:123456789012:table/{DATABASE}/*"),
        (
            "dbt",
            "athena:GetWorkGroup",
            "arn:aws:athena:us-east-1:123456789012:workgroup/primary",
        ),
    }
