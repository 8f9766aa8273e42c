"""The diagrams of docs/data-model.md show what dbt's manifest holds, no less and no more."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.project import ROOT, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = (ROOT / "docs" / "data-model.md").read_text()
DIAGRAMS = "\n".join(re.findall(r"```mermaid\nerDiagram\n(.*?)```", DOCUMENT, re.DOTALL))
ENTITIES = re.findall(r"^ *(\w+) \{(.*?)\}", DIAGRAMS, re.DOTALL | re.MULTILINE)
LINES = re.findall(r'^ *(\w+) (\S\S)--(\S\S) (\w+) : (?:\w+|".+")$', DIAGRAMS, re.MULTILINE)


@dataclass(frozen=True)
class Reference:
    """A column whose data test looks each value up in another mart."""

    parent: str
    child: str
    column: str
    is_error: bool


class Manifest:
    """The contracts and the data tests of the marts."""

    def __init__(self, project: Project) -> None:
        manifest: dict[str, Any] = json.loads((project.target / "manifest.json").read_text())
        nodes = manifest["nodes"]
        marts = {
            key: node
            for key, node in nodes.items()
            if node["resource_type"] == "model" and node["contract"]["enforced"]
        }
        self.columns = {
            node["name"]: {name: column["data_type"] for name, column in node["columns"].items()}
            for node in marts.values()
        }
        self.snapshots = {
            name
            for node in nodes.values()
            if node["resource_type"] == "snapshot"
            for name in (node["name"], node["schema"])
        }
        self.keys: dict[str, set[str]] = {}
        self.required: dict[str, set[str]] = defaultdict(set)
        self.references: list[Reference] = []
        for test in nodes.values():
            if test.get("attached_node") not in marts or not test.get("test_metadata"):
                continue
            mart, column = marts[test["attached_node"]]["name"], test["column_name"]
            arguments = test["test_metadata"]["kwargs"]
            is_error = test["config"]["severity"].lower() == "error" and not test["config"]["where"]
            match test["test_metadata"]["name"]:
                case "primary_key" if is_error:
                    self.keys[mart] = set(arguments["columns"])
                    self.required[mart] |= {*arguments["columns"], *arguments.get("required", ())}
                case "not_null" if is_error:
                    self.required[mart].add(column)
                case "relationships" | "totals" | "repeats":
                    parent = re.fullmatch(r"ref\('(\w+)'\)", arguments["to"])
                    assert parent, arguments
                    reference = Reference(parent[1], mart, column, is_error)
                    if reference not in self.references:
                        self.references.append(reference)


@pytest.fixture(scope="module")
def manifest(project: Project) -> Manifest:
    return Manifest(project)


def columns(mart: str) -> Iterator[tuple[str, str, set[str]]]:
    """The columns of an entity: name, type, marks."""
    text = dict(ENTITIES)[mart]
    drawn = re.findall(r"(\w+) (\w+)((?: [PF]K,?)*)", text)
    assert " ".join(text.split()) == " ".join(" ".join(column[:2]) + column[2] for column in drawn)
    for data_type, name, marks in drawn:
        yield name, data_type, set(re.findall(r"[PF]K", marks))


def test_every_line_of_the_diagrams_is_understood() -> None:
    entities = re.sub(r"^ *\w+ \{.*?\}", "", DIAGRAMS, flags=re.DOTALL | re.MULTILINE)
    assert len([line for line in entities.splitlines() if line.strip()]) == len(LINES)


def test_every_mart_is_drawn_once_and_nothing_else(manifest: Manifest) -> None:
    assert sorted(name for name, _ in ENTITIES) == sorted(manifest.columns)
    assert {end for line in LINES for end in (line[0], line[3])} <= set(manifest.columns)
    of_athena = {"book_analytics_history"}  # another schema of its target
    assert set(re.findall(r"\b\w+_history\b", DOCUMENT)) == manifest.snapshots | of_athena


def test_columns_keys_and_types_are_those_of_contracts_and_tests(manifest: Manifest) -> None:
    for mart, _ in ENTITIES:
        drawn = list(columns(mart))
        assert {name: data_type for name, data_type, _ in drawn}.items() <= (
            manifest.columns[mart].items()
        )
        key = {name for name, _, marks in drawn if "PK" in marks}
        assert key == manifest.keys[mart], mart
        assert {name for name, _, marks in drawn if "FK" in marks} == {
            reference.column for reference in manifest.references if reference.child == mart
        }, mart


def test_relations_are_as_strict_as_the_tests_are(manifest: Manifest) -> None:
    tested = {(reference.parent, reference.child): reference for reference in manifest.references}
    assert len(tested) == len(manifest.references)
    assert tested.keys() <= {(parent, child) for parent, _, _, child in LINES}
    for parent, at_parent, at_child, child in LINES:
        reference = tested.get((parent, child))
        is_there = (
            reference is not None
            and reference.is_error
            and reference.column in manifest.required[child]
        )
        assert at_parent == ("||" if is_there else "|o"), (parent, child)
        assert at_child in {"o{", "o|"}, (parent, child)
        if reference:
            is_unique = {reference.column} == manifest.keys[child]
            assert (at_child == "o|") == is_unique, (parent, child)
