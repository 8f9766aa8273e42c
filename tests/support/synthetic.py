"""Synthetic works in the shape of Open Library's, and loads of them, landed as the loader would.

The same seed gives the same works, in the string order of their keys, as `sort=key` would. They
have what real ones have: authors of very unequal fame, namesakes, several spellings for one key,
works without authors or with many, absent and absurd years, orphan editions, titles and names
that are missing, odd or not in Unicode's composed form. Memory is flat whatever their number.

    python -m tests.support.synthetic --works 1000000 --raw-root DIR --subject love --loads 1
"""

import hashlib
import json
import unicodedata
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random

import click
from isal import igzip

from extract.raw_zone import COMPRESSION

PAGE = 1000

# Athena looks into each day up to today: before today, but not long before.
FIRST_LOAD = datetime.combine(datetime.now(UTC) - timedelta(days=14), time(8), UTC)
BETWEEN_LOADS = timedelta(hours=3)
PER_REQUEST = timedelta(seconds=1 / 3)

# --- words ----------------------------------------------------------------------------------------


def _each(text: str, between: str = " ") -> list[str]:
    return text.split(between)


_SYLLABLES = _each(
    "an ar bel ber bra cas chen da del dor el en er fa fer gar gold gra ha hel holm im in ja "
    "jan ka kel kov la len lin lo ma man mar mi mor na nel no ol or pa per qui ra ren ri ro "
    "sa sch sen ski so ta tel ten to u van ver vi wal wen wil ya za zel"
)
_FIRST_NAMES = _each(
    "Anna Emily Charlotte Jane Mary Elizabeth William John James Robert Richard Thomas Henry "
    "George Charles Edward David Daniel Paul Peter Maria Laura Nora Ellen Ruth Alice Barbara "
    "Helen Susan Zoë René Chloë José André François Søren Jürgen Márta Zsófia Łukasz Đorđe "
    "İnci Þóra Øystein Иван Анна Мария Γιώργος 村上 金 محمد אברהם ก้อง"
)
_WORDS = _each(
    "love war time night day heart house garden river city stranger woman man child world "
    "death life dream memory history letters songs stories secret island winter summer light "
    "shadow fire water stone bride daughter son mother father king queen soldier captain "
    "doctor book art science theory introduction guide selected collected complete essays "
    "poems plays studies modern ancient early new great little last first lost golden dark "
    "silent broken hidden endless amour vie coeur été naïve über Mädchen corazón niño любовь "
    "мир 愛 夜 حب"
)
_ODD_TITLES = (
    "__None__",
    "",
    "Poems",
    "Works",
    "Selected poems ",
    '"Quoted" and \\ back',
    "A\u001eB",
    "Tab\there",
    "Line\nbreak",
    "Amore\u0301",
    "👩‍💻 of the year",
    "a" * 900,
)
_SUBJECTS = _each(
    "Fiction|Love|Children's fiction|Juvenile fiction|Love, fiction|Love stories|Marriage|"
    "History|Interpersonal relations|Man-woman relationships|Romance fiction|"
    "Large type books|Christianity|Accessible book|Protected DAISY|In library|Amour|"
    "New York Times bestseller|Friendship|Family|Philosophy|Religious aspects of Love|"
    "Early works to 1800|Social life and customs|Poetry|Ethics|Fiction, romance, general|"
    "Fiction, general|Criticism and interpretation|Biography|Psychology|Mœurs et coutumes|"
    "Enfants trouvés|Liebe|Любовь|愛",
    between="|",
)
_COLLECTIONS = _each(
    "printdisabled inlibrary internetarchivebooks americana china "
    "delawarecountydistrictlibrary toronto robarts cornell librarygenesis europeanlibraries "
    "bostonpubliclibrary cdl duke_libraries kalamazoocollege-ol belmont-ol "
    "the-claremont-colleges-ol gutenberg librivoxaudio marymount-ol"
)

# Years that no book is from, or that nobody believes, and how they are met in real responses.
_ODD_YEARS = (0, 1, 1000, 2040, 2049, 6223, 9999)

_POOL = 4096  # pieces made beforehand of each kind; a power of two, so that bits pick one


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class _Pools:
    """JSON texts that works are put together from."""

    titles: list[str]
    subjects: list[str]
    collections: list[str]
    years: list[str]
    editions: list[str]
    surnames: list[str]

    @classmethod
    def of(cls, seed: int) -> "_Pools":
        rng = Random(f"pools {seed}")  # noqa: S311 - nothing here is a secret
        return cls(
            [_words(rng) for _ in range(_POOL)],
            [_text(_headings(rng)) for _ in range(_POOL)],
            [
                _text(["printdisabled", *rng.sample(_COLLECTIONS[1:], min(8, _tail(rng, 3)))])
                for _ in range(_POOL)
            ],
            [*map(str, _ODD_YEARS * 3), *(_year(rng) for _ in range(_POOL))][:_POOL],
            [str(_tail(rng, 2)) for _ in range(_POOL)],
            ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))).title() for _ in range(_POOL)],
        )


def _tail(rng: Random, mean: float) -> int:
    """A count from 1 that is mostly small and at times large."""
    return min(2_000, int(rng.paretovariate(mean / (mean - 1)) * mean / 2) or 1)


def _words(rng: Random) -> str:
    return " ".join(rng.choices(_WORDS, k=rng.randint(1, 5)))


def _headings(rng: Random) -> list[str]:
    count = min(60, 2 + int(rng.expovariate(1 / 7)))
    specific = [
        f"{_words(rng).capitalize()} -- {rng.choice(_SUBJECTS)}" for _ in range(count * 2 // 5)
    ]
    return list(dict.fromkeys(rng.choices(_SUBJECTS, k=count - len(specific)))) + specific


def _year(rng: Random) -> str:
    """A year as real ones are spread: half of them since 1990, a few before 1500."""
    if rng.random() < 0.04:
        return "null"
    return str(2024 - min(int(rng.expovariate(1 / 35)), 560))


# --- authors --------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 13)
def _spellings(author: int, seed: int) -> tuple[str, ...]:
    """An author as JSON, in each way that the key is met: eight, most of them the same."""
    bits = zlib.crc32(b"%d %d" % (author, seed))
    first = _FIRST_NAMES[bits % len(_FIRST_NAMES)]
    last = _pools(seed).surnames[(bits >> 8) & 4095]
    name = f"{first} {'ABCDEFGH'[bits >> 29]}. {last}" if bits & 3 == 0 else f"{first} {last}"
    if author % 1000 == 7:
        name = ""
    elif author % 40 == 1:
        name = unicodedata.normalize("NFD", name + " Müller")
    key = f"/authors/OL{1000 + author * 23}A"
    spellings = [_text({"key": key, "name": name})] * 8
    if author % 9 == 0 and name:
        others = (f"{last}, {first}", name.upper(), f"{name} ", f"{first[0]}. {last}")
        spellings[0] = _text({"key": key, "name": others[bits & 3]})
    if author % 81 == 0 and name:
        spellings[1] = _text({"key": key, "name": f"{last}, {first}."})
    return tuple(spellings)


@lru_cache(maxsize=4)
def _pools(seed: int) -> _Pools:
    return _Pools.of(seed)


# --- works ----------------------------------------------------------------------------------------


def works(count: int, seed: int) -> Iterator[bytes]:
    """Make `count` works as compact JSON, in the string order of their keys."""
    rng = Random(f"works {seed}")  # noqa: S311
    author_count = max(3, count * 11 // 20)
    for suffix in _suffixes(count, rng):
        yield _work(suffix, author_count, seed, rng).encode()


def _suffixes(count: int, rng: Random) -> Iterator[str]:
    """Keys without `/works/OL`, in order: eight digits, some with the last ones left off.

    A prefix is followed by its letter, which sorts after every digit: so 123W may take the place
    of the last of those that start with 123, and the order holds.
    """
    step = 90_000_000 / (count + 1)
    # At least one apart: two in a row may not fall on the same number.
    places = (str(10_000_000 + int(i * step + rng.random() * (step - 1))) for i in range(count))
    here = next(places, None)
    while here is not None:
        after = next(places, None)
        digits = here
        luck = rng.random()
        if luck < 0.3:
            shared = next((i for i in range(8) if after is None or here[i] != after[i]), 7)
            digits = here[: max(shared + 1, 5, 8 - int(luck * 10))]
        yield digits + ("M" if luck > 0.998 else "W")
        here = after


def _work(suffix: str, author_count: int, seed: int, rng: Random) -> str:
    pools = _pools(seed)
    bits = rng.getrandbits(96)
    luck = rng.random()
    number = suffix[:-1]

    title = pools.titles[bits & 4095]
    if luck > 0.3:
        title = f"{title} {pools.surnames[(bits >> 12) & 4095]} {pools.titles[(bits >> 24) & 4095]}"
    title = _text(_ODD_TITLES[bits % len(_ODD_TITLES)]) if luck < 0.006 else f'"{title}"'

    authors = ",".join(_authors(author_count, seed, rng))
    edition = f"OL{(bits >> 36) & 0x1FFFFFF}M"
    cover, cover_edition = (
        (f"{(bits >> 40) & 0x7FFFFF}", f'"{edition}"') if bits & 0x700 else ("null", "null")
    )
    if luck < 0.001:
        cover = "-1"
    surname = pools.surnames[(bits >> 60) & 4095].lower()
    ia, collections, lending, rights, availability = _lending(
        f"{surname}{number[:6]}{surname[:4]}",
        edition,
        number,
        bits >> 72,
        pools.collections[(bits >> 20) & 4095],
    )
    return (
        f'{{"key":"/works/OL{suffix}","title":{title},'
        f'"edition_count":{pools.editions[(bits >> 48) & 4095]},'
        f'"cover_id":{cover},"cover_edition_key":{cover_edition},'
        f'"subject":{pools.subjects[(bits >> 60) & 4095]},"ia_collection":{collections},'
        f'"lendinglibrary":false,{lending},"authors":[{authors}],'
        f'"first_publish_year":{pools.years[(bits >> 84) & 4095]},'
        f'"ia":{ia},{rights}{availability}}}'
    )


def _authors(author_count: int, seed: int, rng: Random) -> Iterator[str]:
    luck = rng.random()
    if luck < 0.03:
        return
    many = 1 if luck < 0.87 else 2 if luck < 0.96 else 3 if luck < 0.99 else rng.randint(4, 14)
    for _ in range(many):
        # A power law: the most prolific of 550,000 authors has some thousand times the median.
        author = int(author_count * rng.random() ** 2.2)
        yield _spellings(author, seed)[rng.getrandbits(3)]


def _lending(
    identifier: str, edition: str, number: str, bits: int, collections: str
) -> tuple[str, str, str, str, str]:
    """What the Internet Archive has of it: ia, collections, lending, rights, availability."""
    kind = bits & 63
    if kind < 26:
        nothing = '"printdisabled":false,"lending_edition":"","lending_identifier":""'
        absent = ',"availability":null' if kind == 0 else ""
        return "null", '[""]', nothing, '"public_scan":false,"has_fulltext":false', absent
    is_open = kind > 54
    lending = (
        f'"printdisabled":{"false" if is_open else "true"},'
        f'"lending_edition":"{edition}","lending_identifier":"{identifier}"'
    )
    rights = f'"public_scan":{"true" if is_open else "false"},"has_fulltext":true'
    if kind == 26:
        availability = (
            f',"availability":{{"status":"error","error_message":"not found",'
            f'"identifier":"{identifier}","is_restricted":true,"is_browseable":false,'
            f'"__src__":"core.models.lending.get_availability"}}'
        )
    else:
        status = "open" if is_open else "private" if kind < 30 else "borrow_available"
        yes, no = ("true", "false") if status == "borrow_available" else ("false", "true")
        isbn = "null" if bits & 64 else f'"{number}0X"'
        is_open_text = "true" if is_open else "false"
        availability = (
            f',"availability":{{"status":"{status}","available_to_browse":{yes},'
            f'"available_to_borrow":false,"available_to_waitlist":false,"is_printdisabled":{yes},'
            f'"is_readable":{is_open_text},"is_lendable":{yes},"is_previewable":true,'
            f'"identifier":"{identifier}","isbn":{isbn},'
            f'"oclc":null,"openlibrary_work":"OL{number}W","openlibrary_edition":"{edition}",'
            f'"last_loan_date":null,"num_waitlist":null,"last_waitlist_date":null,'
            f'"is_restricted":{yes},"is_browseable":{no},'
            f'"__src__":"core.models.lending.get_availability"}}'
        )
    return f'"{identifier}"', collections, lending, rights, availability


# --- landed loads ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    path: str
    offset: int
    records: int
    bytes: int
    sha256: str


def land(raw_root: Path, subject: str, count: int, *, seed: int = 1, number: int = 0) -> str:
    """Write a committed load of a whole subject into the raw zone and return its load_id.

    The same works come with each `number`, which tells the loads of one subject apart: they start
    three hours after one another, so that a hundred of them lie before today.
    """
    started = FIRST_LOAD + number * BETWEEN_LOADS
    digest = hashlib.sha256(subject.encode())
    load_id = f"{started:%Y%m%dT%H%M%S%f}Z-{digest.hexdigest()[:16]}-{number:04x}"
    folder = f"load_date={started:%Y-%m-%d}"
    (raw_root / "subject_works" / folder).mkdir(parents=True, exist_ok=True)

    def write(offset: int, page: list[bytes]) -> _Part:
        fetched = _stamp(started + (offset // (PAGE - 1) + 1) * PER_REQUEST)
        head = f'{{"load_id":"{load_id}","subject":{_text(subject)},"offset":{offset},"position":'
        tail = f',"fetched_at":"{fetched}","record":'
        lines = [f"{head}{i}{tail}".encode() + page[i] + b"}\n" for i in range(len(page))]
        packed = igzip.compress(b"".join(lines), COMPRESSION, mtime=0)
        token = hashlib.sha256(f"{load_id} {offset}".encode()).hexdigest()[:12]
        path = f"{folder}/{load_id}-{offset:09d}-{token}.jsonl.gz"
        (raw_root / "subject_works" / path).write_bytes(packed)
        return _Part(path, offset, len(page), len(packed), hashlib.sha256(packed).hexdigest())

    parts = list(_in_threads(write, pages(works(count, seed))))
    origin = {
        "load_id": load_id,
        "dataset": "subject_works",
        "subject": subject,
        "subject_given": subject,
        "source": "api",
        "source_url": "https://openlibrary.org",
        "requested_limit": None,
        "started_at": _stamp(started),
        "extract_version": "0.1.0",
    }
    _write_line(
        raw_root / "load_events" / folder / f"{load_id}-{0:012x}.jsonl",
        origin | {"event": "started", "occurred_at": _stamp(started)},
    )
    _write_line(
        raw_root / "loads" / folder / f"{load_id}.jsonl",
        origin
        | {
            "source_files": [],
            "is_complete": True,
            "completed_at": _stamp(started + (len(parts) + 2) * PER_REQUEST),
            "promised_count": count,
            "record_count": sum(part.records for part in parts),
            "work_count": count,
            "drift_count": 0,
            "missing_places": [],
            "requests": len(parts) + 1,
            "retries": 0,
            "parts": [asdict(part) for part in parts],
            "bytes": sum(part.bytes for part in parts),
            "response": {
                "key": f"/subjects/{subject}",
                "name": subject.replace("_", " "),
                "subject_type": "subject",
                "solr_query": f'subject_key:"{subject}"',
                "work_count": count,
            },
        },
    )
    return load_id


def pages(source: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """The works in pages of 1,000 that overlap by one, each with its offset."""
    rest = iter(source)
    page, offset = list(islice(rest, PAGE)), 0
    while page:
        yield offset, page
        more = list(islice(rest, PAGE - 1))
        offset += PAGE - 1
        page = [page[-1], *more] if more else []


def _in_threads(
    write: Callable[[int, list[bytes]], _Part], source: Iterable[tuple[int, list[bytes]]]
) -> Iterator[_Part]:
    """Compress in other threads, a few pages ahead."""
    rest = iter(source)
    with ThreadPoolExecutor(2) as pool:
        ahead = deque(pool.submit(write, *page) for page in islice(rest, 4))
        while ahead:
            yield ahead.popleft().result()
            ahead.extend(pool.submit(write, *page) for page in islice(rest, 1))


def _write_line(path: Path, record: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(record) + "\n", encoding="utf-8")


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


@click.command()
@click.option("--works", "count", default=10_000, show_default=True, help="How many per load.")
@click.option("--raw-root", type=click.Path(path_type=Path), required=True, help="Where to land.")
@click.option("--subject", default="love", show_default=True, help="Its slug.")
@click.option("--loads", default=1, show_default=True, help="How many loads of the subject.")
@click.option("--seed", default=1, show_default=True)
def main(count: int, raw_root: Path, subject: str, loads: int, seed: int) -> None:
    """Land synthetic works in a raw zone, for measuring dbt without the loader."""
    for number in range(loads):
        click.echo(land(raw_root, subject, count, seed=seed, number=number))


if __name__ == "__main__":
    main()
