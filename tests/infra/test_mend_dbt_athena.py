"""The installed dbt-athena is mended once, and a release that reads otherwise is refused."""

import runpy
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/mend_dbt_athena.py"
_read = runpy.run_path(str(SCRIPT))
mend, TAKES, ASKS = _read["mend"], _read["TAKES"], _read["ASKS"]


READS = '    "PartitionKeys": {},\n    "TableType": src_table["TableType"],\n'


def test_it_is_mended_once(tmp_path: Path) -> None:
    module = tmp_path / "impl.py"
    module.write_text(READS.format(TAKES))
    linked = tmp_path / "in an installer's cache"
    linked.hardlink_to(module)
    for _ in range(2):
        mend(module)
        assert module.read_text() == READS.format(ASKS)
    assert linked.read_text() == READS.format(TAKES)
    assert {*tmp_path.iterdir()} == {module, linked}


@pytest.mark.parametrize("keys", ["partition_keys", f"{TAKES} or {TAKES}"])
def test_what_reads_otherwise_is_refused(tmp_path: Path, keys: str) -> None:
    module = tmp_path / "impl.py"
    module.write_text(READS.format(keys))
    with pytest.raises(ValueError, match=r"impl\.py reads otherwise than expected"):
        mend(module)
    assert module.read_text() == READS.format(keys)


def test_ours_is_mended() -> None:
    subprocess.run([sys.executable, SCRIPT], check=True)
    module = Path(str(distribution("dbt-athena").locate_file("dbt/adapters/athena/impl.py")))
    assert ASKS in module.read_text(encoding="utf-8")
