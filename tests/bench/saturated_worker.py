"""CPU per request of a saturated FastHttpUser worker, with the listener and without.

A real master and one real worker on one machine; the worker asks a small local server as fast as
it can. Its CPU is its own process's, all threads, from the start of the run to its last flush.
"""

import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.processes import HERE, LISTENER, free_port, locust, process, store

PAIRS = 9
SECONDS = 6
USERS = 10


def run(
    folder: Path, target: str, files: tuple[Path, ...], env: dict[str, str]
) -> dict[str, float]:
    """Run the load once; return what the worker's locustfile noted about it."""
    port = str(free_port())
    notes = folder / f"{port}.json"
    load = ("--headless", "-u", str(USERS), "-r", "100", "-t", str(SECONDS), "--only-summary")
    settings = {**env, "BENCH_NOTES": str(notes)}
    worker = (*locust(*files), "--worker", "--master-port", port)
    master = (*locust(*files), "--master", "--master-bind-port", port, "--expect-workers", "1")
    with process(*worker, env=settings) as working:
        with process(*master, *load, "--host", target, env=settings) as leading:
            leading.wait(timeout=SECONDS + 60)
        working.wait(timeout=60)
    noted: dict[str, float] = json.loads(notes.read_text(encoding="utf-8"))
    return noted


def measure() -> dict[str, float | str]:
    """Return the median ratio of *PAIRS* pairs, and what each request costs."""
    port = str(free_port())
    ratios, costs, rates = [], [], []
    with (
        TemporaryDirectory() as name,
        process(sys.executable, str(HERE / "target.py"), port),
        store(Path(name) / "store") as url,
    ):
        env = {"INFLUXDB_V2_URL": url, "SWARMSCOPE_SPOOL_DIR": f"{name}/spool"}
        scenario = HERE / "fast_locustfile.py"
        target = f"http://127.0.0.1:{port}"
        for _ in range(PAIRS):
            without = run(Path(name), target, (scenario,), env)
            with_listener = run(Path(name), target, (scenario, LISTENER), env)
            ratios.append(with_listener["cpu_us"] / without["cpu_us"])
            costs.append(without["cpu_us"])
            rates.append(with_listener["rate"])
    return {
        "saturated_worker.with_over_without": round(statistics.median(ratios), 4),
        "saturated_worker.smallest_ratio": round(min(ratios), 4),
        "saturated_worker.largest_ratio": round(max(ratios), 4),
        "saturated_worker.cpu_us_without": round(statistics.median(costs), 1),
        "saturated_worker.requests_per_second": round(statistics.median(rates)),
    }
