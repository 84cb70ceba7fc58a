"""How many workers one core of influxd takes, each with its own delivery, by the second.

They live in one process, by the real clock: what is measured is influxd's CPU, not theirs. There
are fewer of them than it is said to take, and each delivers at the pace that so many are told.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import gevent
import psutil

from swarmscope import schema
from tests.bench.large.figures import Figures
from tests.bench.large.filled import disk_size, running
from tests.bench.large.live import Live
from tests.bench.large.timing import cpu_of, say
from tests.bench.played import Load
from tests.fixtures import influxd
from tests.fixtures.compose_file import SNAPSHOT_BYTES

ENDPOINTS, RATE = 20, 200
CLAIMED = 400
"""Workers that one core takes, as docs/scale.md promises."""
HOUR = 3_600
_AS_IN_THE_STACK = (f"--storage-cache-snapshot-memory-size={SNAPSHOT_BYTES}",)
SETTLED_S = 15
"""Until all are there, and what comes once has come."""


def measure(workers: int, seconds: int) -> Figures:
    """Return influxd's CPU for *workers* in each second, measured for so many *seconds*."""
    with TemporaryDirectory() as name, running(Path(name), _AS_IN_THE_STACK) as (url, process):
        influx = influxd.set_up(url)
        for bucket in (schema.BUCKET, schema.BUCKET_LONG):
            influx.make_bucket(bucket)
        load = Load(ENDPOINTS, workers, RATE, seconds, start=int(time.time()) + 1)
        lives = [Live(influx, Path(name), load, index, told=CLAIMED) for index in range(workers)]
        say(f"{workers} workers with {ENDPOINTS} endpoints each, for {seconds} s …")
        gevent.sleep(SETTLED_S)
        cpu, written, size = cpu_of(process.pid), _written(process.pid), disk_size(Path(name))
        before = sum(live.seen for live in lives)
        gevent.sleep(seconds)
        spent = cpu_of(process.pid) - cpu
        # Not the clock's: on a machine that is busy otherwise they may come late.
        lived = (sum(live.seen for live in lives) - before) / RATE
        written = _written(process.pid) - written
        size = disk_size(Path(name)) - size
        for live in lives:
            live.end()
    return {
        "workers_a_core": round(lived / spent),
        "cpu_ms_of_a_worker_second": round(1_000 * spent / lived, 2),
        "worker_seconds": round(lived),
        "late_worker_seconds": sum(live.late for live in lives),
        "megabytes_a_worker_hour": round(size / lived * HOUR / 1e6, 1),
        "megabytes_written_a_worker_hour": round(written / lived * HOUR / 1e6, 1),
    }


def _written(pid: int) -> int:
    return int(psutil.Process(pid).io_counters().write_bytes)
