"""One endpoint on 127.0.0.1 that speaks AWS: Athena by Trino, everything else by moto."""

from __future__ import annotations

import io
import json
import logging
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from trino.exceptions import Error as TrinoError
from trino.exceptions import TrinoQueryError
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from . import buckets
from .calls import Call, Received, permissions, receive
from .faults import Faults
from .glue import GlueBridge
from .results import cell, column_info
from .shapes import flaws
from .statements import (
    CreateDatabase,
    CreateTable,
    InvalidStatement,
    RunInTrino,
    SetProperties,
    Statement,
    Vacuum,
    query_comment,
    translate,
)
from .trino import Trino

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self
    from wsgiref.types import StartResponse, WSGIEnvironment

REGION = "us-east-1"
PAGE = 1000  # rows of a page of results, at most
AT_ONCE = 20  # queries that run; Athena's quota of active DML queries
LONG_POLL = 2.0  # seconds that GetQueryExecution waits for the end: dbt asks once a second
_ICEBERG_ERROR = 233
_log = logging.getLogger(__name__)
_VACUUM_AGE = "432000"  # seconds: vacuum_max_snapshot_age_seconds where a table has none


class ApiError(Exception):
    """An answer that says no."""

    def __init__(self, message: str, code: str = "InvalidRequestException") -> None:
        super().__init__(message)
        self.code = code


class QueryFailed(Exception):
    """The query ends FAILED; the text is its StateChangeReason."""


class QueryCancelled(Exception):
    """The query ends CANCELLED; the text is its StateChangeReason."""


@dataclass
class Execution:
    """One query, while it runs and afterwards: the log of statements is a list of these."""

    text: str
    statement: Statement
    database: str
    workgroup: str
    output: str  # where results go
    access_key: str
    parameters: list[str]
    cutoff: int | None  # bytes
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    reason: str = ""
    bytes_scanned: int = 0
    update_count: int | None = None
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    submitted_at: float = field(default_factory=time.time)
    completed_at: float = 0.0
    stopped: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def sql(self) -> str:
        """The statement without dbt's comment."""
        return self.statement.sql

    @property
    def node_id(self) -> str:
        """dbt's node that it was sent for; empty for what dbt does between nodes."""
        return str(query_comment(self.text).get("node_id", ""))

    def __str__(self) -> str:
        spent = f"{self.seconds:.2f} s, {self.bytes_scanned:,} bytes"
        what = f"{self.statement.subtype} {self.statement.target or ''} {self.node_id}"
        return " ".join([self.state, spent, what, self.reason])

    @property
    def seconds(self) -> float:
        """From submission to the end."""
        return self.completed_at - self.submitted_at


class Service:
    """The endpoint, from ``__enter__`` to ``__exit__``; queries wait for its ``engine``."""

    def __init__(self) -> None:
        self.engine: Future[Trino] = Future()
        self.faults = Faults(engine=Trino.ACCESS_KEY)
        self.statements: list[Execution] = []
        self._calls: Counter[Call] = Counter()
        self._lock = threading.Lock()
        self._executions: dict[str, Execution] = {}
        self._workgroups: dict[str, dict[str, Any]] = {}
        self._create_workgroup("primary", {"EnforceWorkGroupConfiguration": False}, "", [])
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._glue = GlueBridge(self._moto)
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="query")
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=_QuietHandler
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._s3, self._glue_client = (_client(name, self.url) for name in ("s3", "glue"))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for execution in self.statements:
            execution.stopped = True
        self._workers.shutdown(cancel_futures=True)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def calls(self) -> dict[Call, int]:
        """Every call so far, and how often it came: a copy, since more come all the time."""
        with self._lock:
            return dict(self._calls)

    def forget_calls(self) -> None:
        """Start counting calls again."""
        with self._lock:
            self._calls.clear()

    # --- requests --------------------------------------------------------------------------------

    def _answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        received = receive(request)
        calls = permissions(received, request)
        with self._lock:
            self._calls.update(calls)
        if fault := self.faults.answer(request, calls):
            return fault(environ, start)
        if received.service == "s3" and (refusal := buckets.refusal(calls, request)):
            return refusal(environ, start)
        if received.service == "athena" and (handle := self._athena(received.operation)):
            return _json(handle, received)(environ, start)
        if received.service != "s3" or "delete" in request.args:  # the body was read
            environ["wsgi.input"] = io.BytesIO(request.get_data())
        if received.service == "glue":
            return self._glue.answer(received, request, environ)(environ, start)
        answer: Iterable[bytes] = self._moto(environ, start)
        return answer

    def _athena(self, operation: str) -> Any:  # noqa: ANN401
        return {
            "StartQueryExecution": self._start_query,
            "GetQueryExecution": self._get_query,
            "BatchGetQueryExecution": self._get_queries,
            "ListQueryExecutions": self._list_queries,
            "GetQueryResults": self._get_results,
            "StopQueryExecution": self._stop_query,
            "CreateWorkGroup": self._post_workgroup,
            "GetWorkGroup": self._get_workgroup,
            "ListWorkGroups": self._list_workgroups,
            "UpdateWorkGroup": self._update_workgroup,
            "DeleteWorkGroup": self._delete_workgroup,
            "ListTagsForResource": self._list_tags,
            "TagResource": self._tag,
            "UntagResource": self._untag,
        }.get(operation)

    # --- workgroups ------------------------------------------------------------------------------

    def _create_workgroup(
        self, name: str, given: Mapping[str, Any], description: str, tags: list[dict[str, str]]
    ) -> None:
        configuration = {
            "EnforceWorkGroupConfiguration": True,
            "PublishCloudWatchMetricsEnabled": False,
            "RequesterPaysEnabled": False,
        } | dict(given)
        configuration["EngineVersion"] = {
            "SelectedEngineVersion": "AUTO",
            **configuration.get("EngineVersion", {}),
            "EffectiveEngineVersion": "Athena engine version 3",
        }
        self._workgroups[name] = {
            "Name": name,
            "State": "ENABLED",
            "Description": description,
            "Configuration": configuration,
            "CreationTime": time.time(),
            "Tags": {tag["Key"]: tag["Value"] for tag in tags},
        }

    def _workgroup(self, name: str) -> dict[str, Any]:
        if name not in self._workgroups:
            raise ApiError(f"WorkGroup {name} is not found.")
        return self._workgroups[name]

    def _post_workgroup(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        if body["Name"] in self._workgroups:
            raise ApiError("WorkGroup is already created")
        configuration = body.get("Configuration", {})
        tags = body.get("Tags", [])
        self._create_workgroup(body["Name"], configuration, body.get("Description", ""), tags)
        return {}

    def _get_workgroup(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        group = self._workgroup(body["WorkGroup"])
        return {"WorkGroup": {key: value for key, value in group.items() if key != "Tags"}}

    def _list_workgroups(self, _: Mapping[str, Any], __: Received) -> dict[str, Any]:
        keys = ("Name", "State", "Description", "CreationTime")
        return {"WorkGroups": [{k: g[k] for k in keys} for g in self._workgroups.values()]}

    def _update_workgroup(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        group = self._workgroup(body["WorkGroup"])
        group |= {key: body[key] for key in ("State", "Description") if key in body}
        configuration = group["Configuration"]
        for key, value in body.get("ConfigurationUpdates", {}).items():
            if key == "ResultConfigurationUpdates":
                results = configuration.setdefault("ResultConfiguration", {})
                results |= {k: v for k, v in value.items() if not k.startswith("Remove")}
            elif key == "RemoveBytesScannedCutoffPerQuery":
                configuration.pop("BytesScannedCutoffPerQuery", None)
            else:
                configuration[key] = value
        return {}

    def _delete_workgroup(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        self._workgroups.pop(self._workgroup(body["WorkGroup"])["Name"])
        return {}

    def _tags(self, body: Mapping[str, Any]) -> dict[str, str]:
        tags: dict[str, str] = self._workgroup(body["ResourceARN"].rpartition("/")[2])["Tags"]
        return tags

    def _list_tags(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        return {"Tags": [{"Key": k, "Value": v} for k, v in self._tags(body).items()]}

    def _tag(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        self._tags(body).update({tag["Key"]: tag["Value"] for tag in body["Tags"]})
        return {}

    def _untag(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        for key in body["TagKeys"]:
            self._tags(body).pop(key, None)
        return {}

    # --- queries ---------------------------------------------------------------------------------

    def _start_query(self, body: Mapping[str, Any], received: Received) -> dict[str, Any]:
        group = self._workgroup(body.get("WorkGroup", "primary"))
        configuration = group["Configuration"]
        asked = body.get("ResultConfiguration", {}).get("OutputLocation")
        fixed = configuration.get("ResultConfiguration", {}).get("OutputLocation")
        output = fixed if configuration["EnforceWorkGroupConfiguration"] else asked or fixed
        if not output:
            raise ApiError(
                "No output location provided. An output location is required either through the"
                " Workgroup result configuration setting or as an API input."
            )
        database = body.get("QueryExecutionContext", {}).get("Database", "default")
        try:
            statement = translate(body["QueryString"], database)
        except InvalidStatement as error:
            raise ApiError(str(error)) from None
        execution = Execution(
            text=body["QueryString"],
            statement=statement,
            database=database,
            workgroup=group["Name"],
            output=output.rstrip("/"),
            access_key=received.access_key,
            parameters=body.get("ExecutionParameters", []),
            cutoff=configuration.get("BytesScannedCutoffPerQuery"),
        )
        self._executions[execution.id] = execution
        self.statements.append(execution)
        self._workers.submit(self._run, execution)
        return {"QueryExecutionId": execution.id}

    def _execution(self, body: Mapping[str, Any]) -> Execution:
        try:
            return self._executions[body["QueryExecutionId"]]
        except KeyError:
            raise ApiError(f"QueryExecution {body['QueryExecutionId']} was not found") from None

    def _get_query(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        execution = self._execution(body)
        execution.ended.wait(LONG_POLL)
        return {"QueryExecution": _described(execution)}

    def _get_queries(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        known = [self._executions[i] for i in body["QueryExecutionIds"] if i in self._executions]
        return {"QueryExecutions": [_described(execution) for execution in known]}

    def _list_queries(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        group = body.get("WorkGroup", "primary")
        newest = reversed(self.statements)
        return {"QueryExecutionIds": [e.id for e in newest if e.workgroup == group][:50]}

    def _stop_query(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        self._execution(body).stopped = True
        return {}

    def _get_results(self, body: Mapping[str, Any], _: Received) -> dict[str, Any]:
        execution = self._execution(body)
        if execution.state in {"QUEUED", "RUNNING"}:
            raise ApiError(f"Query has not yet finished. Current state: {execution.state}")
        if execution.state != "SUCCEEDED":
            raise ApiError(
                f"Query did not finish successfully. Final query state: {execution.state}"
            )
        rows: list[list[str | None]] = execution.rows
        if execution.statement.subtype == "SELECT":
            rows = [[column["Name"] for column in execution.columns], *rows]
        start = int(body.get("NextToken", 0))
        end = start + min(body.get("MaxResults", PAGE), PAGE)
        answer: dict[str, Any] = {
            "ResultSet": {
                "Rows": [
                    {"Data": [{} if v is None else {"VarCharValue": v} for v in row]}
                    for row in rows[start:end]
                ],
                "ResultSetMetadata": {"ColumnInfo": execution.columns},
            }
        }
        if end < len(rows):
            answer["NextToken"] = str(end)
        if execution.update_count is not None:
            answer["UpdateCount"] = execution.update_count
        return answer

    def _run(self, execution: Execution) -> None:
        execution.state = "RUNNING"
        try:
            self._work(execution)
            execution.state = "SUCCEEDED"
        except (QueryFailed, ClientError) as error:
            execution.state, execution.reason = "FAILED", str(error)
        except QueryCancelled as error:
            execution.state, execution.reason = "CANCELLED", str(error)
        except BaseException as error:
            # a defect of this service: seen by the client, and by whoever reads its log
            execution.state, execution.reason = "FAILED", f"GENERIC_INTERNAL_ERROR: {error!r}"
            raise
        finally:
            execution.completed_at = time.time()
            execution.ended.set()
            _log.info("%s", execution)

    def _work(self, execution: Execution) -> None:
        self.faults.await_release(execution.sql, lambda: _raise_if_stopped(execution))
        if why := self.faults.dooms(execution.sql):
            # It does all its work, but for the commit.
            with self._glue.closed(execution.statement.target), suppress(QueryFailed):
                self._do(execution)
            raise QueryFailed(why)
        self._do(execution)
        if execution.statement.subtype == "SELECT":
            self._write_results(execution)

    def _do(self, execution: Execution) -> None:
        match execution.statement.work:
            case RunInTrino() as work:
                self._run_in_trino(execution, work)
            case CreateDatabase(name):
                self._create_database(name)
            case CreateTable(table, table_input):
                self._glue_client.create_table(DatabaseName=table.database, TableInput=table_input)
            case SetProperties(table, properties):
                self._glue.set_parameters(table, properties)
            case Vacuum(table):
                self._vacuum(execution, table.of("iceberg"))

    def _run_in_trino(self, execution: Execution, work: RunInTrino) -> None:
        if work.iceberg_query:
            self._check_iceberg_types(execution, work.iceberg_query)
        for sql in work.sqls:
            if execution.parameters:
                escaped = sql.replace("'", "''")
                using = ", ".join(execution.parameters)
                self._trino(execution, f"execute immediate '{escaped}' using {using}")
            else:
                self._trino(execution, sql, work.session)

    def _check_iceberg_types(self, execution: Execution, query: str) -> None:
        """Refuse what Athena refuses and Trino converts."""
        # On its own line, because the query may end with a comment.
        self._trino(execution, "\n".join(["select * from (", query, ") limit 0"]))
        for column in execution.columns:
            if column["Type"].startswith(("time", "timestamp")) and column["Precision"] != 6:
                raise QueryFailed(
                    f"NOT_SUPPORTED: Timestamp precision ({column['Precision']}) not supported for"
                    f' Iceberg. Use "timestamp(6)" instead. Column: {column["Name"]}'
                )
        execution.columns = []

    def _trino(
        self, execution: Execution, sql: str, session: Mapping[str, str] | None = None
    ) -> None:
        """Run one statement in Trino; the execution gets its result."""
        before = execution.bytes_scanned

        def watch(stats: dict[str, Any]) -> None:
            execution.bytes_scanned = before + stats.get("physicalInputBytes", 0)
            _raise_if_stopped(execution)
            if execution.cutoff and execution.bytes_scanned > execution.cutoff:
                raise QueryCancelled("Bytes scanned limit was exceeded")

        query = self.engine.result().query(sql, execution.database, session, watch)
        try:
            rows = list(query.execute())
            columns = query.columns or []
        except QueryCancelled:
            query.cancel()
            raise
        except TrinoQueryError as error:
            raise QueryFailed(f"{error.error_name}: {error.message}") from None
        except TrinoError as error:
            raise QueryFailed(f"GENERIC_INTERNAL_ERROR: {error}") from None
        execution.update_count = query.update_count
        if query.update_type:  # its one row is the count
            rows = columns = []
        execution.columns = [column_info(column) for column in columns]
        types = [column["typeSignature"] for column in columns]
        execution.rows = [
            [cell(value, type_) for value, type_ in zip(row, types, strict=True)] for row in rows
        ]

    def _create_database(self, name: str) -> None:
        existing = self._glue_client.exceptions.AlreadyExistsException
        with suppress(existing):  # dbt says: if not exists
            self._glue_client.create_database(DatabaseInput={"Name": name})

    def _vacuum(self, execution: Execution, table: str) -> None:
        self._trino(execution, f"""table {table.removesuffix('"')}$properties" """)
        properties = {key: value for key, value, *_ in execution.rows}
        age = properties.get("vacuum_max_snapshot_age_seconds", _VACUUM_AGE)
        for procedure in ("expire_snapshots", "remove_orphan_files"):
            self._trino(
                execution,
                f"alter table {table} execute {procedure}(retention_threshold => '{age}s')",
            )
        execution.rows, execution.columns = [], []

    def _write_results(self, execution: Execution) -> None:
        header = [column["Name"] for column in execution.columns]
        text = "".join(_csv_line(row) for row in (header, *execution.rows))
        bucket, _, prefix = execution.output.removeprefix("s3://").partition("/")
        key = f"{prefix}/{execution.id}.csv".lstrip("/")
        self._s3.put_object(Bucket=bucket, Key=key, Body=text.encode())


def _client(name: str, url: str) -> Any:  # noqa: ANN401
    """A boto3 client of the endpoint, as the engine."""
    return boto3.client(  # type: ignore[call-overload]
        name,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=Trino.ACCESS_KEY,
        aws_secret_access_key=Trino.ACCESS_KEY,
        config=Config(retries={"mode": "standard"}),
    )


class _QuietHandler(MotoRequestHandler):
    def log_request(self, *_: object) -> None:
        """Say nothing of each request: the service has its own log."""


def _json(handle: Any, received: Received) -> Response:  # noqa: ANN401
    try:
        status, body = 200, handle(received.body, received)
        if found := flaws(received.service, received.operation, body):
            why = f"AWS gives no such answer: {'; '.join(found)}"
            raise ApiError(why, "InternalServerException")
    except ApiError as error:
        status, body = 400, {"__type": error.code, "message": str(error)}
    return Response(json.dumps(body), status, content_type="application/x-amz-json-1.1")


def _csv_line(values: Iterable[str | None]) -> str:
    """Quoted all, but for null, which is nothing: so Athena tells it from an empty text."""
    quoted = ("" if v is None else '"' + v.replace('"', '""') + '"' for v in values)
    return ",".join(quoted) + "\n"


def _raise_if_stopped(execution: Execution) -> None:
    if execution.stopped:
        raise QueryCancelled("Query was cancelled by the client")


def _described(execution: Execution) -> dict[str, Any]:
    status: dict[str, Any] = {
        "State": execution.state,
        "SubmissionDateTime": execution.submitted_at,
    }
    if execution.completed_at:
        status["CompletionDateTime"] = execution.completed_at
    if execution.reason:
        status["StateChangeReason"] = execution.reason
    if execution.state == "FAILED":
        iceberg = "ICEBERG_" in execution.reason
        status["AthenaError"] = {
            "ErrorCategory": 2,
            "ErrorType": _ICEBERG_ERROR if iceberg else 1,
            "Retryable": False,
            "ErrorMessage": execution.reason,
        }
    ran_ms = int(1000 * ((execution.completed_at or time.time()) - execution.submitted_at))
    return {
        "QueryExecutionId": execution.id,
        "Query": execution.text,
        "StatementType": execution.statement.type,
        "SubstatementType": execution.statement.subtype,
        "ResultConfiguration": {"OutputLocation": f"{execution.output}/{execution.id}.csv"},
        "QueryExecutionContext": {"Database": execution.database, "Catalog": "awsdatacatalog"},
        "Status": status,
        "Statistics": {
            "DataScannedInBytes": execution.bytes_scanned,
            "EngineExecutionTimeInMillis": ran_ms,
            "TotalExecutionTimeInMillis": ran_ms,
            "QueryQueueTimeInMillis": 0,
        },
        "WorkGroup": execution.workgroup,
        "EngineVersion": {
            "SelectedEngineVersion": "AUTO",
            "EffectiveEngineVersion": "Athena engine version 3",
        },
    }
