"""Reads a raw zone on disk by its documented layout, with none of the loader's own code."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Record = dict[str, Any]

_HEAD = re.compile(rb'(\{.*?),"record":(.*)\}', re.DOTALL)


@dataclass(frozen=True)
class Landed:
    """A committed load: its newest record, and its works in their order in the subject."""

    record: Record
    works: list[bytes]
    lines: list[tuple[Record, bytes]]


def records(root: Path, dataset: str) -> list[Record]:
    """All JSON lines of a dataset, in the order of their file names."""
    return [
        json.loads(line)
        for path in visible(root, dataset)
        for line in path.read_bytes().split(b"\n")[:-1]
    ]


def visible(root: Path, dataset: str) -> list[Path]:
    """The published files of a dataset: those that dbt would read."""
    return sorted(root.glob(f"{dataset}/load_date=*/[!.]*"))


def everything(root: Path) -> dict[str, bytes]:
    """Every published file, and what is in it."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def commits(root: Path, slug: str) -> list[Record]:
    """The loads of a subject that exist, oldest first; of an amended one the newest record."""
    newest: dict[str, Record] = {}
    for record in records(root, "loads"):
        known = newest.get(record["load_id"])
        if record.get("subject") == slug and (
            known is None or known["completed_at"] < record["completed_at"]
        ):
            newest[record["load_id"]] = record
    return [newest[load_id] for load_id in sorted(newest)]


def landed(root: Path, slug: str = "love") -> Landed | None:
    """The newest load of a subject, each listed part checked against what its record says."""
    found = commits(root, slug)
    if not found:
        return None
    record = found[-1]
    lines = [
        line for part in record["parts"] for line in _lines(root, "subject_works", record, part)
    ]
    assert {head["subject"] for head, _ in lines} <= {slug}
    at_place = {head["offset"] + head["position"]: work for head, work in lines}
    assert record["record_count"] == len(lines)
    assert record["bytes"] == sum(part["bytes"] for part in record["parts"])
    return Landed(record, [at_place[place] for place in sorted(at_place)], lines)


def files_landed(root: Path, file_set: str = "streaming") -> list[Record]:
    """The commit records of a set of files, oldest first."""
    return [record for record in records(root, "loads") if record["dataset"] == file_set]


def file_lines(root: Path, file_set: str = "streaming") -> dict[str, list[tuple[Record, bytes]]]:
    """The lines of each dataset in the newest load of a set of files, by place."""
    record = files_landed(root, file_set)[-1]
    assert record["record_count"] == sum(file["records"] for file in record["files"])
    assert record["bytes"] == sum(part["bytes"] for part in record["parts"])
    assert len(visible(root, "loads")) == len({r["load_id"] for r in records(root, "loads")})
    return {
        file["dataset"]: [
            line
            for part in record["parts"]
            if part["dataset"] == file["dataset"]
            for line in _lines(root, file["dataset"], record, part)
        ]
        for file in record["files"]
    }


def dumps_landed(root: Path) -> list[Record]:
    """The commit records of dumps, oldest first."""
    return [r for r in records(root, "loads") if r["dataset"] == "open_library_dump"]


def dump_lines(root: Path, record: Record) -> dict[str, list[bytes]]:
    """The lines of each dataset of a dump's load, each listed part checked against its record."""
    lines: dict[str, list[bytes]] = {file["dataset"]: [] for file in record["files"]}
    for part in record["parts"]:
        body = (root / part["dataset"] / part["path"]).read_bytes()
        assert part["path"].startswith(f"load_date={record['started_at'][:10]}/{record['load_id']}")
        assert part["path"].endswith(".txt.gz")
        assert int(part["path"].rsplit("-", 2)[1]) == part["offset"]
        assert (part["bytes"], part["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        some = gzip.decompress(body).splitlines(keepends=True)
        assert part["offset"] == len(lines[part["dataset"]])
        assert part["records"] == len(some) > 0
        lines[part["dataset"]] += some
    counts = {file["dataset"]: file["records"] for file in record["files"]}
    assert counts == {dataset: len(some) for dataset, some in lines.items()}
    assert record["record_count"] == sum(counts.values())
    assert record["bytes"] == sum(part["bytes"] for part in record["parts"])
    return lines


def _lines(
    root: Path, dataset: str, record: Record, part: Record
) -> Iterator[tuple[Record, bytes]]:
    body = (root / dataset / part["path"]).read_bytes()
    assert part["bytes"] == len(body)
    assert part["sha256"] == hashlib.sha256(body).hexdigest()
    lines = gzip.decompress(body).split(b"\n")
    assert lines.pop() == b"", "every line ends"
    assert part["records"] == len(lines)
    for line in lines:
        match = _HEAD.fullmatch(line)
        assert match, line
        head = json.loads(match[1] + b"}")
        assert head["load_id"] == record["load_id"]
        yield head, match[2]


def offsets_on_disk(root: Path) -> set[int]:
    """Offsets of the pages whose parts are published, committed or not."""
    return {int(path.name.rsplit("-", 2)[1]) for path in visible(root, "subject_works")}
