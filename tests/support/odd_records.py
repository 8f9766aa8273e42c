"""Records of any shape, each with the reason of its rejection, if any; and a load of them."""

import gzip
import json
from pathlib import Path

LOAD_ID = "20261121T080000000000Z-0123456789abcdef-0000"
DAY = "load_date=2026-11-21"
BOOK = None  # what becomes of a record that is not rejected

NO_JSON = "line is not valid JSON"
FLAWED = "record is not valid JSON"
NO_OBJECT = "record is not an object"
NO_KEY = "key is missing"
ODD_KEY = "key is not of the form /works/OL…"
ODD_TITLE = "title is not text"
ODD_AUTHORS = "authors is not a list of objects with keys"
ODD_YEAR = "first_publish_year is not a whole number"

HUGE = "t" * 2_000_000
AUTHOR = '{"key":"/authors/OL1A","name":"A"}'


def authors(count: int, form: str) -> str:
    """A list of so many authors, the last of whom is the tenth again."""
    listed = (form % number for number in [*range(1, count), 10])
    return f'"authors":[{",".join(listed)}]'


# Lists beyond 10,000, where Trino's sequence ends, are among the macros' cases: so many rows would
# outweigh the sample in what the rehearsal measures. The second form is read with more care.
PLAIN, REVERSED = '{"key":"/authors/OL%dA","name":"N"}', '{"name":"N","key":"/authors/OL%dA"}'
MANY_AUTHORS = {authors(1_200, PLAIN): 1_200, authors(1_000, REVERSED): 1_000}
KEY_TWICE = '"authors":[{"key":"/authors/OL7A","name":"A","key":"/authors/OL8A","name":"B"}]'

# the fields after the key, as JSON text, and what must become of the record
FIELDS: list[tuple[str, str | None]] = [
    ("", BOOK),
    ('"unheard":{"of":[1]}', BOOK),
    ('"title":null', BOOK),
    ('"title":42', BOOK),
    ('"title":"nul \\u0000 record \\u001e"', BOOK),
    ('"title":"__None__"', BOOK),
    ('"title":" \\u00a0"', BOOK),
    (f'"title":"{HUGE}"', BOOK),
    ('"title":"\'; drop table books; --"', BOOK),
    ('"title":{"text":"nested"}', ODD_TITLE),
    ('"title":["list"]', ODD_TITLE),
    ('"authors":null', BOOK),
    ('"authors":[]', BOOK),
    (f'"authors":[{AUTHOR},{AUTHOR}]', BOOK),
    *((fields, BOOK) for fields in MANY_AUTHORS),
    (KEY_TWICE, BOOK),
    ('"authors":[{"key":"/authors/OL1A"}]', BOOK),
    ('"authors":[{"key":"/authors/OL1A","name":null}]', BOOK),
    ('"authors":"A. Novelist"', ODD_AUTHORS),
    ('"authors":{}', ODD_AUTHORS),
    # roles that name no author
    ('"authors":[{"name":"no key"}]', BOOK),
    (f'"authors":[null,{AUTHOR},{{}},{{"key":null}},{AUTHOR}]', BOOK),
    (f'"authors":[null,{AUTHOR},"bare"]', ODD_AUTHORS),
    ('"authors":["bare"]', ODD_AUTHORS),
    ('"authors":[null]', BOOK),
    ('"authors":[{"key":7}]', ODD_AUTHORS),
    ('"authors":[{"key":"/authors/OL1A","name":{}}]', ODD_AUTHORS),
    ('"authors":[{"key":"/authors/OL1A\\",\\"/authors/OL2A"}]', ODD_AUTHORS),
    ('"first_publish_year":null', BOOK),
    ('"first_publish_year":"1984"', BOOK),
    ('"first_publish_year":99999999999', BOOK),
    ('"first_publish_year":-5', BOOK),
    ('"first_publish_year":1.5', ODD_YEAR),
    ('"first_publish_year":1e3', BOOK),
    ('"first_publish_year":1984.0', BOOK),
    ('"first_publish_year":99999999999999999999', ODD_YEAR),
    ('"first_publish_year":"c. 1984"', ODD_YEAR),
    ('"first_publish_year":true', ODD_YEAR),
    ('"first_publish_year":[1984]', ODD_YEAR),
    ('"edition_count":"many"', "edition_count is not a whole number"),
    ('"cover_id":{}', "cover_id is not a whole number"),
    ('"cover_id":-1', BOOK),
    ('"has_fulltext":"perhaps"', BOOK),
    ('"cover_edition_key":[1]', BOOK),
]

# whole records as JSON text
RECORDS: list[tuple[str, str | None]] = [
    ("null", NO_OBJECT),
    ("[1]", NO_OBJECT),
    ('"text"', NO_OBJECT),
    ("17", NO_OBJECT),
    ("{}", NO_KEY),
    ('{"key":null}', NO_KEY),
    ('{"key":5}', "key is not text"),
    ('{"key":""}', ODD_KEY),
    ('{"key":"/books/OL1M"}', ODD_KEY),
    ('{"key":"/works/OL1W; drop"}', ODD_KEY),
    ('{"key":"/works/OL900M"}', BOOK),
    ('{"key":"/works/OL901W","key":"/works/OL901W"}', BOOK),
]

# records that are not JSON, as the loader lands them; each engine would accept some of them
FLAWED_RECORDS = [
    '{"key":"/works/OL910W","title":"\\ud83d"}',
    '{"key":"/works/OL911W","edition_count":NaN}',
    '{"key":"/works/OL912W","rating":-Infinity}',
    '{"key":"/works/OL913W","title":"bell \x07"}',
    '{"key":"/works/OL914W","title":"was NUL \\u0000, and was a break \\u000a"}',
    '{"key":"/works/OL915W","title":"\\xe9"}',
    '{"key":"/works/OL916W","editions":[1,],}',
    '{"key":"/works/OL917W","title":"}\\",\\"record\\":{","n":01}',
    '{"key":"/works/OL918W","title":"sound after all"}',
    "undefined",
    "[" * 5000 + "]" * 5000,
]

LINES: list[tuple[bytes, str | None]] = [
    (b"", "line is not text"),
    (b"not JSON", NO_JSON),
    (b'{"load_id":"x","record":{"key"', NO_JSON),
    (b'{"record":{"key":"/works/OL903W"}}', "line does not say where it came from"),
]


def line(position: int, record: str, flaw: str = "") -> bytes:
    """A line as the loader writes it."""
    return (
        f'{{{flaw}"load_id":"{LOAD_ID}","subject":"odd","offset":0,"position":{position},'
        f'"fetched_at":"2026-11-21T08:00:00.000000Z","record":{record}}}'
    ).encode()


def cases() -> list[tuple[bytes, str | None]]:
    records = [
        (f'{{"key":"/works/OL{number}W"{"," if fields else ""}{fields}}}', outcome)
        for number, (fields, outcome) in enumerate(FIELDS, 1)
    ]
    numbered = enumerate([*records, *RECORDS])
    flawed = enumerate(FLAWED_RECORDS, 5000)
    return [
        *((line(place, record), outcome) for place, (record, outcome) in numbered),
        *(
            (line(place, record, '"flaw":"what,\\"record\\":",'), FLAWED)
            for place, record in flawed
        ),
        *LINES,
    ]


def land(root: Path, lines: list[bytes], works: int) -> None:
    """A committed load, written by hand."""
    path = f"{DAY}/{LOAD_ID}-000000000-aaaaaaaaaaaa.jsonl.gz"
    part = root / "subject_works" / path
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(gzip.compress(b"".join(one + b"\n" for one in lines)))
    commit = {
        "load_id": LOAD_ID,
        "dataset": "subject_works",
        "subject": "odd",
        "subject_given": "odd",
        "source": "files",
        "is_complete": True,
        "started_at": "2026-11-21T08:00:00.000000Z",
        "completed_at": "2026-11-21T08:00:01.000000Z",
        "promised_count": works,
        "record_count": len(lines),
        "work_count": works,
        "drift_count": 0,
        "missing_places": [],
        "parts": [{"path": path, "offset": 0, "records": len(lines)}],
        "requests": 0,
        "retries": 0,
        "response": {"name": "Odd"},
    }
    record = root / "loads" / DAY / f"{LOAD_ID}.jsonl"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(commit) + "\n")
