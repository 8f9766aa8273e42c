"""Each kind of statement that dbt-athena sends, and what becomes of it."""

from __future__ import annotations

import pytest

from .statements import (
    LONGEST,
    CreateDatabase,
    CreateTable,
    InvalidStatement,
    RunInTrino,
    SetProperties,
    Table,
    Vacuum,
    query_comment,
    translate,
)

COMMENT = '-- /* {"app": "dbt", "node_id": "model.book_analytics.books"} */\n'
BOOKS = Table("main", "books")


def sqls(text: str) -> tuple[str, ...]:
    work = translate(text, "main").work
    assert isinstance(work, RunInTrino)
    return work.sqls


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("select ';' as a -- no comment is lost; not this one\nfrom b", "SELECT"),
        ("with a as (select 1)\nselect * from a", "SELECT"),
        ('insert into "awsdatacatalog"."main"."books" (a) select 1', "INSERT"),
        ('create or replace view\n    "awsdatacatalog"."main"."books"\n  as\n    x', "CREATE_VIEW"),
    ],
)
def test_what_is_trinos_goes_through_as_it_is(sql: str, kind: str) -> None:
    statement = translate(f"{COMMENT}{sql}\n;\n", "main")
    assert (statement.sql, statement.subtype) == (sql, kind)
    assert statement.work == RunInTrino((sql,))
    assert statement.target == (None if kind == "SELECT" else BOOKS)


def test_the_comment_names_dbts_node() -> None:
    assert query_comment(f"{COMMENT}select 1")["node_id"] == "model.book_analytics.books"
    assert query_comment("select 1 /* {} */") == {}


def test_an_iceberg_table_is_made_in_the_iceberg_catalog() -> None:
    statement = translate(
        COMMENT
        + """create table "awsdatacatalog"."main"."books"
    with (
      table_type='iceberg',
      is_external=false,location='s3://tables/main/books/1',
      partitioning=ARRAY['bucket(author_key, 4)', 'year(day)'],
      write_compression='zstd',
      vacuum_max_snapshot_age_seconds='60',
      format='parquet'
    )
    as
      select ') as (' as a -- the end;
""",
        "main",
    )
    query = "select ') as (' as a -- the end"
    properties = [
        "location='s3://tables/main/books/1'",
        "partitioning=ARRAY['bucket(author_key, 4)', 'year(day)']",
        "format='parquet'",
        "extra_properties=map(array['vacuum_max_snapshot_age_seconds'], array['60'])",
    ]
    created = f'create table "iceberg"."main"."books" with ({", ".join(properties)}) as\n{query}'
    assert (statement.type, statement.subtype) == ("DML", "CREATE_TABLE_AS_SELECT")
    assert statement.target == BOOKS
    assert statement.work == RunInTrino(
        (created,), {"iceberg.compression_codec": "ZSTD"}, iceberg_query=query
    )


def test_an_iceberg_table_has_no_properties_that_athena_does_not_know() -> None:
    created = "create table b with (table_type='iceberg', {}) as select 1"
    for known in ("location='s3://b'", "vacuum_min_snapshots_to_keep=1"):
        translate(created.format(known), "main")
    for unknown in ("external_location='s3://b'", "object_store_enabled=true"):
        with pytest.raises(InvalidStatement, match=unknown.split("=")[0]):
            translate(created.format(unknown), "main")


def test_a_hive_table_keeps_what_trino_has_too() -> None:
    properties = "external_location='s3://b', partitioned_by=ARRAY['y'], format='parquet'"
    assert sqls(
        f"create table main.books with (table_type='hive', is_external=true, {properties}) as x"
    ) == (f'create table "awsdatacatalog"."main"."books" with ({properties}) as\nx',)
    with pytest.raises(InvalidStatement, match="field_delimiter"):
        translate("create table b with (table_type='hive', field_delimiter=',') as select 1", "a")


def test_a_seeds_table_is_described_to_glue() -> None:
    work = translate(
        """create external table `main`.`books` (`a b` string, n int)
    row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
    location 's3://tables/seed'
    tblproperties ('skip.header.line.count'='1')""",
        "other",
    ).work
    assert isinstance(work, CreateTable)
    assert work.table == BOOKS
    assert work.table_input["Parameters"] == {"EXTERNAL": "TRUE", "skip.header.line.count": "1"}
    storage = work.table_input["StorageDescriptor"]
    assert storage["Location"] == "s3://tables/seed"
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("OpenCSVSerde")
    assert storage["Columns"] == [
        {"Name": "a b", "Type": "string"},
        {"Name": "n", "Type": "int"},
    ]


def test_hives_words_become_trinos() -> None:
    assert translate("create schema if not exists `main`", "x").work == CreateDatabase("main")
    assert translate("vacuum main.books", "x").work == Vacuum(BOOKS)
    assert translate("vacuum books", "main").work == Vacuum(BOOKS)
    assert translate(
        "alter table `main`.`books` set tblproperties ('classification' = 'parquet')", "x"
    ).work == SetProperties(BOOKS, {"classification": "parquet"})
    assert sqls("drop table if exists `main`.`books`") == ('DROP TABLE IF EXISTS "main"."books"',)
    assert sqls("alter table `main`.`books` rename to `main`.`b`") == (
        'ALTER TABLE "main"."books" RENAME TO "main"."b"',
    )
    table = '"awsdatacatalog"."main"."books"'
    assert sqls("alter table `main`.`books` add columns (`a` string, b array<struct<c:int>>)") == (
        f'alter table {table} add column "a" VARCHAR',
        f'alter table {table} add column "b" ARRAY(ROW("c" INTEGER))',
    )
    assert sqls("optimize main.books rewrite data using bin_pack where a = 1") == (
        'alter table "iceberg"."main"."books" execute optimize where a = 1',
    )


@pytest.mark.parametrize(
    "sql", ["msck repair table b", "create table b (a int)", "optimize b", "grant x", ""]
)
def test_what_nothing_stands_in_for_is_refused(sql: str) -> None:
    with pytest.raises(InvalidStatement, match="Nothing stands in"):
        translate(sql, "main")


@pytest.mark.parametrize("sql", ["vacuum {}", "optimize {} rewrite data using bin_pack"])
def test_what_maintains_a_table_names_no_catalog(sql: str) -> None:
    with pytest.raises(InvalidStatement, match="not awsdatacatalog"):
        translate(sql.format("awsdatacatalog.main.books"), "main")


def test_a_statement_may_be_as_long_as_athena_allows() -> None:
    fits = "select '" + "x" * (LONGEST - 9) + "'"
    assert translate(fits, "main").sql == fits
    with pytest.raises(InvalidStatement, match="262144 bytes"):
        translate(fits + " ", "main")
