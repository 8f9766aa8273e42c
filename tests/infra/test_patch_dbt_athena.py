"""The installed dbt-athena is patched once, and a release with other code is refused."""

import runpy
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/patch_dbt_athena.py"
_script = runpy.run_path(str(SCRIPT))
patch, ORIGINAL, PATCHED = _script["patch"], _script["ORIGINAL"], _script["PATCHED"]


MODULE = '    "PartitionKeys": {},\n    "TableType": src_table["TableType"],\n'


def test_it_is_patched_once(tmp_path: Path) -> None:
    module = tmp_path / "impl.py"
    module.write_text(MODULE.format(ORIGINAL))
    linked = tmp_path / "in an installer's cache"
    linked.hardlink_to(module)
    for _ in range(2):
        patch(module)
        assert module.read_text() == MODULE.format(PATCHED)
    assert linked.read_text() == MODULE.format(ORIGINAL)
    assert {*tmp_path.iterdir()} == {module, linked}


@pytest.mark.parametrize("keys", ["partition_keys", f"{ORIGINAL} or {ORIGINAL}"])
def test_other_code_is_refused(tmp_path: Path, keys: str) -> None:
    module = tmp_path / "impl.py"
    module.write_text(MODULE.format(keys))
    with pytest.raises(ValueError, match=r"impl\.py is not the code that .* patches"):
        patch(module)
    assert module.read_text() == MODULE.format(keys)


def test_the_installed_copy_is_patched() -> None:
    subprocess.run([sys.executable, SCRIPT], check=True)
    module = Path(str(distribution("dbt-athena").locate_file("dbt/adapters/athena/impl.py")))
    assert PATCHED in module.read_text(encoding="utf-8")
