"""The loader against the stand-in API: at the permitted rate, and without a limit."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.bench import FULL, Bench, Row
from benchmarks.measure import Usage, megabytes, run, running

RATE = 3
LATENCY = 2
PACED_SECONDS = 130  # how long a full benchmark takes at the permitted rate
SUBJECT = "love"
STRIDE = 999
FEW = 10_000


def paced(bench: Bench) -> list[Row]:
    """Wall time at the permitted rate from a slow server, against requests ÷ rate."""
    works = RATE * PACED_SECONDS * STRIDE * min(bench.works, FULL) // FULL
    with _served(bench, works, latency=LATENCY) as (url, log):
        usage = bench.measured(f"loader, {RATE} requests a second", [_load(bench, url, RATE)])
        count = len(_requests(log))
    details = f"{usage.wall:.1f} s for {count} requests, latency {LATENCY} s"
    what = f"loader at {RATE} requests a second, wall against requests ÷ rate"
    return [Row(what, usage.wall / (count / RATE), 1.05, "x", details)]


def unpaced(bench: Bench) -> list[Row]:
    """CPU against `gzip -6` of the bytes received; peak memory for few works and for many."""
    rows = []
    for works in sorted({min(FEW, bench.works), bench.works}):
        with _served(bench, works) as (url, log):
            loads = [_load(bench, url, 0)]
            asked = [request["path"] for request in _requests(log)]
            loads += [_load(bench, url, 0) for _ in range(bench.repeat - 1)]
            usage = bench.measured(f"loader, {works:,} works", loads)
            rows.append(
                Row(
                    f"loader, {works:,} works, peak memory",
                    usage.rss / 1e6,
                    120,
                    "MB",
                    f"{len(asked)} requests",
                )
            )
            if works == bench.works:
                bodies = bench.path("bodies")
                _fetch(url, asked, bodies)
    zipped = bench.measured("gzip -6", [_gzip(bench, bodies) for _ in range(bench.repeat)])
    details = f"{usage.cpu:.1f} s against {zipped.cpu:.1f} s for {megabytes(bodies.stat().st_size)}"
    bodies.unlink()
    what = "loader without a limit, CPU against `gzip -6`"
    return [Row(what, usage.cpu / zipped.cpu, 1.0, "x", details), *rows]


@contextmanager
def _served(bench: Bench, works: int, latency: float = 0) -> Iterator[tuple[str, Path]]:
    """A stand-in with this many works, in a separate process: its URL and its log."""
    log = bench.path("requests.jsonl")
    bench.say(f"  preparing {works:,} works to be served")
    command = bench.python(
        "tests.support.stand_in",
        *("--subject", SUBJECT, "--works", str(works), "--latency", str(latency), "--log", log),
    )
    with running(command) as url:
        yield url, log


def _load(bench: Bench, url: str, rate: float) -> Usage:
    root = bench.path("raw-loaded")
    shutil.rmtree(root, ignore_errors=True)
    command = bench.python("extract", "subjects", SUBJECT, "--rate", str(rate))
    env = {
        "RAW_ROOT": str(root),
        "OPEN_LIBRARY_URL": url,
        "OPEN_LIBRARY_CONTACT": "benchmarks@example.org",
    }
    usage = run(command, bench.path("extract.log"), env=env)
    shutil.rmtree(root)
    return usage


def _gzip(bench: Bench, file: Path) -> Usage:
    return run(["gzip", "-6", "-c", file], bench.path("gzip.log"), stdout=Path("/dev/null"))


def _requests(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def _fetch(url: str, paths: Sequence[str], file: Path) -> None:
    """Write the uncompressed bodies of these responses to a file, one after another."""
    connection = HTTPConnection(urlsplit(url).netloc)
    with file.open("wb") as bodies:
        for path in paths:
            connection.request("GET", path, headers={"Accept-Encoding": "identity"})
            shutil.copyfileobj(connection.getresponse(), bodies)
    connection.close()
