"""The raw zone on S3."""

import time
from collections.abc import Iterator

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from extract.errors import AlreadyExists, RawZoneError

ATTEMPTS = 5  # of one call, by botocore, with backoff


class S3Store:
    """A prefix of an S3 bucket. Credentials, region and endpoint are boto3's usual ones."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        try:
            self._client = boto3.client(
                "s3",
                config=Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS}),
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
        try:
            response = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            return response["Body"].read()
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
            f"cannot {what} the raw zone s3://{self._bucket}/{self._prefix}: {error} "
            "(mend it or set RAW_ROOT, then run `extract resume`)"
        )
