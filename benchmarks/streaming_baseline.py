"""The baseline of the streaming domain: its tables written by hand, in one DuckDB script.

It reads the same files as dbt, those of committed loads: the streams of all of them, the movies and
users of the newest. It trusts its input: it fails on a value of another shape, rejects and explains
nothing, and tests nothing.

    python -m benchmarks.streaming_baseline --raw-root DIR --warehouse FILE
"""

import json
from pathlib import Path
from typing import Any

import click
import duckdb

TABLES = ("movies", "streams", "users", "movie_stream_summary")

_SETTINGS = """
set threads = 2;
set preserve_insertion_order = false;
"""

_MOVIES = """
create table movies as
select
    lower(record.title) as movie_key,
    record.title as movie_title,
    record.duration_mins as duration_minutes,
    record.original_language as original_language,
    record.size_mb as size_mb
from read_json(
    $files,
    format = 'newline_delimited',
    columns = {
        record: 'STRUCT(
            title VARCHAR, duration_mins BIGINT, original_language VARCHAR, size_mb DOUBLE
        )'
    }
);
"""

_USERS = """
create table users as
select
    lower(record.email) as user_key,
    record.email as user_email,
    record.first_name as first_name,
    record.last_name as last_name
from read_json(
    $files,
    format = 'newline_delimited',
    columns = {record: 'STRUCT(first_name VARCHAR, last_name VARCHAR, email VARCHAR)'}
);
"""

# Read as TIMESTAMP, a time would lose its offset.
_STREAMS = """
create temp table received as
select
    lower(record.user_email) as user_key,
    record.user_email as user_email,
    lower(record.movie_title) as movie_key,
    record.movie_title as movie_title,
    make_timestamp(epoch_us(record.start_at)) as started_at,
    make_timestamp(epoch_us(record.end_at)) as ended_at,
    record.size_mb as size_mb,
    load_id,
    "row" as file_row
from read_json(
    $files,
    format = 'newline_delimited',
    columns = {
        load_id: 'VARCHAR',
        "row": 'BIGINT',
        record: 'STRUCT(
            movie_title VARCHAR,
            user_email VARCHAR,
            size_mb DOUBLE,
            start_at TIMESTAMPTZ,
            end_at TIMESTAMPTZ
        )'
    }
);
"""

# Few streams come twice: only those are sorted.
_MARTS = """
create temp table repeated as
select user_key, movie_key, started_at
from received
group by user_key, movie_key, started_at
having count(*) > 1;

create table streams as
select
    user_key,
    user_email,
    movie_key,
    movie_title,
    started_at,
    ended_at,
    watched_minutes,
    duration_minutes as movie_duration_minutes,
    least(1, watched_minutes / duration_minutes) as watched_share,
    watched_minutes > duration_minutes as is_longer_than_movie,
    size_mb,
    load_id,
    file_row
from (
    select *, date_diff('millisecond', started_at, ended_at) / 1000 / 60 as watched_minutes
    from (
        select * from received anti join repeated using (user_key, movie_key, started_at)
        union all
        select * from received semi join repeated using (user_key, movie_key, started_at)
        qualify row_number() over (
            partition by user_key, movie_key, started_at
            order by load_id desc, file_row desc
        ) = 1
    )
)
left join (select movie_key, duration_minutes from movies) using (movie_key);

-- A sum of whole milliseconds does not depend on their order.
create table movie_stream_summary as
select
    movie_key,
    count(*) as stream_count,
    count(distinct user_key) as user_count,
    sum(date_diff('millisecond', started_at, ended_at))::double / 60000 as watched_minutes
from streams
group by movie_key;
"""


def committed_loads(raw_root: Path) -> list[dict[str, Any]]:
    """The newest commit record of each load of the set, the oldest load first."""
    records: dict[str, dict[str, Any]] = {}
    for path in (raw_root / "loads").glob("load_date=*/*.jsonl"):
        record = json.loads(path.read_text(encoding="utf-8"))
        known = records.get(record["load_id"])
        if record["dataset"] == "streaming" and (
            known is None or known["completed_at"] < record["completed_at"]
        ):
            records[record["load_id"]] = record
    return sorted(records.values(), key=lambda one: (one["started_at"], one["load_id"]))


def files(raw_root: Path, loads: list[dict[str, Any]], dataset: str) -> list[str]:
    """The files of a dataset that the loads list."""
    return [
        str(raw_root / dataset / part["path"])
        for load in loads
        for part in load["parts"]
        if part["dataset"] == dataset
    ]


def build(raw_root: Path, warehouse: Path) -> None:
    loads = committed_loads(raw_root)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(_SETTINGS)
        connection.execute(_MOVIES, {"files": files(raw_root, loads[-1:], "movies")})
        connection.execute(_USERS, {"files": files(raw_root, loads[-1:], "users")})
        connection.execute(_STREAMS, {"files": files(raw_root, loads, "streams")})
        connection.execute(_MARTS)


@click.command()
@click.option("--raw-root", type=click.Path(path_type=Path), required=True)
@click.option("--warehouse", type=click.Path(path_type=Path), required=True)
def main(raw_root: Path, warehouse: Path) -> None:
    """Build the streaming tables by hand."""
    build(raw_root, warehouse)


if __name__ == "__main__":
    main()
