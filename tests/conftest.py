"""What several modules' tests start from."""

from __future__ import annotations

import os
import signal
import uuid
from typing import TYPE_CHECKING

import boto3
import pytest
from hypothesis import HealthCheck, settings

from tests.support import needs
from tests.support.faulty_s3 import FaultyS3
from tests.support.loader_runs import Runs, works
from tests.support.project import NO_UNIT_TESTS, SAMPLE, STREAMING, Project, Shared
from tests.support.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    from mypy_boto3_s3 import S3Client

# how long an example takes depends on what else the machine does
settings.register_profile(
    "any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any_machine")

# a shell's background job ignores SIGINT, and so would the loaders that the tests start
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, before any is left out for it."""
    needs.mark(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold what a test starts against its markers."""
    needs.begin(item)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have an environment of their own."""
    for name in (
        "OPEN_LIBRARY_URL",
        "OPEN_LIBRARY_DUMPS_URL",
        "OPEN_LIBRARY_CONTACT",
        "RAW_ROOT",
        "DUMPS_ROOT",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def api() -> Iterator[StandIn]:
    """The API with one subject of four pages."""
    with StandIn({"love": works()}) as stand_in:
        yield stand_in


@pytest.fixture
def loader(api: StandIn, tmp_path: Path) -> Runs:
    """The loader, asking ``api`` and landing in an empty raw root."""
    return Runs(api, tmp_path / "raw")


@pytest.fixture(scope="session")
def _s3() -> Iterator[FaultyS3]:
    with FaultyS3() as server:
        yield server


@pytest.fixture
def s3(_s3: FaultyS3) -> Iterator[FaultyS3]:
    """An S3 without faults; a test adds its own."""
    _s3.clear()
    yield _s3
    _s3.clear()


@pytest.fixture
def aws(s3: FaultyS3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> S3Client:
    """An S3 without buckets, which boto3 finds by the environment alone."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "no_config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no_credentials"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    return boto3.client("s3")


@pytest.fixture
def bucket(aws: S3Client) -> str:
    """A bucket that holds something already.

    Each test has its own: a killed loader's last requests may arrive late.
    """
    name = f"library-{uuid.uuid4().hex}"
    aws.create_bucket(Bucket=name)
    aws.put_object(Bucket=name, Key="other/subject_works/x", Body=b"not ours")
    return name


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Makes projects that all processes of pytest-xdist read."""
    folder = tmp_path_factory.getbasetemp()
    return Shared(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def project(shared: Shared) -> Project:
    """The samples, landed and built; for reading only."""

    def build(samples: Project) -> None:
        samples.extract("subjects", "love", "--from", str(SAMPLE))
        samples.extract("files", "streaming", str(STREAMING))
        samples.dbt("build", *NO_UNIT_TESTS)

    return shared.project("samples", build)


@pytest.fixture
def copied(project: Project, tmp_path: Path) -> Project:
    """The samples with a copy of the warehouse, to change."""
    return project.copy(tmp_path)


@pytest.fixture
def marts(project: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the built sample."""
    with project.connect(read_only=True) as connection:
        yield connection
