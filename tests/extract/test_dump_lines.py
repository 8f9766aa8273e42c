"""Blocks of any size give the same verdict as a reading line by line."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.dump import lines
from extract.dump.dumps import FILES, DumpFile
from extract.errors import InvalidInput

WORKS, RATINGS = FILES[0], FILES[5]
GOOD = {
    WORKS: b'/type/work\t/works/OL1W\t3\t2026-09-01T12:34:56\t{"title": "a"}\n',
    RATINGS: b"/works/OL1W\t/books/OL1M\t5\t2024-02-29\n",
}

# a good line, or one that lost, gained or changed a few bytes
_bytes = st.sampled_from(
    [b"\t", b"{", b"\r", b"\0", b"\1", b"\xe9", "é".encode(), b"/", b"\n", b""]
)
_edits = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2), _bytes), max_size=2)


def edited(line: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in edits:
        line = line[:at] + new + line[at + length :]
    return line


def first_bad_line(text: bytes, file: DumpFile) -> int | None:
    """The number of the first bad line, by rules written down once more, without blocks."""
    *whole, rest = text.split(b"\n")
    for number, line in enumerate(whole, 1):
        try:
            columns = line.decode().split("\t")
        except UnicodeDecodeError:
            return number
        if file is WORKS:
            fits = len(columns) == 5 and columns[0] == "/type/work" and columns[4][:1] == "{"
        else:
            fits = len(columns) == 4 and columns[0].startswith("/works/OL")
        if not fits or re.search("[\0\1\r]", line.decode()):
            return number
    return len(whole) + 1 if rest else None


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.kind)
@given(changes=st.lists(st.just([]) | _edits, max_size=8), block=st.integers(1, 200))
def test_any_text(file: DumpFile, changes: list[list[tuple[int, int, bytes]]], block: int) -> None:
    text = b"".join(edited(GOOD[file], edits) for edits in changes)
    expected = first_bad_line(text, file)
    pieces: list[tuple[bytes, int]] = []
    refusal = ""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "BLOCK", block)
        try:
            for piece, count in lines.whole_lines(io.BytesIO(text), file, "x"):
                pieces.append((bytes(piece), count))
        except InvalidInput as error:
            refusal = str(error)
    named = re.match(r"x, line ([\d,]+) ", refusal)
    assert (int(named[1]) if named else None) == expected, refusal
    whole = b"".join(piece for piece, _ in pieces)
    assert text.startswith(whole)
    assert whole == text or expected is not None
    assert all(piece.count(b"\n") == count > 0 for piece, count in pieces)
    assert all(piece.endswith(b"\n") for piece, _ in pieces)


def test_a_piece_ends_with_the_last_whole_line_of_its_block() -> None:
    text = GOOD[WORKS] * 100
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "BLOCK", 1_000)
        pieces = list(lines.whole_lines(io.BytesIO(text), WORKS, "x"))
    ends = [0]
    for piece, _ in pieces:
        ends.append(ends[-1] + len(piece))
    # the end of each block, rounded down to whole lines
    assert ends[1:] == [
        min(at, len(text)) // len(GOOD[WORKS]) * len(GOOD[WORKS])
        for at in range(1_000, len(text) + 1_000, 1_000)
    ]
    assert all(a < b for a, b in pairwise(ends))
