"""Load the subjects that $SUBJECTS names: what `make load` runs.

The names come through the environment and never through a shell, so no name can be mistaken for a
command. Spaces separate names; a name that contains spaces goes in single or double quotes. An
apostrophe inside a word is an apostrophe, so SUBJECTS="children's love" names two subjects.
"""

import os
import re
import sys

NAME = re.compile(r""" "([^"]+)"(?!\S) | '(.+?)'(?!\S) | (\S+) """, re.VERBOSE)


def split_names(subjects: str) -> list[str]:
    """Split one line of names, some of which may be quoted."""
    return [next(filter(None, match.groups())) for match in NAME.finditer(subjects)]


if __name__ == "__main__":
    names = split_names(os.environ.get("SUBJECTS", ""))
    command = [sys.executable, "-m", "extract", "subjects", *(["--", *names] if names else [])]
    os.execv(sys.executable, command)  # noqa: S606 - deliberately without a shell
