"""Landing a dump: its CPU and memory, and what a load is worth that was killed and run again."""

import json
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from hashlib import sha256
from os import environ
from pathlib import Path
from random import Random

import click

from benchmarks.bench import FULL, Bench, Row
from benchmarks.measure import ROOT, Usage, megabytes, run
from tests.support.dump_files import LOADER_OF_SMALL_PARTS, dump_lines, write_dump

DATE = "2026-09-30"
SHARE = 80  # of Open Library
KILLS = 50
SEED = 17


def landing(bench: Bench) -> list[Row]:
    """CPU against `gzip -dc` of the same files, start and hashes included; peak memory."""
    files = _dump(bench)
    zipped, landed = [], []
    for _ in range(bench.repeat):
        landed.append(_land(bench, files))
        names = sorted(files.glob("*.gz"))
        zipped.append(
            run(["gzip", "-dc", *names], bench.path("gzip.log"), stdout=Path("/dev/null"))
        )
    usage = bench.measured("landing", landed)
    floor = bench.measured("gzip -dc", zipped)
    size = megabytes(sum(path.stat().st_size for path in files.iterdir()))
    details = f"{usage.cpu:.1f} s against {floor.cpu:.1f} s for {size}"
    return [
        Row("landing a dump, CPU against `gzip -dc`", usage.cpu / floor.cpu, 1.25, "x", details),
        Row("landing a dump, peak memory", usage.rss / 1e6, 120, "MB", f"{usage.wall:.1f} s"),
    ]


def kills(bench: Bench) -> list[Row]:
    """Loads that are killed at random instants and run again: parts that are twice or missing."""
    files = write_dump(bench.path("small-dump"), DATE, dump_lines(400, size=400))
    root = bench.path("raw-killed")
    shutil.rmtree(root, ignore_errors=True)
    began = time.monotonic()
    _small(root, files).wait()
    seconds = time.monotonic() - began
    whole = _parts(root)
    dice = Random(SEED)  # noqa: S311 - nothing secret
    wrong = reached = 0
    for _ in range(KILLS):
        shutil.rmtree(root)
        process = _small(root, files)
        time.sleep(dice.uniform(0, seconds))
        process.kill()
        process.wait()
        there = len(list(root.glob("dump_*/*/*")))
        reached += 0 < there < len(whole)
        if _small(root, files).wait():
            raise click.ClickException("a load that was killed cannot be run again")
        wrong += _parts(root) != whole
    details = f"{len(whole)} parts, {reached} of {KILLS} kills between the first and the last"
    return [Row("loads of a dump that differ after a kill", wrong, 0, "", details)]


def _dump(bench: Bench) -> Path:
    """A folder with a dump of one in 80 lines of Open Library; created once."""
    scale = Fraction(min(bench.works, FULL), FULL * SHARE)
    folder = bench.path(f"dump-{scale.numerator}-{scale.denominator}")
    if not folder.exists():
        bench.say(f"  making a dump of {scale} of Open Library")
        making = folder.with_suffix(".making")
        arguments = ("--scale", str(scale), "--folder", making, "--date", DATE)
        run(bench.python("tests.support.synthetic_dump", *arguments), bench.path("synthetic.log"))
        making.rename(folder)
    return folder


def _land(bench: Bench, files: Path) -> Usage:
    root = bench.path("raw-landed")
    shutil.rmtree(root, ignore_errors=True)
    command = bench.python("extract", "dump", DATE, "--from", files)
    usage = run(command, bench.path("extract.log"), env={"RAW_ROOT": str(root)})
    shutil.rmtree(root)
    return usage


def _small(root: Path, files: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", LOADER_OF_SMALL_PARTS, "dump", DATE, "--from", str(files)],
        cwd=ROOT,
        env=environ | {"RAW_ROOT": str(root)},
        stderr=subprocess.DEVNULL,
    )


def _parts(root: Path) -> list[tuple[str, int, int, str]]:
    """What the only commit record lists, if that is what is there and each part is as it says."""
    (record,) = (json.loads(path.read_text()) for path in root.glob("loads/*/*"))
    listed = {f"{part['dataset']}/{part['path']}": part for part in record["parts"]}
    there = {str(path.relative_to(root)) for path in root.glob("dump_*/*/[!.]*")}
    if there != listed.keys() or len(listed) != len(record["parts"]):
        return []
    for path, part in listed.items():
        if sha256((root / path).read_bytes()).hexdigest() != part["sha256"]:
            return []
    keys = ("dataset", "offset", "records", "sha256")
    return [tuple(part[key] for key in keys) for part in record["parts"]]
