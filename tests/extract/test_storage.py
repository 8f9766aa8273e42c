"""A local folder and an S3 bucket keep the same promises."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import pytest
from botocore.exceptions import ClientError

from extract.errors import AlreadyExists, InvalidInput, RawZoneError
from extract.storage import open_store
from extract.storage.base import RECEIVED_FILES
from extract.storage.local import LocalStore
from tests.support import faults
from tests.support.faults import Fault
from tests.support.faulty_s3 import download
from tests.support.loader_runs import OFFSETS, Runs

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from extract.storage.base import Store

DATASET = "subject_works/load_date=2026-11-21"


@pytest.fixture(params=["local", "s3", "s3_without_prefix"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "local":
        return str(tmp_path / "raw")
    bucket = request.getfixturevalue("bucket")
    return f"s3://{bucket}/a/prefix" if request.param == "s3" else f"s3://{bucket}"


@pytest.fixture
def store(root: str) -> Store:
    return open_store(root)


def test_what_is_put_is_got(store: Store) -> None:
    for body in (b"", b"\x00\xff\n", b"x" * 2_000_000):
        key = f"{DATASET}/{len(body)}"
        store.put(key, body)
        assert store.get(key) == body


def test_what_is_put_is_read_piece_by_piece(
    store: Store, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.storage.s3.RANGE", 1_000)
    body = bytes(range(256)) * 41
    store.put("received/a b", body)
    store.put("received/empty", b"")
    source = open_store(root, RECEIVED_FILES)
    assert source.size("received/a b") == len(body)
    with source.open("received/a b") as opened:
        assert opened.read(10) == body[:10]
        assert opened.readline() == body[10:11]
        assert opened.read() == body[11:]
        assert opened.read(1) == b""
    with source.open("received/empty") as opened:
        assert opened.read() == b""


def test_what_is_missing_has_no_size_and_is_not_opened(store: Store, root: str) -> None:
    store.put("received/a", b"")
    source = open_store(root, RECEIVED_FILES)
    for key in ("received", "received/b", "received/a/b", "none/a"):
        assert source.size(key) is None
        with pytest.raises(InvalidInput, match="cannot read the folder"):
            source.open(key).read()


def test_keys_are_those_below_a_folder(store: Store) -> None:
    for key in (f"{DATASET}/a", f"{DATASET}/b", "subject_works_too/c", "loads/d"):
        store.put(key, b"")
    assert sorted(store.keys("subject_works")) == [f"{DATASET}/a", f"{DATASET}/b"]
    assert sorted(store.keys(DATASET)) == [f"{DATASET}/a", f"{DATASET}/b"]
    assert list(store.keys("load_events")) == []


def test_more_keys_than_one_listing_gives(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "50")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.put(f"loads/{n}", b""), range(120)))
    assert len(set(store.keys("loads"))) == 120


def test_nothing_is_replaced(store: Store) -> None:
    store.put("loads/a", b"first")
    with pytest.raises(AlreadyExists):
        store.put("loads/a", b"second")
    assert store.get("loads/a") == b"first"


def test_of_many_at_once_one_wins(store: Store) -> None:
    start = threading.Barrier(8)

    def put(number: int) -> bool:
        start.wait()
        try:
            store.put("loads/a", b"%d" % number)
        except AlreadyExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(put, range(8)))
    assert won.count(True) == 1
    assert store.get("loads/a") == b"%d" % won.index(True)


def test_what_is_missing_is_an_error(store: Store) -> None:
    with pytest.raises(RawZoneError, match="cannot read"):
        store.get("loads/none")


# --- a folder -------------------------------------------------------------------------------------


def test_what_is_half_written_is_hidden_and_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    seen: list[list[str]] = []

    def full(_: int) -> None:
        seen.append([path.name for path in (tmp_path / "loads").iterdir()])
        assert list(store.keys("loads")) == []
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(RawZoneError, match="No space left on device") as failed:
        store.put("loads/a.jsonl", b"record")
    assert len(seen[0]) == 1
    assert seen[0][0].startswith(".")
    assert seen[0][0].endswith(".tmp")
    assert list((tmp_path / "loads").iterdir()) == []
    assert str(failed.value).isprintable()


def test_what_a_crash_left_half_written_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "loads").mkdir()
    (tmp_path / "loads" / ".a.jsonl.0f0f0f0f.tmp").write_bytes(b"half")
    assert list(LocalStore(tmp_path).keys("loads")) == []


@pytest.mark.parametrize("file", ["", "loads", "loads/load_date=2026-11-21"])
def test_a_file_where_a_folder_must_be_is_an_error_and_no_object(tmp_path: Path, file: str) -> None:
    root = tmp_path / "raw"
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_bytes(b"")
    with pytest.raises(RawZoneError, match="Not a directory") as failed:
        LocalStore(root).put("loads/load_date=2026-11-21/a", b"record")
    assert not isinstance(failed.value, AlreadyExists)


# --- S3 -------------------------------------------------------------------------------------------


def test_a_missing_bucket_is_one_line(aws: S3Client) -> None:
    store = open_store("s3://missing/prefix")
    for attempt in (
        lambda: store.put("loads/a", b""),
        lambda: store.get("loads/a"),
        lambda: list(store.keys("loads")),
    ):
        with pytest.raises(RawZoneError, match=r"s3://missing/prefix/.*bucket") as failed:
            attempt()
        assert str(failed.value).isprintable()


def test_missing_credentials_are_one_line(aws: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    boto3.setup_default_session()
    try:
        with pytest.raises(RawZoneError, match="credentials") as failed:
            open_store("s3://library/raw").put("loads/a", b"")
    finally:
        boto3.DEFAULT_SESSION = None
    assert str(failed.value).isprintable()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "nowhere"),
        ("AWS_PROFILE", "unknown"),
        ("AWS_DEFAULT_REGION", "no region"),
    ],
)
def test_an_environment_that_boto3_refuses_is_one_line(
    aws: S3Client, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    with pytest.raises(RawZoneError) as failed:
        open_store("s3://library/raw").put("loads/a", b"")
    assert str(failed.value).isprintable()


class _Putting(Protocol):
    def __call__(self, **arguments: object) -> None: ...


def refusing(codes: list[str]) -> tuple[_Putting, list[object]]:
    """A put_object that is refused so many times, as S3 (though not moto) may do."""
    bodies: list[object] = []

    def put_object(**arguments: object) -> None:
        bodies.append(arguments["Body"])
        assert arguments["IfNoneMatch"] == "*"
        if codes:
            error: Any = {"Error": {"Code": codes.pop(0), "Message": "no"}}
            raise ClientError(error, "PutObject")

    return put_object, bodies


def test_a_put_that_meets_another_is_repeated(
    aws: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store("s3://library/raw")
    put_object, bodies = refusing(["ConditionalRequestConflict"])
    monkeypatch.setattr(store, "_client", type("Client", (), {"put_object": put_object}))
    store.put("loads/a", b"record")
    assert bodies == [b"record"] * 2


def test_a_put_that_lost_against_another_says_so(
    aws: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store("s3://library/raw")
    put_object, bodies = refusing(["ConditionalRequestConflict", "PreconditionFailed"])
    monkeypatch.setattr(store, "_client", type("Client", (), {"put_object": put_object}))
    with pytest.raises(AlreadyExists):
        store.put("loads/a", b"record")
    assert len(bodies) == 2


@pytest.mark.parametrize(
    "root",
    ["s3://", "s3:///prefix", "gs://bucket/prefix", "https://reader:hush@x/", "s3://a:hush@x/"],
)
def test_a_root_of_another_kind_is_refused(root: str) -> None:
    with pytest.raises(InvalidInput, match="RAW_ROOT") as refused:
        open_store(root)
    assert "hush" not in str(refused.value)


def test_a_subject_is_landed_in_s3_and_a_failed_load_resumed(
    aws: S3Client, bucket: str, loader: Runs
) -> None:
    loader.env["RAW_ROOT"] = f"s3://{bucket}/a/prefix/"
    loader.api.faults = [Fault(faults.html_503, faults.middle)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    assert loader.missing_since(asked) == [OFFSETS[2]]

    download(aws, bucket, "a/prefix/", loader.root)
    loader.assert_whole()
    assert [event["event"] for event in loader.records("load_events")].count("failed") == 1
    listed = loader.run("loads")
    assert listed.code == 0
    assert "complete" in listed.out


def test_a_missing_bucket_ends_a_load_with_one_line(aws: S3Client, loader: Runs) -> None:
    loader.env["RAW_ROOT"] = "s3://missing/raw"
    outcome = loader.run("subjects", "love")
    assert outcome.code == 8
    assert "s3://missing/raw" in outcome.complaint
    assert loader.api.requests == []
