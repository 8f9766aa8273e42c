"""Parts of superseded dumps are removed, and nothing that is or may become current."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import time_machine

from extract.storage.local import LocalStore
from tests.support import faulty_s3
from tests.support.dump_files import KINDS, dump_lines, write_dump
from tests.support.faulty_s3 import Fault, FaultyS3, download
from tests.support.raw_reader import dumps_landed, everything, visible

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from mypy_boto3_s3 import S3Client

    from tests.support.loader_runs import Runs


def land(loader: Runs, folder: Path, date: str, count: int = 5, *options: str) -> dict[str, Any]:
    write_dump(folder, date, dump_lines(count))
    outcome = loader.run("dump", date, "--from", folder, "--allow-shrink", *options)
    assert outcome.code == 0, outcome.err
    return dumps_landed(loader.root)[-1]


def parts(*loads: dict[str, Any]) -> set[str]:
    return {f"{part['dataset']}/{part['path']}" for load in loads for part in load["parts"]}


def there(root: Path) -> set[str]:
    datasets = [f"dump_{kind.replace('-', '_')}" for kind in KINDS]
    return {
        f"{dataset}/{path.relative_to(root / dataset)}"
        for dataset in datasets
        for path in visible(root, dataset)
    }


def pruned(loader: Runs, keep: int = 2) -> list[str]:
    outcome = loader.run("prune", "--keep", str(keep))
    assert outcome.code == 0, outcome.err
    return outcome.out.splitlines()


def test_it_says_what_and_how_much_and_removes_it(loader: Runs, tmp_path: Path) -> None:
    july, august, september = (land(loader, tmp_path / "d", f"2026-0{m}-28") for m in (7, 8, 9))
    records = everything(loader.root / "loads")
    subject = loader.run("subjects", "love")
    assert subject.code == 0
    others = everything(loader.root / "subject_works")

    megabytes = july["bytes"] / 1e6
    assert pruned(loader) == [
        f"dump 2026-07-28, load {july['load_id']}: 7 parts, {megabytes:.1f} MB",
        f"removing 7 parts, {megabytes:.1f} MB; dumps kept: 2026-09-28, 2026-08-28",
        "removed",
    ]
    assert there(loader.root) == parts(august, september)
    assert everything(loader.root / "loads").items() >= records.items()
    assert everything(loader.root / "subject_works") == others
    assert pruned(loader) == ["nothing to remove; dumps kept: 2026-09-28, 2026-08-28"]
    assert pruned(loader, keep=1)[-1] == "removed"
    assert there(loader.root) == parts(september)
    # what was removed can be landed again
    again = land(loader, tmp_path / "d", "2026-07-28")
    assert there(loader.root) >= parts(again)


def test_nothing_is_removed_before_there_are_enough(loader: Runs, tmp_path: Path) -> None:
    assert pruned(loader) == ["nothing to remove; dumps kept: no complete one"]
    august = land(loader, tmp_path / "d", "2026-08-31")
    partial = land(loader, tmp_path / "d", "2026-07-31", 5, "--only", "works")
    assert pruned(loader) == ["nothing to remove; dumps kept: 2026-08-31"]
    assert there(loader.root) == parts(august, partial)


def test_partial_loads_do_not_count_and_newer_ones_stay(loader: Runs, tmp_path: Path) -> None:
    land(loader, tmp_path / "d", "2026-07-31", 5, "--only", "works,authors")
    august = land(loader, tmp_path / "d", "2026-08-31")
    september = land(loader, tmp_path / "d", "2026-09-30", 5, "--only", "works")
    assert pruned(loader, keep=1)[-1] == "removed"
    assert there(loader.root) == parts(august, september)


def test_a_dump_that_was_published_again_counts_once(loader: Runs, tmp_path: Path) -> None:
    july = land(loader, tmp_path / "d", "2026-07-31")
    land(loader, tmp_path / "d", "2026-08-31")
    anew = land(loader, tmp_path / "d", "2026-08-31", 6)
    assert pruned(loader)[-1] == "removed"
    assert there(loader.root) == parts(july, anew)


def test_a_dump_that_is_landed_late_is_as_old_as_its_date(loader: Runs, tmp_path: Path) -> None:
    september = land(loader, tmp_path / "d", "2026-09-30")
    land(loader, tmp_path / "d", "2026-07-31")
    assert pruned(loader, keep=1)[-1] == "removed"
    assert there(loader.root) == parts(september)


def test_a_dump_without_all_its_parts_is_not_one_to_keep(loader: Runs, tmp_path: Path) -> None:
    july, august, september = (land(loader, tmp_path / "d", f"2026-0{m}-28") for m in (7, 8, 9))
    gone = max(parts(september))
    (loader.root / gone).unlink()
    assert pruned(loader) == ["nothing to remove; dumps kept: 2026-08-28, 2026-07-28"]
    assert there(loader.root) == parts(july, august, september) - {gone}

    # nor does it replace an older load of its day
    anew = land(loader, tmp_path / "d", "2026-08-28", 6)
    (loader.root / max(parts(anew))).unlink()
    assert pruned(loader) == ["nothing to remove; dumps kept: 2026-08-28, 2026-07-28"]


def test_what_a_load_without_commit_left_stays_while_it_may_be_running(
    loader: Runs, tmp_path: Path
) -> None:
    folder = write_dump(tmp_path / "d", "2026-07-31", dump_lines(5) | {"ratings": [b"bad\n"]})
    with time_machine.travel("2026-11-01T12:00:00Z", tick=True):
        assert loader.run("dump", "2026-07-31", "--from", folder).code == 2
    kept = [land(loader, tmp_path / "d", date) for date in ("2026-08-31", "2026-09-30")]
    with time_machine.travel("2026-11-08T11:59:00Z", tick=True):
        assert pruned(loader)[0].startswith("nothing to remove")
    with time_machine.travel("2026-11-08T12:01:00Z", tick=True):
        assert pruned(loader)[1].startswith("removing 5 parts")
    assert there(loader.root) == parts(*kept)


def test_what_a_kept_load_lists_is_never_removed(loader: Runs, tmp_path: Path) -> None:
    """Not even if a record of an older load claims it."""
    july = land(loader, tmp_path / "d", "2026-07-31")
    august = land(loader, tmp_path / "d", "2026-08-31")
    path = next(path for path in visible(loader.root, "loads") if august["load_id"] in path.name)
    path.write_text(json.dumps(august | {"parts": august["parts"] + july["parts"][:3]}) + "\n")
    pruned(loader, keep=1)
    assert there(loader.root) == parts(august) | {*sorted(parts({"parts": july["parts"][:3]}))}


def test_cut_short_it_is_run_again(
    loader: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    july = land(loader, tmp_path / "d", "2026-07-31")
    august = land(loader, tmp_path / "d", "2026-08-31")
    delete = LocalStore.delete
    done: list[str] = []

    def interrupted(store: LocalStore, key: str) -> None:
        if len(done) == 4:
            raise KeyboardInterrupt
        done.append(key)
        delete(store, key)

    with monkeypatch.context() as patched:
        patched.setattr(LocalStore, "delete", interrupted)
        outcome = loader.run("prune", "--keep", "1")
    assert outcome.code == 130
    assert outcome.complaint == "extract: interrupted; run the command again: it removes the rest"
    assert there(loader.root) == parts(august) | (parts(july) - {*done})
    assert pruned(loader, keep=1)[1].startswith("removing 3 parts")
    assert there(loader.root) == parts(august)


def test_in_s3(loader: Runs, tmp_path: Path, aws: S3Client, bucket: str, s3: FaultyS3) -> None:
    loader.env["RAW_ROOT"] = f"s3://{bucket}/raw"
    for date in ("2026-07-31", "2026-08-31"):
        write_dump(tmp_path / "d", date, dump_lines(5))
        assert loader.run("dump", date, "--from", tmp_path / "d").code == 0
    s3.faults = [
        Fault(faulty_s3.access_denied, lambda call: call.method == "DELETE", times=1),
        Fault(faulty_s3.slow_down, lambda call: call.method == "DELETE", times=1),
    ]
    outcome = loader.run("prune", "--keep", "1")
    assert outcome.code == 8
    assert "allow it for these credentials or change RAW_ROOT" in outcome.complaint
    assert pruned(loader, keep=1)[-1] == "removed"
    download(aws, bucket, "raw/", loader.root)
    assert there(loader.root) == parts(dumps_landed(loader.root)[-1])
    assert aws.get_object(Bucket=bucket, Key="other/subject_works/x")["Body"].read() == b"not ours"
