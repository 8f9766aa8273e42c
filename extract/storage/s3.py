"""The raw zone on S3."""

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

from extract.errors import AlreadyExists, ExtractError
from extract.storage.base import AT_ONCE, RAW_ZONE, Purpose

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ATTEMPTS = 5  # of one call, by botocore, with backoff
CONNECT_TIMEOUT = 10.0  # seconds
PIECE = 8 * 2**20  # bytes of an opened object that are asked for at once, and held

_USER = re.compile(r"//[^/\s]*@")  # of a URL, perhaps with a password

# What to do about an error, by S3's code (of a HEAD, its status) or botocore's class.
_REMEDIES = (
    ("make the bucket or set {setting}", {"NoSuchBucket"}),
    (
        "permit it to these credentials or set {setting}",
        {"AccessDenied", "AllAccessDisabled", "403"},
    ),
    ("let nobody write it meanwhile", {"PreconditionFailed"}),
    ("sign in anew", {"ExpiredToken", "InvalidToken", "TokenRefreshRequired"}),
    (
        "give valid credentials, as by AWS_PROFILE",
        {
            "CredentialRetrievalError",
            "InvalidAccessKeyId",
            "NoCredentialsError",
            "PartialCredentialsError",
            "SSOError",
            "SignatureDoesNotMatch",
            "TokenRetrievalError",
        },
    ),
    (
        "set AWS_DEFAULT_REGION to the bucket's region",
        {"AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"},
    ),
    ("check the network and AWS_ENDPOINT_URL", {"ConnectionError", "HTTPClientError"}),
    ("wait", {"InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown", "500", "503"}),
)


class S3Store:
    """A prefix of an S3 bucket. Credentials, region and endpoint are boto3's usual ones."""

    def __init__(self, bucket: str, prefix: str, purpose: Purpose = RAW_ZONE) -> None:
        self._purpose = purpose
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

    def put(self, key: str, body: bytes) -> None:
        """Publish by a conditional PUT; again where another PUT of the key is under way."""
        for attempt in range(1, 1 + ATTEMPTS):
            try:
                self._client.put_object(
                    Bucket=self._bucket, Key=self._prefix + key, Body=body, IfNoneMatch="*"
                )
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "PreconditionFailed":
                    where = f"s3://{self._bucket}/{self._prefix}{key}"
                    raise AlreadyExists(f"{where} exists") from error
                if code != "ConditionalRequestConflict" or attempt == ATTEMPTS:
                    raise self._unusable("write", error) from error
                time.sleep(0.1 * 2**attempt)
            except BotoCoreError as error:
                raise self._unusable("write", error) from error
            else:
                return

    def get(self, key: str) -> bytes:
        """Read an object whole."""
        return self._read(
            lambda: self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"]
        )

    def size(self, key: str) -> int | None:
        """Ask for an object's size."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)[
                "ContentLength"
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":
                return None
            raise self._unusable("read", error) from error
        except BotoCoreError as error:
            raise self._unusable("read", error) from error

    def open(self, key: str) -> BinaryIO:
        """Read an object in ranges, all of the same version of it."""
        bucket, path = self._bucket, self._prefix + key
        try:
            found = self._client.head_object(Bucket=bucket, Key=path)
        except (BotoCoreError, ClientError) as error:
            raise self._unusable("read", error) from error

        def piece(start: int, end: int) -> bytes:
            return self._read(
                lambda: self._client.get_object(
                    Bucket=bucket,
                    Key=path,
                    Range=f"bytes={start}-{end - 1}",
                    IfMatch=found["ETag"],
                )["Body"]
            )

        pieces = _Pieces(found["ContentLength"], piece)
        return cast("BinaryIO", io.BufferedReader(pieces, PIECE))

    def _read(self, ask: Callable[[], StreamingBody]) -> bytes:
        """Read a body; ask again where it breaks off, which botocore leaves to its caller."""
        try:
            for _ in range(ATTEMPTS - 1):
                begun = ask()
                with suppress(BotoCoreError):
                    return begun.read()
            return ask().read()
        except (BotoCoreError, ClientError) as error:
            raise self._unusable("read", error) from error

    def keys(self, prefix: str) -> Iterator[str]:
        """List what lies below a prefix, page by page."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}{prefix}/"
        )
        try:
            for page in pages:
                for item in page.get("Contents", ()):
                    yield item["Key"].removeprefix(self._prefix)
        except (BotoCoreError, ClientError) as error:
            raise self._unusable("read", error) from error

    def _unusable(self, what: str, error: Exception) -> ExtractError:
        purpose = self._purpose
        remedy = _remedy(error).format(setting=purpose.setting)
        return purpose.error(
            f"cannot {what} {purpose.name} s3://{self._bucket}/{self._prefix}: "
            f"{_USER.sub('//', str(error))} ({remedy}, then {purpose.again})"
        )


class _Pieces(io.RawIOBase):
    """An object of a known size, read in ranges."""

    def __init__(self, size: int, piece: Callable[[int, int], bytes]) -> None:
        self._size = size
        self._piece = piece
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        end = min(self._at + len(view), self._size)
        if end == self._at:
            return 0
        got = self._piece(self._at, end)
        view[: len(got)] = got
        self._at += len(got)
        return len(got)


def _remedy(error: Exception) -> str:
    """Say what to do; S3 tells what is wrong by a code, botocore by a class."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, ClientError):
        names = {error.response["Error"]["Code"]}
    return next((told for told, of in _REMEDIES if names & of), "mend it or set {setting}")
