"""The packages for AWS, built as `make lambda` does."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support import needs

if TYPE_CHECKING:
    from pathlib import Path


def build(project: Path, output: Path, *options: str) -> dict[str, str]:
    """Build, and give the sha256 of each package."""
    needs.require("needs_downloads")
    script = project / "scripts" / "build_packages.py"
    command = [sys.executable, str(script), "--output", str(output), *options]
    subprocess.run(command, check=True, cwd="/", capture_output=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in output.iterdir()}
