"""Parse received files: yield the records of a CSV file or of a JSON array one at a time.

Each record is the bytes of a JSON object on one line. A file of any size takes the memory of a few
of its records. Errors call the file ``name``.
"""

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

import msgspec

from extract.errors import InvalidInput

MAX_RECORD = 2 * 2**20  # bytes of a line or object; reading one takes several times that
READ = 2**20  # bytes of JSON read at a time
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx, .ods and .zip begin, and .xls
LONGEST_TOKEN = 10  # characters of JSON that cannot be judged before the last: -Infinity, \ud83d

csv.field_size_limit(MAX_RECORD)  # the module's default is lower, and global

_SPACE = re.compile(r"[ \t\n\r]*")
# A string contains no raw line break, so each line break is between two tokens and means nothing. A
# run of blanks is tried only from its first: trying it from each would take quadratic time.
_BREAK = re.compile(r"(?<![ \t])[ \t]*[\n\r][ \t\n\r]*")


def csv_records(
    file: BinaryIO, columns: tuple[str, ...], name: str, optional: tuple[str, ...] = ()
) -> Iterator[bytes]:
    """Yield a CSV file's rows as objects whose values are all strings, named by the header.

    The header names the ``columns`` in any order, and may name the ``optional`` and further ones.
    The first two are known whatever their case and the blanks around them, and have in records the
    names that they have here; a further column's name is the file's. Values stay as they are.

    What a spreadsheet adds is skipped: rows without a value, and columns at the end that have
    neither a name nor a value.

    Raises:
        InvalidInput: the header lacks a column or names one twice, a row has too few or too many
            cells, or the text is not UTF-8 or not CSV.
    """
    rows = csv.reader(_lines(file, name), strict=True)
    filled = (row for row in rows if any(map(str.strip, row)))
    try:
        header = next(filled, None)
        if header is None:
            raise InvalidInput(
                f"{name} is empty: export it again, with the header {','.join(columns)}"
            )
        names = _names(header, columns, optional, f"{name}, line {rows.line_num}")
        for row in filled:
            # spreadsheets leave out unnamed cells further down
            if not len(names) <= len(row) <= len(header):
                raise InvalidInput(
                    f"{name}, line {rows.line_num}: expected {len(names)} cells but found "
                    f"{len(row)}: fix the row or export the file again"
                )
            for place, cell in enumerate(row[len(names) :], len(names) + 1):
                if cell.strip():
                    raise InvalidInput(
                        f"{name}, line {rows.line_num}: cell {place} is {cell[:100]!r}, but the "
                        "header does not name its column: name it or empty the cell"
                    )
            yield msgspec.json.encode(dict(zip(names, row, strict=False)))
    except csv.Error as error:
        problem = str(error)
        if problem.startswith("new-line character"):  # followed by advice for programmers
            problem = "a carriage return without a line feed"
        raise InvalidInput(
            f"{name}, line {rows.line_num}: {problem}: fix the row or export the file again"
        ) from error


def _names(
    header: list[str], columns: tuple[str, ...], optional: tuple[str, ...], where: str
) -> list[str]:
    """Return what records call the columns up to the last that has a name."""
    known = {column.casefold(): column for column in (*columns, *optional)}
    width = max(place for place, cell in enumerate(header, 1) if cell.strip())
    names = [known.get(cell.strip().casefold(), cell) for cell in header[:width]]
    text = ",".join(header[:width])
    if text.casefold().startswith("sep="):
        raise InvalidInput(f"{where}: {text!r} is for spreadsheets alone: delete the line")
    lacking = [column for column in columns if column not in names]
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if lacking and sum(cell.strip().casefold() in known for cell in text.split(sign)) > 1:
            raise InvalidInput(
                f"{where}: {called} separate the cells: export the file with commas between them"
            )
    if lacking:
        raise InvalidInput(
            f"{where}: the header lacks {', '.join(lacking)} and begins {text[:100]!r}: "
            "give columns these names and export the file again; others may stay"
        )
    (twice, count), *_ = Counter(names).most_common(1)
    if count > 1:
        which = f"named {twice!r}" if twice.strip() else "without a name"
        raise InvalidInput(
            f"{where}: the header has {count} columns {which}: give each a name of its own; "
            "capitals do not tell them apart"
        )
    return names


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_RECORD + 1):
        number += 1
        if number == 1 and line.startswith(WORKBOOKS):
            raise InvalidInput(f"{name} is a workbook or an archive: export it as CSV")
        if len(line) > MAX_RECORD:
            raise InvalidInput(
                f"{name}, line {number} is over {MAX_RECORD >> 20} MiB: is it really CSV?"
            )
        try:
            # spreadsheets start a file with a byte order mark
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"{name}, line {number} is not UTF-8 ({error.reason}): export it as UTF-8"
            ) from error


def json_records(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the objects of a JSON array as they are written, without line breaks and indents.

    Raises:
        InvalidInput: it is not an array of objects, is truncated, or is not UTF-8 or not JSON.
    """
    text = _JSONText(file, name)
    if text.peek() != "[":
        text.refuse("the file is not a JSON array" if text.peek() else "the file is empty")
    text.skip()
    if text.peek() == "]":
        text.skip()
    else:
        while True:
            yield text.take_object()
            after = text.peek()
            if after not in ("]", ","):
                text.refuse(f"{after!r} follows an object" if after else "the file is truncated")
            text.skip()
            if after == "]":
                break
    if text.peek():
        text.refuse("there is text after the array")


class _JSONText:
    """A JSON text that is read only as far as needed."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        # accepts a byte order mark, as for CSV
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._decoder = json.JSONDecoder(
            # numbers stay as they are written, with any number of digits
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
        self._text = ""
        self._at = 0
        self._line = self._column = 1  # of the first character in memory

    def peek(self) -> str:
        """Move to the next token and return its first character, or an empty string at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or not self._read():
                return self._text[self._at : self._at + 1]

    def skip(self) -> None:
        """Move past one character."""
        self._at += 1

    def take_object(self) -> bytes:
        """Return the object that starts at the next token, and move past it."""
        start = self.peek()
        if start != "{":
            self.refuse("expected an object" if start else "the file is truncated")
        end = self._end_of_object()
        while end is None and len(self._text) - self._at <= MAX_RECORD:
            if not self._read():
                self.refuse("the file is truncated, or broken near its end", len(self._text))
            end = self._end_of_object()
        record = _BREAK.sub("", self._text[self._at : end]).encode()
        if end is None or len(record) > MAX_RECORD:
            self.refuse(f"an object is over {MAX_RECORD >> 20} MiB")
        self._at = end
        return record

    def _end_of_object(self) -> int | None:
        """Return the end of the object that starts here, or None if it is not read yet."""
        try:
            return self._decoder.raw_decode(self._text, self._at)[1]
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated") or error.pos > len(self._text) - LONGEST_TOKEN:
                return None
            self.refuse(f"not JSON: {error.msg}", error.pos)
        except (RecursionError, ValueError) as error:
            self.refuse(f"JSON that cannot be stored: {error}")

    def refuse(self, problem: str, at: int | None = None) -> NoReturn:
        """Raise an error about a position of the text in memory; by default the current one."""
        line, column = self._position(self._at if at is None else at)
        raise InvalidInput(
            f"{self._name}, line {line}, column {column}: {problem}: "
            "ask for the file to be sent again"
        )

    def _read(self) -> bool:
        """Read on, by more the longer the current object is; return whether there was more."""
        self._line, self._column = self._position(self._at)
        self._text, self._at = self._text[self._at :], 0
        read = self._file.read(max(READ, len(self._text)))
        try:
            self._text += self._utf8.decode(read, final=not read)
        except UnicodeDecodeError as error:
            self._text += error.object[: error.start].decode("utf-8-sig", errors="replace")
            self.refuse(f"not UTF-8 ({error.reason})", len(self._text))
        return bool(read)

    def _position(self, at: int) -> tuple[int, int]:
        """Return the line and column, from 1, of a position of the text in memory."""
        breaks = self._text.count("\n", 0, at)
        if not breaks:
            return self._line, self._column + at
        return self._line + breaks, at - self._text.rfind("\n", 0, at)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
