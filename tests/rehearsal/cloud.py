"""AWS on 127.0.0.1: S3, Glue and the rest by moto, Athena by a real Trino.

``python -m tests.rehearsal.cloud`` serves it until Ctrl-C and prints the environment to export.
"""

from __future__ import annotations

import logging
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from tests.support import needs

from . import service
from .service import REGION, Service
from .trino import Trino, TrinoUnavailable

if TYPE_CHECKING:
    from typing import Any, Self

    from .calls import Call
    from .faults import Faults
    from .service import Execution


RESULTS = "results-of-cloud-query"
STARTUP = Path(__file__).with_name("startup")


class QueryFailed(Exception):
    """A query did not succeed; the text is Athena's reason."""


class Cloud:
    """An empty account, from ``__enter__`` to ``__exit__``.

    Trino starts meanwhile: the first query waits for it, and fails if it cannot.
    """

    def __init__(self) -> None:
        self.service = Service()
        self._clients: dict[tuple[str, str, int], Any] = {}
        self._making = threading.Lock()  # boto3 makes one client at a time, and any number calls it

    def __enter__(self) -> Self:
        needs.require("needs_trino")
        with ExitStack() as stack:
            scratch = tempfile.TemporaryDirectory(prefix="cloud-")
            self._scratch = Path(stack.enter_context(scratch))
            stack.enter_context(self.service)
            trino = Trino(self.service.url, REGION)
            starting = stack.enter_context(ThreadPoolExecutor(1))
            stack.callback(trino.stop)
            self.service.engine = starting.submit(trino.start)
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
            "PYTHONPATH": str(STARTUP),
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
        """Every call of AWS so far, and how often it came; calls that come later are not in it."""
        return self.service.calls

    def forget_calls(self) -> None:
        """Start counting calls again."""
        self.service.forget_calls()

    def client(self, name: str, access_key: str = "rehearsal", attempts: int = 5) -> Any:  # noqa: ANN401
        """A boto3 client that calls with this access key, in all ``attempts`` times."""
        retries: Any = {"mode": "standard", "total_max_attempts": attempts}
        key = (name, access_key, attempts)
        with self._making:
            if key not in self._clients:
                self._clients[key] = boto3.client(  # type: ignore[call-overload]
                    name,
                    endpoint_url=self.service.url,
                    region_name=REGION,
                    aws_access_key_id=access_key,
                    aws_secret_access_key=access_key,
                    config=Config(retries=retries),
                )
            return self._clients[key]

    def query(
        self, sql: str, database: str = "default", workgroup: str = "primary"
    ) -> list[tuple[str | None, ...]]:
        """The rows of a query by Athena's API, as the text that it gives.

        Raises:
            QueryFailed: it failed or was cancelled.
        """
        athena = self.client("athena")
        started = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": database},
            WorkGroup=workgroup,
            ResultConfiguration={"OutputLocation": f"s3://{self.results_bucket()}/"},
        )["QueryExecutionId"]
        while True:
            described = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if described["Status"]["State"] not in {"QUEUED", "RUNNING"}:
                break
            time.sleep(0.1)
        if described["Status"]["State"] != "SUCCEEDED":
            raise QueryFailed(
                described["Status"].get("StateChangeReason", described["Status"]["State"])
            )
        pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=started)
        rows = [
            tuple(datum.get("VarCharValue") for datum in row["Data"])
            for page in pages
            for row in page["ResultSet"]["Rows"]
        ]
        return rows[1:] if described["SubstatementType"] == "SELECT" else rows

    def download(self, location: str, suffix: str = "") -> list[Path]:
        """Copies of the objects below ``s3://bucket/prefix``, in a folder that goes with this."""
        bucket, _, prefix = location.removeprefix("s3://").partition("/")
        s3 = self.client("s3")
        copies = []
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for key in (item["Key"] for item in page.get("Contents", ())):
                if key.endswith(suffix):
                    copies.append(self._scratch / bucket / key)
                    copies[-1].parent.mkdir(parents=True, exist_ok=True)
                    s3.download_file(bucket, key, str(copies[-1]))
        return copies

    def results_bucket(self) -> str:
        """A bucket for the results of queries."""
        self.client("s3").create_bucket(Bucket=RESULTS)
        return RESULTS


def main() -> int:
    """Serve until Ctrl-C; each query is logged to stderr."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.ERROR)
    logging.getLogger(service.__name__).setLevel(logging.INFO)
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job ignores SIGINT
        signal.signal(number, signal.default_int_handler)
    try:
        with Cloud() as cloud:
            cloud.service.engine.result()
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
