"""Findings about received files: each file is judged by itself."""

from __future__ import annotations

from collections import defaultdict

from publish.report.trust import Level, findings

COUNTS = {"vendor_books": 103, "streams": 9_652, "movies": 91}


def found(**rejected: int) -> list[tuple[Level, str]]:
    """What is found where so many records of these files were rejected, and nothing else is odd."""
    files = [
        {"dataset": dataset, "record_count": count, "rejected_count": rejected.get(dataset, 0)}
        for dataset, count in COUNTS.items()
    ]
    tables = defaultdict(list, report_files=files)
    return [(finding.level, finding.says) for finding in findings(tables)]


def test_a_rejected_file_does_not_drown_in_a_large_one() -> None:
    assert found(vendor_books=103, streams=1, movies=1) == [
        (Level.BAD, "“vendor_books”: 103 of 103 records (100.0 %) were rejected."),
        (Level.CARE, "“movies”: 1 of 91 records (1.1 %) was rejected."),
        (Level.NOTE, "“streams”: 1 of 9,652 records (under 0.1 %) was rejected."),
    ]


def test_files_without_a_rejected_record_are_one_sentence() -> None:
    assert found() == [(Level.GOOD, "None of 9,846 records was rejected.")]
