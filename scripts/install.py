"""Install a lock, exactly and only from wheels, into the environment of the Python that runs this.

pip prints either several lines per package or nothing; this prints how many packages are done.
"""

import re
import subprocess
import sys
from pathlib import Path

from progress import Progress

# --no-deps: pyproject.toml overrides two requirements, which pip would refuse.
PIP = (sys.executable, "-m", "pip", "install", "--disable-pip-version-check")
AS_LOCKED = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off")
PACKAGE = re.compile(r"(?:Collecting|Requirement already satisfied:) (\S+?)==(\S+)")


def main() -> None:
    lock = Path(sys.argv[1])
    total = len(re.findall(r"^\S+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    done = 0
    progress = Progress()
    with subprocess.Popen(  # noqa: S603 - the lock is the Makefile's
        [*PIP, *AS_LOCKED, "-r", str(lock)], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as pip:
        for line in pip.stdout or ():
            if line.startswith("Ignoring "):  # its marker is for another platform or Python
                total -= 1
            elif package := PACKAGE.match(line):
                done += 1
                progress.show(f"package {done} of {total}: {' '.join(package.groups())}")
            elif line.startswith("Installing collected packages"):
                progress.show(f"installing what was downloaded of {total} packages")
    if pip.returncode:
        sys.exit(pip.returncode)
    progress.finish(f"{total} packages installed")


if __name__ == "__main__":
    main()
