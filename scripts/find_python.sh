#!/bin/sh
# Print a Python that this project runs on: the one given as argument, or else .venv's own (so that a
# new lock does not change it), python3, or the newest python3.NN on PATH. Each candidate is run, because
# a pyenv shim can exist without working.
versions="3.14 3.13 3.12 3.11" # newest first; the same as requires-python in pyproject.toml
range="3.11 to 3.14"

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

fits() { case " $versions " in *" $(version_of "$1") "*) command -v "$1" ;; *) false ;; esac; }

if [ -n "$1" ]; then
  fits "$1" && exit
  version=$(version_of "$1") && problem="is Python $version" || problem="does not run"
  echo "PYTHON=$1 $problem: this project needs Python $range." >&2
  exit 1
fi
for python in .venv/bin/python python3 $(printf 'python%s ' $versions); do
  fits "$python" && exit
done
echo "Found no Python $range on PATH: install one, name one with PYTHON=/path/to/python3, or run 'uv venv --python 3.13' and then make again." >&2
exit 1
