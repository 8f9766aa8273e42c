"""The sample of a streaming company's files, multiplied: sets of files for the loader to land.

The same seed gives the same files. The sample's month of streams is repeated for up to a year, by
as many users as that takes, so no two streams have the same movie, user and start. Books are the
sample's with numbered names and authors. What a dump says about a book follows from the numbers of
both, so nothing is kept from dump to dump. Memory use does not grow with the number of records.

    python -m tests.support.synthetic_streaming streams --streams 10000000 DIR
    python -m tests.support.synthetic_streaming day --streams 10000000 --day 1 --count 10000 DIR
    python -m tests.support.synthetic_streaming dump --books 1000000 --number 2 DIR
    python -m extract files streaming DIR
"""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

SAMPLE = Path(__file__).parents[2] / "samples/streaming"

MONTHS = 12  # streams are spread over at most so many; beyond that, there are more users
SHARE_CHANGED = 100  # one in so many books has a page more than in the dump before
SHARE_GONE = 1_000  # one in so many books is not in the dump after, and in none from then on

# Rows come out in the order of the numbers they are made from as long as the joins run as written;
# sorting would hold all rows in memory.
_SETTINGS = """
set memory_limit = '1GB';
set disabled_optimizers = 'join_order,build_side_probe_side';
"""

# The seed decides the order, and so which of the sample's streams come once more than the others.
_SAMPLE_STREAMS = """
create temp table sample_streams as
select
    row_number() over (order by md5(concat_ws('|', $seed, movie_title, user_email, start_at))) - 1
        as place,
    movie_title,
    split_part(user_email, '@', 1) as mailbox,
    split_part(user_email, '@', 2) as host,
    size_mb,
    left(start_at, 10)::date as start_day,
    left(end_at, 10)::date as end_day,
    substr(start_at, 11) as start_time,
    substr(end_at, 11) as end_time
from read_csv($file, all_varchar = true);
"""

# Copy after copy: all users of a month, then the next month.
_STREAMS = """
copy (
    select
        movie_title,
        mailbox || if(user_copy = 0, '', '+' || user_copy) || '@' || host as user_email,
        size_mb,
        (start_day + shift) || start_time as start_at,
        (end_day + shift) || end_time as end_at
    from (
        select
            number % $sample_count as place,
            (number // $sample_count % $user_copies)::integer as user_copy,
            (number // $sample_count // $user_copies * $month)::integer as shift
        from range($streams) as numbers (number)
    )
    join sample_streams using (place)
) to $to (format csv, header)
"""

_DAY = """
copy (
    select
        movie_title,
        mailbox || if(user_copy = 0, '', '+' || user_copy) || '@' || host as user_email,
        size_mb,
        $day || start_time as start_at,
        ($day::date + (end_day - start_day)::integer) || end_time as end_at
    from (
        select number % $sample_count as place, number // $sample_count as user_copy
        from range($streams) as numbers (number)
    )
    join sample_streams using (place)
) to $to (format csv, header)
"""

_USERS = """
copy (
    select
        first_name,
        last_name,
        split_part(email, '@', 1) || if(user_copy = 0, '', '+' || user_copy)
        || '@' || split_part(email, '@', 2) as email
    from read_csv($file, all_varchar = true)
    cross join range($user_copies) as copies (user_copy)
    order by user_copy, email
) to $to (format csv, header)
"""

_BOOKS = """
create temp table books as
select
    row_number() over (order by md5(concat_ws('|', $seed, name, author))) - 1 as place,
    name,
    pages,
    author,
    publisher
from read_json(
    $file, columns = {name: 'VARCHAR', pages: 'BIGINT', author: 'VARCHAR', publisher: 'VARCHAR'}
);
"""

# A book's name bears the number of its copy, an author one for every ten, so that authors have more
# books than one. Were it not for the two sums in `phase`, those that change would be those that go.
_DUMP = """
copy (
    select
        name || if(copy = 0, '', ' (' || copy || ')') as name,
        pages + ($number - 2 - phase + $share_changed) // $share_changed as pages,
        author || if(copy < 10, '', ' (' || copy // 10 || ')') as author,
        publisher
    from (
        select
            number % $books_known as place,
            number // $books_known as copy,
            (number + number // $share_gone + $share_changed // 2 + $seed) % $share_changed
                as phase
        from range($books) as numbers (number)
        where $number < 2 + (number + $seed) % $share_gone
    )
    join books using (place)
) to $to (format json, array true)
"""


# --- file sets ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shape:
    """How the sample's streams are multiplied until there are enough."""

    sample_count: int
    first_day: str
    month: int  # days from the first stream to the last, both included: months do not overlap
    copies: int

    @property
    def user_copies(self) -> int:
        return -(-self.copies // min(MONTHS, self.copies))


def write_streams(folder: Path, *, streams: int, seed: int = 1) -> None:
    """Write a set with this many streams; movies and the vendor's files are the sample's."""
    with _sample_streams(seed) as connection:
        shape = _shape(connection, streams)
        _write_all_but_streams(connection, folder, shape)
        connection.execute(
            _STREAMS,
            {
                "streams": streams,
                "sample_count": shape.sample_count,
                "user_copies": shape.user_copies,
                "month": shape.month,
                "to": str(folder / "streams.csv"),
            },
        )


def write_day(folder: Path, *, streams: int, day: int, count: int, seed: int = 1) -> None:
    """Write the set of a day after `write_streams`: new streams, the other files unchanged.

    Raises:
        ValueError: this many streams in a day need more users than the streams before have.
    """
    with _sample_streams(seed) as connection:
        shape = _shape(connection, streams)
        if count > shape.sample_count * shape.user_copies:
            raise ValueError(f"{count:,} a day are too many for the users of {streams:,} streams")
        _write_all_but_streams(connection, folder, shape)
        connection.execute(
            _DAY,
            {
                "streams": count,
                "sample_count": shape.sample_count,
                "day": _day(connection, shape, day),
                "to": str(folder / "streams.csv"),
            },
        )


def write_vendor_dump(folder: Path, *, books: int, number: int, seed: int = 1) -> None:
    """Write a set whose books are the vendor's dump of this number, from 1; the rest is the sample.

    Each later dump lacks one more in a thousand of the first dump's books, and one in a hundred of
    those that remain has one page more than in the dump before.
    """
    with _connection() as connection:
        connection.execute(_BOOKS, {"seed": seed, "file": str(SAMPLE / "vendor/books.json.gz")})
        _copy_sample(folder, ("internal/movies.csv", "internal/users.csv", "internal/streams.csv"))
        _copy_sample(folder, ("vendor/authors.json", "vendor/reviews.json"))
        connection.execute(
            _DUMP,
            {
                "books": books,
                "books_known": _one(connection, "select count(*) from books"),
                "number": number,
                "seed": seed,
                "share_changed": SHARE_CHANGED,
                "share_gone": SHARE_GONE,
                "to": str(folder / "books.json"),
            },
        )


def _write_all_but_streams(
    connection: duckdb.DuckDBPyConnection, folder: Path, shape: _Shape
) -> None:
    _copy_sample(folder, ("internal/movies.csv",))
    _copy_sample(folder, ("vendor/books.json", "vendor/authors.json", "vendor/reviews.json"))
    connection.execute(
        _USERS,
        {
            "file": str(SAMPLE / "internal/users.csv.gz"),
            "user_copies": shape.user_copies,
            "to": str(folder / "users.csv"),
        },
    )


def _copy_sample(folder: Path, names: tuple[str, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with (
            gzip.open(SAMPLE / f"{name}.gz") as packed,
            (folder / Path(name).name).open("wb") as file,
        ):
            shutil.copyfileobj(packed, file)


# --- the sample -----------------------------------------------------------------------------------


@contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(_SETTINGS)
        yield connection


@contextmanager
def _sample_streams(seed: int) -> Iterator[duckdb.DuckDBPyConnection]:
    with _connection() as connection:
        connection.execute(
            _SAMPLE_STREAMS, {"seed": seed, "file": str(SAMPLE / "internal/streams.csv.gz")}
        )
        yield connection


def _shape(connection: duckdb.DuckDBPyConnection, streams: int) -> _Shape:
    row = connection.execute(
        "select count(*), min(start_day)::varchar, max(start_day) - min(start_day) + 1"
        " from sample_streams"
    ).fetchone()
    assert row is not None
    sample_count, first_day, month = row
    return _Shape(sample_count, first_day, month, max(1, -(-streams // sample_count)))


def _day(connection: duckdb.DuckDBPyConnection, shape: _Shape, number: int) -> str:
    """The day of this number, from 1, after the last month."""
    months = -(-shape.copies // shape.user_copies)
    days = months * shape.month + number - 1
    day = _one(connection, "select ($1::date + $2::integer)::varchar", [shape.first_day, days])
    return str(day)


def _one(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list[object] | None = None
) -> object:
    row = connection.execute(query, parameters or []).fetchone()
    assert row is not None
    return row[0]


# --- the command line -----------------------------------------------------------------------------

_FOLDER = click.argument("folder", type=click.Path(path_type=Path))
_SEED = click.option("--seed", default=1, show_default=True)
_STREAM_COUNT = click.option(
    "--streams",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="Number of streams.",
)


@click.group()
def main() -> None:
    """Write sets of files for `python -m extract files streaming`."""


@main.command("streams")
@_FOLDER
@_STREAM_COUNT
@_SEED
def streams_command(folder: Path, streams: int, seed: int) -> None:
    """Write a set with --streams streams."""
    write_streams(folder, streams=streams, seed=seed)


@main.command("day")
@_FOLDER
@_STREAM_COUNT
@click.option(
    "--day", type=click.IntRange(1), default=1, show_default=True, help="Number of the day."
)
@click.option(
    "--count", type=click.IntRange(0), default=10, show_default=True, help="Streams that day."
)
@_SEED
def day_command(folder: Path, streams: int, day: int, count: int, seed: int) -> None:
    """Write the set of a day that follows --streams streams."""
    write_day(folder, streams=streams, day=day, count=count, seed=seed)


@main.command("dump")
@_FOLDER
@click.option(
    "--books", type=click.IntRange(0), default=1_000, show_default=True, help="Number of books."
)
@click.option(
    "--number", type=click.IntRange(1), default=1, show_default=True, help="Number of the dump."
)
@_SEED
def dump_command(folder: Path, books: int, number: int, seed: int) -> None:
    """Write a set with a vendor's dump of --books books."""
    write_vendor_dump(folder, books=books, number=number, seed=seed)


if __name__ == "__main__":
    main()
