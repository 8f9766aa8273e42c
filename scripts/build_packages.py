"""Build what AWS runs: build/loader.zip, the loader's function, and build/dbt.zip, the dbt project.

The same sources give the same bytes, whoever builds them and when, so that a deployment only sees
real changes: files in order, one date, one mode, nothing that names this machine.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import click

PROJECT = Path(__file__).resolve().parent.parent
LAMBDA = ("--python-version", "3.13", "--implementation", "cp")
# glibc 2.28 and older: Lambda's python3.13 has 2.34
PLATFORMS = ("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64")
LARGEST = (50 << 20, 250 << 20)  # bytes that Lambda accepts: zipped, and unzipped

LOADER = ("extract/**/*.py", "seeds/tracked_subjects.csv")
DBT = (
    "dbt_project.yml",
    "profiles/profiles.yml",
    "profiles.yml",  # a symlink, which becomes a file: not every unzip makes symlinks
    "requirements.txt",
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


def installed(target: Path, platform: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Install the loader's locked packages into an empty folder and yield the files to pack.

    pip evaluates the lock's markers for the Python that runs it, which is safe because none of them
    depends on Python's version.
    """
    lock = PROJECT / "requirements-lambda.txt"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    command += ["--no-compile", "--target", str(target), *platform]
    if subprocess.run(command, check=False).returncode:  # noqa: S603
        raise click.ClickException("pip could not install requirements-lambda.txt: see above")
    for name, path in files_below(target, "**/*"):
        # bin/ names this machine's Python, and RECORD the hashes of what is in bin/
        if not name.startswith("bin/") and path.name != "RECORD":
            yield name, path


def pack(package: Path, files: Mapping[str, Path]) -> int:
    """Write a zip whose bytes depend only on the files; return its unzipped size."""
    package.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with ZipFile(package, "w") as archive:
        for name in sorted(files):
            entry = ZipInfo(name)  # dated 1980
            entry.create_system = 3  # Unix, wherever it is built
            entry.external_attr = 0o100644 << 16
            entry.compress_type = ZIP_DEFLATED
            body = files[name].read_bytes()
            archive.writestr(entry, body, compresslevel=9)
            size += len(body)
    return size


@click.command()
@click.option("--here", is_flag=True, help="For the Python that runs this, to try the loader.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=PROJECT / "build",
    help="The folder to write to. [default: build/]",
)
def main(*, here: bool, output: Path) -> None:
    """Build loader.zip (for Lambda's python3.13 on x86_64) and dbt.zip."""
    with tempfile.TemporaryDirectory() as folder:
        packages = installed(Path(folder), () if here else LAMBDA + PLATFORMS)
        loader = dict(packages) | dict(files_below(PROJECT, *LOADER))
        for name, files in (
            ("loader.zip", loader),
            ("dbt.zip", dict(files_below(PROJECT, *DBT))),
        ):
            unzipped = pack(output / name, files)
            zipped = (output / name).stat().st_size
            click.echo(f"{output / name}: {zipped / 1e6:.1f} MB, unzipped {unzipped / 1e6:.1f} MB")
            if zipped > LARGEST[0] or unzipped > LARGEST[1]:
                raise click.ClickException(f"{name} is larger than Lambda allows (50 MB, 250 MB)")


if __name__ == "__main__":
    main()
