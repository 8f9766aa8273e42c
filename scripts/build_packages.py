"""Build what AWS runs: loader.zip (the loader), dbt.zip (the project), wheels.zip (its packages).

The same sources give the same bytes, whoever builds them and when, so that a deployment only sees
real changes: files in order, one date, one mode, nothing that names this machine.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import click
from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("loader", "dbt", "wheels")
PYTHON = {"lambda": "3.13", "codebuild": "3.12"}  # as infra/ chooses them
# glibc 2.28 and older: both have 2.34
PLATFORMS = ("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64")
LARGEST = (50 << 20, 250 << 20)  # bytes that Lambda accepts: zipped, and unzipped
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
LOCKED = ("--no-deps", "--require-hashes", "--only-binary", ":all:")

LOADER = ("extract/**/*.py", "seeds/tracked_subjects.csv")
DBT = (
    "dbt_project.yml",
    "extract/**/*.py",  # for the projects that land and prune dumps
    "profiles/profiles.yml",
    "profiles.yml",  # a symlink, which becomes a file: not every unzip makes symlinks
    "requirements.txt",
    "scripts/sweep_tables.py",
    "selectors.yml",
    *(
        f"{folder}/**/*"
        for folder in (
            "analyses",
            "macros",
            "models",
            "seeds",
            "snapshots",
            "tests/dbt",
        )
    ),
)


def files_below(root: Path, *patterns: str) -> Iterator[tuple[str, Path]]:
    """Yield the matching files with their names in the package, without hidden ones."""
    for pattern in patterns:
        for path in root.glob(pattern):
            name = path.relative_to(root)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                yield name.as_posix(), path


def platform(python: str) -> tuple[str, ...]:
    """Tell pip to take wheels for another machine's Python."""
    return ("--python-version", python, "--implementation", "cp", *PLATFORMS)


def lock_for(lock: Path, python: str) -> str:
    """Give the requirements of a lock that a Python on Linux needs.

    pip evaluates markers for the Python that runs it, whatever --python-version says.
    """
    its = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "os_name": "posix",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
    }
    requirements = lock.read_text().replace("\\\n", "").splitlines()
    kept = []
    for line in requirements:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        requirement, hash_, hashes = line.partition("--hash=")
        marker = Requirement(requirement.strip()).marker
        if not marker or marker.evaluate(its):
            kept.append(f"{requirement.partition(';')[0].strip()} {hash_}{hashes}\n")
    return "".join(kept)


def pip(command: str, lock: Path, *options: str | Path) -> None:
    """Run a command of pip on a lock."""
    if subprocess.run([*PIP, command, *LOCKED, "-r", lock, *options], check=False).returncode:  # noqa: S603
        raise click.ClickException(f"pip could not {command} {lock.name}: see above")


def installed(target: Path, options: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Install the loader's locked packages into an empty folder and yield the files to pack.

    None of that lock's markers depends on Python's version.
    """
    pip(
        "install", PROJECT / "requirements-lambda.txt", "--no-compile", "--target", target, *options
    )
    for name, path in files_below(target, "**/*"):
        # bin/ names this machine's Python, and RECORD the hashes of what is in bin/
        if not name.startswith("bin/") and path.name != "RECORD":
            yield name, path


def downloaded(target: Path) -> Iterator[tuple[str, Path]]:
    """Download the wheels of dbt's lock, so that no build on AWS depends on a package index."""
    python = PYTHON["codebuild"]
    lock = target / "requirements.txt"
    lock.write_text(lock_for(PROJECT / lock.name, python))
    pip("download", lock, "--dest", str(target), *platform(python))
    yield from files_below(target, "*.whl")


def pack(package: Path, files: Mapping[str, Path]) -> int:
    """Write a zip whose bytes depend only on the files; return its unzipped size."""
    package.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with ZipFile(package, "w") as archive:
        for name in sorted(files):
            entry = ZipInfo(name)  # dated 1980
            entry.create_system = 3  # Unix, wherever it is built
            entry.external_attr = 0o100644 << 16
            entry.compress_type = ZIP_STORED if name.endswith(".whl") else ZIP_DEFLATED
            body = files[name].read_bytes()
            archive.writestr(entry, body, compresslevel=9)
            size += len(body)
    return size


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(PACKAGES), metavar="[loader] [dbt] [wheels]")
@click.option("--here", is_flag=True, help="For the Python that runs this, to try the loader.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=PROJECT / "build",
    help="The folder to write to. [default: build/]",
)
def main(names: tuple[str, ...], *, here: bool, output: Path) -> None:
    """Build loader.zip (for Lambda, on x86_64), dbt.zip and wheels.zip (for CodeBuild), or some."""
    for name in names or PACKAGES:
        package = output / f"{name}.zip"
        with tempfile.TemporaryDirectory() as folder:
            match name:
                case "loader":
                    options = () if here else platform(PYTHON["lambda"])
                    files = dict(installed(Path(folder), options))
                    files |= dict(files_below(PROJECT, *LOADER))
                case "dbt":
                    files = dict(files_below(PROJECT, *DBT))
                case _:
                    files = dict(downloaded(Path(folder)))
            unzipped = pack(package, files)
        zipped = package.stat().st_size
        click.echo(f"{package}: {zipped / 1e6:.1f} MB, unzipped {unzipped / 1e6:.1f} MB")
        if name == "loader" and (zipped > LARGEST[0] or unzipped > LARGEST[1]):
            raise click.ClickException(f"{package} is larger than Lambda allows (50 MB, 250 MB)")


if __name__ == "__main__":
    main()
