"""The AWS calls that were made, in the terms of IAM: key, action, resource.

Nothing here is enforced. A test compares what was called with what the policies allow.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Request

ACCOUNT = "123456789012"

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_DELETED_KEY = re.compile("<Key>(.*?)</Key>")
_TARGET = {"AWSGlue": "glue", "AmazonAthena": "athena"}


class Call(NamedTuple):
    """One permission that a request needs; deleting ten objects at once needs ten."""

    access_key: str
    action: str  # as in a policy: s3:GetObject
    resource: str  # an ARN; * where the service is not one of the data path's
    prefix: str = ""  # that objects were listed below: policies have conditions on it


class Received(NamedTuple):
    """A request, taken apart."""

    access_key: str
    region: str
    service: str
    operation: str
    body: Mapping[str, Any]  # of Athena and Glue; else empty


def receive(request: Request) -> Received:
    """Take a request apart; the body of an S3 object is not touched."""
    found = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    key, region, service = found.groups() if found else ("", "us-east-1", "s3")
    target, _, operation = request.headers.get("X-Amz-Target", "").rpartition(".")
    if service == "s3":
        operation = request.method
    elif not operation:
        form = parse_qs(request.get_data(as_text=True)) if "urlencoded" in _type(request) else {}
        operation = form.get("Action", [f"{request.method} {request.path}"])[0]
    body = json.loads(request.get_data() or "{}") if target in _TARGET else {}
    return Received(key, region, service, operation, body)


def permissions(received: Received, request: Request) -> list[Call]:
    """What a request needs to be allowed."""
    if received.service == "s3":
        needs = _s3(request)
    elif received.service == "glue":
        needs = [(f"glue:{received.operation}", _glue(received))]
    elif received.service == "athena":
        arn = f"arn:aws:athena:{received.region}:{ACCOUNT}"
        group = received.body.get("WorkGroup")
        needs = [(f"athena:{received.operation}", f"{arn}:workgroup/{group}" if group else "*")]
    else:
        needs = [(f"{received.service}:{received.operation}", "*")]
    prefix = request.args.get("prefix", "")
    return [Call(received.access_key, action, resource, prefix) for action, resource in needs]


def _type(request: Request) -> str:
    return request.headers.get("Content-Type", "")


def _glue(received: Received) -> str:
    body, arn = received.body, f"arn:aws:glue:{received.region}:{ACCOUNT}"
    database = body.get("DatabaseName")
    if not database:
        name = body.get("Name") or body.get("DatabaseInput", {}).get("Name")
        return f"{arn}:database/{name}" if name else f"{arn}:catalog"
    table = body.get("TableName") or body.get("TableInput", {}).get("Name") or body.get("Name")
    return f"{arn}:table/{database}/{table or '*'}"


def _s3(request: Request) -> list[tuple[str, str]]:
    bucket, _, key = request.path.lstrip("/").partition("/")
    query = request.args
    arn = f"arn:aws:s3:::{bucket}"
    if not key:
        return _s3_bucket(request, arn)
    action = {
        "GET": "s3:GetObject",
        "HEAD": "s3:GetObject",
        "PUT": "s3:PutObject",
        "POST": "s3:PutObject",
        "DELETE": "s3:DeleteObject",
    }[request.method]
    if "uploadId" in query and request.method in {"GET", "DELETE"}:
        action = {"GET": "s3:ListMultipartUploadParts", "DELETE": "s3:AbortMultipartUpload"}[
            request.method
        ]
    for sub in ("tagging", "acl"):
        if sub in query:
            action += sub.capitalize()
    needs = [(action, f"{arn}/{key}")]
    if source := request.headers.get("x-amz-copy-source"):
        needs.append(("s3:GetObject", f"arn:aws:s3:::{source.lstrip('/')}"))
    return needs


def _s3_bucket(request: Request, arn: str) -> list[tuple[str, str]]:
    query = request.args
    if request.method == "POST" and "delete" in query:
        keys = _DELETED_KEY.findall(request.get_data(as_text=True))
        return [("s3:DeleteObject", f"{arn}/{unescape(key)}") for key in keys]
    if "location" in query:
        return [("s3:GetBucketLocation", arn)]
    subresources = [name for name in query if not query[name]]
    if request.method in {"GET", "HEAD"} and not subresources:
        return [("s3:ListBucket" if arn != "arn:aws:s3:::" else "s3:ListAllMyBuckets", arn)]
    verb = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete"}.get(request.method, "")
    return [(f"s3:{verb}Bucket:{'+'.join(subresources)}", arn)]
