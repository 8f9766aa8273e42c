"""The streaming domain: its real data, many streams against a baseline, and its history."""

import os
import shutil
from pathlib import Path

from benchmarks.bench import Bench, Row
from benchmarks.measure import Usage, megabytes, run
from benchmarks.warehouse import CATALOG, dbt, new_warehouse, same_rows

SAMPLE = Path("samples/streaming")
# As in production, without unit tests.
STREAMING = ("--selector", "streaming", "--exclude-resource-type", "unit_test")
STREAMS_PER_WORK = 10  # the bounds are for ten million streams
DAYS_SHARE = 1_000  # a day adds one stream for this many earlier ones
DUMPS = 10


def sample(bench: Bench) -> list[Row]:
    """The domain's build on the real data, less dbt's own start."""
    raw = _landed(bench, "raw-streaming-sample")
    starts, builds = [], []
    for _ in range(bench.repeat):
        _new_warehouse(bench, raw)
        starts.append(_start(bench, raw))
        builds.append(_build(bench, raw))
        _baseline(bench, raw)
        same_rows(bench, "streaming")
    start = bench.measured("dbt's start", starts)
    built = bench.measured("dbt build of the sample", builds)
    details = f"{built.cpu:.1f} s less {start.cpu:.1f} s of dbt's own start"
    return [Row("streaming, real data, `dbt build`, CPU", built.cpu - start.cpu, 5, "s", details)]


def streams(bench: Bench) -> list[Row]:
    """Streams against the baseline, and another day of them against the first build."""
    count = bench.works * STREAMS_PER_WORK
    day = max(1, count // DAYS_SHARE)
    size = ("--streams", str(count))
    before = _landed(bench, f"raw-streams-{count}", "streams", *size)
    after = _landed(
        bench, f"raw-streams-{count}-day", "day", *size, "--count", str(day), before=before
    )
    baselines, starts, firsts, days = [], [], [], []
    for _ in range(bench.repeat):
        baselines.append(_baseline(bench, before))
        raw = _current(bench, before)
        _new_warehouse(bench, raw)
        starts.append(_start(bench, raw))
        firsts.append(_build(bench, raw))
        same_rows(bench, "streaming")
        _current(bench, after)
        days.append(_build(bench, raw))
        _baseline(bench, after)
        same_rows(bench, "streaming")
    baseline = bench.measured("streaming baseline", baselines)
    start = bench.measured("dbt's start", starts).cpu
    first = bench.measured(f"dbt build of {count:,} streams", firsts)
    added = bench.measured(f"dbt build of {day:,} more", days)
    share = (added.cpu - start) / (first.cpu - start)
    details = f"{first.cpu:.1f} s CPU against {baseline.cpu:.1f} s; peak {megabytes(first.rss)}"
    more = (
        f"{added.cpu:.1f} s CPU against {first.cpu:.1f} s, {start:.1f} s of dbt's own start off "
        f"both, {added.cpu / first.cpu:.2f}x with it; peak {megabytes(added.rss)}"
    )
    return [
        Row(f"`dbt build` of {count:,} streams, CPU", first.cpu / baseline.cpu, 2.0, "x", details),
        Row(f"the same after {day:,} more, CPU", share, 0.15, "x", more),
    ]


def dumps(bench: Bench) -> list[Row]:
    """The builds of a vendor's second and last dump, landed and built one after another."""
    zones = _dumps(bench)
    seconds, lasts = [], []
    for _ in range(bench.repeat):
        raw = _current(bench, zones[0])
        _new_warehouse(bench, raw)
        builds = []
        for zone in zones:
            _current(bench, zone)
            builds.append(_build(bench, raw))
        seconds.append(builds[1])
        lasts.append(builds[-1])
    second = bench.measured(f"dbt build of dump 2 of {bench.works:,} books", seconds)
    last = bench.measured(f"dbt build of dump {DUMPS}", lasts)
    details = (
        f"{last.cpu:.1f} s CPU against {second.cpu:.1f} s, {bench.works:,} books each; "
        f"peak {megabytes(last.rss)}"
    )
    what = f"`dbt build` of a vendor's dump {DUMPS}, CPU against dump 2"
    return [Row(what, last.cpu / second.cpu, 1.3, "x", details)]


def _dumps(bench: Bench) -> list[Path]:
    """The raw zone after each dump."""
    zones: list[Path] = []
    for number in range(1, DUMPS + 1):
        arguments = ("dump", "--books", str(bench.works), "--number", str(number))
        before = zones[-1] if zones else None
        name = f"raw-dumps-{bench.works}-{number}"
        zones.append(_landed(bench, name, *arguments, before=before))
    return zones


def _landed(bench: Bench, name: str, *arguments: str, before: Path | None = None) -> Path:
    """A raw zone with what was there before and the files that the arguments ask for; made once.

    Without arguments the files are the sample.
    """
    root = bench.path(name)
    done = root / "done"
    if done.exists():
        return root
    bench.say(f"  landing {' '.join(arguments) or 'the sample'}")
    shutil.rmtree(root, ignore_errors=True)
    if before:
        # landed files are never written to again
        shutil.copytree(before, root, copy_function=os.link, ignore=lambda *_: {done.name})
    received = SAMPLE
    if arguments:
        received = bench.path("received")
        shutil.rmtree(received, ignore_errors=True)
        run(
            bench.python("tests.support.synthetic_streaming", *arguments, received),
            bench.path("synthetic.log"),
        )
    run(
        bench.python("extract", "files", "streaming", received, "--allow-shrink"),
        bench.path("extract.log"),
        env={"RAW_ROOT": str(root)},
    )
    if arguments:
        shutil.rmtree(received)
    done.touch()
    return root


def _current(bench: Bench, zone: Path) -> Path:
    """A constant path to this raw zone: given another path, dbt would parse the project again."""
    current = bench.path("raw-current")
    current.unlink(missing_ok=True)
    current.symlink_to(zone)
    return current


def _new_warehouse(bench: Bench, raw: Path) -> None:
    """With an empty catalog, which vendor_book_matches reads."""
    new_warehouse(bench, raw)
    dbt(bench, raw, "run", *CATALOG)


def _start(bench: Bench, raw: Path) -> Usage:
    """dbt's own start: it parses and selects as a build does, and builds nothing."""
    return dbt(bench, raw, "ls", *STREAMING)


def _build(bench: Bench, raw: Path) -> Usage:
    return dbt(bench, raw, "build", *STREAMING)


def _baseline(bench: Bench, raw: Path) -> Usage:
    warehouse = bench.path("baseline.duckdb")
    warehouse.unlink(missing_ok=True)
    command = bench.python(
        "benchmarks.streaming_baseline", "--raw-root", raw, "--warehouse", warehouse
    )
    return run(command, bench.path("baseline.log"))
