"""How late a second is to be read in influxd after it is over, while a run goes on."""

import csv
import statistics
import time
from datetime import UTC, datetime

import gevent

from swarmscope import schema
from tests.bench.large.figures import Figures
from tests.bench.large.live import crew
from tests.fixtures.influxd import Influx

RATE = 20
_STEP_S = 0.2
_SETTLED_S = 10
"""Until all are there, and what comes once has come."""
_NEWEST = f"""from(bucket: "{schema.BUCKET}") |> range(start: -20s)
  |> filter(fn: (r) => r._measurement == "{schema.LOCUST_STATS.name}" and r._field == "count")
  |> filter(fn: (r) => r.name == "{schema.AGGREGATED}")
  |> last() |> keep(columns: ["worker", "_time"])"""

Found = dict[tuple[str, int], float]
"""By worker and second: how long after its end it was there, s."""


def measure(workers: int, seconds: int) -> Figures:
    """Return how late the seconds of so many *workers* were, looked at for so many *seconds*."""
    found: Found = {}
    with crew(workers, RATE, seconds, told=workers) as there:
        gevent.sleep(_SETTLED_S)
        # What was there before anybody looked is as late as nobody knows.
        known = _newest(there.influx)
        until = time.time() + seconds
        while time.time() < until:
            gevent.sleep(_STEP_S)
            _note(found, known, _newest(there.influx))
        late = there.late
    return {
        "median_s": round(statistics.median(found.values()), 2),
        "worst_s": round(max(found.values()), 2),
        "seconds": len(found),
        "late_worker_seconds": late,
    }


def _newest(influx: Influx) -> dict[str, int]:
    """Return the newest second that is there of each worker."""
    status, answer = influx.call("POST", f"/api/v2/query?org={influx.org}", {"query": _NEWEST})
    assert status == 200, answer
    # Tables with other columns repeat the line of names.
    rows = csv.DictReader(answer.decode().strip().splitlines())
    return {row["worker"]: _second(row["_time"]) for row in rows if row["worker"] != "worker"}


def _second(told: str) -> int:
    return int(datetime.fromisoformat(told).astimezone(UTC).timestamp())


def _note(found: Found, known: dict[str, int], newest: dict[str, int]) -> None:
    """Put down how late each second is that wasn't there when it was asked before."""
    now = time.time()
    for worker, second in newest.items():
        for new in range(known.get(worker, second) + 1, second + 1):
            found[worker, new] = now - (new + 1)
        known[worker] = second
