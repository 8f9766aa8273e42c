"""The raw zone on S3."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

from extract.errors import AlreadyExists, RawZoneError
from extract.storage import AT_ONCE

ATTEMPTS = 5  # of one call, by botocore, with backoff
CONNECT_TIMEOUT = 10.0  # seconds

_USER = re.compile(r"//[^/\s]*@")  # of a URL, perhaps with a password

# What to do about an error, by S3's code or botocore's class.
_REMEDIES = (
    ("make the bucket or set RAW_ROOT", {"NoSuchBucket"}),
    ("permit it to these credentials or set RAW_ROOT", {"AccessDenied", "AllAccessDisabled"}),
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

    def __init__(self, bucket: str, prefix: str) -> None:
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
        """Read an object whole; again where it breaks off, which botocore leaves to its caller."""

        def body() -> StreamingBody:
            return self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"]

        try:
            for _ in range(ATTEMPTS - 1):
                begun = body()
                with suppress(BotoCoreError):
                    return begun.read()
            return body().read()
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

    def _unusable(self, what: str, error: Exception) -> RawZoneError:
        return RawZoneError(
            f"cannot {what} the raw zone s3://{self._bucket}/{self._prefix}: "
            f"{_USER.sub('//', str(error))} ({_remedy(error)}, then run `extract resume`)"
        )


def _remedy(error: Exception) -> str:
    """Say what to do; S3 tells what is wrong by a code, botocore by a class."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, ClientError):
        names = {error.response["Error"]["Code"]}
    return next((told for told, of in _REMEDIES if names & of), "mend it or set RAW_ROOT")
