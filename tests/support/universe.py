"""One universe of works, editions and authors, to be served by the API and written as dumps.

The same size and seed give the same universe. Beside `size` plain works it has each odd case that
real dumps have, once, so that a test can name it: `universe.odd["merged"]` is a work's key.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

Record = dict[str, Any]

DATE = "2026-09-30"
KINDS = ("works", "editions", "authors", "redirects", "deletes")
LETTERS = {"works": "W", "books": "M", "authors": "A"}
HALF = "\ud83d"  # of a character, which json.dumps writes and UTF-8 cannot
HUGE = 3 << 20  # characters; more than a record of the API may have

# publish_date, its year by Open Library's rule, and where that is read in ASCII digits alone
ODD_DATES: list[tuple[str, int | None, int | None]] = [
    ("c1987", None, None),
    ("20041001", None, None),
    ("1999a", None, None),
    ("_1999_", None, None),
    ("1987年", None, None),
    ("é1999", None, None),
    ("²1999", None, None),
    ("", None, None),
    ("June 4th", None, None),
    ("0000", 0, 0),
    ("©1999", 1999, 1999),
    ("[1923?]", 1923, 1923),
    ("1923-1921", 1923, 1923),
    ("12 Mai\u0301 1971\n", 1971, 1971),
    ("12345 or 1850", 1850, 1850),
    ("9999", 9999, 9999),
    ("1066", 1066, 1066),
    ("٢٠٠١", 2001, None),
    ("\uff11\uff19\uff19\uff19", 1999, None),
    ("١٩٩٩, 2003", 1999, 2003),
]

# a subject as a work has it, and its slug
ODD_SUBJECTS = [
    ("  Love ", "love"),
    ("LOVE", "love"),
    ("Science fiction & fantasy", "science_fiction__fantasy"),
    ("Love,  fiction", "love__fiction"),
    ('The "Titanic" [ship]; 100% #1?', "the_titanic_ship_100_1"),
    ("Children's (stories) - A.B.!*", "children's_(stories)_-_a.b.!*"),
    ("C++/C:\\^{|}`@=$<>", "cc"),
    ("Two\r\nlines", "twolines"),
    ("Tab\tulator", "tab\tulator"),
    ("Élan", "élan"),
    ("E\u0301lan", "e\u0301lan"),
    ("愛", "愛"),
    ("\u00a0\u2003Blanks\u3000", "blanks"),
    ("?!", "!"),
    ("???", ""),
    (" ", ""),
]

_CODES = ["fre", "eng", "fre", "mul"]
_WORDS = ["love", "war", "night", "garden", "river", "dream", "heart", "été", "Мир", "愛", "niño"]
_NAMES = ["Anna", "Jane", "William", "Zoë", "José", "Søren", "Łukasz", "Мария", "村上", "אברהם"]
_SUBJECTS = ["Love", "Love stories", "Fiction", "War", "History", "Poetry", "愛", "Time travel"]


@dataclass
class Universe:
    """What Open Library held at the end of a day."""

    works: list[Record] = field(default_factory=list)
    editions: list[Record] = field(default_factory=list)
    authors: list[Record] = field(default_factory=list)
    redirects: list[Record] = field(default_factory=list)
    deletes: list[Record] = field(default_factory=list)
    ratings: list[tuple[str, ...]] = field(default_factory=list)
    reading_log: list[tuple[str, ...]] = field(default_factory=list)
    # the key of the work, edition or author that shows it
    odd: dict[str, str] = field(default_factory=dict)
    # the spelling of an author's name that is in the index still, by key of the work
    old_names: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LETTERS, 0))

    def key(self, kind: str) -> str:
        """Give the next key of a kind, of which 9 and 10 show whether order is that of text."""
        self.numbers[kind] += 1
        return f"/{kind}/OL{self.numbers[kind]}{LETTERS[kind]}"

    def work(self, odd: str = "", **fields: object) -> str:
        """Add a work about love, unless it says about what, and give its key."""
        record = {"title": odd or "Plain", "subjects": ["Love"]} | fields
        return self._add(self.works, "work", self.key("works"), odd, record)

    def edition(self, *works: str, odd: str = "", **fields: object) -> str:
        record = {"works": [{"key": key} for key in works]} | fields
        return self._add(self.editions, "edition", self.key("books"), odd, record)

    def author(self, name: str | None = None, odd: str = "", **fields: object) -> str:
        record = ({} if name is None else {"name": name}) | fields
        return self._add(self.authors, "author", self.key("authors"), odd, record)

    def redirect(self, key: str, location: str, odd: str = "") -> str:
        return self._add(self.redirects, "redirect", key, odd, {"location": location})

    def delete(self, key: str, odd: str = "") -> str:
        return self._add(self.deletes, "delete", key, odd, {})

    def _add(self, to: list[Record], kind: str, key: str, odd: str, fields: Record) -> str:
        revision = 1 + len(to) % 7
        when = {"type": "/type/datetime", "value": f"2020-01-0{revision}T08:00:00.000001"}
        to.append(
            {"key": key, "type": {"key": f"/type/{kind}"}}
            | {name: value for name, value in fields.items() if value is not None}
            | {"latest_revision": revision, "revision": revision}
            | {"created": when, "last_modified": when}
        )
        if odd:
            self.odd[odd] = key
        return key


def role(author: str) -> Record:
    """An entry of a work's list of authors."""
    return {"type": {"key": "/type/author_role"}, "author": {"key": author}}


def make(size: int = 200, seed: int = 1) -> Universe:
    """Make a universe of so many plain works and every odd case."""
    universe = Universe()
    _add_plain(universe, size, Random(seed))  # noqa: S311 - nothing here is a secret
    _add_moved(universe)
    _add_odd_authors(universe)
    _add_odd_texts(universe)
    _add_odd_covers(universe)
    _add_odd_years(universe)
    _add_odd_editions(universe)
    _add_odd_subjects(universe)
    _add_rejected(universe)
    _add_readers(universe)
    _add_described_editions(universe)
    return universe


def _add_plain(universe: Universe, size: int, rng: Random) -> None:
    authors = [universe.author(" ".join(rng.sample(_NAMES, 2))) for _ in range(1 + size // 3)]
    shelves = ["Want to Read", "Currently Reading", "Already Read", "Stopped Reading"]
    for _ in range(size):
        work = universe.work(
            title=" ".join(rng.choices(_WORDS, k=rng.randint(1, 4))).capitalize(),
            authors=[role(rng.choice(authors)) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))],
            subjects=rng.sample(_SUBJECTS, rng.randint(1, 4)),
            covers=rng.choice([None, [rng.randint(1, 999)]]),
            subject_places=rng.choice([None, None, ["London (England)"]]),
        )
        for _ in range(rng.choice([0, 1, 1, 2, 5])):
            edition = universe.edition(
                work,
                title=rng.choice(_WORDS),
                publish_date=rng.choice(["", "May ", "c", "June 4th, "])
                + str(rng.randint(1850, 2025)),
                covers=rng.choice([None, [rng.randint(1, 999), rng.randint(1, 999)]]),
                publishers=["Wren & Sons"],
                isbn_13=[f"978{rng.randrange(10**10):010}"],
                languages=[{"key": "/languages/eng"}],
                number_of_pages=rng.choice([None, 320]),
                ocaid=rng.choice([None, "scan00wren"]),
            )
            day = f"2025-0{rng.randint(1, 9)}-11"
            universe.ratings.append((work, edition, str(rng.randint(1, 5)), day))
            # until May 2026 it was empty where nobody named an edition
            universe.reading_log.append((work, rng.choice([r"\N", ""]), rng.choice(shelves), day))


def _add_moved(universe: Universe) -> None:
    """Works, editions and authors that were merged or deleted, and what still points to them."""
    alive = universe.work("merged")
    universe.edition(alive, publish_date="1950")
    before = alive
    for year in range(1941, 1936, -1):  # five hops, each with an edition left behind
        gone = universe.key("works")
        universe.redirect(gone, before, f"merged from {year}")
        key = f"/books/OL7000{year}M"
        universe.edition(gone, key=key, publish_date=str(year), covers=[70_000 + year])
        before = gone

    first, second = universe.key("works"), universe.key("works")
    universe.redirect(first, second, "loop")
    universe.redirect(second, first)
    universe.edition(first, title="Edition of a loop")
    itself = universe.key("works")
    universe.redirect(itself, itself, "itself")
    universe.redirect(universe.key("works"), universe.key("works"), "dangling")
    universe.edition(universe.odd["dangling"], title="Edition of a dangling redirect")
    deleted = universe.delete(universe.key("works"), "deleted")
    universe.edition(deleted, title="Edition of a deleted work")
    universe.redirect(universe.key("works"), deleted, "redirected to a deleted work")
    orphan = universe.edition(subjects=["Love"], title="Instead of a work")
    universe.redirect(universe.key("works"), orphan, "redirected to an edition")
    universe.edition(universe.odd["redirected to an edition"], title="Of an edition")
    universe.edition(universe.key("works"), title="Edition of a work that never was")
    universe.edition("/authors/OL1A", title="Edition of an author")
    universe.redirect(universe.key("books"), universe.key("books"), "merged edition")
    universe.delete(universe.key("books"), "deleted edition")

    now, once = universe.author("Anna Now"), universe.key("authors")
    universe.redirect(once, now)
    longer = universe.key("authors")
    universe.redirect(longer, once)
    dead, lost = universe.delete(universe.key("authors")), universe.key("authors")
    universe.redirect(lost, universe.key("authors"))
    other = universe.author("Other")
    for odd, authors in {
        "author was merged": [longer],
        "two authors became one": [now, once],
        "merged author before another": [once, now, other],
        "author was deleted": [dead, other],
        "all authors were deleted": [dead],
        "author is a dangling redirect": [lost, other],
        "author never was": [universe.key("authors"), other],
    }.items():
        work = universe.work(odd, authors=[role(author) for author in authors])
        universe.edition(work, publish_date="1960")


def _add_odd_authors(universe: Universe) -> None:
    one, two = universe.author("One"), universe.author("Two")
    empty = {"type": {"key": "/type/author_role"}}
    universe.work("no authors")
    universe.work("empty authors", authors=[])
    universe.work("roles without author", authors=[empty, role(one), empty, role(two)])
    universe.work("only roles without author", authors=[empty])
    universe.work("author twice", authors=[role(one), role(one), role(two)])
    universe.work("author is bare text", authors=[{"author": one}, role(two)])
    universe.work("role is bare text", authors=[one, role(two)])
    universe.work("old type of role", authors=[role(two) | {"type": "/type/author_role"}])
    unnamed = [universe.author(), universe.author(""), universe.author(" ")]
    universe.work("authors without name", authors=[role(author) for author in unnamed])
    renamed = universe.author("New Name")
    for odd in ("indexed before a renaming", "another", "indexed after it"):
        universe.work(odd, authors=[role(renamed)])
    universe.old_names[universe.odd["indexed before a renaming"]] = "Old Name"
    universe.old_names[universe.odd["another"]] = "Old Name"


def _add_odd_texts(universe: Universe) -> None:
    untitled = universe.work("no title, editions have", title=None)
    universe.edition(untitled, title="")
    # the first as text, not as a number
    universe.edition(untitled, key="/books/OL99999999M", title="Second")
    universe.edition(untitled, key="/books/OL100000000M", title="First")
    universe.work("no title, nor has the edition", title=None)
    universe.edition(universe.odd["no title, nor has the edition"])
    universe.edition(universe.work("empty title", title=""), title="From the edition")
    universe.work("NUL", title="Before\0after")
    universe.work("escapes", title='Tab\tline\r\n"quoted" \\ back \\u0041 {"a": 1}\x1e')
    universe.work("beyond the BMP", title="👩‍💻 of the year \U0001d518")
    universe.work("huge", description={"type": "/type/text", "value": "word " * (HUGE // 5)})
    universe.work("title is a number", title=1984)


def _add_odd_covers(universe: Universe) -> None:
    work = universe.work("first cover is deleted", covers=[-1, 501, 502])
    universe.edition(work, covers=[502, 501])
    universe.edition(work, covers=[501])
    work = universe.work("only cover is deleted", covers=[-1])
    universe.edition(work, covers=[-1])
    universe.edition(work, covers=[-1, 503])
    universe.edition(work, covers=[504])
    universe.edition(universe.work("no cover of an edition", covers=[505]), covers=[506])
    universe.edition(universe.work("no covers", covers=[]), covers=[])


def _add_odd_years(universe: Universe) -> None:
    for date, _, _ in ODD_DATES:
        universe.edition(universe.work(f"dated {date}"), publish_date=date)
    universe.work("no editions")
    for odd, dates in {
        "one bad year": ["0000", "1999", "2003"],
        "bad years alone": ["1066", "9999"],
        "one late year": ["9999", "2003"],
    }.items():
        work = universe.work(odd, first_publish_date="1777")
        for date in dates:
            universe.edition(work, publish_date=date)


def _add_odd_editions(universe: Universe) -> None:
    author = universe.author("Author of orphans")
    once = universe.key("authors")
    universe.redirect(once, author)
    universe.edition(
        odd="orphan",
        title="Orphan",
        works=None,
        authors=[{"key": author}],
        subjects=["Love", "Orphans"],
        subject_people=["Nobody"],
        subject_places=["Nowhere"],
        subject_times=["Never"],
        covers=[-1, 601],
        publish_date="May 1970",
    )
    universe.edition(odd="orphan of nobody", subjects=["Orphans"])
    universe.edition(
        odd="orphan of a merged author",
        title="Orphan",
        authors=[{"key": once}, {"key": author}],
        subjects=["Orphans"],
    )
    first, second = universe.work("first of two works"), universe.work("second of two works")
    universe.edition(first, second, publish_date="1980", odd="edition of two works")
    # an edition's own authors and subjects count only if it has no work
    universe.edition(first, authors=[{"key": author}], subjects=["Of an edition"])
    universe.edition(odd="orphan of no subject", title="Alone", authors=[{"key": author}])


def _add_odd_subjects(universe: Universe) -> None:
    author = universe.author("Author of subjects")
    universe.work("odd subjects", subjects=[one for one, _ in ODD_SUBJECTS], authors=[role(author)])
    universe.work(
        "people, places and times",
        subjects=["Napoleon"],
        subject_people=["Napoleon I, Emperor", "NAPOLEON I, Emperor"],
        subject_places=["Paris (France)", "place:"],
        subject_times=["1789-1815", "19th century"],
    )
    universe.work("person as a subject", subjects=["person:Napoleon I Emperor"])
    universe.work("no subjects", subjects=None, authors=[role(author)])
    universe.work("empty subjects", subjects=[], subject_people=["Jane Roe"])
    universe.work("letters that engines lower in two ways", subjects=["İzmir", "ΟΔΟΣ"])


def _add_rejected(universe: Universe) -> None:
    """Records that the dumps' models refuse, and what depends on them."""
    universe.work("half of a character", title=f"Half {HALF}")
    whole = universe.work("edition with half of a character")
    universe.edition(whole, publish_date="1990", notes=HALF, odd="half in an edition")
    universe.edition(whole, publish_date="1991")
    author = universe.author("Half an Author", bio=HALF, odd="half in an author")
    universe.work("author with half of a character", authors=[role(author)])
    universe.work("title is an object", title={"value": "Title"})
    for odd in ("half of a character", "title is an object"):
        universe.redirect(universe.key("works"), universe.odd[odd], f"redirected to {odd}")
    universe.work("authors is an object", authors={"key": author})
    universe.work("cover is an object", covers=[{"id": 1}])
    universe.work("subject is an object", subjects=["Love", {"key": "/subjects/war"}])
    universe.edition(works=[{}], title="No key of a work", odd="work without key")
    # not one of these is of the type that it should be, and yet they can be read
    universe.work("subject is null", subjects=["Love", None])
    universe.work("cover is null", covers=[None, 507])
    universe.edition(universe.work("date is a number"), publish_date=1984)


def _add_readers(universe: Universe) -> None:
    """Ratings and readers of works that moved and of authors who rise, and odd lines."""
    odd = universe.odd
    known = ["merged", "merged from 1937", "merged from 1941", "no editions"]
    gone = ["deleted", "dangling", "loop", "redirected to an edition", "half of a character"]
    for number, name in enumerate([*known, *gone]):
        universe.ratings.append((odd[name], r"\N", str(1 + number % 5), "2024-02-29"))
        universe.reading_log.append((odd[name], r"\N", "Want to Read", "2019-12-31"))
    # of each of the last 24 months
    for month, name in enumerate([*known, *known, *known, *known, *known, *known], 9):
        day = f"{2024 + month // 12}-{month % 12 + 1:02}-28"
        universe.reading_log.append((odd[name], "", "Already Read", day))
    for day in ("2026-09-30", "2026-06-30", "2025-09-30", "2026-10-01"):
        universe.reading_log.append((odd["merged"], "", "Currently Reading", day))
    for name, recent, before in (("rises", 130, 30), ("falls", 100, 150), ("too few", 99, 0)):
        author = universe.author(name.capitalize(), odd=f"author {name}")
        for share, year in ((3, 2025), (7, 2020)):  # of ten readers, and the book's year
            work = universe.work(f"by who {name}, of {year}", authors=[role(author)])
            universe.edition(work, publish_date=str(year))
            for count, day in ((recent, "2026-03-14"), (before, "2024-12-24")):
                readers = count - count * 7 // 10 if share == 3 else count * 7 // 10
                universe.reading_log += [(work, "", "Want to Read", day)] * readers
    work = odd["no editions"]
    universe.ratings += [(work, "", stars, "2026-01-01") for stars in ("0", "6", "", "05", "five")]
    shelves = ("", "Lent", "want to read", "Want to Read ")
    universe.reading_log += [(work, "", shelf, "2026-01-01") for shelf in shelves]
    for day in ("", "2026-02-30", "2026-1-01", "0000-01-01", "yesterday"):
        universe.ratings.append((work, "", "5", day))
        universe.reading_log.append((work, "", "Want to Read", day))
    for key in (odd["orphan"].replace("/books/", "/works/"), "/works/OL", "/works/OL1W/Title"):
        universe.ratings.append((key, "", "5", "2026-01-01"))
        universe.reading_log.append((key, "", "Want to Read", "2026-01-01"))


def _add_described_editions(universe: Universe) -> None:
    """Editions with every form of ISBN, publisher, language, number of pages and format."""
    work = universe.work("described", subjects=["Love"])
    shared = universe.work("described, too")
    fields: list[tuple[str, str, Record]] = [
        ("both forms", work, {"isbn_13": ["9780804429573"], "isbn_10": ["080442957X"]}),
        ("ten alone", shared, {"isbn_10": ["0-8044-2957-x", "0306406152"]}),
        ("of a deleted work", universe.odd["deleted"], {"isbn_10": ["0306406152"]}),
        ("too old", universe.odd["deleted"], {"publish_date": "1066", "publishers": ["Owl"]}),
        ("wrong first", work, {"isbn_13": ["9780141439517", "978-0-14-143951-8"]}),
        ("thirteen among ten", work, {"isbn_10": ["9780306406157", "", "-", "12"]}),
        ("ten among thirteen", work, {"isbn_13": ["0141439513", "4006381333931", "9790060115615"]}),
        ("wrong ones", work, {"isbn_13": ["", "9780141439517"], "isbn_10": ["0141439512", "x"]}),
        ("nulls", work, {"isbn_13": [None, "9780141439518"], "publishers": [None, "Owl"]}),
        ("not texts", work, {"isbn_13": [["9780141439518"]], "publishers": [{"name": "Owl"}]}),
        ("no lists", work, {"isbn_13": "9780141439518", "publishers": "Owl", "languages": "eng"}),
        ("publishers", work, {"publishers": [" \u00a0Owl\t", "Wren", "Owl", " ", 'O"W\\L']}),
        ("no publisher", work, {"publishers": ["[s.n.]"], "ocaid": "owl00"}),
        ("other spelling", work, {"publishers": ["OWL", "Owl "], "publish_date": "June 1970"}),
        ("languages", shared, {"languages": [{"key": f"/languages/{one}"} for one in _CODES]}),
        ("bare language", shared, {"languages": ["/languages/fre"], "publish_date": "1950"}),
        ("odd language", shared, {"languages": [{"key": "/languages/"}, {"key": "/l/eng"}]}),
        ("pages as text", work, {"number_of_pages": "xii, 320 p."}),
        ("no pages", work, {"number_of_pages": 0, "physical_format": ""}),
        ("too many pages", work, {"number_of_pages": 50_001, "physical_format": " Paperback\n"}),
        ("most pages", work, {"number_of_pages": 50_000, "physical_format": ["Paperback"]}),
        ("fewest pages", work, {"number_of_pages": 1, "physical_format": "\u2003"}),
        ("next year", work, {"publish_date": "2027", "title": " ", "ocaid": ""}),
        ("year after next", work, {"publish_date": "2028", "title": "Late", "ocaid": "late00"}),
    ]
    for odd, of, values in fields:
        universe.edition(of, odd=f"edition: {odd}", **values)
    universe.edition(odd="described orphan", isbn_10=["2070612759"], subjects=["Love"])


def add_jumble(universe: Universe, size: int, seed: int) -> list[str]:
    """Add so many works, editions and authors of which all is drawn, and give every key of theirs.

    Here is what nobody thought of: chains of any length, loops, references to any of them.
    """
    rng = Random(seed)  # noqa: S311 - nothing here is a secret
    keys = {kind: [universe.key(kind) for _ in range(size)] for kind in LETTERS}
    values: dict[str, Callable[[], Record]] = {
        "works": lambda: _drawn_work(rng, keys["authors"][::9]),
        "books": lambda: _drawn_edition(rng, keys["works"][::3], keys["authors"]),
        "authors": lambda: {"name": rng.choice(["", " ", *_NAMES])},
    }
    add = {"works": "work", "books": "edition", "authors": "author"}
    for kind, drawn in keys.items():
        for key in drawn:
            fate = rng.random()
            if fate < 0.3:
                universe.redirect(key, rng.choice(drawn))
            elif fate < 0.4:
                universe.delete(key)
            elif fate < 0.95:  # of the others nothing is known
                getattr(universe, add[kind])(**{"key": key} | values[kind]())
    for key in rng.choices(keys["works"], k=size):
        universe.ratings.append((key, r"\N", str(rng.randint(1, 5)), "2025-01-11"))
        day = f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}"
        universe.reading_log.append((key, r"\N", "Want to Read", day))
    return [key for drawn in keys.values() for key in drawn]


def _drawn_work(rng: Random, authors: list[str]) -> Record:
    roles = [role(author) for author in rng.choices(authors, k=5)]
    roles[0]["author"] = roles[0]["author"]["key"]
    roles[1] = {"type": "/type/author_role"}
    return {
        "title": rng.choice([None, "", " ", "\u200b", "\0", "Drawn", 7]),
        "covers": rng.choice([None, [], _drawn_covers(rng)]),
        "subjects": [
            *(name for name, _ in rng.sample(ODD_SUBJECTS, rng.randrange(4))),
            f"{chr(rng.randrange(0xD800))}Love{chr(rng.randrange(0x300))}",
        ],
        "subject_people": [name for name, _ in rng.sample(ODD_SUBJECTS, rng.randrange(2))],
        "authors": rng.sample(roles, rng.randrange(5)),
    }


def _drawn_edition(rng: Random, works: list[str], authors: list[str]) -> Record:
    return {
        "works": rng.choice([[], *([{"key": work}] for work in rng.choices(works, k=5))]),
        "title": rng.choice([None, "", " ", "Edition"]),
        "publish_date": rng.choice([None, *(date for date, _, _ in ODD_DATES), "1971", "2004"]),
        "covers": rng.choice([None, _drawn_covers(rng)]),
        "authors": [{"key": author} for author in rng.choices(authors, k=rng.randrange(3))],
        "subjects": [name for name, _ in rng.sample(ODD_SUBJECTS, rng.randrange(3))],
        "isbn_13": rng.choice([None, [], ["9780140328721"], [_drawn_isbn(rng)]]),
        "isbn_10": [_drawn_isbn(rng)[3:] for _ in range(rng.randrange(3))],
        "publishers": rng.choices(["Owl", "Wren", "Owl ", ""], k=rng.randrange(3)),
        "languages": [{"key": f"/languages/{one}"} for one in rng.sample(_CODES, rng.randrange(3))],
    }


def _drawn_isbn(rng: Random) -> str:
    """Of thirteen digits; one in ten has the right check digit."""
    return f"978{rng.randrange(300):010}"


def _drawn_covers(rng: Random) -> list[int]:
    return [rng.choice([-1, 801, 802, 803]) for _ in range(rng.randrange(4))]


# --- as dump files --------------------------------------------------------------------------------


def write(universe: Universe, folder: Path, date: str = DATE) -> None:
    """Write the universe as Open Library writes the dumps of a day."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        records: list[Record] = getattr(universe, kind)
        _write(folder, kind, date, map(line, sorted(records, key=_place)))
    _write(folder, "ratings", date, map("\t".join, universe.ratings))
    _write(folder, "reading-log", date, map("\t".join, universe.reading_log))


def line(record: Mapping[str, Any]) -> str:
    """Write a record as a line of a dump: five columns, ASCII."""
    columns = (
        record["type"]["key"],
        record["key"],
        str(record["revision"]),
        record["last_modified"]["value"],
        json.dumps(record),
    )
    return "\t".join(columns)


def _place(record: Record) -> tuple[int, str]:
    """Where a dump has a record: 256 buckets in which keys are sorted as text."""
    key: str = record["key"]
    return zlib.crc32(key.encode()) % 256, key


def _write(folder: Path, kind: str, date: str, lines: Iterable[str]) -> None:
    text = "".join(f"{one}\n" for one in lines)
    path = folder / f"ol_dump_{kind}_{date}.txt.gz"
    path.write_bytes(gzip.compress(text.encode("ascii"), 1, mtime=0))
