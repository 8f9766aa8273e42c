"""`make docs`: the site holds every table, column and reader, and says where to begin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.project import Project

TABLES = ("model", "seed", "snapshot", "source")


@pytest.fixture(scope="module")
def site(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest and the catalog that are put into the one file."""
    copy = project.copy(tmp_path_factory.mktemp("docs"))  # dbt lets nobody else read meanwhile
    copy.dbt("docs", "generate", "--static")
    text = (copy.target / "static_index.html").read_text(encoding="utf-8")
    beginning, found, position = '{"metadata": {"dbt_schema_version"', [], 0
    while (position := text.find(beginning, position)) >= 0:
        document, position = json.JSONDecoder().raw_decode(text, position)
        found.append(document)
    manifest, catalog = found
    return manifest, catalog


def test_every_column_that_is_there_is_described(
    site: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    manifest, catalog = site
    there = catalog["nodes"] | catalog["sources"]
    nodes = [
        node
        for node in (manifest["nodes"] | manifest["sources"]).values()
        if node["resource_type"] in TABLES and node["config"].get("materialized") != "ephemeral"
    ]
    assert {node["unique_id"] for node in nodes} == set(there)
    for node in nodes:
        assert node["description"], node["name"]
        described = {
            name.lower() for name, column in node["columns"].items() if column["description"]
        }
        columns = {name.lower() for name in there[node["unique_id"]]["columns"]}
        assert columns == described, node["name"]


def test_every_mart_has_a_reader_and_a_lineage(
    site: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    manifest, _ = site
    marts, report_models = (
        {
            key
            for key, node in manifest["nodes"].items()
            if node["resource_type"] == "model" and node["fqn"][1] == folder
        }
        for folder in ("marts", "report")
    )
    assert marts

    def tables_read_by(key: str) -> set[str]:
        """What it reads, directly or through the models of the report."""
        parents = set(manifest["nodes"][key]["depends_on"]["nodes"])
        return parents.union(*map(tables_read_by, parents & report_models))

    analyses = [
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "analysis" and node["name"].startswith("report_")
    ]
    read = set().union(*map(tables_read_by, analyses))
    assert {
        exposure["name"]: set(exposure["depends_on"]["nodes"])
        for exposure in manifest["exposures"].values()
    } == {"report": marts & read, "exports": marts}
    for mart in marts:
        ancestors: list[str] = [mart]
        found: set[str] = set()
        while ancestors:
            parents = set(manifest["parent_map"][ancestors.pop()]) - found
            found |= parents
            ancestors += parents
        assert any(parent.startswith("source.") for parent in found), mart


def test_it_opens_with_the_projects_own_words(
    site: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    manifest, _ = site
    overview = manifest["docs"]["doc.book_analytics.__overview__"]["block_contents"]
    assert overview.startswith("# book_analytics")
