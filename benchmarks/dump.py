"""The catalog from a dump of Open Library: dbt against the baseline, growth, memory, the report."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Event, Thread

from benchmarks import report, warehouse
from benchmarks.bench import Bench, Row
from benchmarks.measure import Usage, megabytes, run

BASELINE = "benchmarks.dump_baseline"
ALL_DATA_TESTS = ("build", "--exclude-resource-type", "unit_test")
RUN = ("run", *warehouse.CATALOG)
# The marts of editions and of readers, and what only they need.
SHOP = (
    *("editions", "isbns", "book_languages", "publisher_books", "book_popularity"),
    *("rising_authors", "int_dump_ratings_checked", "int_dump_reading_log_checked"),
)
# From the landed items to their books; what readers want of the others comes after it.
STORE = (
    *("+int_file_parts_listed", "stg_store__books", "int_store_books_checked"),
    *("store_books_history", "store_book_candidates", "store_books"),
    *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
)
ITEMS = 100_000
MEMORY, MEMORY_OF_QUARTER = "1500MB", "6GB"


def catalog(bench: Bench) -> list[Row]:
    """`dbt run` and every table with every data test, against the baseline; a twentieth."""
    raw = bench.dump(20)
    floors, runs, builds = [], [], []
    for _ in range(bench.repeat):
        floors.append(warehouse.baseline(bench, raw, BASELINE))
        runs.append(warehouse.built(bench, raw, *RUN, memory=MEMORY))
        warehouse.same_rows(bench, "dump")
        builds.append(warehouse.built(bench, raw, *ALL_DATA_TESTS, memory=MEMORY))
        warehouse.same_rows(bench, "dump")
    floor = bench.measured("baseline", floors)
    ran = bench.measured("dbt run", runs)
    tested = bench.measured("dbt build without unit tests", builds)

    def details(usage: Usage) -> str:
        return f"{usage.cpu:.1f} s CPU against {floor.cpu:.1f} s"

    peak = max(ran.rss, tested.rss) / 1e6
    return [
        Row("`dbt run` of a dump of 1/20, CPU", ran.cpu / floor.cpu, 1.8, "x", details(ran)),
        Row("with every data test, CPU", tested.cpu / floor.cpu, 2.6, "x", details(tested)),
        Row("the same, peak memory", peak, 2_000, "MB", f"the baseline has {megabytes(floor.rss)}"),
    ]


def growth(bench: Bench) -> list[Row]:
    """CPU of `dbt run` for four times the dump."""

    def measured(share: int) -> Usage:
        raw = bench.dump(share)
        usages = [warehouse.built(bench, raw, *RUN, memory=MEMORY) for _ in range(bench.repeat)]
        return bench.measured(f"dbt run of a dump of 1/{share}", usages)

    few, many = measured(80), measured(20)
    details = f"{few.cpu:.1f} s to {many.cpu:.1f} s"
    what = "`dbt run` of a dump, CPU from 1/80 to 1/20"
    return [Row(what, many.cpu / few.cpu, 4.5, "x", details)]


def shop(bench: Bench) -> list[Row]:
    """The marts of editions and readers alone, their growth, and a store matched with the books."""
    few, many = _shop(bench, 80), _shop(bench, 20)
    floor = _floor_of_shop(bench, 20)
    store = _store(bench)
    return [
        Row(
            "`dbt run` of the marts of editions and readers, 1/20, CPU",
            many / floor,
            2.0,
            "x",
            f"{many:.1f} s CPU, dbt's own start off, against {floor:.1f} s",
        ),
        Row("the same from 1/80 to 1/20", many / few, 4.5, "x", f"{few:.1f} s to {many:.1f} s"),
        Row(f"a store of {ITEMS:,} items matched, CPU", store, 20, "s", "dbt's own start off"),
    ]


def _shop(bench: Bench, share: int) -> float:
    """CPU of these marts where all other tables are built, less dbt's own start."""
    raw = bench.dump(share)
    warehouse.built(bench, raw, *RUN, memory=MEMORY)
    return _less_start(bench, raw, "run", f"dbt run of the shop's marts of 1/{share}", SHOP)


def _less_start(
    bench: Bench, raw: Path, command: str, what: str, selected: tuple[str, ...]
) -> float:
    """CPU of a command of dbt on the existing warehouse, less dbt's own start."""
    starts, runs = [], []
    for _ in range(bench.repeat):
        starts.append(warehouse.dbt(bench, raw, "ls", "--select", *selected, memory=MEMORY))
        runs.append(warehouse.dbt(bench, raw, command, "--select", *selected, memory=MEMORY))
    start = bench.measured("dbt's start", starts)
    return bench.measured(what, runs).cpu - start.cpu


def _floor_of_shop(bench: Bench, share: int) -> float:
    """CPU of the same marts in the baseline, which prints what each step took."""
    floors = []
    for _ in range(bench.repeat):
        warehouse.baseline(bench, bench.dump(share), BASELINE)
        steps = [
            line.split(maxsplit=2) for line in bench.path("baseline.log").read_text().splitlines()
        ]
        floors.append(sum(float(cpu) for cpu, _, step in steps if step.startswith("marts of ")))
    warehouse.same_rows(bench, "dump")
    return median(floors)


def _store(bench: Bench) -> float:
    """CPU of matching a store's items with the books that `_shop` built, less dbt's own start."""
    raw, folder = bench.path("raw-store"), bench.path("store")
    shutil.rmtree(raw, ignore_errors=True)
    shutil.copytree(bench.dump(20), raw, copy_function=os.link)
    arguments = ("--items", str(ITEMS), "--folder", folder)
    make = bench.python("tests.support.synthetic_store", bench.path("dbt.duckdb"), *arguments)
    run(make, bench.path("synthetic.log"))
    landing = bench.python("extract", "files", "store", folder)
    run(landing, bench.path("landing.log"), env={"RAW_ROOT": str(raw)})
    return _less_start(bench, raw, "build", f"dbt build of a store of {ITEMS:,} items", STORE)


def quarter(bench: Bench) -> list[Row]:
    """Growth to a quarter of Open Library, measured once: an hour, and 20 GB of disk."""
    few = bench.measured("1/20", [warehouse.built(bench, bench.dump(20), *RUN, memory=MEMORY)])
    raw = bench.dump(4)
    warehouse.new_warehouse(bench, raw, MEMORY_OF_QUARTER)
    with Spill(bench.path("dbt.duckdb.tmp")) as spill:
        many = bench.measured("1/4", [warehouse.dbt(bench, raw, *RUN, memory=MEMORY_OF_QUARTER)])
    shutil.rmtree(raw)
    details = f"{few.cpu:.1f} s to {many.cpu:.1f} s"
    peak = f"{megabytes(spill.most)} spilt at once"
    return [
        Row("`dbt run` of a dump, CPU from 1/20 to 1/4", many.cpu / few.cpu, 5.8, "x", details),
        Row("a dump of 1/4, peak memory", many.rss / 1e6, 8_000, "MB", peak),
    ]


def reported(bench: Bench) -> list[Row]:
    """The report where a dump of a twentieth and two loads of a tracked subject were landed."""
    raw = bench.path("raw-report")
    shutil.rmtree(raw, ignore_errors=True)
    shutil.copytree(bench.dump(20), raw, copy_function=os.link)
    arguments = ("--works", str(bench.works // 10), "--loads", "2", "--raw-root", raw)
    run(bench.python("tests.support.synthetic", *arguments), bench.path("synthetic.log"))
    return report.measured(
        bench, raw, f"a dump of 1/20 and {bench.works // 10:,} works of a subject"
    )


class Spill:
    """How much of its memory a DuckDB had on disk at most, looked at each half second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.most = 0
        self._ended = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Spill":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.5):
            size = 0
            for file in self.folder.glob("*"):
                with suppress(FileNotFoundError):
                    size += file.stat().st_blocks * 512
            self.most = max(self.most, size)
