"""CPU per request of a saturated FastHttpUser worker, with the listener and without.

A worker with a real master asks a small local server as fast as it can, and listens for a second
and doesn't for the next, in turn. Its CPU is its own process's, all threads.

All in one process: two processes that did the same differed by up to 5 %. A phase is compared with
those just before and after it, and in units of a fixed piece of work that the same process does all
the while: a shared machine's speed changes from second to second by more than what is looked for.
"""

import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.processes import HERE, LISTENER, free_port, locust, process, store

SECONDS = 480
USERS = 10
PATIENCE_S = 60
_OF_MEDIAN = 1.2533
"""Standard error of a median over that of a mean, for normal errors: sqrt(pi / 2)."""
_QUARTILES_APART = 1.349
"""Distance of a normal distribution's quartiles in standard deviations."""


Phase = tuple[bool, dict[str, float]]


def phases(folder: Path, target: str, env: dict[str, str]) -> list[Phase]:
    """Return of each phase whether it listened, and its counters: see `fast_locustfile`."""
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
    found: list[Phase] = json.loads(notes.read_text(encoding="utf-8"))
    return found


def seconds(counters: dict[str, float]) -> float:
    """Return the CPU of a request, s."""
    return (counters["cpu"] - counters["yardstick_cpu"]) / counters["requests"]


def cost(counters: dict[str, float]) -> float:
    """Return the CPU of a request, in units of the fixed piece of work."""
    return seconds(counters) / (counters["yardstick_cpu"] / counters["yardsticks"])


def compare(found: list[Phase]) -> list[float]:
    """Return the ratio of each phase that listens to its neighbours that don't."""
    costs = [(listens, cost(counters)) for listens, counters in found]
    return [
        2 * own / (before + after)
        for (_, before), (listens, own), (_, after) in zip(
            costs, costs[1:], costs[2:], strict=False
        )
        if listens
    ]


def measure() -> dict[str, float | str]:
    """Return the median ratio, and how far it can be trusted."""
    port = str(free_port())
    with (
        TemporaryDirectory() as name,
        process(sys.executable, str(HERE / "target.py"), port),
        store(Path(name) / "store") as url,
    ):
        env = {"INFLUXDB_V2_URL": url, "SWARMSCOPE_SPOOL_DIR": f"{name}/spool"}
        found = phases(Path(name), f"http://127.0.0.1:{port}", env)
    ratios = compare(found)
    low, middle, high = statistics.quantiles(ratios, n=4)
    without = [c for listens, c in found if not listens]
    return {
        "saturated_worker.with_over_without": round(middle, 4),
        "saturated_worker.standard_error": round(
            _OF_MEDIAN * (high - low) / _QUARTILES_APART / len(ratios) ** 0.5, 4
        ),
        "saturated_worker.lower_quartile": round(low, 4),
        "saturated_worker.upper_quartile": round(high, 4),
        "saturated_worker.phases": len(ratios),
        "saturated_worker.cpu_us_without": round(statistics.median(map(seconds, without)) * 1e6, 1),
        "saturated_worker.requests_per_second": round(
            statistics.median(counters["requests"] for _, counters in found)
        ),
    }
