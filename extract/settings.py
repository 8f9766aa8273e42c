"""Settings from the environment, and options of a load."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from extract import __version__
from extract.errors import InvalidInput

PROJECT = Path(__file__).parents[1]
PUBLIC_URL = "https://openlibrary.org"
ARCHIVE_URL = "https://archive.org"  # where the dumps are
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
RATE_UNIDENTIFIED = 1.0  # requests per second that Open Library permits
RATE_IDENTIFIED = 3.0

_MISREAD = re.compile(r"[?#\\]|(?i:(?:^|/)(?:line|load_date)=)")
_CONTACT = re.compile(r"[^\s@()<>]+@[^\s@()<>]+\.[^\s@()<>]+|https?://[^\s()<>]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """The loader's environment, checked."""

    url: str
    contact: str | None
    raw_root: str
    dumps_url: str = ARCHIVE_URL
    dumps_root: Path = PROJECT / "data" / "dumps"

    @property
    def is_public(self) -> bool:
        """Whether requests go to Open Library itself, so that its limits apply."""
        host = (urlsplit(self.url).hostname or "").rstrip(".")
        return host == "openlibrary.org" or host.endswith(".openlibrary.org")

    @property
    def permitted_rate(self) -> float:
        """Requests per second that Open Library permits this caller."""
        return RATE_IDENTIFIED if self.contact else RATE_UNIDENTIFIED

    @property
    def user_agent(self) -> str:
        """Name, version and contact."""
        return f"book_analytics/{__version__}" + (f" ({self.contact})" if self.contact else "")

    def rate(self, requested: float | None) -> float:
        """Return the rate to use; 0 is unlimited.

        Raises:
            InvalidInput: the public site does not permit so high a rate.
        """
        if requested is None:
            return self.permitted_rate
        if self.is_public and (requested == 0 or requested > self.permitted_rate):
            more = "" if self.contact else "; set OPEN_LIBRARY_CONTACT to raise this to 3"
            raise InvalidInput(
                f"--rate {requested:g}: {self.url} permits {self.permitted_rate:g} request/s{more}"
            )
        return requested


@dataclass(frozen=True)
class LoadOptions:
    """How to call the API, and what a load must satisfy; the command line documents each."""

    rate: float | None = None
    retries: int = 5
    backoff: float = 0.5
    timeout: float = 30.0
    max_drift: float = 0.001
    allow_shrink: bool = False


def read_settings() -> Settings:
    """Read OPEN_LIBRARY_URL, _DUMPS_URL and _CONTACT, RAW_ROOT and DUMPS_ROOT.

    Raises:
        InvalidInput: one of them is unusable.
    """
    url = _url("OPEN_LIBRARY_URL", PUBLIC_URL)
    dumps_url = _url("OPEN_LIBRARY_DUMPS_URL", ARCHIVE_URL)
    contact = os.environ.get("OPEN_LIBRARY_CONTACT") or None
    if contact and not (contact.isascii() and _CONTACT.fullmatch(contact)):
        raise InvalidInput(f"OPEN_LIBRARY_CONTACT={contact!r} is not an email address or URL")
    raw_root = _raw_root(os.environ.get("RAW_ROOT") or "data/raw")
    return Settings(url, contact, raw_root, dumps_url, _dumps_root())


def _raw_root(given: str) -> str:
    """Read RAW_ROOT as dbt does (macros/raw_files/path_setting.sql): relative to the project."""
    home = os.environ.get("HOME", "")
    path = home + given[1:] if given == "~" or given.startswith("~/") else given
    if found := _MISREAD.search(path):
        raise InvalidInput(
            f"RAW_ROOT contains {found[0]!r}, which DuckDB does not read as part of a name: "
            "write another path"
        )
    if path.startswith("~") or (path != given and not home):
        raise InvalidInput("RAW_ROOT begins with ~, which cannot be resolved: write another path")
    return path if "://" in path else str(PROJECT / path)


def _dumps_root() -> Path:
    """Read DUMPS_ROOT, a local folder: relative to the project, as RAW_ROOT."""
    given = os.environ.get("DUMPS_ROOT") or "data/dumps"
    if "://" in given:
        raise InvalidInput("DUMPS_ROOT is a URL: use a local folder, which holds what is fetched")
    try:
        return PROJECT / Path(given).expanduser()
    except RuntimeError as error:
        raise InvalidInput(
            "DUMPS_ROOT begins with ~, which cannot be resolved: write another path"
        ) from error


def _url(name: str, public: str) -> str:
    url = (os.environ.get(name) or public).rstrip("/")
    if "@" in url:  # anywhere: a mistyped password must not be shown
        raise InvalidInput(f"{name} contains a user or password: remove them")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInput(f"{name} is not a URL: {error}") from error
    if not host or parts.query or parts.fragment:
        raise InvalidInput(f"{name}={url!r}: give a scheme, a host and at most a path")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise InvalidInput(f"{name}={url!r}: use https (http only for loopback)")
    return url
