"""Synthetic monthly dumps of Open Library, as large a fraction of the real ones as wanted.

Real lines, 300 of a kind, give the shapes, the order of the fields and the texts that matter to
no model. Keys, titles, names, dates, ISBNs, covers, subjects, works and authors are drawn anew, as
often and as unevenly as in the real dumps. The same scale and seed give the same lines, in a dump's
order: 256 buckets, each sorted by key. Two files are written at a time.

    python -m tests.support.synthetic_dump --scale 1/400 --folder DIR --date 2026-09-30
"""

import gzip
import json
import re
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate, islice
from math import gcd
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import click
from isal import isal_zlib

GZIP = 31  # zlib writes the head and tail of a .gz, too
DATA = Path(__file__).parent / "data"
KINDS = ("editions", "works", "authors", "reading-log", "redirects", "ratings", "deletes")

# How many lines the real dumps have, in round numbers (August 2026).
WORKS, EDITIONS, AUTHORS = 41_600_000, 56_700_000, 14_000_000
REDIRECTED_WORKS, REDIRECTED_AUTHORS, DELETED = 800_000, 500_000, 400_000
RATINGS, READING_LOG = 700_000, 9_600_000

# How often a field is there, where the first 300 lines are not like the rest.
FREQUENCIES: dict[str, dict[str, float]] = {
    "works": {
        "authors": 0.95,
        "subjects": 0.59,
        "covers": 0.32,
        "subject_places": 0.25,
        "first_publish_date": 0.19,
        "subject_people": 0.08,
        "subject_times": 0.06,
        "description": 0.02,
        "subtitle": 0.03,
    },
    "editions": {
        "publish_date": 0.98,
        "publishers": 0.96,
        "works": 0.958,
        "authors": 0.89,
        "source_records": 0.7,
        "isbn_13": 0.9,
        "isbn_10": 0.8,
        "languages": 0.8,
        "subjects": 0.45,
        "number_of_pages": 0.65,
        "physical_format": 0.35,
        "covers": 0.25,
        "publish_places": 0.5,
        "publish_country": 0.5,
        "pagination": 0.48,
        "by_statement": 0.28,
        "notes": 0.45,
        "description": 0.15,
        "lc_classifications": 0.3,
        "lccn": 0.3,
        "oclc_numbers": 0.45,
        "dewey_decimal_class": 0.25,
        "contributions": 0.3,
        "series": 0.2,
        "ocaid": 0.12,
        "identifiers": 0.3,
        "edition_name": 0.15,
        "local_id": 0.2,
        "uris": 0.1,
        "uri_descriptions": 0.1,
        "url": 0.1,
        "created": 0.95,
        "latest_revision": 1,
    },
    "authors": {"created": 0.95, "latest_revision": 1, "birth_date": 0.24, "personal_name": 0.2},
}
VARIANTS = 4096  # lines with other fields each, made of the 300


def _each(text: str) -> list[str]:
    return text.split()


# Years that are plain or in a longer date, by weight; then what people type besides.
_DATES = {
    "{y}": 640,
    "{m} {d}, {y}": 130,
    "{m} {y}": 70,
    "{y}-{mm}-{dd}": 45,
    "{m3} {dd}, {y}": 60,
    "{mm}/{dd}/{y}": 8,
    "c{y}": 10,
    "[{y}]": 8,
    "{y}.": 8,
    "{y}?": 4,
    "{d} {m} {y}": 4,
}
_ODD_DATES = (
    *("", "n.d.", "19--", "199-?", "[19uu]", "MCMXCIV", "0000", "9999", "1", "c1987 [1988]"),
    *("{y}{mm}{dd}", "{y}a", "{y}\u5e74", "\u6c11\u570b78 [{y}]", "anno {y}", "{y}/{y}", "2{y}"),
    *("\u0661\u0669\u0668\u0667", "\uff11\uff19\uff19\uff17", "{y}-{y}", "ca. {y}", "{y}\u00e9"),
    *("Shawa\u0304l {y}", "_{y}_", "  {y}  ", "{m}, {y} 2nd print 1066", "0123 or {y}"),
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SYLLABLES = _each(
    "an ar bel ber bra cas chen da del dor el en er fa gar gold gra ha hel holm im in ja ka kel "
    "kov la len lin lo man mar mi mor na nel no ol or pa per qui ra ren ri ro sa sch sen ski so ta "
    "tel ten to u van ver vi wal wen wil ya za zel"
)
_LANGUAGES = _each("eng eng eng eng eng eng ger fre spa rus chi ita por jpn ara pol dut swe heb")

Record = dict[str, Any]


@dataclass(frozen=True)
class Universe:
    """How many of each there are, and the numbers in their keys."""

    scale: Fraction
    seed: int

    def count(self, whole: int) -> int:
        return max(1, int(whole * self.scale))

    def number(self, index: int) -> int:
        """Spread over the numbers that the real dumps use, so that keys are as long."""
        gap = max(1, int(1 / self.scale))
        return index * gap + (index * 2_654_435_761 >> 9) % gap + 1

    def order(self, count: int, sigil: str, random: Random) -> Iterator[tuple[str, int]]:
        """The keys in a dump's order, each with its index."""
        buckets = list(range(min(256, count)))
        random.shuffle(buckets)
        for bucket in buckets:
            yield from sorted(
                (f"OL{self.number(index)}{sigil}", index) for index in range(bucket, count, 256)
            )


class Draw:
    """What is drawn anew; everything comes from one source of random numbers."""

    def __init__(self, universe: Universe, kind: str) -> None:
        self.universe = universe
        self.random = Random(f"{universe.seed} {kind}")  # noqa: S311 - not for secrets
        self.works = universe.count(WORKS)
        self.authors = universe.count(AUTHORS)
        self.editions = universe.count(EDITIONS)
        self.redirected_works = universe.count(REDIRECTED_WORKS)
        self.redirected_authors = universe.count(REDIRECTED_AUTHORS)
        self.subjects = universe.count(2_500_000) + 20_000
        # The least share of works has no edition; the rest have one, and some have many.
        self.with_edition = int(self.works * 0.98)
        self.stride = next(
            n for n in range(int(self.works * 0.618) | 1, 2**40) if gcd(n, self.works) == 1
        )
        self.author_stride = next(
            n for n in range(int(self.authors * 0.618) | 1, 2**40) if gcd(n, self.authors) == 1
        )
        words = Random("words")  # noqa: S311 - not for secrets
        real = _vocabulary()
        made = [
            "".join(words.choice(_SYLLABLES) for _ in range(words.randint(2, 4))).capitalize()
            for _ in range(20_000)
        ]
        self.words = real + made
        self.names = made[:12_000] + real[:500]
        self.dates = [form for form, weight in _DATES.items() for _ in range(weight)]
        self.dates += [
            _ODD_DATES[n % len(_ODD_DATES)] for n in range(int(len(self.dates) * 0.0152))
        ]

    def key(self, sigil: str, number: int) -> str:
        return f"OL{number}{sigil}"

    def moment(self) -> str:
        bits = self.random.getrandbits(64)
        return (
            f"20{8 + bits % 18:02d}-{1 + (bits >> 8) % 12:02d}-{1 + (bits >> 12) % 28:02d}"
            f"T{(bits >> 17) % 24:02d}:{(bits >> 22) % 60:02d}:{(bits >> 28) % 60:02d}"
            f".{(bits >> 34) % 1_000_000:06d}"
        )

    def year(self) -> int:
        """Recent years most, and each century before much less."""
        age = self.random.expovariate(1 / 34)
        return max(1400, 2026 - int(age))

    def date(self) -> str:
        form = self.dates[int(self.random.random() * len(self.dates))]
        year = self.year()
        if form == "{y}":
            return f"{year}"
        bits = self.random.getrandbits(16)
        month, day = bits % 12, 1 + (bits >> 4) % 28
        name = _MONTHS[month]
        text = form.format(
            y=year, m=name, m3=name[:3], d=day, mm=f"{month + 1:02d}", dd=f"{day:02d}"
        )
        return text if text.isascii() else json.dumps(text)[1:-1]

    def title(self) -> str:
        draw = self.random.random
        words = self.words
        count = len(words)
        length = 1 + int(draw() * draw() * 14)
        text = " ".join([words[int(count * draw() ** 2)] for _ in range(length)])
        rare = self.random.getrandbits(17)
        if rare >= 60:
            return text
        # once or twice in a hundred thousand lines each, but for the quotation marks
        if rare > 10:
            return f'\\"{text}\\"'
        return (
            *(f"{text} \\ud83d", f"{text} \\udc80x", f"\\u0000{text}", f"{text}\\t{text}"),
            *(f"{text}\\n", "", " ", "\\u2003" + text, f"{text} \\ud83d\\ude00", "\\u00a0"),
            f"{text}\\u0301",
        )[rare]

    def name(self) -> str:
        draw, names = self.random.random, self.names
        count = len(names)
        first, last = names[int(count * draw() ** 3)], names[int(count * draw() ** 1.5)]
        if draw() < 0.25:
            return f"{first} {names[int(12_000 * draw())][0]}. {last}"
        return f"{first} {last}"

    def subject(self) -> str:
        """One of many, of which a few are everywhere."""
        draw = self.random.random
        number = int(self.subjects * draw() ** 4)
        words = self.words
        text = words[number % 997]
        if number > 400:
            text += (" ", ", ", " and ", " -- ")[number % 4] + words[number % 2741 + 60].lower()
        if number > 20_000:
            text += f" ({words[number // 2741 + 3000]})"
        if draw() < 0.05:  # spelt otherwise, with the same slug
            text = text.upper() if number % 3 and "\\" not in text else f" {text}!#"
        return text

    def texts(self, one: Callable[[], str], count: int) -> str:
        return '", "'.join([one() for _ in range(count)])

    def author(self) -> str:
        """Few wrote much; some are known by a key that has moved, or is gone."""
        draw = self.random.random
        odd = draw()
        if odd < 0.006:
            return self.key("A", _MOVED + int(self.redirected_authors * draw()))
        if odd < 0.007:
            return self.key("A", _GONE + int(1_000 * draw()))
        index = int(self.authors * draw() ** 2) * self.author_stride % self.authors
        return self.key("A", self.universe.number(index))

    def author_count(self) -> int:
        return 1 + bisect(_MORE_AUTHORS, self.random.random())

    def work_of(self, edition: int) -> tuple[str, int]:
        """An edition's work: each has one edition first; further ones go to few works."""
        draw = self.random.random
        odd = draw()
        if odd < 0.005:
            return self.key("W", _MOVED + int(self.redirected_works * draw())), -1
        if odd < 0.0052:
            return self.key("W", _GONE + int(1_000 * draw())), -1
        is_first = edition < self.with_edition
        index = edition if is_first else int(self.with_edition * draw() ** 2.1)
        index = index * self.stride % self.works
        return self.key("W", self.universe.number(index)), index

    def covers(self, work: int) -> str:
        """Covers, of which the first is most often the work's, if it has any; a few are odd."""
        bits = self.random.getrandbits(40)
        cover = bits % _COVERS + 1
        if work >= 0 and bits >> 38:
            cover = work * 2_654_435_761 % _COVERS + 1
        odd = bits >> 24 & 255
        if odd > 24:
            return f"[{cover}]"
        if odd > 3:
            return f"[{cover}, {cover // 2 + 7}]"
        return (f"[-1, {cover}]", "[-1]", "[]", f"[{cover // 2 + 7}, {cover}]")[odd]

    def isbns(self) -> tuple[str, str]:
        """One book's ISBN-10 and ISBN-13."""
        nine = f"{self.random.getrandbits(40) % 1_000_000_000:09d}"
        digits = nine.encode()
        ten = sum((10 - place) * (digits[place] - 48) for place in range(9))
        check = -ten % 11
        odd = sum(digits[place] - 48 for place in range(0, 9, 2))
        even = sum(digits[place] - 48 for place in range(1, 9, 2))
        thirteen = -(38 + 3 * odd + even) % 10
        return f"{nine}{'X' if check == 10 else check}", f"978{nine}{thirteen}"


_COVERS = 14_900_000
# Keys that moved or are gone lie beyond the others.
_MOVED, _GONE = 62_000_000, 70_000_000
_MORE_AUTHORS = tuple(accumulate((0.86, 0.09, 0.03, 0.01, 0.004, 0.002, 0.001, 0.001, 0.0005)))


def _real(kind: str) -> list[Record]:
    lines = gzip.decompress((DATA / f"dump_{kind}.txt.gz").read_bytes()).decode("ascii")
    return [json.loads(line.split("\t")[4]) for line in lines.splitlines()]


def _vocabulary() -> list[str]:
    """The words of the real titles, as JSON writes them, the most frequent first."""
    words: dict[str, int] = {}
    for record in _real("works") + _real("editions"):
        for word in json.dumps(record["title"])[1:-1].split():
            words[word] = words.get(word, 0) + 1
    return sorted(
        (word for word in words if '"' not in word), key=lambda word: (-words[word], word)
    )


def variants(kind: str, draw: Draw) -> list[tuple[str, Record]]:
    """Real records with other fields, as text with a slot for each thing that is drawn anew."""
    real = _real(kind)
    donors: dict[str, list[Any]] = {}
    for record in real:
        for name, value in record.items():
            donors.setdefault(name, []).append(value)
    donors["first_publish_date"] = [""]
    random = draw.random
    made = []
    for _ in range(VARIANTS):
        record = dict(random.choice(real))
        for name, frequency in FREQUENCIES[kind].items():
            there = random.random() < frequency
            if there and name not in record:
                items = [*record.items()]
                items.insert(random.randint(0, len(items)), (name, random.choice(donors[name])))
                record = dict(items)
            elif not there:
                record.pop(name, None)
        if kind == "editions" and random.random() < 0.36:
            record.pop("isbn_10", None)
            record.pop("isbn_13", None)
        made.append((_template(record), record))
    return made


def _template(record: Record) -> str:
    """The record's JSON for Python's `%`, with the drawn things' names for their values."""
    slots: Record = {}
    for name, value in record.items():
        match name:
            case "created" | "last_modified":
                slots[name] = {"type": "/type/datetime", "value": f"@{name}@"}
            case "key" | "title" | "name" | "personal_name" | "publish_date" | "first_publish_date":
                slots[name] = f"@{'name' if name == 'personal_name' else name}@"
            case "authors" | "works" | "covers":
                slots[name] = f"@{name}@"
            case "isbn_10" | "isbn_13" | "subjects" | "subject_places":
                slots[name] = [f"@{name}@"]
            case "subject_people" | "subject_times":
                slots[name] = [f"@{name}@"]
            case "languages":
                slots[name] = [{"key": "/languages/@language@"}]
            case "publishers":
                slots[name] = [f"@publisher@{text}"[:60] for text in value]
            case _:
                slots[name] = value
    text = json.dumps(slots).replace("%", "%%")
    for name in ("authors", "works", "covers"):  # which are lists
        text = text.replace(f'"@{name}@"', f"%({name})s")
    return re.sub(r"@(\w+?)@", r"%(\1)s", text)


def _line(kind: str, key: str, revision: int, moment: str, text: str) -> bytes:
    return f"/type/{kind}\t{key}\t{revision}\t{moment}\t{text}\n".encode("ascii")


def works(universe: Universe) -> Iterator[bytes]:
    draw = Draw(universe, "works")
    random = draw.random
    templates = variants("works", draw)
    for name, index in universe.order(draw.works, "W", random):
        template, record = templates[random.getrandbits(12)]
        key, moment = f"/works/{name}", draw.moment()
        drawn = {"key": key, "title": draw.title(), "last_modified": moment}
        drawn["created"] = moment if record["revision"] == 1 else draw.moment()
        if "authors" in record:
            drawn["authors"] = _roles(draw)
        if "covers" in record:
            drawn["covers"] = draw.covers(index)
        if "first_publish_date" in record:
            drawn["first_publish_date"] = draw.date()
        for field in ("subjects", "subject_places", "subject_people", "subject_times"):
            if field in record:
                drawn[field] = draw.texts(draw.subject, max(1, len(record[field])))
        yield _line("work", key, record["revision"], moment, template % drawn)


def _roles(draw: Draw) -> str:
    """A work's authors, in both ways to write a role; a few roles are odd."""
    bits = draw.random.getrandbits(16)
    plain = '{"type": "/type/author_role", "author": {"key": "/authors/%s"}}'
    nested = '{"type": {"key": "/type/author_role"}, "author": {"key": "/authors/%s"}}'
    form = plain if bits & 1 else nested
    count = draw.author_count()
    if count > 9:
        count = 10 + (bits >> 2) % 40
    roles = [form % draw.author() for _ in range(count)]
    odd = bits >> 6
    if odd == 0:
        roles.append('{"type": {"key": "/type/author_role"}}')
    elif odd == 1:
        roles = [f'{{"type": "/type/author_role", "author": "/authors/{draw.author()}"}}']
    elif odd == 2:
        roles += roles
    return f"[{', '.join(roles)}]"


def editions(universe: Universe) -> Iterator[bytes]:
    draw = Draw(universe, "editions")
    random = draw.random
    templates = variants("editions", draw)
    padding = "All about it. " * 70_000  # some lines are as long as a book
    for name, index in universe.order(draw.editions, "M", random):
        template, record = templates[random.getrandbits(12)]
        bits = random.getrandbits(32)
        key, moment = f"/books/{name}", draw.moment()
        ten, thirteen = draw.isbns()
        title = draw.title()
        if bits < 15_000:  # 1 in 286,000
            title += padding
        drawn = {
            "key": key,
            "title": title,
            "last_modified": moment,
            "created": moment if record["revision"] == 1 else draw.moment(),
            "isbn_10": ten,
            "isbn_13": thirteen,
            "language": _LANGUAGES[bits % len(_LANGUAGES)],
            "publisher": draw.words[bits % 7919] + " ",
        }
        if "publish_date" in record:
            drawn["publish_date"] = draw.date()
        cover_of = -1
        if "works" in record:
            work, cover_of = draw.work_of(index)
            second = f', {{"key": "/works/{draw.work_of(index)[0]}"}}' if not bits & 1023 else ""
            drawn["works"] = f'[{{"key": "/works/{work}"}}{second}]'
        if "authors" in record:
            count = draw.author_count()
            written = [f'{{"key": "/authors/{draw.author()}"}}' for _ in range(count)]
            drawn["authors"] = f"[{', '.join(written)}]"
        if "covers" in record:
            drawn["covers"] = draw.covers(cover_of)
        if "subjects" in record:
            drawn["subjects"] = draw.texts(draw.subject, min(len(record["subjects"]), 6))
        yield _line("edition", key, record["revision"], moment, template % drawn)


def authors(universe: Universe) -> Iterator[bytes]:
    draw = Draw(universe, "authors")
    random = draw.random
    templates = variants("authors", draw)
    for name, _ in universe.order(draw.authors, "A", random):
        template, record = templates[random.getrandbits(12)]
        key, moment = f"/authors/{name}", draw.moment()
        drawn = {"key": key, "name": draw.name(), "last_modified": moment}
        drawn |= {"created": moment if record["revision"] == 1 else draw.moment()}
        drawn["title"] = "Sir"
        yield _line("author", key, record["revision"], moment, template % drawn)


def redirects(universe: Universe) -> Iterator[bytes]:
    """Most lead to a key that is there; some to another redirect, to nothing, or round."""
    draw = Draw(universe, "redirects")
    for folder, sigil, count, there in (
        ("works", "W", draw.redirected_works, draw.works),
        ("authors", "A", draw.redirected_authors, draw.authors),
    ):
        for index in range(count):
            if index % 5_003 < 3:
                target = _MOVED + index - index % 5_003 + (index % 5_003 + 1) % 3
            elif index % 12 == 0:
                target = _MOVED + index - 1
            elif index % 97 == 0:
                target = _GONE + index % 1_000
            else:
                target = universe.number(int(there * draw.random.random()))
            key, moment = f"/{folder}/OL{_MOVED + index}{sigil}", draw.moment()
            text = (
                f'{{"key": "{key}", "location": "/{folder}/OL{target}{sigil}",'
                f' "type": {{"key": "/type/redirect"}}, "latest_revision": 3, "revision": 3,'
                f' "created": {{"type": "/type/datetime", "value": "{draw.moment()}"}},'
                f' "last_modified": {{"type": "/type/datetime", "value": "{moment}"}}}}'
            )
            yield _line("redirect", key, 3, moment, text)


def deletes(universe: Universe) -> Iterator[bytes]:
    """The keys that are gone; the first thousand of works and of authors are still referred to."""
    draw = Draw(universe, "deletes")
    for index in range(max(2_000, universe.count(DELETED))):
        folder, sigil = ("works", "W") if index % 2 else ("authors", "A")
        key, moment = f"/{folder}/OL{_GONE + index // 2}{sigil}", draw.moment()
        text = (
            f'{{"key": "{key}", "type": {{"key": "/type/delete"}}, "latest_revision": 2,'
            f' "revision": 2, "created": {{"type": "/type/datetime", "value": "{draw.moment()}"}},'
            f' "last_modified": {{"type": "/type/datetime", "value": "{moment}"}}}}'
        )
        yield _line("delete", key, 2, moment, text)


def _reader_lines(
    universe: Universe, kind: str, lines: int, values: Sequence[str]
) -> Iterator[bytes]:
    """A work, an edition or \\N, what a reader said, and the day."""
    draw = Draw(universe, kind)
    random = draw.random
    for _ in range(universe.count(lines)):
        work, _ = draw.work_of(draw.with_edition)
        bits = random.getrandbits(40)
        index = (bits >> 20) * draw.editions >> 20
        edition = f"/books/OL{universe.number(index)}M" if bits & 3 == 0 else "\\N"
        said = values[(bits >> 2) % len(values)]
        yield f"/works/{work}\t{edition}\t{said}\t{draw.moment()[:10]}\n".encode("ascii")


def ratings(universe: Universe) -> Iterator[bytes]:
    return _reader_lines(universe, "ratings", RATINGS, "5544433211"[:9])


def reading_log(universe: Universe) -> Iterator[bytes]:
    shelves = ["Want to Read"] * 8 + ["Already Read"] * 2
    shelves += ["Currently Reading", "Stopped Reading"]
    return _reader_lines(universe, "reading-log", READING_LOG, shelves)


LINES: dict[str, Callable[[Universe], Iterator[bytes]]] = {
    "works": works,
    "editions": editions,
    "authors": authors,
    "redirects": redirects,
    "deletes": deletes,
    "ratings": ratings,
    "reading-log": reading_log,
}


@dataclass(frozen=True)
class Written:
    """A file of a dump: its name, lines, and bytes before and after compression."""

    name: str
    lines: int
    raw: int
    packed: int


def write_file(universe: Universe, kind: str, folder: Path, day: date) -> Written:
    path = folder / f"ol_dump_{kind}_{day:%Y-%m-%d}.txt.gz"
    lines = raw = 0
    packer = isal_zlib.compressobj(level=3, wbits=GZIP)
    with path.open("wb") as file:
        source = LINES[kind](universe)
        while block := list(islice(source, 1_000)):
            text = b"".join(block)
            lines += len(block)
            raw += len(text)
            file.write(packer.compress(text))
        file.write(packer.flush())
    return Written(path.name, lines, raw, path.stat().st_size)


def write_dump(scale: Fraction, folder: Path, day: date, *, seed: int = 1) -> list[Written]:
    """Write the seven files of a dump, two at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    universe = Universe(scale, seed)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        files = [pool.submit(write_file, universe, kind, folder, day) for kind in KINDS]
        return [file.result() for file in files]


@click.command()
@click.option("--scale", type=Fraction, default="1/400", show_default=True, help="Of Open Library.")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where to write.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), default="2026-09-30")
@click.option("--seed", default=1, show_default=True)
def main(scale: Fraction, folder: Path, day: date, seed: int) -> None:
    """Write the files of a synthetic dump."""
    for file in write_dump(scale, folder, day, seed=seed):
        click.echo(
            f"{file.name}: {file.lines:,} lines, {file.raw / file.lines:,.0f} bytes each,"
            f" {file.packed / file.lines:,.0f} compressed"
        )


if __name__ == "__main__":
    main()
