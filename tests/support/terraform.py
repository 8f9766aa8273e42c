"""Terraform, run in a copy of the project."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support import needs

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Terraform:
    """Terraform in a copy of the project, so that the files it writes stay out of the tree."""

    program: str
    project: Path
    environment: dict[str, str]

    def run(self, folder: str, *args: str) -> str:
        """Run a command in a folder of infra/ and give what it printed."""
        needs.require("needs_terraform")
        done = subprocess.run(
            [self.program, f"-chdir={self.project / 'infra' / folder}", *args],
            env=self.environment | {"TF_DATA_DIR": str(self.project / ".terraform" / folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def init(self, folder: str) -> None:
        """Get the provider: from the folder TF_PLUGIN_DIR, or from its registry."""
        plugins = os.environ.get("TF_PLUGIN_DIR")
        self.run(folder, "init", "-input=false", *([f"-plugin-dir={plugins}"] if plugins else []))
