"""Event-loop lag that recording and delivery add, with the store up and with it down.

One Locust process with users that need no network; a greenlet measures how late it is woken.
"""

import json
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.processes import HERE, LISTENER, free_port, locust, process, store

TURNS = 5
SECONDS = 12


def run(folder: Path, files: tuple[Path, ...], env: dict[str, str]) -> float:
    """Run once; return the 99th percentile of the lag, ms."""
    notes = folder / f"{free_port()}.json"
    load = ("--headless", "-u", "20", "-r", "100", "-t", str(SECONDS), "--only-summary")
    settings = {**env, "BENCH_NOTES": str(notes), "SWARMSCOPE_FLUSH_TIMEOUT": "1s"}
    with process(*locust(*files), *load, env=settings) as local:
        local.wait(timeout=SECONDS + 60)
    noted: dict[str, float] = json.loads(notes.read_text(encoding="utf-8"))
    return noted["p99_ms"]


def measure() -> dict[str, float | str]:
    """Return the added p99 with the store up and down: medians of *TURNS* turns."""
    scenario = HERE / "lag_locustfile.py"
    plain, up, down = [], [], []
    with TemporaryDirectory() as name, store(Path(name) / "store") as url:
        folder = Path(name)
        for _ in range(TURNS):
            spool = {"SWARMSCOPE_SPOOL_DIR": f"{name}/spool-{len(plain)}"}
            nowhere = {**spool, "INFLUXDB_V2_URL": "http://127.0.0.1:9"}
            plain.append(run(folder, (scenario,), spool))
            up.append(run(folder, (scenario, LISTENER), {**spool, "INFLUXDB_V2_URL": url}))
            down.append(run(folder, (scenario, LISTENER), nowhere))

    def added(with_delivery: list[float]) -> float:
        pairs = zip(with_delivery, plain, strict=True)
        return round(statistics.median(a - b for a, b in pairs), 3)

    return {
        "loop_lag.p99_ms_without": round(statistics.median(plain), 3),
        "loop_lag.added_p99_ms_store_up": added(up),
        "loop_lag.added_p99_ms_store_down": added(down),
    }
