"""CPU per request of a saturated FastHttpUser worker, with the listener and without.

A worker with a real master asks a small local server as fast as it can, and listens for a second
and doesn't for the next, in turn. Its CPU is its own process's, all threads.

All in one process: two processes that did the same differed by up to 5 %, and a shared machine
changes its speed from second to second by more than what is looked for. So a phase is compared with
those just before and after it.
"""

import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.fast_locustfile import PHASE_S
from tests.bench.processes import HERE, LISTENER, free_port, locust, process, store

SECONDS = 240
USERS = 10
PATIENCE_S = 60


def phases(folder: Path, target: str, env: dict[str, str]) -> list[tuple[bool, float, int]]:
    """Return of each phase whether it listened, its CPU in s, and its requests."""
    port, notes = str(free_port()), folder / "phases.json"
    files = locust(HERE / "fast_locustfile.py", LISTENER)
    settings = {**env, "BENCH_NOTES": str(notes)}
    load = ("--headless", "-u", str(USERS), "-r", "100", "-t", str(SECONDS), "--only-summary")
    worker = (*files, "--worker", "--master-port", port)
    master = (*files, "--master", "--master-bind-port", port, "--expect-workers", "1")
    with (
        process(*worker, env=settings),
        process(*master, *load, "--host", target, env=settings) as leading,
    ):
        leading.wait(timeout=SECONDS + PATIENCE_S)
    found: list[tuple[bool, float, int]] = json.loads(notes.read_text(encoding="utf-8"))
    return found


def measure() -> dict[str, float | str]:
    """Return the median ratio of a phase that listens to its neighbours that don't."""
    port = str(free_port())
    with (
        TemporaryDirectory() as name,
        process(sys.executable, str(HERE / "target.py"), port),
        store(Path(name) / "store") as url,
    ):
        env = {"INFLUXDB_V2_URL": url, "SWARMSCOPE_SPOOL_DIR": f"{name}/spool"}
        found = phases(Path(name), f"http://127.0.0.1:{port}", env)
    costs = [(listens, cpu / requests * 1e6) for listens, cpu, requests in found]
    ratios = [
        2 * cost / (before + after)
        for (_, before), (listens, cost), (_, after) in zip(
            costs, costs[1:], costs[2:], strict=False
        )
        if listens
    ]
    low, middle, high = statistics.quantiles(ratios, n=4)
    without = statistics.median(cost for listens, cost in costs if not listens)
    return {
        "saturated_worker.with_over_without": round(middle, 4),
        "saturated_worker.lower_quartile": round(low, 4),
        "saturated_worker.upper_quartile": round(high, 4),
        "saturated_worker.phases": len(ratios),
        "saturated_worker.cpu_us_without": round(without, 1),
        "saturated_worker.requests_per_second": round(
            statistics.median(requests for _, _, requests in found) / PHASE_S
        ),
    }
