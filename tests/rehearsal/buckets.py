"""What bucket policies deny: moto ignores their conditions and would deny it to everybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, s3_backends
from werkzeug.wrappers import Response

from tests.infra.policies import is_denied

from .calls import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.wrappers import Request

    from .calls import Call

FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL  # type: ignore[method-assign]
# moto asks for it where a bucket that kept versions is emptied, which keeps none by then
FakeDeleteMarker.dispose = lambda _: None  # type: ignore[attr-defined]


def refusal(calls: Iterable[Call], request: Request) -> Response | None:
    """S3's answer where the policy of a bucket denies the request, whoever asks."""
    for call in calls:
        name = call.resource.removeprefix("arn:aws:s3:::").partition("/")[0]
        bucket = s3_backends[ACCOUNT]["aws"].buckets.get(name)
        if bucket is None or bucket.policy is None or not call.action.startswith("s3:"):
            continue
        if is_denied([json.loads(bucket.policy)], call.action, call.resource, _context(request)):
            message = f"{call.access_key}: {call.action} on {call.resource} with an explicit deny"
            body = f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
            return Response(body, 403, content_type="application/xml")
    return None


def _context(request: Request) -> dict[str, str]:
    creates = "partNumber" not in request.args and "uploads" not in request.args
    context = {
        "aws:SecureTransport": "true",  # AWS has no other endpoint for these clients
        "s3:ObjectCreationOperation": str(creates).lower(),
    }
    if "If-None-Match" in request.headers:
        context["s3:if-none-match"] = request.headers["If-None-Match"]
    return context
