"""The loader lands a subject on S3, is killed while it does, and is resumed."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.support import synthetic
from tests.support.stand_in import StandIn

if TYPE_CHECKING:
    from .production import Production

WORKS = 6_000


def test_a_killed_load_is_resumed(production: Production) -> None:
    killed = production.of("killed")
    with StandIn({"love": list(synthetic.works(WORKS, seed=1))}, latency=0.3) as api:
        asks = {"OPEN_LIBRARY_URL": api.url, "NO_PROXY": "*"}
        command = (sys.executable, "-m", "extract", "subjects", "love", "--rate", "5")
        process = killed.start(*command, **asks)
        while len(parts(killed)) < 2:
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        process.kill()
        process.communicate()
        assert keys(killed, "loads") == []
        before, asked = parts(killed), len(api.requests)
        killed.extract("resume", "--rate", "0", environment=asks)
    landed = {request.offset for request in api.requests[:asked] if request.limit} & {
        int(key.rsplit("-", 2)[1]) for key in before
    }
    # at the end every page is looked at once more
    again = Counter(request.offset for request in api.requests[asked:] if request.limit)
    assert {again.pop(offset) for offset in landed} == {1}
    assert 2 in again.values()
    assert len(keys(killed, "loads")) == 1
    assert set(before) < set(parts(killed))
    works = "count(distinct json_extract_scalar(line, '$.record.key'))"
    table = f"{killed.environment['RAW_SCHEMA']}.subject_works"
    assert killed.cloud.query(f"select {works} from {table}") == [(str(WORKS),)]  # noqa: S608


def keys(production: Production, dataset: str) -> list[str]:
    bucket, _, prefix = production.raw_root.removeprefix("s3://").partition("/")
    listed = production.cloud.client("s3").list_objects_v2(
        Bucket=bucket, Prefix=f"{prefix}/{dataset}/"
    )
    return [item["Key"] for item in listed.get("Contents", [])]


def parts(production: Production) -> list[str]:
    return keys(production, "subject_works")
