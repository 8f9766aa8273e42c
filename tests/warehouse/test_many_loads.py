"""Years of loads: no statement outgrows what Athena accepts, and no row is lost or added."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.project import Project

LONGEST = 262_144  # bytes of a statement, Athena's quota, which nobody can raise
FIRST_DAY = datetime(2023, 1, 1, 8, tzinfo=UTC)
PART = "20230101T080000000000Z-0123456789abcdef-0000-000000000-0123456789ab.jsonl.gz"
# a bucket's name has at most 63 characters
LONGEST_PATH = f"s3://{'b' * 63}/subject_works/load_date=2023-01-01/{PART}"
MODELS = {"int_works_checked": "book_key", "int_streams_checked": "user_email"}
RUN = ("run", "--full-refresh", "--select", *(f"+{model}" for model in MODELS))


def land(raw_root: Path, number: int) -> None:
    """Land, on the day of this number, a subject of one work and an export of one stream."""
    day = FIRST_DAY + timedelta(days=number)
    at = f"{day:%Y-%m-%dT%H:%M:%S.%fZ}"
    work = {"offset": 0, "position": 0, "fetched_at": at, "record": {"key": key_of(number)}}
    record = {"movie_title": "Rush", "user_email": email_of(number), "start_at": at, "end_at": at}
    stream = {"row": 1, "landed_at": at, "record": record}
    file = {"dataset": "streams", "name": "streams.csv", "sha256": str(number)}
    subject = {"dataset": "subject_works", "subject": f"subject_{number}"}
    export = {"dataset": "streaming", "files": [file]}
    for dataset, commit, line in (("subject_works", subject, work), ("streams", export, stream)):
        load_id = f"{day:%Y%m%dT%H%M%S%f}Z-{len(dataset):016x}-{number:04x}"
        folder = f"load_date={day:%Y-%m-%d}"
        name = f"{load_id}-000000000-0123456789ab.jsonl.gz"
        write(raw_root / dataset / folder / name, {"load_id": load_id} | line)
        # and a part of a load that was killed
        write(raw_root / dataset / folder / f"{name[:-11]}c.jsonl.gz", {"load_id": "none"} | line)
        write(
            raw_root / "loads" / folder / f"{load_id}.jsonl.gz",
            {"load_id": load_id, "is_complete": True, "started_at": at, "completed_at": at}
            | {"parts": [{"dataset": dataset, "path": f"{folder}/{name}", "records": 1}]}
            | commit,
        )


def key_of(number: int) -> str:
    return f"/works/OL{number + 1}W"


def email_of(number: int) -> str:
    return f"{number}@example.org"


def write(path: Path, line: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps(line).encode() + b"\n", 1))


def test_years_of_loads_fit_in_a_statement(tmp_path: Path) -> None:
    root = Project(tmp_path / "x").raw_root / "subject_works" / "load_date=2023-01-01" / PART
    project = Project(tmp_path / ("x" * max(1, len(LONGEST_PATH) - len(str(root)) + 1)))
    landed = 0
    for loads, are_ranges in ((400, True), (401, False), (3 * 365 + 1, False)):
        for number in range(landed, loads):
            land(project.raw_root, number)
        landed = loads
        project.dbt(*RUN)
        with project.connect(read_only=True) as warehouse:
            read = [
                warehouse.execute(
                    f"select {key} from main_intermediate.{model} "  # noqa: S608
                    "where rejection_reason is null"
                ).fetchall()
                for model, key in MODELS.items()
            ]
            (shortest,) = warehouse.execute(
                "select min(length(source_file)) from main_intermediate.int_parts_listed"
            ).fetchall()
        for keys, key in zip(read, (key_of, email_of), strict=True):
            assert sorted(keys) == sorted((key(number),) for number in range(loads))
        assert shortest >= (len(LONGEST_PATH),)
        for model in MODELS:
            (sent,) = (project.target / "run").rglob(f"{model}.sql")
            sql = sent.read_bytes()
            assert len(sql) < LONGEST
            assert (b"source_file between" in sql) == are_ranges
