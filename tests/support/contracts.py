"""The contracts of the marts, read from the files of YAML without dbt."""

import yaml  # type: ignore[import-untyped]

from tests.support.project import ROOT

# What exports contain only if they are asked for it; of `rejected_records.line_start`, some rows.
PERSONAL = {
    "streams": {"user_key", "user_email"},
    "users": {"user_key", "user_email", "first_name", "last_name"},
}

# The marts that are empty without a dump or a store's catalogue.
OF_THE_SHOP = {
    *("editions", "isbns", "isbn_quality_summary", "book_languages", "publisher_books"),
    *("book_popularity", "rising_authors", "book_redirects"),
    *("store_books", "store_book_candidates", "wanted_books", "books_to_add"),
}


def public() -> dict[str, dict[str, str]]:
    """The contracts without personal columns, and without `users`, which has no others."""
    kept = {
        mart: {name: kind for name, kind in columns.items() if name not in PERSONAL.get(mart, ())}
        for mart, columns in contracts().items()
    }
    return {mart: columns for mart, columns in kept.items() if columns}


def contracts() -> dict[str, dict[str, str]]:
    """The type of each column of each mart, in the contract's order, as the files of YAML say."""
    return _of_columns("data_type")


def descriptions() -> dict[str, dict[str, str]]:
    """The description of each column of each mart, as the files of YAML say: not rendered."""
    return _of_columns("description")


def _of_columns(attribute: str) -> dict[str, dict[str, str]]:
    described = [
        model
        for file in (ROOT / "models" / "marts").glob("*/*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    ]
    return {
        model["name"]: {column["name"]: column[attribute] for column in model["columns"]}
        for model in described
    }
