"""How many workers one core of influxd takes, each with its own delivery, by the second.

They live in one process, by the real clock: what is measured is influxd's CPU, not theirs. There
are fewer of them than it is said to take, and each delivers at the pace that so many are told.
"""

import gevent
import psutil

from tests.bench.large.figures import Figures
from tests.bench.large.filled import disk_size
from tests.bench.large.live import crew
from tests.bench.large.timing import cpu_of
from tests.fixtures.compose_file import SNAPSHOT_BYTES

RATE = 200
CLAIMED = 400
"""Workers that one core takes, as docs/scale.md promises."""
HOUR = 3_600
_AS_IN_THE_STACK = (f"--storage-cache-snapshot-memory-size={SNAPSHOT_BYTES}",)
SETTLED_S = 15
"""Until all are there, and what comes once has come."""


def measure(workers: int, seconds: int) -> Figures:
    """Return influxd's CPU for *workers* in each second, measured for so many *seconds*."""
    with crew(workers, RATE, seconds, told=CLAIMED, options=_AS_IN_THE_STACK) as there:
        gevent.sleep(SETTLED_S)
        cpu, written, size = cpu_of(there.pid), _written(there.pid), disk_size(there.folder)
        before = there.seen
        gevent.sleep(seconds)
        spent = cpu_of(there.pid) - cpu
        # Not the clock's: on a machine that is busy otherwise they may come late.
        lived = (there.seen - before) / RATE
        written = _written(there.pid) - written
        size = disk_size(there.folder) - size
    return {
        "workers_a_core": round(lived / spent),
        "cpu_ms_of_a_worker_second": round(1_000 * spent / lived, 2),
        "worker_seconds": round(lived),
        "late_worker_seconds": there.late,
        "megabytes_a_worker_hour": round(size / lived * HOUR / 1e6, 1),
        "megabytes_written_a_worker_hour": round(written / lived * HOUR / 1e6, 1),
    }


def _written(pid: int) -> int:
    return int(psutil.Process(pid).io_counters().write_bytes)
