"""Load the subjects that $SUBJECTS names: what `make load` runs.

The names come through the environment and never through a shell, so no name can be mistaken for a
command. Spaces separate names; a name that contains spaces goes in single or double quotes. An
apostrophe inside a word is an apostrophe, so SUBJECTS="children's love" names two subjects.

What make would ignore is refused, because without names everything is loaded: $GOALS, all that make
was asked for, must be targets, and no variable may be spelt like SUBJECTS.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

MAKEFILE = Path(__file__).parents[1] / "Makefile"
# A quotation that does not end takes all that follows, for the loader to refuse.
NAME = re.compile(
    r""" "([^"]+)"(?!\S) | '(.+?)'(?!\S) | ("[^"]*|'(?!\w{1,3}\b).*)$ | (\S+) """, re.VERBOSE
)


def split_names(subjects: str) -> list[str]:
    """Split one line of names, some of which may be quoted."""
    return [next(filter(None, match.groups())) for match in NAME.finditer(subjects)]


def misunderstanding(environment: Mapping[str, str], makefile: str) -> str | None:
    """Say what make would ignore, and what was probably meant."""
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    names = [goal for goal in environment.get("GOALS", "").split() if goal not in targets]
    if names:
        meant = " ".join(filter(None, (environment.get("SUBJECTS"), *names)))
        return f"make has no target {names[0]!r}: write make load SUBJECTS={meant!r}"
    for name, value in environment.items():
        if name != "SUBJECTS" and name.casefold() in {"subject", "subjects"}:
            return f"{name} is not a variable of make load: write make load SUBJECTS={value!r}"
    return None


if __name__ == "__main__":
    if problem := misunderstanding(os.environ, MAKEFILE.read_text(encoding="utf-8")):
        sys.stderr.write(f"load: error: {problem}\n")
        sys.exit(2)
    names = split_names(os.environ.get("SUBJECTS", ""))
    command = [sys.executable, "-m", "extract", "subjects", *(["--", *names] if names else [])]
    os.execv(sys.executable, command)  # noqa: S606 - deliberately without a shell
