"""The catalogue of a shop that sells books of a warehouse, at any size.

Of ten items seven have the ISBN of an edition, one of them of ten digits and one with hyphens;
one has an ISBN that no edition has, one a wrong check digit, and one none. The same books make the
same items.

    python -m tests.support.synthetic_store WAREHOUSE --items 100000 --folder DIR
"""

from __future__ import annotations

import csv
from pathlib import Path

import click
import duckdb

COLUMNS = ("isbn", "title", "author", "price", "currency", "stock")
_SOLD = """
select isbn_13, title, author_name
from editions
join (select book_key, author_key from author_books where author_position = 1) using (book_key)
join (select author_key, author_name from authors) using (author_key)
where isbn_13 like '978%' and title is not null and author_name is not null
order by hash(edition_key), edition_key
limit ?
"""


def with_check_digit(begun: str) -> str:
    """Add the check digit of 13 digits to the first twelve."""
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(begun))
    return begun + str(-total % 10)


def of_ten(isbn: str) -> str:
    """Give the ISBN of ten digits that an ISBN-13 was made of."""
    begun = isbn[3:12]
    total = sum(int(digit) * weight for digit, weight in zip(begun, range(10, 1, -1), strict=True))
    return begun + "0123456789X"[-total % 11]


def written(isbn: str, number: int) -> str:
    """Give an ISBN as a shop may write it, of each ten in the same ways."""
    match number % 10:
        case 0:
            return of_ten(isbn)
        case 1:
            return f"{isbn[:3]}-{isbn[3:12]}-{isbn[12]}"
        case 7:
            return with_check_digit(f"9799999{number % 100_000:05}")
        case 8:
            return isbn[:12] + str((int(isbn[12]) + 1) % 10)
        case 9:
            return ""
        case _:
            return isbn


@click.command()
@click.argument("warehouse", type=click.Path(exists=True, path_type=Path))
@click.option("--items", type=int, required=True)
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def main(warehouse: Path, items: int, folder: Path) -> None:
    """Write `books.csv` into a folder."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        books = connection.execute(_SOLD, [items]).fetchall()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "books.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        for number, (isbn, title, author) in enumerate(books):
            price = f"{5 + number % 4_000 / 100:.2f}"
            lines.writerow([written(isbn, number), title, author, price, "EUR", number % 7])


if __name__ == "__main__":
    main()
