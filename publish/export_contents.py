"""What an export contains: the marts, their dictionary, and a manifest of what they were made from.

Columns that the contracts mark as personal are left out unless they are asked for.
"""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import indent
from typing import TYPE_CHECKING, Any, NamedTuple

from publish.warehouse import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publish.warehouse import Warehouse

HEADING = """\
# Dictionary

The tables of this export and their columns. `manifest.json` says when it was written,
and of which loads.
"""


class Described(NamedTuple):
    """A row of the dictionary: one column of one table."""

    table: str
    grain: str
    column: str
    type: str
    is_key: bool
    is_required: bool
    is_personal: bool
    description: str


class LeftOut(NamedTuple):
    """A personal column that is not exported, or not in the rows that ``where`` selects in SQL."""

    table: str
    column: str
    where: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}{_where(self.where)}"


class Export:
    """What is exported, of a warehouse as it is now.

    Attributes:
        warehouse: where the marts are.
        marts: what of them is exported.
        left_out: the personal columns that are not.
        left_out_marts: the names of marts that have no other columns.
    """

    def __init__(self, warehouse: Warehouse, *, personal: bool) -> None:
        """Read the contracts; ``personal`` says whether personal columns are exported, too."""
        self.warehouse = warehouse
        self._exported_at = datetime.now(UTC)
        marts = warehouse.marts()
        kept = marts if personal else [mart.without_personal_data() for mart in marts]
        self.marts = [mart for mart in kept if mart.columns]
        self.left_out_marts = [mart.name for mart in kept if not mart.columns]
        self.left_out = [
            LeftOut(mart.name, column.name, column.personal)
            for mart in marts
            for column in mart.columns
            if column.personal and not personal
        ]

    def dictionary(self) -> list[Described]:
        """Describe each column that is exported, as its contract does."""
        return [
            Described(
                mart.name,
                mart.grain,
                column.name,
                column.data_type,
                column.name in mart.key,
                column.is_required,
                bool(column.personal),
                column.description,
            )
            for mart in self.marts
            for column in mart.columns
        ]

    def dictionary_in_markdown(self) -> str:
        """Give the dictionary for people, with all that the contracts say of the tables."""
        parts = [HEADING]
        for mart in self.marts:
            parts.append(f"## {mart.name}\n\n{mart.description}\n")
            for column in mart.columns:
                facts = [f"`{column.name}`: {column.data_type}"]
                if column.name in mart.key:
                    facts.append("key")
                elif column.is_required:
                    facts.append("never null")
                if column.personal:
                    facts.append(f"personal{_where(column.personal)}")
                parts.append(f"- {', '.join(facts)}\n\n{indent(column.description, '  ')}\n")
        if self.left_out:
            columns = "\n".join(f"- `{one}`" for one in self.left_out)
            parts.append(f"## Left out because it is personal\n\n{columns}\n")
        return "\n".join(parts)

    def manifest(self, rows: Mapping[str, int]) -> dict[str, Any]:
        """Say when the marts were exported, with how many rows, by which version, of which loads.

        Raises:
            WarehouseError: the mart of loads cannot be read.
        """
        (loads,) = (mart.relation for mart in self.marts if mart.name == "loads")
        names, current = self.warehouse.rows(
            "select load_id, dataset, subject, status, record_count, started_at, completed_at"  # noqa: S608
            f" from {loads} where is_current order by load_id"
        )
        return {
            "exported_at": _utc(self._exported_at),
            "version": self.warehouse.version,
            "target": self.warehouse.target,
            "loads": [
                {
                    name: _utc(value) if isinstance(value, datetime) else value
                    for name, value in zip(names, load, strict=True)
                }
                for load in current
            ],
            "tables": [{"name": name, "rows": count} for name, count in rows.items()],
            "left_out": [one._asdict() for one in self.left_out],
        }


def _where(condition: str) -> str:
    return "" if condition == ALWAYS else f" where {condition}"


def _utc(time: datetime) -> str:
    return f"{time.replace(tzinfo=None).isoformat()}Z"
