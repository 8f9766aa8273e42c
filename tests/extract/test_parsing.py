"""Received files are parsed record by record, as they are written, or refused with one line."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import InvalidInput
from extract.files import parsing
from extract.files.parsing import csv_records, json_records

COLUMNS = ("name", "email")
OPTIONAL = ("Born",)


def from_csv(text: bytes) -> list[Any]:
    records = csv_records(io.BytesIO(text), COLUMNS, "users.csv", OPTIONAL)
    return [json.loads(record) for record in records]


def from_json(text: bytes) -> list[bytes]:
    return list(json_records(io.BytesIO(text), "books.json"))


# --- CSV ------------------------------------------------------------------------------------------

cells = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(cells, cells)), st.sampled_from(["\n", "\r\n"]))
def test_any_cells_are_given_as_texts(rows: list[tuple[str, str]], line_end: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([COLUMNS, *rows])
    filled = [row for row in rows if "".join(row).strip()]
    expected = [dict(zip(COLUMNS, row, strict=True)) for row in filled]
    assert from_csv(text.getvalue().encode()) == expected


def test_cells_are_not_interpreted() -> None:
    text = b'\xef\xbb\xbfname,email\n 007 ,NULL\n"say ""hi"",\nnow",\nlast,one'
    assert from_csv(text) == [
        {"name": " 007 ", "email": "NULL"},
        {"name": 'say "hi",\nnow', "email": ""},
        {"name": "last", "email": "one"},
    ]


def test_columns_come_in_any_order_and_further_ones_are_kept() -> None:
    assert from_csv(b"age,email,name\n7,a@x.org,Ann\n1,,\n") == [
        {"age": "7", "email": "a@x.org", "name": "Ann"},
        {"age": "1", "email": "", "name": ""},
    ]


def test_names_that_are_expected_count_whatever_their_case_and_the_blanks_around_them() -> None:
    """Further ones stay as they are, so two of them may differ in case alone."""
    assert from_csv(b"EMAIL, Name\t,born,Age , age,AGE\n a@x.org,Ann,1950,7,8,9\n") == [
        {"email": " a@x.org", "name": "Ann", "Born": "1950", "Age ": "7", " age": "8", "AGE": "9"}
    ]


def test_rows_without_a_value_are_skipped() -> None:
    """Spreadsheets end with such, of any number of cells, and separate parts by them."""
    text = (
        b"\xef\xbb\xbf\r\n,,,\r\nname,email\r\n\r\na,b\r\n \t\r\n\xc2\xa0\r\n,\r\nc,d\r\n"
        b'" ",\t\r\n,,,,\r\n"",""\r\n,e\r\n\r\n'
    )
    assert from_csv(text) == [
        {"name": "a", "email": "b"},
        {"name": "c", "email": "d"},
        {"name": "", "email": "e"},
    ]


def test_columns_at_the_end_without_name_and_value_are_dropped() -> None:
    """A spreadsheet exports columns that were emptied, and leaves some out further down."""
    text = b"name,,email,, \na,1,b,,\nc,,d, ,\ne,,f,\ng,,h\n"
    assert from_csv(text) == [
        {"name": "a", "": "1", "email": "b"},
        {"name": "c", "": "", "email": "d"},
        {"name": "e", "": "", "email": "f"},
        {"name": "g", "": "", "email": "h"},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "users.csv is empty: export it again, with the header name,email"),
        (b"Ann,ann@x.org\n", "line 1: the header lacks name, email and begins 'Ann,ann@x.org': "),
        (b"name,mail\n", "users.csv, line 1: the header lacks email and begins 'name,mail': give"),
        (b"\n,\n\nname,mail\n", "users.csv, line 4: the header lacks email and begins 'name,mail'"),
        (b"c," * 200 + b"name\n", "the header lacks email and begins '" + "c," * 50 + "': give"),
        (b"born\n", "the header lacks name, email and begins 'born'"),
        (b"Name;E-Mail\n", "line 1: the header lacks name, email and begins 'Name;E-Mail'"),
        (b"name;Email\n", "line 1: semicolons separate the cells: export the file with commas"),
        (b"a\tname\temail\n", "line 1: tabs separate the cells: export the file with commas"),
        (b"sep=,\nname,email\n", "line 1: 'sep=' is for spreadsheets alone: delete the line"),
        (b"SEP=;\nname;email\n", "line 1: 'SEP=;' is for spreadsheets alone: delete the line"),
        (b"name,email,name\n", "line 1: the header has 2 columns named 'name': give each a name"),
        (b"name,email, NAME\n", "line 1: the header has 2 columns named 'name': give each a name"),
        (b"name,email,age,age\n", "line 1: the header has 2 columns named 'age'"),
        (
            b"name,,email,,age,\n",
            "line 1: the header has 2 columns without a name: give each a name",
        ),
        (
            b"name,email,,\na,b,,c\n",
            "line 2: cell 4 is 'c', but the header does not name its column",
        ),
        (b"PK\x03\x04\x14\x00\x06\x00", "users.csv is a workbook or an archive: export it as CSV"),
        (b"\xd0\xcf\x11\xe0" + b"a" * 2_000, "users.csv is a workbook or an archive: export it"),
        (b"email,name,age\na,b\n", "line 2: expected 3 cells but found 2"),
        (b"\n", "users.csv is empty: export it again, with the header name,email"),
        (b"name,email\na,b\nc\n", "line 3: expected 2 cells but found 1"),
        (b"name,email\na,b\nc,d,e\n", "line 3: expected 2 cells but found 3"),
        (b"name,email\na,b\n\nc\n", "line 4: expected 2 cells but found 1"),
        (b"name,email,\na\n", "line 2: expected 2 cells but found 1"),
        (b"name,email,\na,b,,\n", "line 2: expected 2 cells but found 4"),
        (b"name,email\na,b,\n", "line 2: expected 2 cells but found 3"),
        (b'name,email\n"a\nb",c\nd\n', "line 4: expected 2 cells but found 1"),
        (b"name,email\na,b\n\xe9,c\n", "line 3 is not UTF-8 (invalid continuation byte)"),
        (b"\xff\xfen\0a\0", "line 1 is not UTF-8"),
        (b'name,email\n"a,b\n', "line 2: unexpected end of data"),
        (b'name,email\n"a"b,c\n', "line 2: ',' expected after '\"'"),
        (b"name,email\ra,b\r", "line 1: a carriage return without a line feed: fix"),
        (b"name,email\na,b\rc,d\n", "line 2: a carriage return without a line feed: fix"),
        (b"name,email\n" + b"a" * 2_000, "line 2 is over 0 MiB: is it really CSV"),
    ],
)
def test_a_file_that_is_not_such_csv_is_refused(
    text: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "MAX_RECORD", 1_000)
    with pytest.raises(InvalidInput) as refused:
        from_csv(text)
    assert message in str(refused.value)


# --- JSON -----------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | cells,
    lambda inner: st.lists(inner) | st.dictionaries(cells, inner),
    max_leaves=10,
)
json_objects = st.dictionaries(cells, json_values)


@given(
    st.lists(json_objects, max_size=5),
    st.sampled_from([None, 0, 4, "\t"]),
    st.booleans(),
    st.integers(1, 50),
)
def test_any_objects_are_given_whatever_is_read_at_a_time(
    objects: list[Any], indent: int | str | None, is_ascii: bool, read: int
) -> None:
    text = json.dumps(objects, indent=indent, ensure_ascii=is_ascii).replace("Infinity", "1e999")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parsing, "READ", read)
        found = from_json(text.encode())
    assert [json.loads(one) for one in found] == json.loads(text)
    assert not any(b"\n" in one for one in found)


def test_objects_are_given_byte_for_byte() -> None:
    odd = (
        b'{"a": 1,"a":2, "n":1.50e+3,"big":'
        + b"9" * 5_000
        + b',"t":"\\u00e9 \\/ \xc3\xa9 \\n { ]",'
        b'"s":"\\ud800","deep":[[[{}]]],"z":-0.0 }'
    )
    assert from_json(b"\xef\xbb\xbf [" + odd + b" ,\r\n{}]\n") == [odd, b"{}"]
    assert from_json(b'[\n  {\n\t"a" :\r\n  [ 1,\n 2 ]\n  }\n]') == [b'{"a" :[ 1,2 ]}']
    assert from_json(b'[{ "a" : 1 \t \r\n \n\t, "b" : "  " \n }]') == [b'{ "a" : 1, "b" : "  "}']
    assert from_json(b"[]") == from_json(b" [ \n ] ") == []


def test_a_run_of_spaces_takes_no_hours() -> None:
    spacious = b'{"a":"' + 1_000_000 * b" " + b'"}'
    assert from_json(b"[ \n" + spacious + b"\n]") == [spacious]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "line 1, column 1: the file is empty"),
        (b" \n", "the file is empty"),
        (b'{"a":1}', "line 1, column 1: the file is not a JSON array"),
        (b"<html>", "line 1, column 1: the file is not a JSON array"),
        (b'[{"a":1},\n 7]', "line 2, column 2: expected an object"),
        (b"[null]", "line 1, column 2: expected an object"),
        (b"[{},]", "line 1, column 5: expected an object"),
        (b'[{"a":1}\n{"a":2}]', "line 2, column 1: '{' follows an object"),
        (b"[{}]\n{}", "line 2, column 1: there is text after the array"),
        (b"[", "line 1, column 2: the file is truncated"),
        (b"[{}", "line 1, column 4: the file is truncated"),
        (b"[{},\n", "line 2, column 1: the file is truncated"),
        (b'[{"a":1},\n{"a":"x', "line 2, column 8: the file is truncated"),
        (b'[{"a":1},\n{"a":', "line 2, column 6: the file is truncated"),
        (b'[{"a":tru, "b": "something"}]', "line 1, column 7: not JSON: Expecting value"),
        (b'[\n{"a":1 "b":"something long"}]', "line 2, column 8: not JSON: Expecting ',' delim"),
        (b'[{"a":"new\nline, and what follows"}]', "line 1, column 11: not JSON: Invalid control"),
        (b'[{"a":NaN}]', "JSON that cannot be stored: NaN"),
        (b'[{"a":' + b"[" * 100_000, "JSON that cannot be stored: "),
        (b'[{"a":1},\n{"a":"\xe9"}]', "line 2, column 7: not UTF-8 (invalid continuation byte)"),
        (b'[{"a":"caf\xc3', "line 1, column 11: not UTF-8 (unexpected end of data)"),
        (b'[{"a":"' + b"x" * 300_000 + b'"}]', "line 1, column 2: an object is over 0 MiB"),
        (b'[{"a":"' + b"\xc3\xa9" * 150_000 + b'"}]', "line 1, column 2: an object is over 0 MiB"),
    ],
)
@pytest.mark.parametrize("read", [7, 2**20])
def test_a_file_that_is_not_such_json_is_refused(
    text: bytes, message: str, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "READ", read)
    monkeypatch.setattr(parsing, "MAX_RECORD", 200_000)
    with pytest.raises(InvalidInput) as refused:
        from_json(text)
    assert str(refused.value).startswith("books.json, line ")
    assert message in str(refused.value)
