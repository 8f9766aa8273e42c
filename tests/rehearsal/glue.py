"""Bridges the differences between the Glue that Trino expects, Glue itself and moto's Glue."""

from __future__ import annotations

import base64
import io
import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.glue.exceptions import EntityNotFoundException
from moto.glue.models import glue_backends
from sqlglot import exp
from werkzeug.wrappers import Request, Response

from .calls import ACCOUNT, Received
from .statements import Table
from .trino import Trino

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from wsgiref.types import WSGIApplication, WSGIEnvironment

_TRINO_VIEW = "/* Presto View: "
_JSON = "application/x-amz-json-1.1"


class GlueBridge:
    """moto's Glue, with what it lacks."""

    def __init__(self, moto: WSGIApplication) -> None:
        self._moto = moto
        self._committing = threading.Lock()
        self._closed: list[Table | None] = []

    def answer(self, received: Received, request: Request, environ: WSGIEnvironment) -> Response:
        """Answer a call of Glue."""
        body = received.body
        is_engine = received.access_key == Trino.ACCESS_KEY
        match received.operation:
            case "DeleteColumnStatisticsForTable" | "DeleteColumnStatisticsForPartition":
                return Response("{}", content_type=_JSON)  # moto has none
            case "CreateTable" | "UpdateTable" if is_engine:
                if self._is_closed(body):
                    return _refusal("AccessDeniedException", "injected by the rehearsal")
                _replace_body(
                    environ, {**body, "TableInput": _as_athena_writes(body["TableInput"])}
                )
            case "GetTable" if is_engine:
                return _table(body["DatabaseName"], body["Name"])
            case "GetTables" if is_engine:
                response = Response.from_app(self._moto, environ)
                answer = json.loads(response.get_data())
                if tables := answer.get("TableList"):
                    answer["TableList"] = [_as_trino_reads(table) for table in tables]
                    response.set_data(json.dumps(answer))
                return response
        with self._committing:
            if received.operation == "UpdateTable" and self._is_outdated(received):
                return _refusal("ConcurrentModificationException", "the table was updated since")
            return Response.from_app(self._moto, environ)

    @contextmanager
    def closed(self, table: Table | None) -> Iterator[None]:
        """Take no commit to this table from the engine, inside the block."""
        self._closed.append(table)
        try:
            yield
        finally:
            self._closed.remove(table)

    def set_parameters(self, table: Table, parameters: Mapping[str, str]) -> None:
        """Add to a table's parameters, as ``set tblproperties`` does."""
        stored = _stored(table.database, table.name)
        with self._committing:
            description = stored.as_dict()
            keys = {"Name", "Description", "Owner", "PartitionKeys", "StorageDescriptor"}
            keys |= {"TableType", "ViewOriginalText", "ViewExpandedText", "Retention"}
            table_input = {key: description[key] for key in keys if key in description}
            table_input["Parameters"] = {**description.get("Parameters", {}), **parameters}
            stored.update(table_input)

    def _is_closed(self, body: Mapping[str, Any]) -> bool:
        return Table(body["DatabaseName"], body["TableInput"]["Name"]) in self._closed

    def _is_outdated(self, received: Received) -> bool:
        """Whether a commit is based on a version that is no longer the table's; moto takes it."""
        version = received.body.get("VersionId")
        name = received.body["TableInput"]["Name"]
        return (
            bool(version)
            and version != _stored(received.body["DatabaseName"], name).as_dict()["VersionId"]
        )


def _stored(database: str, name: str) -> Any:  # noqa: ANN401
    return glue_backends[ACCOUNT]["us-east-1"].get_table(database, name)


def _refusal(code: str, message: str) -> Response:
    return Response(json.dumps({"__type": code, "message": message}), 400, content_type=_JSON)


def _replace_body(environ: WSGIEnvironment, body: Mapping[str, Any]) -> None:
    data = json.dumps(body).encode()
    environ["wsgi.input"] = io.BytesIO(data)
    environ["CONTENT_LENGTH"] = str(len(data))


def _as_athena_writes(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """A TableInput of Trino's, with the partition keys and view columns that Athena gives."""
    table = {"PartitionKeys": [], **table}
    text = table.get("ViewOriginalText") or ""
    if not text.startswith(_TRINO_VIEW):
        return table
    # Trino writes a view's columns as one called dummy; Athena writes them as they are
    view = json.loads(base64.b64decode(text.removeprefix(_TRINO_VIEW).removesuffix(" */")))
    columns = [
        {"Name": column["name"], "Type": _hive_type(column["type"])} for column in view["columns"]
    ]
    return {**table, "StorageDescriptor": {**table["StorageDescriptor"], "Columns": columns}}


def _hive_type(trino_type: str) -> str:
    if trino_type.startswith("timestamp"):
        return "timestamp"
    return exp.DataType.build(trino_type, dialect="trino").sql("hive").lower()


def _table(database: str, name: str) -> Response:
    """A table as the engine reads it, four times a statement: moto's own way takes much longer."""
    try:
        table = _stored(database, name).as_dict()
    except EntityNotFoundException as error:
        return _refusal("EntityNotFoundException", error.message)
    text = json.dumps({"Table": _as_trino_reads(table)}, default=_seconds)
    return Response(text, content_type=_JSON)


def _seconds(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()


def _as_trino_reads(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table with what Glue always gives, and moto only if it was set.

    dbt describes a view in its comment, where Trino looks for the mark of a view.
    """
    storage = {"NumberOfBuckets": 0, **table.get("StorageDescriptor", {})}
    table = {**table, "StorageDescriptor": storage}
    if not (table.get("ViewOriginalText") or "").startswith(_TRINO_VIEW):
        return table
    return {**table, "Parameters": {**table.get("Parameters", {}), "comment": "Presto View"}}
