"""The contracts of the marts, read from the files of YAML without dbt."""

import yaml  # type: ignore[import-untyped]

from tests.support.project import ROOT


def contracts() -> dict[str, dict[str, str]]:
    """The type of each column of each mart, in the contract's order, as the files of YAML say."""
    described = [
        model
        for file in (ROOT / "models" / "marts").glob("*/*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    ]
    return {
        model["name"]: {column["name"]: column["data_type"] for column in model["columns"]}
        for model in described
    }
