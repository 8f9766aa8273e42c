"""Which modules of the loader may import which, and what they can do without."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def imports(module: Path) -> set[str]:
    """The loader's modules that a module imports, anywhere in its text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            # a name that is imported may be a module of the package
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found & MODULES.keys()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in (PROJECT / "extract").rglob("*.py")}
IMPORTS = {name: imports(path) - {"extract"} for name, path in MODULES.items()}

LAYERS = (
    {"extract.__main__"},
    {"extract.cli", "extract.aws_lambda"},
    {"extract.wiring", "extract.terminal"},
    {"extract.subjects", "extract.files", "extract.dump"},
    {"extract.reporting"},
    {"extract.raw_zone"},
    {"extract.loads", "extract.storage"},
    {"extract.settings", "extract.clock", "extract.errors", "extract.web"},
)


def layer(module: str) -> int:
    (found,) = [
        level
        for level, names in enumerate(LAYERS)
        if any(module == name or module.startswith(f"{name}.") for name in names)
    ]
    return found


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_no_module_imports_itself_in_a_circle() -> None:
    order = list(TopologicalSorter(IMPORTS).static_order())  # raises CycleError
    assert len(order) == len(MODULES) > 25
    assert order.index("extract.errors") < order.index("extract.cli")


def test_imports_go_down_the_layers_only() -> None:
    upward = [
        f"{module} imports {imported}"
        for module, found in IMPORTS.items()
        if module != "extract"
        for imported in found
        if room(module) != room(imported) and layer(module) >= layer(imported)
    ]
    # errors and settings are in the lowest layer: settings raise errors
    assert upward == ["extract.settings imports extract.errors"]


KINDS_OF_LOAD = ("subjects", "files", "dump")


@pytest.mark.parametrize("room", KINDS_OF_LOAD)
def test_no_kind_of_load_imports_another(room: str) -> None:
    others = tuple(f"extract.{other}" for other in KINDS_OF_LOAD if other != room)
    modules = [name for name in MODULES if name.startswith(f"extract.{room}.")]
    assert len(modules) >= 4
    for module in modules:
        assert not [name for name in IMPORTS[module] if name.startswith(others)]


def test_lambda_needs_neither_click_nor_rich() -> None:
    # a None makes the import fail, as if the package were not installed
    code = "import sys; sys.modules |= dict.fromkeys(('click', 'rich')); import extract.{}"
    without = [sys.executable, "-c"]
    subprocess.run([*without, code.format("aws_lambda")], cwd=PROJECT, check=True)
    for edge in ("cli", "terminal"):
        done = subprocess.run(
            [*without, code.format(edge)], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert "ModuleNotFoundError" in done.stderr, "these two need them"


def test_only_s3_needs_boto3() -> None:
    code = "import sys, extract.cli; sys.exit('boto3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)
