"""A store in an S3 bucket."""

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

from extract.errors import AlreadyExists, ExtractError
from extract.storage.base import AT_ONCE, RAW_ZONE, StoreRole

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ATTEMPTS = 5  # per call, made by botocore, with backoff
CONNECT_TIMEOUT = 10.0  # seconds
RANGE = 8 * 2**20  # bytes of an opened object that are requested, and held, at a time

_USER = re.compile(r"//[^/\s]*@")  # of a URL, perhaps with a password

# What to do about an error, by S3's code (for a HEAD, its status) or botocore's class.
_REMEDIES = {
    "create the bucket or change {setting}": "NoSuchBucket",
    "allow it for these credentials or change {setting}": "AccessDenied AllAccessDisabled 403",
    "let nothing else write it meanwhile": "PreconditionFailed",
    "sign in again": "ExpiredToken InvalidToken TokenRefreshRequired",
    "provide valid credentials, for example with AWS_PROFILE": (
        "CredentialRetrievalError InvalidAccessKeyId NoCredentialsError PartialCredentialsError "
        "SSOError SignatureDoesNotMatch TokenRetrievalError"
    ),
    "set AWS_DEFAULT_REGION to the bucket's region": (
        "AuthorizationHeaderMalformed IllegalLocationConstraintException PermanentRedirect"
    ),
    "check the network and AWS_ENDPOINT_URL": "ConnectionError HTTPClientError",
    "wait": "InternalError RequestTimeout ServiceUnavailable SlowDown 500 503",
}


class S3Store:
    """A prefix of an S3 bucket. Credentials, region and endpoint come from where boto3 looks."""

    def __init__(self, bucket: str, prefix: str, role: StoreRole = RAW_ZONE) -> None:
        self._role = role
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        try:
            self._client = boto3.client(
                "s3",
                config=Config(
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    connect_timeout=CONNECT_TIMEOUT,
                    max_pool_connections=AT_ONCE,
                ),
            )
        except (BotoCoreError, ValueError) as error:
            raise self._unusable("open", error) from error

    @property
    def folder(self) -> None:
        """None: it is not a local folder."""

    def put(self, key: str, body: bytes | bytearray) -> None:
        """Publish with a conditional PUT; retry while another PUT of the same key is in flight."""
        with self._named_errors("write"):
            for attempt in range(1, 1 + ATTEMPTS):
                try:
                    self._client.put_object(
                        Bucket=self._bucket,
                        Key=self._prefix + key,
                        Body=cast("bytes", body),  # botocore takes a bytearray as it is
                        IfNoneMatch="*",
                    )
                except ClientError as error:
                    code = error.response["Error"]["Code"]
                    if code == "PreconditionFailed":
                        where = f"s3://{self._bucket}/{self._prefix}{key}"
                        raise AlreadyExists(f"{where} already exists") from error
                    if code != "ConditionalRequestConflict" or attempt == ATTEMPTS:
                        raise
                    time.sleep(0.1 * 2**attempt)
                else:
                    return

    def get(self, key: str) -> bytes:
        """Read a whole object."""
        return self._read(
            lambda: self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"]
        )

    def size(self, key: str) -> int | None:
        """Return an object's size, or None if there is no such object."""
        with self._named_errors("read"):
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
            except ClientError as error:
                if error.response["Error"]["Code"] == "404":
                    return None
                raise
        return found["ContentLength"]

    def delete(self, key: str) -> None:
        """Remove an object; S3 does not mind if it is gone."""
        with self._named_errors("write"):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def open(self, key: str) -> BinaryIO:
        """Open an object, to be read in ranges of one and the same version."""
        bucket, path = self._bucket, self._prefix + key
        with self._named_errors("read"):
            found = self._client.head_object(Bucket=bucket, Key=path)

        def read_range(start: int, end: int) -> bytes:
            return self._read(
                lambda: self._client.get_object(
                    Bucket=bucket,
                    Key=path,
                    Range=f"bytes={start}-{end - 1}",
                    IfMatch=found["ETag"],
                )["Body"]
            )

        ranges = _ReadInRanges(found["ContentLength"], read_range)
        return cast("BinaryIO", io.BufferedReader(ranges, RANGE))

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys below a prefix, page by page."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}{prefix}/"
        )
        with self._named_errors("read"):
            for page in pages:
                for item in page.get("Contents", ()):
                    yield item["Key"].removeprefix(self._prefix)

    def _read(self, request: Callable[[], StreamingBody]) -> bytes:
        """Read a body; request it again if it breaks off, which botocore leaves to its caller."""
        with self._named_errors("read"):
            for _ in range(ATTEMPTS - 1):
                body = request()
                with suppress(BotoCoreError):
                    return body.read()
            return request().read()

    @contextmanager
    def _named_errors(self, action: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise self._unusable(action, error) from error

    def _unusable(self, action: str, error: Exception) -> ExtractError:
        role = self._role
        remedy = _remedy(error).format(setting=role.setting)
        return role.error(
            f"cannot {action} {role.name} s3://{self._bucket}/{self._prefix}: "
            f"{_USER.sub('//', str(error))} ({remedy}, then {role.next_step})"
        )


class _ReadInRanges(io.RawIOBase):
    """An object of known size, read one range at a time."""

    def __init__(self, size: int, read_range: Callable[[int, int], bytes]) -> None:
        self._size = size
        self._read_range = read_range
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        end = min(self._at + len(view), self._size)
        if end == self._at:
            return 0
        body = self._read_range(self._at, end)
        view[: len(body)] = body
        self._at += len(body)
        return len(body)


def _remedy(error: Exception) -> str:
    """Say what to do; S3 identifies an error by a code, botocore by a class."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, ClientError):
        names = {error.response["Error"]["Code"]}
    found = (remedy for remedy, of in _REMEDIES.items() if not names.isdisjoint(of.split()))
    return next(found, "fix it or change {setting}")
