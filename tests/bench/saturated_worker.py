"""CPU per request of a saturated FastHttpUser worker, with the listener and without.

Each worker has a real master and asks a small local server as fast as it can. Its CPU is its own
process's, all threads, from the start of the run to its last flush.

A shared machine changes its speed from second to second, by more than what is looked for here. So
the two workers of a pair run at the same time, and take turns of two seconds: both see the same
machine. Shorter turns would count what is done once a second twice or more.
"""

import json
import signal
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from tests.bench.processes import HERE, LISTENER, free_port, locust, process, store

PAIRS = 5
SECONDS = 40
USERS = 10
TURN_S = 2.0


class Load:
    """A saturated worker and its master."""

    def __init__(
        self,
        stack: ExitStack,
        folder: Path,
        target: str,
        files: Sequence[Path],
        env: dict[str, str],
    ) -> None:
        port = str(free_port())
        self._notes = folder / f"{port}.json"
        settings = {**env, "BENCH_NOTES": str(self._notes)}
        load = ("--headless", "-u", str(USERS), "-r", "100", "-t", str(SECONDS), "--only-summary")
        worker = (*locust(*files), "--worker", "--master-port", port)
        master = (*locust(*files), "--master", "--master-bind-port", port, "--expect-workers", "1")
        self.worker = stack.enter_context(process(*worker, env=settings))
        self.master = stack.enter_context(process(*master, *load, "--host", target, env=settings))

    def noted(self) -> dict[str, float]:
        """Return what the worker's locustfile noted, once it has ended."""
        self.worker.wait(timeout=60)
        noted: dict[str, float] = json.loads(self._notes.read_text(encoding="utf-8"))
        return noted


def run_pair(folder: Path, target: str, env: dict[str, str]) -> tuple[float, float, float]:
    """Return CPU µs a request without the listener and with it, and requests/s in a turn."""
    scenario = HERE / "fast_locustfile.py"
    with ExitStack() as stack:
        without = Load(stack, folder, target, (scenario,), env)
        listening = Load(stack, folder, target, (scenario, LISTENER), env)
        take_turns(without, listening)
        plain, ours = without.noted(), listening.noted()
    return plain["cpu_us"], ours["cpu_us"], plain["rate"] + ours["rate"]


def take_turns(*loads: Load) -> None:
    """Let one worker run at a time, until the first master has ended its run."""
    sleep(5)  # both have connected and spawned by now
    try:
        for turn in cycle(range(len(loads))):
            for i, load in enumerate(loads):
                load.worker.send_signal(signal.SIGCONT if i == turn else signal.SIGSTOP)
            try:
                loads[turn].master.wait(timeout=TURN_S)
            except subprocess.TimeoutExpired:
                continue
            return
    finally:
        for load in loads:
            load.worker.send_signal(signal.SIGCONT)


def measure() -> dict[str, float | str]:
    """Return the median ratio of *PAIRS* pairs, and what each request costs."""
    port = str(free_port())
    with (
        TemporaryDirectory() as name,
        process(sys.executable, str(HERE / "target.py"), port),
        store(Path(name) / "store") as url,
    ):
        env = {"INFLUXDB_V2_URL": url, "SWARMSCOPE_SPOOL_DIR": f"{name}/spool"}
        target = f"http://127.0.0.1:{port}"
        pairs = [run_pair(Path(name), target, env) for _ in range(PAIRS)]
    ratios = [ours / plain for plain, ours, _ in pairs]
    return {
        "saturated_worker.with_over_without": round(statistics.median(ratios), 4),
        "saturated_worker.smallest_ratio": round(min(ratios), 4),
        "saturated_worker.largest_ratio": round(max(ratios), 4),
        "saturated_worker.cpu_us_without": round(statistics.median(p for p, _, _ in pairs), 1),
        "saturated_worker.requests_per_second": round(statistics.median(r for _, _, r in pairs)),
    }
