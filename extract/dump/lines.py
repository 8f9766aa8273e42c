"""Read a dump's file in pieces of whole lines, each checked at once.

A piece is matched against its columns up to the record, its tabs are counted, and what no engine
reads as a line is looked for. Records are not parsed: dbt does that. Only a piece that fails is
read line by line, for the number of the first bad one.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

from extract.dump.dumps import DumpFile
from extract.errors import InvalidInput

BLOCK = 2**20  # bytes read at a time
RECORD = 5  # the column that is a record, if there are so many
MAX_LINE = 16 * 2**20  # bytes, its end included; dbt reads no longer ones

# Readers of lines end a line at a carriage return, DuckDB ends it at NUL, Athena a column at 1.
_NOT_IN_A_LINE = (b"\r", b"\0", b"\1")


def whole_lines(file: BinaryIO, expected: DumpFile, name: str) -> Iterator[tuple[memoryview, int]]:
    """Yield a file's text in pieces of whole lines, with the number of lines of each.

    The same text gives the same pieces. The memory it takes is that of a few blocks or of the
    longest line.

    Raises:
        InvalidInput: a line is not what the file must contain, or the last one has no end.
    """
    done = 0
    held = b""  # the beginning of a line
    while block := file.read(BLOCK):
        if len(held) + (block.find(b"\n") + 1 or len(block)) > MAX_LINE:
            raise _bad(name, done + 1, f"is over {MAX_LINE >> 20} MiB")
        text = held + block
        end = text.rfind(b"\n") + 1
        held = text[end:]
        if end:
            count = text.count(b"\n", 0, end)
            if not _is_sound(text, end, count, expected):
                _refuse_first_bad_line(text[:end], done, expected, name)
            yield memoryview(text)[:end], count
            done += count
    if held:
        raise _bad(name, done + 1, "has no end")


@cache
def _lines(expected: DumpFile) -> re.Pattern[bytes]:
    """Return what lines of a file match, but for tabs in the last column.

    It is possessive, since there is only one way to match, and a dot is the quickest there is.
    """
    record = rb"\{" if expected.columns == RECORD else b""
    others = rb"[^\t\n]*\t" * (expected.columns - 1 - expected.start.count(b"\t"))
    return re.compile(rb"(?:%b%b%b.*\n)*+" % (expected.start, others, record))


def _is_sound(text: bytes, end: int, count: int, expected: DumpFile) -> bool:
    """Whether a text up to its ``end`` is sound, which is after so many lines."""
    return (
        _lines(expected).fullmatch(text, 0, end) is not None
        and text.count(b"\t", 0, end) == count * (expected.columns - 1)
        and all(text.find(byte, 0, end) < 0 for byte in _NOT_IN_A_LINE)
        and (text.isascii() or _is_utf8(text[:end]))
    )


def _refuse_first_bad_line(text: bytes, done: int, expected: DumpFile, name: str) -> None:
    for number, line in enumerate(text.split(b"\n")[:-1], done + 1):
        columns = line.split(b"\t")
        if len(columns) != expected.columns:
            unit = "column" if len(columns) == 1 else "columns"
            problem = f"has {len(columns)} {unit} instead of {expected.columns}"
        elif not line.startswith(expected.start):
            start = expected.start.decode().strip()
            problem = f"begins with {line[:40]!r} instead of {start}"
        elif any(byte in line for byte in _NOT_IN_A_LINE) or not _is_utf8(line):
            problem = "contains a control character or is not UTF-8"
        elif not _is_sound(line + b"\n", len(line) + 1, 1, expected):
            problem = f"has no record in its last column, but {columns[-1][:40]!r}"
        else:
            continue
        raise _bad(name, number, problem)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _bad(name: str, number: int, problem: str) -> InvalidInput:
    return InvalidInput(
        f"{name}, line {number:,} {problem}: fetch the file again; if it is the same, report it to "
        "Open Library and take another dump"
    )
