"""How the stand-in misbehaves: what goes wrong, at which requests, and how many times.

    Fault(html_503, when=middle, times=2)   passing: twice, at the middle page
    Fault(too_many(retry_after=1))          lasting: at every request, for ever
    Fault(different_count(-1), when=closing)

A kind is a function of the exchange. It returns the answer to give, or None to leave the answer to
the next fault, at last to the API's usual one, after having changed the catalogue perhaps.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from random import Random
from threading import Lock
from typing import TYPE_CHECKING

from tests.support.catalogue import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.catalogue import Catalogue

JSON = "application/json"
HTML = "text/html"
PIECE = 1 << 20
TEXT = "text/plain; charset=utf-8"


class Wire(Enum):
    """How an answer travels."""

    WHOLE = auto()
    TRUNCATED = auto()  # half of what Content-Length, or the chunks, promise; then closed
    GZIP_CUT = auto()  # chunks in order, the gzip stream in them cut in half
    STALLED = auto()  # half of it, then silence
    RESET = auto()  # nothing but a RST
    RESET_MIDWAY = auto()  # half of it, then a RST


@dataclass(frozen=True)
class Answer:
    """A response before it is sent."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    wire: Wire = Wire.WHOLE
    padding: int = 0  # spaces that follow the body
    memo: tuple[object, ...] | None = None  # what names it, where its wire bytes may be kept

    def pieces(self) -> Iterator[bytes]:
        """The body, in pieces of bounded size after the first."""
        yield self.body
        blank = b" " * PIECE
        for at in range(0, self.padding, PIECE):
            yield blank[: self.padding - at]


@dataclass(frozen=True)
class Place:
    """A request as a fault's predicate sees it."""

    slug: str
    offset: int
    limit: int
    nth: int = 1  # the how manieth of the same subject, offset and limit, from 1
    pages_served: int = 0  # of the subject, before this request
    count: int = 0  # works of the subject now
    works: "Callable[[], Sequence[bytes]]" = tuple  # those that it would be answered with


@dataclass(frozen=True)
class Exchange:
    """A request as a fault's kind sees it."""

    place: Place
    path: str
    base_url: str  # scheme, host and port, as the client named them
    catalogue: "Catalogue"
    usual: Callable[[], Answer]


Kind = Callable[[Exchange], Answer | None]
Predicate = Callable[[Place], bool]


@dataclass
class Fault:
    """Something that goes wrong `when` the predicate holds: `times` times, or for ever."""

    kind: Kind
    when: Predicate = lambda _: True
    times: int | None = None
    happened: int = field(default=0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def strike(self, exchange: Exchange) -> Answer | None:
        """Happen, if it is time to."""
        with self._lock:
            if self.times is not None and self.happened >= self.times:
                return None
            if not self.when(exchange.place):
                return None
            self.happened += 1
        return self.kind(exchange)


# --- when -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pages:
    """The pages that a subject is fetched in, and predicates for those of interest.

    A request belongs to the page it starts in, so the halves of a page that fails belong to it too.
    """

    limit: int = 1000
    overlap: int = 1

    @property
    def stride(self) -> int:
        return self.limit - self.overlap

    def offsets(self, count: int) -> range:
        """The offsets that cover `count` works, at least one."""
        return range(0, max(1, count - self.overlap), self.stride)

    def number(self, place: Place) -> int:
        return min(place.offset // self.stride, len(self.offsets(place.count)) - 1)

    def first(self, place: Place) -> bool:
        return place.limit > 0 and self.number(place) == 0

    def middle(self, place: Place) -> bool:
        return place.limit > 0 and self.number(place) == len(self.offsets(place.count)) // 2

    def last(self, place: Place) -> bool:
        return place.limit > 0 and self.number(place) == len(self.offsets(place.count)) - 1


PAGES = Pages()
first = PAGES.first
middle = PAGES.middle
last = PAGES.last


def any_page(place: Place) -> bool:
    return place.limit > 0


def count_only(place: Place) -> bool:
    """A request for the count alone, `limit=0`."""
    return place.limit == 0


def closing(place: Place) -> bool:
    """A request for the count alone, after pages were served."""
    return place.limit == 0 and place.pages_served > 0


def at(offset: int, limit: int | None = None) -> Predicate:
    return lambda place: place.offset == offset and limit in (None, place.limit)


def nth(*numbers: int) -> Predicate:
    """The nth request for the same thing, from 1."""
    return lambda place: place.nth in numbers


def subject(slug: str) -> Predicate:
    return lambda place: place.slug == slug


def including(*keys: str) -> Predicate:
    """A page that one of these works is on: `Fault(text_500, including(key))` is a work that the
    index holds without a title."""
    return lambda place: any(key_of(work) in keys for work in place.works())


def both(*predicates: Predicate) -> Predicate:
    return lambda place: all(holds(place) for holds in predicates)


# --- what: answers that say that something is wrong -----------------------------------------------


def too_many(retry_after: int | str | None = None) -> Kind:
    """429, as nginx gives it: JSON, and without Retry-After unless one is named."""
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return lambda _: Answer(429, TOO_MANY, headers=headers)


TOO_MANY = b'{"status":429,"error":"Too Many Requests","message":"Rate limit exceeded."}'


def html_503(_: Exchange) -> Answer:
    return Answer(503, _html("503 Service Temporarily Unavailable"), HTML)


def text_500(_: Exchange) -> Answer:
    return Answer(500, b"Internal Server Error", TEXT)


def unprocessable(exchange: Exchange) -> Answer:
    return Answer(422, unprocessable_body("limit", str(exchange.place.limit)))


def redirect_elsewhere(exchange: Exchange) -> Answer:
    """302 to another host, which nobody must follow: the name is reserved never to resolve."""
    location = "http://elsewhere.invalid" + exchange.path
    return Answer(302, headers=(("Location", location),))


def redirect_here(exchange: Exchange) -> Answer:
    """302 to the same place of the same host, absolute."""
    return Answer(302, headers=(("Location", exchange.base_url + exchange.path),))


# --- what: answers that pretend that all is well --------------------------------------------------


def null_count(exchange: Exchange) -> Answer:
    """200 with a null count and no works: Solr was down, slow, or answered no JSON."""
    return _page(exchange, count=None, works=())


def zero_count(exchange: Exchange) -> Answer:
    """200 with no works and a count that says so: Solr's own time limit."""
    return _page(exchange, count=0, works=())


def smaller_count(share: float = 0.5) -> Kind:
    """200 as though the subject had only the first `share` of its works: consistent, and wrong."""

    def kind(exchange: Exchange) -> Answer:
        place = exchange.place
        count = int(place.count * share)
        works = exchange.place.works()[: max(0, count - place.offset)]
        return _page(exchange, count=count, works=works)

    return kind


def different_count(by: int) -> Kind:
    """200 with the right works and a count that is wrong by `by`."""
    return lambda exchange: _page(exchange, count=exchange.place.count + by)


def short_page(missing: int = 1) -> Kind:
    """200 with the right count, and without the last works of the page."""
    return lambda exchange: _page(exchange, works=exchange.place.works()[:-missing])


def wrong_subject(slug: str = "another_subject") -> Kind:
    """200 with the works of this subject under the name of another."""
    return lambda exchange: _page(exchange, slug=slug)


def html_200(_: Exchange) -> Answer:
    return Answer(200, _html("We are down for maintenance"), HTML)


def html_as_json(_: Exchange) -> Answer:
    return Answer(200, _html("We are down for maintenance"))


def oversized(size: int = 256 << 20) -> Kind:
    """200 with a body of more than `size` bytes: valid JSON, and small when compressed."""

    def kind(exchange: Exchange) -> Answer:
        usual = exchange.usual()
        return replace(usual, padding=size, memo=usual.memo and (*usual.memo, size))

    return kind


# --- what: the wire -------------------------------------------------------------------------------


def _broken(wire: Wire) -> Kind:
    return lambda exchange: replace(exchange.usual(), wire=wire, memo=None)


truncated = _broken(Wire.TRUNCATED)
gzip_cut = _broken(Wire.GZIP_CUT)
stalled = _broken(Wire.STALLED)
reset = _broken(Wire.RESET)
reset_midway = _broken(Wire.RESET_MIDWAY)


# --- what: the catalogue changes meanwhile --------------------------------------------------------
#
# Each changes the catalogue before this page's first work, then answers the page from the changed
# catalogue. Nothing comes before the first page: it is answered as it was, and changed afterwards,
# so that the change is before the cursor from then on.


def insert_before(exchange: Exchange) -> Answer | None:
    """A work appears before the cursor: of what follows, one work is doubled."""
    return _change(exchange, lambda: _insert(exchange, _before(exchange)))


def delete_before(exchange: Exchange) -> Answer | None:
    """A work vanishes before the cursor: of what follows, one work is missed."""
    return _change(exchange, lambda: _delete(exchange, _before(exchange)))


def insert_before_delete_after(exchange: Exchange) -> Answer | None:
    """Both at once, so that the count stays right: one work is doubled, one never seen."""

    def change() -> None:
        _delete(exchange, _after(exchange))
        _insert(exchange, _before(exchange))

    return _change(exchange, change)


def delete_before_insert_after(exchange: Exchange) -> Answer | None:
    """Both at once, the other way round."""

    def change() -> None:
        _insert(exchange, _after(exchange))
        _delete(exchange, _before(exchange))

    return _change(exchange, change)


def _change(exchange: Exchange, change: Callable[[], None]) -> Answer | None:
    answer = exchange.usual() if exchange.place.offset == 0 else None
    if exchange.place.count > 1:
        change()
    return answer


def _before(exchange: Exchange) -> int:
    place = exchange.place
    return place.offset // 2 or min(place.limit, place.count) // 2


def _after(exchange: Exchange) -> int:
    """Half way between the page's end and the subject's; of the last page, the last work."""
    place = exchange.place
    end = min(place.offset + place.limit, place.count)
    return min((end + place.count) // 2, place.count - 1)


def _insert(exchange: Exchange, place: int) -> None:
    exchange.catalogue.insert_near(exchange.place.slug, place)


def _delete(exchange: Exchange, place: int) -> None:
    exchange.catalogue.delete_at(exchange.place.slug, place)


@dataclass
class Commits:
    """Before a request, perhaps works come and go, at random places and all at once.

    A commit makes one to three changes: a work comes, or one goes, or one goes and another comes
    close by, often between the same two page boundaries, where no count and no overlap shows it.

    Args:
        dice: what is random.
        chance: of a commit before each request.
        most: how many commits there are at most.
        span: how far the work that comes may be from the one that goes.
    """

    dice: Random
    chance: float
    most: int
    span: int
    states: list[tuple[bytes, ...]] = field(default_factory=list)  # all that the subject ever was

    def __call__(self, exchange: Exchange) -> None:
        slug = exchange.place.slug
        with exchange.catalogue.commit(slug) as works:
            if not self.states:
                self.states.append(tuple(works))
            if len(self.states) > self.most or self.dice.random() >= self.chance:
                return
            for _ in range(self.dice.randint(1, 3)):
                place = self.dice.randrange(len(works))
                kind = self.dice.randrange(3)
                if kind != 0:
                    exchange.catalogue.delete_at(slug, place)
                if kind != 1:
                    near = place + (self.dice.randint(-self.span, self.span) if kind else 0)
                    exchange.catalogue.insert_near(slug, min(max(near, 0), len(works) - 1))
            self.states.append(tuple(works))


# --- all of them, by name -------------------------------------------------------------------------

KINDS: dict[str, Kind] = {
    "429": too_many(),
    "429_retry_after": too_many(retry_after=1),
    "503_html": html_503,
    "500_text": text_500,
    "422": unprocessable,
    "200_null_count": null_count,
    "200_zero_count": zero_count,
    "200_smaller_count": smaller_count(),
    "200_html": html_200,
    "200_html_as_json": html_as_json,
    "short_page": short_page(),
    "wrong_subject": wrong_subject(),
    "oversized": oversized(),
    "truncated": truncated,
    "gzip_cut": gzip_cut,
    "stalled": stalled,
    "reset": reset,
    "reset_midway": reset_midway,
    "redirect_elsewhere": redirect_elsewhere,
    "redirect_here": redirect_here,
    "insert_before": insert_before,
    "delete_before": delete_before,
    "insert_before_delete_after": insert_before_delete_after,
    "delete_before_insert_after": delete_before_insert_after,
}


# --- bodies ---------------------------------------------------------------------------------------


def subject_body(slug: str, count: int | None, works: "Sequence[bytes]") -> bytes:
    """A subject as the API writes it: compact, raw UTF-8, on one line."""
    prefix, colon, name = slug.partition(":")
    typed = bool(colon) and prefix in ("person", "place", "time")
    head = {
        "key": f"/subjects/{slug}",
        "name": (name if typed else slug).replace("_", " "),
        "subject_type": prefix if typed else "subject",
        "solr_query": f'{prefix if typed else "subject"}_key:"{name if typed else slug}"',
        "work_count": count,
    }
    return compact(head)[:-1] + b',"works":[' + b",".join(works) + b"]}"


def unprocessable_body(name: str, value: str) -> bytes:
    """FastAPI's words for a query parameter that it does not accept."""
    error: dict[str, object] = {"loc": ["query", name], "input": value}
    try:
        number = int(value)
    except ValueError:
        error |= {"type": "int_parsing", "msg": "Input should be a valid integer"}
    else:
        if number < 0:
            error |= {"type": "greater_than_equal", "msg": "Input should be at least 0"}
        else:
            error |= {"type": "less_than_equal", "msg": "Input should be at most 1000"}
    return compact({"detail": [error]})


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Same(Enum):
    AS_IT_IS = auto()


def _page(
    exchange: Exchange,
    *,
    count: int | _Same | None = _Same.AS_IT_IS,
    works: "Sequence[bytes] | _Same" = _Same.AS_IT_IS,
    slug: str | None = None,
) -> Answer:
    """The usual answer, but for what is named."""
    place = exchange.place
    body = subject_body(
        slug or place.slug,
        place.count if isinstance(count, _Same) else count,
        exchange.place.works() if isinstance(works, _Same) else works,
    )
    return Answer(200, body)


def _html(title: str) -> bytes:
    return f"<html><head><title>{title}</title></head><body>{title}</body></html>\r\n".encode()
