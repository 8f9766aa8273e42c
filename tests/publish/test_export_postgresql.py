"""`python -m publish export --to postgresql://…`, into a real PostgreSQL."""

from __future__ import annotations

import random
import string
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

from tests.support.contracts import OF_THE_SHOP, contracts, public
from tests.support.postgresql_server import PASSWORD, postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import Project

pytestmark = pytest.mark.xdist_group("export_postgresql")  # one server

TYPES = {
    "varchar": "text",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp without time zone",
}
Rows = list[tuple[object, ...]]
Contracts = dict[str, dict[str, str]]


class Database:
    """A separate database on the server."""

    def __init__(self, port: int, name: str) -> None:
        self.address = f"127.0.0.1:{port}/{name}"

    def url(self, password: str = PASSWORD) -> str:
        return f"postgresql://postgres:{quote(password, safe='')}@{self.address}"

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url())

    def rows(self, sql: str) -> Rows:
        with self.connect() as connection:
            return connection.execute(sql.encode()).fetchall()

    def run(self, sql: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.encode())


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with postgresql() as port:
        yield port


@pytest.fixture
def database(server: int, request: pytest.FixtureRequest) -> Database:
    name = f"d{abs(hash(request.node.name))}"
    with psycopg.connect(Database(server, "postgres").url(), autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    return Database(server, name)


@contextmanager
def exporting(project: Project, database: Database) -> Iterator[threading.Thread]:
    """Export in a thread, and fail if the export fails."""
    said: list[str] = []
    thread = threading.Thread(
        target=lambda: said.append(project.publish("export", EXPORT_TO=database.url()))
    )
    thread.start()
    try:
        yield thread
    finally:
        thread.join()
    assert said


def halve(project: Project) -> None:
    """Delete some of the books and of their authors."""
    with project.connect() as connection:
        connection.execute("delete from books where hash(book_key) % 2 = 0")
        connection.execute("delete from author_books where hash(book_key) % 2 = 0")


def of_marts(project: Project, expected: Contracts | None = None) -> dict[str, Rows]:
    """The rows of the marts, by default without personal columns."""
    with project.connect(read_only=True) as connection:
        return {
            mart: sorted(
                connection.execute(f"select {', '.join(columns)} from {mart}").fetchall(),  # noqa: S608
                key=repr,
            )
            for mart, columns in (expected or public()).items()
        }


def of_tables(database: Database) -> dict[str, Rows]:
    return {
        mart: sorted(database.rows(f"select * from book_analytics.{mart}"), key=repr)  # noqa: S608
        for mart in tables(database)
    }


def tables(database: Database) -> list[str]:
    found = database.rows("select tablename from pg_tables where schemaname = 'book_analytics'")
    return sorted(str(name) for (name,) in found)


def test_tables_are_the_contracts_and_hold_the_marts(project: Project, database: Database) -> None:
    said = project.publish("export", "--personal", "--to", database.url())
    assert said.startswith(f"{len(contracts())} marts, ")
    project.publish(
        "export", "--personal", EXPORT_TO=database.url()
    )  # again: the tables are there by now
    assert tables(database) == sorted(contracts())
    for mart, columns in contracts().items():
        described = database.rows(
            "select attname::text, format_type(atttypid, atttypmod) from pg_attribute "  # noqa: S608
            f"where attrelid = 'book_analytics.{mart}'::regclass and attnum > 0 order by attnum"
        )
        assert described == [(name, TYPES[kind]) for name, kind in columns.items()]
    assert of_tables(database) == of_marts(project, contracts())

    keys = {
        str(mart): columns
        for mart, columns in database.rows(
            "select conrelid::regclass::text, array_agg(attname::text order by attnum) "
            "from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey) "
            "where contype = 'p' "
            "and conrelid::regclass || '_pkey' = connamespace::regnamespace || '.' || conname "
            "group by 1"
        )
    }
    assert keys.keys() == {f"book_analytics.{mart}" for mart in contracts()}
    assert keys["book_analytics.books"] == ["book_key"]
    assert keys["book_analytics.author_books"] == ["author_key", "book_key"]
    required = database.rows(
        "select column_name from information_schema.columns where table_schema = 'book_analytics' "
        "and table_name = 'vendor_books' and is_nullable = 'NO' order by 1"
    )
    assert required == [
        ("author_name",),
        ("book_title",),
        ("is_deleted",),
        ("is_rejected_now",),
        ("valid_from",),
        ("vendor_author_key",),
        ("vendor_book_key",),
    ]
    assert database.rows(
        "select obj_description('book_analytics.users'::regclass), "
        "col_description('book_analytics.users'::regclass, 3)"
    ) == [("One row per user in the newest export.", "First name.")]


def test_the_shops_marts_are_tables_with_all_rows(stocked: Project, database: Database) -> None:
    stocked.publish("export", "--to", database.url())
    expected, found = of_marts(stocked), of_tables(database)
    for mart in OF_THE_SHOP:
        assert expected[mart], mart
        assert found[mart] == expected[mart], mart


def test_personal_data_leaves_only_when_asked(project: Project, database: Database) -> None:
    project.publish("export", "--personal", EXPORT_TO=database.url())
    assert tables(database) == sorted(contracts())
    said = project.publish("export", EXPORT_TO=database.url())
    assert "streams.user_key, streams.user_email, users.user_key" in said
    assert tables(database) == sorted(public())  # users are gone
    assert of_tables(database) == of_marts(project)
    without_key = database.rows(
        "select relname::text from pg_class where relnamespace = 'book_analytics'::regnamespace "
        "and relkind = 'r' and not exists "
        "(select from pg_constraint where conrelid = pg_class.oid and contype = 'p')"
    )
    assert without_key == [("streams",)]  # whose key holds the user


def test_the_schema_s_comment_is_the_manifest(project: Project, database: Database) -> None:
    before = datetime.now(UTC)
    project.publish("export", EXPORT_TO=database.url())
    ((manifest,),) = database.rows("select obj_description('book_analytics'::regnamespace)::jsonb")
    assert isinstance(manifest, dict)
    assert before < datetime.fromisoformat(manifest["exported_at"]) < datetime.now(UTC)
    assert {one["name"]: one["rows"] for one in manifest["tables"]} == {
        mart: len(rows) for mart, rows in of_tables(database).items()
    }
    assert [load["dataset"] for load in manifest["loads"]] == ["subject_works", "streaming"]


def test_who_could_read_can_read_on(project: Project, database: Database) -> None:
    project.publish("export", EXPORT_TO=database.url())
    database.run("""
        create role analyst;
        grant usage on schema book_analytics to analyst;
        grant select on all tables in schema book_analytics to analyst;
        alter default privileges in schema book_analytics grant select on tables to analyst;
    """)
    project.publish("export", EXPORT_TO=database.url())
    with database.connect() as connection:
        connection.execute("set role analyst")
        assert connection.execute("select count(*) from book_analytics.movies").fetchone() == (91,)


def test_readers_see_the_old_tables_or_the_new(
    project: Project, copied: Project, database: Database
) -> None:
    project.publish("export", EXPORT_TO=database.url())
    counts = (
        "select (select count(*) from book_analytics.books), "
        "(select count(*) from book_analytics.author_books)"
    )
    (old,) = database.rows(counts)
    halve(copied)
    seen = []
    with exporting(copied, database) as export, database.connect() as connection:
        connection.autocommit = True
        while export.is_alive():
            seen.append(connection.execute(counts).fetchone())
        (new,) = connection.execute(counts).fetchall()
    assert old != new
    assert new[0] == len(of_marts(copied)["books"])
    assert seen[0] == old
    assert set(seen) <= {old, new}


def test_who_began_to_read_before_sees_no_empty_table(
    project: Project, copied: Project, database: Database
) -> None:
    project.publish("export", EXPORT_TO=database.url())
    halve(copied)
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("select 1")  # its snapshot is from before
        copied.publish("export", EXPORT_TO=database.url())
        counted = connection.execute("select count(*) from book_analytics.books").fetchone()
    assert counted == (len(of_marts(copied)["books"]),)


def test_who_is_reading_is_waited_for(
    project: Project, copied: Project, database: Database
) -> None:
    """Not even a reader that goes on to the next table, for which the export is waiting, too."""
    project.publish("export", EXPORT_TO=database.url())
    halve(copied)
    waits = "select count(*) from pg_locks where not granted"
    with database.connect() as reader, exporting(copied, database) as export:
        (books,) = reader.execute("select count(*) from book_analytics.books").fetchall()
        while database.rows(waits) == [(0,)]:
            assert export.is_alive()
            time.sleep(0.01)
        time.sleep(1.5)  # longer than PostgreSQL leaves two who wait for each other alone
        reader.execute("select count(*) from book_analytics.author_books")
        assert reader.execute("select count(*) from book_analytics.books").fetchall() == [books]
        assert export.is_alive()
        reader.rollback()
    assert of_tables(database) == of_marts(copied)


def test_a_failed_export_leaves_the_old_tables(
    project: Project, copied: Project, database: Database
) -> None:
    project.publish("export", EXPORT_TO=database.url())
    before = of_tables(database)
    halve(copied)
    with copied.connect() as connection:
        connection.execute("insert into vendor_reviews from vendor_reviews limit 1")
    said = copied.publish("export", EXPORT_TO=database.url(), fails=True)
    assert said.startswith("publish: error: PostgreSQL: could not create unique index")
    assert said.count("\n") == 1
    with copied.connect() as connection:
        connection.execute("drop table vendor_reviews")
    said = copied.publish("export", EXPORT_TO=database.url(), fails=True)
    assert "make build" in said
    assert said.count("\n") == 1
    assert of_tables(database) == before
    assert tables(database) == sorted(public())


def test_a_view_of_somebody_s_own_is_named(project: Project, database: Database) -> None:
    project.publish("export", EXPORT_TO=database.url())
    database.run("create view mine as select * from book_analytics.books")
    said = project.publish("export", EXPORT_TO=database.url(), fails=True)
    assert "view mine depends on table book_analytics.books" in said
    assert tables(database) == sorted(public())


def test_nul_is_replaced(copied: Project, database: Database) -> None:
    with copied.connect() as connection:
        connection.execute(
            "update books set title = 'a' || chr(0) || 'b' where book_key like '%27W'"
        )
    copied.publish("export", EXPORT_TO=database.url())
    titles = database.rows(
        "select distinct title from book_analytics.books where book_key like '%27W'"
    )
    assert titles == [("a\ufffdb",)]


SECRET = "hunter2"  # noqa: S105 - no server has it


def test_a_key_too_long_for_an_index_is_exported(copied: Project, database: Database) -> None:
    dice = random.Random(1)  # noqa: S311 - not a secret
    title = "".join(dice.choices(string.ascii_lowercase, k=7034))  # cannot be compressed
    with copied.connect() as connection:
        connection.execute(
            "update movies set movie_key = $title, movie_title = $title "
            "where movie_key = (select min(movie_key) from movies)",
            {"title": title},
        )
    for _ in range(2):  # the second export replaces the first one's
        copied.publish("export", EXPORT_TO=database.url())
        assert of_tables(database) == of_marts(copied)
    with pytest.raises(psycopg.errors.UniqueViolation, match="movies_pkey"):
        database.run("insert into book_analytics.movies select * from book_analytics.movies")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"postgresql://u:{SECRET}@127.0.0.1:1/d", "connection"),
        (f"postgresql://u:{SECRET}@no.such.host.invalid/d", "resolve"),
        (f"postgresql://127.0.0.1:1/d?user=u&password={SECRET}", "connection"),
        (f"postgresql://u:a@{SECRET}@127.0.0.1:1/d", "not a PostgreSQL URL"),
        (f"postgresql://u:a/{SECRET}@127.0.0.1:1/d", "not a PostgreSQL URL"),
        (f"postgresql://u:1/{SECRET}@127.0.0.1:1/d", "not a PostgreSQL URL"),
        (f"postgresql://u:a%{SECRET}@127.0.0.1:1/d", "not a PostgreSQL URL"),
        (f"postgresql://u:{SECRET}@[::1/d", "not a PostgreSQL URL"),
        (f"mysql://u:{SECRET}@127.0.0.1:1/d", "not a PostgreSQL URL"),
        (f"u:{SECRET}@127.0.0.1:1/d", "not a PostgreSQL URL"),
    ],
)
def test_a_password_is_never_shown(project: Project, url: str, message: str) -> None:
    said = project.publish("export", "--verbose", "--to", url, fails=True)
    assert message in said.splitlines()[-1]
    assert SECRET not in said
    assert "--raw" not in said


def test_a_wrong_password_is_not_shown_and_the_environment_s_is_used(
    project: Project, database: Database
) -> None:
    said = project.publish("export", "--verbose", EXPORT_TO=database.url(SECRET), fails=True)
    assert "password authentication failed" in said
    assert SECRET not in said
    project.publish(
        "export", "--to", f"postgresql://postgres@{database.address}", PGPASSWORD=PASSWORD
    )
    assert tables(database) == sorted(public())


def test_raw_is_for_files(project: Project) -> None:
    said = project.publish("export", "--raw", "--to", "postgresql://127.0.0.1:1/d", fails=True)
    assert said.startswith("publish: error: --raw only applies to CSV")
