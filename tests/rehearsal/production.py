"""Production, as Terraform made it: the loader and dbt with its environment, and nothing else.

Beside it there are environments that are made in the same account without Terraform.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.support import forked_dbt, synthetic
from tests.support.project import ROOT
from tests.support.terraform import Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from .cloud import Cloud

EXAMPLE = "environments/example"

TABLE_INPUT = ("Name", "Description", "TableType", "Parameters", "PartitionKeys")


@dataclass(frozen=True)
class Production:
    """An environment of the project on AWS.

    Attributes:
        cloud: where it is.
        scratch: a local folder for dbt's artifacts and logs.
        environment: what dbt and the loader need; of production, what Terraform says.
        databases: the Glue databases that dbt fills.
    """

    cloud: Cloud
    scratch: Path
    environment: dict[str, str]
    databases: tuple[str, ...]

    @property
    def target(self) -> Path:
        """Where dbt writes its artifacts."""
        return self.scratch / "target"

    def statuses(self) -> dict[str, str]:
        """How dbt's last run here ended: each node's status, by its unique id."""
        return statuses_of(self.target)

    @property
    def raw_root(self) -> str:
        """Where the raw zone is."""
        return self.environment["RAW_ROOT"]

    def called_by(self, access_key: str) -> Production:
        """Give the same environment, to be called with another access key."""
        return replace(self, environment=self.environment | {"AWS_ACCESS_KEY_ID": access_key})

    def dbt(self, *args: str, fails: bool = False) -> str:
        """Run dbt on Athena and give what it printed."""
        args = (*args, "--target", "prod")
        return forked_dbt.run(args, ROOT, self._environment({}), fails=fails)

    def extract(self, *args: str, environment: dict[str, str] | None = None) -> str:
        """Run the loader and give what it printed."""
        return self._run([sys.executable, "-m", "extract", *args], environment or {})

    def publish(self, *args: str, **environment: str) -> str:
        """Publish from Athena and give what was printed."""
        return self._run([sys.executable, "-m", "publish", *args, "--target", "prod"], environment)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def of(self, name: str) -> Production:
        """Give another environment, as Terraform makes them: empty, in the same buckets."""
        glue = self.cloud.client("glue")
        schema, raw = self.environment["ATHENA_SCHEMA"], self.environment["RAW_SCHEMA"]
        root = f"{self.raw_root.rstrip('/')}/{name}"
        own = {"ATHENA_SCHEMA": f"{schema}_{name}", "RAW_SCHEMA": f"{raw}_{name}", "RAW_ROOT": root}
        databases = tuple(one.replace(schema, own["ATHENA_SCHEMA"], 1) for one in self.databases)
        for database in (*databases, own["RAW_SCHEMA"]):
            glue.create_database(DatabaseInput={"Name": database})
        for table in glue.get_tables(DatabaseName=raw)["TableList"]:
            described = {
                key: table[key] for key in (*TABLE_INPUT, "StorageDescriptor") if key in table
            }
            moved = json.loads(json.dumps(described).replace(self.raw_root.rstrip("/"), root))
            glue.create_table(DatabaseName=own["RAW_SCHEMA"], TableInput=moved)
        return Production(self.cloud, self.scratch / name, self.environment | own, databases)

    def land(self, raw_root: Path) -> None:
        """Copy what is new in a raw zone on this machine into this one."""
        bucket, _, prefix = self.raw_root.removeprefix("s3://").partition("/")
        s3 = self.cloud.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        landed = {item["Key"] for page in pages for item in page.get("Contents", ())}
        keys = {
            f"{prefix}/{path.relative_to(raw_root).as_posix()}".lstrip("/"): path
            for path in sorted(raw_root.rglob("*.*"))
        }
        for key in keys.keys() - landed:
            path = keys[key]
            s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), IfNoneMatch="*")

    def rows(self, mart: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Give the rows of a mart, sorted, as Athena tells them."""
        sql = f"select {columns} from {self.environment['ATHENA_SCHEMA']}.{mart}"  # noqa: S608
        return sorted(self.cloud.query(sql), key=repr)

    def _run(self, command: list[str], environment: dict[str, str]) -> str:
        process = self.start(*command, **environment)
        output, _ = process.communicate()
        assert process.returncode == 0, output
        return output

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        ours = {
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.scratch / "logs"),
            "DBT_LOG_LEVEL_FILE": "none",
            "DO_NOT_TRACK": "1",
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return inherited | self.cloud.env | self.environment | ours | more


def statuses_of(target: Path) -> dict[str, str]:
    """How the run ended that left its artifacts here: each node's status, by its unique id."""
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return {result["unique_id"]: result["status"] for result in results}


def bare(cloud: Cloud, name: str, scratch: Path) -> Production:
    """Give an environment that Terraform has not made and that has no tables."""
    root = f"s3://{cloud.results_bucket()}/{name}/"
    environment = {
        "ATHENA_SCHEMA": f"bare_{name}",
        "ATHENA_WORKGROUP": "primary",
        "ATHENA_S3_STAGING_DIR": root,
        "ATHENA_S3_DATA_DIR": root,
        "RAW_SCHEMA": f"bare_{name}_raw",
        "RAW_ROOT": root,
    }
    return Production(cloud, scratch, environment, ())


def deploy(cloud: Cloud, scratch: Path) -> tuple[Terraform, Production]:
    """Make production with Terraform, from a copy of the project, packed, in an empty account."""
    program = shutil.which("terraform")
    assert program, "the rehearsal needs terraform on PATH"
    project = scratch / "project"
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars")
    for folder in ("infra", "models", "seeds"):
        shutil.copytree(ROOT / folder, project / folder, ignore=ignored)
    shutil.copy(ROOT / "dbt_project.yml", project)
    shutil.copytree(ROOT / "build", project / "build")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
    ours = cloud.env | {
        "TF_VAR_open_library_contact": "https://example.org/contact",
        "TF_VAR_first_load_date": f"{synthetic.FIRST_LOAD:%Y-%m-%d}",
        "TF_CLI_ARGS": "-no-color",
        "CHECKPOINT_DISABLE": "1",
    }
    terraform = Terraform(program, project, inherited | ours)
    terraform.init(EXAMPLE)
    terraform.run(EXAMPLE, "apply", "-auto-approve", "-input=false")
    printed = terraform.run(EXAMPLE, "output", "-raw", "dbt_environment")
    environment = dict(re.findall(r"^export (\w+)=(\S*)$", printed, re.MULTILINE))
    made = json.loads(terraform.run(EXAMPLE, "output", "-json", "book_analytics"))
    databases = tuple(made["databases"]["dbt"])
    return terraform, Production(cloud, scratch / "dbt", environment, databases)
