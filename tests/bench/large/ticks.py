"""The longest stretch for which a worker with many endpoints keeps its users waiting, each second.

A real worker of a real master, with Python's garbage collection as it is in a run.
"""

import json
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.large.figures import Figures
from tests.bench.large.timing import say
from tests.bench.processes import LISTENER, free_port, locust, process, store

SIZES = (20, 100, 500)
USERS = 20
PATIENCE_S = 90
WARM_UP = 10
"""Seconds in which users start, and every name is new."""
NOTES = "notes.json"
_HERE = Path(__file__).parent

Notes = dict[str, Any]


def measure(seconds: int) -> Figures:
    """Return the stretches at each of `SIZES`, ms of the worker's CPU.

    All sizes at once: none of them keeps a processor busy, and their CPU is their own.
    """
    with TemporaryDirectory() as name, store(Path(name) / "store") as url, ExitStack() as running:
        say(f"workers with {SIZES} endpoints, for {seconds} s …")
        folders = {size: Path(name) / str(size) for size in SIZES}
        leading = [_start(running, folder, url, size, seconds) for size, folder in folders.items()]
        for master in leading:
            master.wait(timeout=seconds + PATIENCE_S)
        notes = {size: _notes(folder) for size, folder in folders.items()}
    figures: Figures = {}
    for size, noted in notes.items():
        found = figures_of(noted)
        say(f"{size} endpoints: {found['longest_ms']} ms")
        figures |= {f"{what}_{size}": took for what, took in found.items()}
    return figures


def _start(
    running: ExitStack, folder: Path, url: str, size: int, seconds: int
) -> "subprocess.Popen[str]":
    """Start a worker with so many endpoints, and return its master."""
    folder.mkdir()
    port = str(free_port())
    env = {"INFLUXDB_V2_URL": url, "SWARMSCOPE_SPOOL_DIR": str(folder / "spool")}
    env |= {"BENCH_NOTES": str(folder / NOTES), "BENCH_ENDPOINTS": str(size)}
    files = locust(_HERE / "tick_locustfile.py", LISTENER)
    load = ("--headless", "-u", str(USERS), "-r", "100", "-t", str(seconds), "--only-summary")
    worker = (*files, "--worker", "--master-port", port)
    master = (*files, "--master", "--master-bind-port", port, "--expect-workers", "1")
    running.enter_context(process(*worker, env=env))
    return running.enter_context(process(*master, *load, env=env))


def _notes(folder: Path) -> Notes:
    found: Notes = json.loads((folder / NOTES).read_text(encoding="utf-8"))
    return found


def figures_of(notes: Notes) -> Figures:
    """Return what a worker's *notes* say, without the seconds in which it started."""
    clock, cpu = zip(*notes["ours"][WARM_UP:], strict=True)
    others = [took for _, took in notes["others"][WARM_UP:]]
    return {
        "longest_ms": round(max(cpu), 2),
        "p50_ms": percentile(cpu, 0.5),
        "p99_ms": percentile(cpu, 0.99),
        "longest_by_the_clock_ms": round(max(clock), 2),
        "longest_of_locust_ms": round(max(others, default=0.0), 2),
        "longest_collection_ms": round(max(notes["collections"], default=0.0), 2),
        "collections": len(notes["collections"]),
        "ticks": len(cpu),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* of *values* don't exceed."""
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 2)
