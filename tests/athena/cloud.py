"""AWS on 127.0.0.1: S3, Glue and the rest by moto, Athena by a real Trino.

``python -m tests.athena.cloud`` serves it until Ctrl-C and prints the environment to export.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import boto3

from . import service
from .service import REGION, Service
from .trino import Trino, TrinoUnavailable

if TYPE_CHECKING:
    from typing import Self

    from .calls import Call
    from .faults import Faults
    from .service import Execution


class QueryFailed(Exception):
    """A query did not succeed; the text is Athena's reason."""


class Cloud:
    """An empty account, from ``__enter__`` to ``__exit__``; ``heap_gb`` is Trino's, in GiB."""

    def __init__(self, heap_gb: int = 2) -> None:
        self._heap_gb = heap_gb
        self.service = Service()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.service)
            trino = Trino(self.service.url, REGION, self._heap_gb)
            self.service.engine = stack.enter_context(trino)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def env(self) -> dict[str, str]:
        """The environment that points boto3, dbt and Terraform here, and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.service.url,
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def faults(self) -> Faults:
        """What is to go wrong."""
        return self.service.faults

    @property
    def statements(self) -> list[Execution]:
        """Every query so far, oldest first."""
        return self.service.statements

    @property
    def calls(self) -> dict[Call, int]:
        """Every call of AWS so far, and how often it came."""
        return self.service.calls

    def session(self, access_key: str = "rehearsal") -> boto3.Session:
        """A boto3 session; give its clients ``endpoint_url=cloud.service.url``."""
        return boto3.Session(access_key, access_key, region_name=REGION)

    def query(
        self, sql: str, database: str = "default", workgroup: str = "primary"
    ) -> list[tuple[str | None, ...]]:
        """The rows of a query by Athena's API, as the text that it gives.

        Raises:
            QueryFailed: it failed or was cancelled.
        """
        athena = self.session().client("athena", endpoint_url=self.service.url)
        started = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": database},
            WorkGroup=workgroup,
            ResultConfiguration={"OutputLocation": f"s3://{self._results_bucket()}/"},
        )["QueryExecutionId"]
        while True:
            told = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if told["Status"]["State"] not in {"QUEUED", "RUNNING"}:
                break
        if told["Status"]["State"] != "SUCCEEDED":
            raise QueryFailed(told["Status"].get("StateChangeReason", told["Status"]["State"]))
        pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=started)
        rows = [
            tuple(datum.get("VarCharValue") for datum in row["Data"])
            for page in pages
            for row in page["ResultSet"]["Rows"]
        ]
        return rows[1:] if told["SubstatementType"] == "SELECT" else rows

    def _results_bucket(self) -> str:
        name = "results-of-cloud-query"
        self.session().client("s3", endpoint_url=self.service.url).create_bucket(Bucket=name)
        return name


def main() -> int:
    """Serve until Ctrl-C; each query is logged to stderr."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.ERROR)
    logging.getLogger(service.__name__).setLevel(logging.INFO)
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job ignores SIGINT
        signal.signal(number, signal.default_int_handler)
    try:
        with Cloud() as cloud:
            for name, value in cloud.env.items():
                sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        return 130
    except TrinoUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
