"""A folder of dump files, landed as the loader lands them."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

PART_LINES = 100  # a part of a sample: so few that its files have several


def land(
    folder: Path,
    raw_root: Path,
    load_id: str = "20261001T080000-dump",
    part_lines: int = PART_LINES,
) -> None:
    """Land the dump that a folder holds: parts of whole lines, and a commit record."""
    files, parts = [], []
    day = f"{load_id[:4]}-{load_id[4:6]}-{load_id[6:8]}"
    paths = sorted(folder.glob("ol_dump_*.txt.gz"))
    dump_date = paths[0].name[-17:-7]
    for path in paths:
        kind = path.name.removeprefix("ol_dump_")[: -len(f"_{dump_date}.txt.gz")]
        dataset = "dump_" + kind.replace("-", "_")
        lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
        files.append(
            {
                "dataset": dataset,
                "name": path.name,
                "sha1": hashlib.sha1(path.read_bytes()).hexdigest(),  # noqa: S324
                "bytes": path.stat().st_size,
                "records": len(lines),
            }
        )
        for offset in range(0, len(lines), part_lines):
            some = lines[offset : offset + part_lines]
            body = gzip.compress(b"".join(some), 1, mtime=0)
            name = f"load_date={day}/{load_id}-{offset:09d}-abcd.txt.gz"
            (raw_root / dataset / name).parent.mkdir(parents=True, exist_ok=True)
            (raw_root / dataset / name).write_bytes(body)
            parts.append(
                {"dataset": dataset, "path": name, "offset": offset, "records": len(some)}
                | {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
            )
    record: dict[str, Any] = {
        "load_id": load_id,
        "dataset": "open_library_dump",
        "source": "dump",
        "source_url": None,
        "item": f"ol_dump_{dump_date}",
        "dump_date": dump_date,
        "started_at": f"{day}T08:00:00.000000Z",
        "extract_version": "0.1.0",
        "completed_at": f"{day}T08:10:00.000000Z",
        "is_complete": len(files) == 7,
        "record_count": sum(file["records"] for file in files),
        "bytes": sum(part["bytes"] for part in parts),
        "files": files,
        "parts": parts,
    }
    commit = raw_root / "loads" / f"load_date={day}" / f"{load_id}.jsonl"
    commit.parent.mkdir(parents=True, exist_ok=True)
    commit.write_text(json.dumps(record) + "\n", encoding="utf-8")
