"""A plan of the example environment, made against a stand-in of AWS on 127.0.0.1."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws import empty_account
from tests.support.project import ROOT
from tests.support.terraform import Terraform

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    program = shutil.which("terraform")
    if not program:
        pytest.skip("infra/ is not checked: terraform is not on PATH")
    project = tmp_path_factory.mktemp("project")
    made = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars")
    for folder in ("infra", "models", "seeds"):
        shutil.copytree(ROOT / folder, project / folder, ignore=made)
    shutil.copy(ROOT / "dbt_project.yml", project)
    (project / "build").mkdir()
    for package in ("loader", "dbt", "wheels"):
        with zipfile.ZipFile(project / "build" / f"{package}.zip", "w") as archive:
            archive.writestr("what", package)
    ours = {
        "TF_VAR_open_library_contact": "https://example.org/contact",
        "TF_CLI_ARGS": "-no-color",
        "CHECKPOINT_DISABLE": "1",
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
    with empty_account() as aws:
        yield Terraform(program, project, inherited | ours | aws)


@dataclass(frozen=True)
class Plan:
    """What Terraform would make, by address within the module."""

    resources: dict[str, dict[str, Any]]
    outputs: dict[str, Any]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the resources of a kind, by what follows it in their address."""
        return {
            address.removeprefix(f"{kind}."): values
            for address, values in self.resources.items()
            if address.startswith(f"{kind}.")
        }

    def policy(self, address: str) -> dict[str, Any]:
        """Give the policy of a resource: all of it is known before anything is made."""
        policy: dict[str, Any] = json.loads(self.resources[address]["policy"])
        return policy


@pytest.fixture(scope="session")
def plan(terraform: Terraform) -> Plan:
    example = "environments/example"
    terraform.init(example)
    file = terraform.project / "plan"
    optional = "-var=dumps=true"
    terraform.run(example, "plan", "-input=false", "-lock=false", optional, f"-out={file}")
    planned = json.loads(terraform.run(example, "show", "-json", str(file)))["planned_values"]
    (module,) = planned["root_module"]["child_modules"]
    prefix = f"{module['address']}."
    return Plan(
        {r["address"].removeprefix(prefix): r["values"] for r in module["resources"]},
        {name: output.get("value") for name, output in planned["outputs"].items()},
    )
