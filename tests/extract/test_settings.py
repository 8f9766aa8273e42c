"""The environment is checked before anything is asked or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extract.errors import InvalidInput
from extract.settings import PROJECT, Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = "https://openlibrary.org"


def test_without_an_environment_it_is_the_public_site_and_nobody_in_particular() -> None:
    settings = read_settings()
    assert settings == Settings(PUBLIC, None, str(PROJECT / "data/raw"))
    assert settings.is_public
    assert settings.rate(None) == 1
    assert settings.user_agent == "book_analytics/0.1.0"


def test_a_variable_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPEN_LIBRARY_URL", "OPEN_LIBRARY_CONTACT", "RAW_ROOT"):
        monkeypatch.setenv(name, "")
    assert read_settings() == Settings(PUBLIC, None, str(PROJECT / "data/raw"))


def test_with_a_contact_three_requests_a_second_are_permitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPEN_LIBRARY_CONTACT", "reader@example.org")
    settings = read_settings()
    assert settings.rate(None) == 3
    assert settings.user_agent == "book_analytics/0.1.0 (reader@example.org)"


@pytest.mark.parametrize(
    ("given", "root"),
    [
        ("some/where", f"{PROJECT}/some/where"),
        ("/data/a b [1]*%20'", "/data/a b [1]*%20'"),
        ("~", "/home/reader"),
        ("~/raw", "/home/reader/raw"),
        ("s3://bucket/raw", "s3://bucket/raw"),
    ],
)
def test_a_raw_root_is_read_as_dbt_reads_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str, root: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/reader")
    monkeypatch.setenv("RAW_ROOT", given)
    assert read_settings().raw_root == root


@pytest.mark.parametrize(
    "given",
    [
        "a?b",
        "a#b",
        "a\\b",
        "s3://bucket/a?b",
        "/data/line=1/raw",
        "/data/LOAD_DATE=2026-11-21",
        "~reader/raw",
        "~x",
    ],
)
def test_a_raw_root_that_dbt_would_misread_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("RAW_ROOT", given)
    with pytest.raises(InvalidInput, match=r"^RAW_ROOT .*: write another path$"):
        read_settings()


def test_a_tilde_needs_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("RAW_ROOT", "~/raw")
    with pytest.raises(InvalidInput, match="begins with ~"):
        read_settings()


@pytest.mark.parametrize("contact", ["a.b+c@example.org", "https://example.org/about?x=1"])
def test_a_contact_is_a_mail_address_or_an_url(
    monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("OPEN_LIBRARY_CONTACT", contact)
    assert read_settings().contact == contact


@pytest.mark.parametrize(
    "contact",
    [
        "reader",
        "reader@example",
        "@example.org",
        "reader@example.org\r\nX-Header: 1",
        "reader@example.org other",
        "lecteur@exämple.org",
        "ftp://example.org",
        "a@b.c)",
        " ",
    ],
)
def test_what_is_not_a_contact_is_refused(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.setenv("OPEN_LIBRARY_CONTACT", contact)
    with pytest.raises(InvalidInput, match="OPEN_LIBRARY_CONTACT"):
        read_settings()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", PUBLIC),
        ("https://openlibrary.org/", PUBLIC),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost/a/path/", "http://localhost/a/path"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("https://mirror.example/openlibrary", "https://mirror.example/openlibrary"),
    ],
)
def test_the_api_may_be_elsewhere_and_below_a_path(
    monkeypatch: pytest.MonkeyPatch, given: str, url: str
) -> None:
    monkeypatch.setenv("OPEN_LIBRARY_URL", given)
    assert read_settings().url == url


@pytest.mark.parametrize(
    "url",
    [
        "openlibrary.org",
        "http://openlibrary.org",
        "http://127.0.0.1.example.org",
        "ftp://openlibrary.org",
        "https://",
        "https://openlibrary.org?limit=1",
        "https://openlibrary.org/#top",
        "https://openlibrary.org:port",
        "https://openlibrary.org:99999",
        "https://[::1",
    ],
)
@pytest.mark.parametrize("name", ["OPEN_LIBRARY_URL", "OPEN_LIBRARY_DUMPS_URL"])
def test_what_is_not_a_url_of_an_api_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, name: str
) -> None:
    monkeypatch.setenv(name, url)
    with pytest.raises(InvalidInput, match=name):
        read_settings()


def test_where_dumps_are_and_where_they_are_put(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert settings.dumps_url == "https://archive.org"
    assert settings.dumps_root == PROJECT / "data" / "dumps"
    monkeypatch.setenv("OPEN_LIBRARY_DUMPS_URL", "http://127.0.0.1:8080/mirror/")
    monkeypatch.setenv("HOME", "/home/reader")
    assert read_settings().dumps_url == "http://127.0.0.1:8080/mirror"
    for given, folder in (("~/a", "/home/reader/a"), ("/a", "/a"), ("a", f"{PROJECT}/a")):
        monkeypatch.setenv("DUMPS_ROOT", given)
        assert str(read_settings().dumps_root) == folder
    for given in ("s3://bucket/dumps", "~nobody-of-this-name/a"):
        monkeypatch.setenv("DUMPS_ROOT", given)
        with pytest.raises(InvalidInput, match="DUMPS_ROOT"):
            read_settings()


@pytest.mark.parametrize(
    "url",
    [
        "https://reader:hush@openlibrary.org",
        "https://hush@openlibrary.org",
        "https://reader:hush/x@openlibrary.org",
        "https://reader:hush#x@openlibrary.org",
        "https:/reader:hush@openlibrary.org",
        "reader:hush@openlibrary.org",
        "https://reader:hush@[openlibrary.org",
    ],
)
def test_a_password_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OPEN_LIBRARY_URL", url)
    with pytest.raises(InvalidInput, match="password") as refused:
        read_settings()
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        PUBLIC,
        "https://www.openlibrary.org",
        "https://OPENLIBRARY.ORG",
        "https://openlibrary.org.",
        "https://www.openlibrary.org.:443/",
    ],
)
@pytest.mark.parametrize("contact", [None, "reader@example.org"])
def test_the_public_site_is_not_asked_faster_than_it_permits(url: str, contact: str | None) -> None:
    settings = Settings(url, contact, "data/raw")
    permitted = 3 if contact else 1
    assert settings.rate(permitted) == permitted
    assert settings.rate(0.1) == 0.1
    for rate in (0, permitted + 0.01, 1000):
        with pytest.raises(InvalidInput, match=f"permits {permitted} request"):
            settings.rate(rate)


def test_another_server_may_be_asked_at_any_rate() -> None:
    settings = Settings("http://127.0.0.1:8080", None, "data/raw")
    assert settings.rate(None) == 1
    assert settings.rate(0) == 0
    assert settings.rate(1000) == 1000
    assert not Settings("https://notopenlibrary.org", None, "data/raw").is_public
