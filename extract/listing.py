"""What ``extract loads`` prints."""

from collections import Counter
from collections.abc import Iterator

from extract.raw_zone import RawZone, Record

HEADER = ("started at", "status", "works", "promised", "times given up", "load", "of")


def list_loads(zone: RawZone) -> Iterator[str]:
    """Give a header and a line for each load, the newest first, in columns."""
    committed = {record["load_id"]: record for record in zone.commits()}
    newest_event: dict[str, Record] = {}
    for event in zone.events():
        known = newest_event.setdefault(event["load_id"], event)
        if known["occurred_at"] < event["occurred_at"]:
            newest_event[event["load_id"]] = event
    # each time counts, where the mart `loads` counts what was given up
    letters = Counter(letter["load_id"] for letter in zone.dead_letters())
    rows = [HEADER]
    for load_id in sorted(committed.keys() | newest_event.keys(), reverse=True):
        record = committed.get(load_id, newest_event.get(load_id, {}))
        rows.append(
            (
                record["started_at"][:19] + "Z",
                _status(committed.get(load_id), newest_event.get(load_id)),
                _count(record.get("work_count", record.get("record_count"))),
                _count(record.get("promised_count")),
                _count(letters[load_id]),
                load_id,
                repr(record["subject"]) if "subject" in record else f"files {record['dataset']}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)
        ).rstrip()


def _status(commit: Record | None, event: Record | None) -> str:
    if commit:
        return "complete" if commit["is_complete"] else "partial"
    if event and event["event"] in ("failed", "interrupted"):
        return f"{event['event']}: {event['error_type']}"
    return "unfinished"


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"
