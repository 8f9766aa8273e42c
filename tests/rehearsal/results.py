"""Trino's columns and values, as the text that Athena's API gives."""

from __future__ import annotations

import base64
from typing import Any

_TYPES = {"real": "float"}
_DIGITS = {  # of a type that names none
    "bigint": 19,
    "integer": 10,
    "smallint": 5,
    "tinyint": 3,
    "double": 17,
    "real": 17,
    "varchar": 2147483647,
    "varbinary": 1073741824,
}


def column_info(column: dict[str, Any]) -> dict[str, Any]:
    """A column of Trino's protocol as Athena's ColumnInfo."""
    signature = column["typeSignature"]
    raw = signature["rawType"]
    numbers = [a["value"] for a in signature["arguments"] if a["kind"] == "LONG"]
    precision = numbers[0] if numbers else 3 if raw.startswith("time") else _DIGITS.get(raw, 0)
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": column["name"],
        "Label": column["name"],
        "Type": _TYPES.get(raw, raw),
        "Precision": min(precision, 2147483647),
        "Scale": numbers[1] if len(numbers) > 1 else 0,
        "Nullable": "UNKNOWN",
        "CaseSensitive": raw in {"varchar", "char"},
    }


def cell(value: Any, signature: dict[str, Any]) -> str | None:  # noqa: ANN401
    """A value of Trino's protocol as Athena writes it; null is None."""
    return None if value is None else _text(value, signature)


def _text(value: Any, signature: dict[str, Any]) -> str:  # noqa: ANN401
    types = [argument["value"] for argument in signature["arguments"]]
    match signature["rawType"], value:
        case _, None:
            text = "null"
        case "boolean", _:
            text = str(value).lower()
        case (("double" | "real"), int()):
            text = repr(float(value))
        case "varbinary", _:
            text = base64.b64decode(value).hex(" ")
        case "array", _:
            text = f"[{', '.join(_text(item, types[0]) for item in value)}]"
        case "map", _:
            pairs = ((_text(k, types[0]), _text(v, types[1])) for k, v in value.items())
            text = f"{{{', '.join(f'{k}={v}' for k, v in pairs)}}}"
        case "row", _:
            fields = zip(types, value, strict=True)
            pairs = ((t["fieldName"]["name"], _text(v, t["typeSignature"])) for t, v in fields)
            text = f"{{{', '.join(f'{k}={v}' for k, v in pairs)}}}"
        case _:
            text = str(value)
    return text
