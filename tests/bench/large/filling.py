"""Writing a played run into a store, by several processes at once.

`python -m tests.bench.large.filling` is one of them: it plays some of the run's workers.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from swarmscope import schema
from tests.bench.played import Load, around, play
from tests.fixtures import server_process
from tests.fixtures.influxd import Influx

ROOT = Path(__file__).parents[3]
PROCESSES = 2
STEP_S = 60
"""Seconds of each worker that are written at a time: all go on together, as in a run."""
BATCH = 10_000
_TENTHS = 10

Write = Callable[[str, list[str]], None]
"""Writes lines to a bucket."""


def into_influxd(influx: Influx) -> Write:
    """Return what writes to *influx*."""
    return influx.write


def into_embedded(url: str) -> Write:
    """Return what writes to the embedded store at *url*."""
    return lambda bucket, lines: server_process.write(url, lines, bucket=bucket)


def in_batches(write: Write, bucket: str, lines: Iterable[str]) -> None:
    """Write *lines*, so many at a time."""
    batch: list[str] = []
    for text in lines:
        batch.append(text)
        if len(batch) == BATCH:
            write(bucket, batch)
            batch = []
    if batch:
        write(bucket, batch)


def fill(load: Load, where: Influx | str) -> None:
    """Write all of *load* to *where*: an InfluxDB, or the address of an embedded store."""
    in_batches(_writer(where), schema.BUCKET, around(load))
    each = [list(range(load.workers))[i::PROCESSES] for i in range(PROCESSES)]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.large.filling", _order(load, where, share, not i)],
            cwd=ROOT,
        )
        for i, share in enumerate(each)
        if share
    ]
    codes = [process.wait() for process in started]
    if any(codes):
        raise RuntimeError(f"The run could not be written: exit codes {codes}.")


def _writer(where: Influx | str) -> Write:
    return into_embedded(where) if isinstance(where, str) else into_influxd(where)


def _order(load: Load, where: Influx | str, workers: list[int], tells: bool) -> str:
    place = where if isinstance(where, str) else asdict(where)
    return json.dumps({"load": asdict(load), "where": place, "workers": workers, "tells": tells})


def obey(order: str) -> None:
    """Write what the *order* of `fill` says."""
    asked = json.loads(order)
    load, workers = Load(**asked["load"]), asked["workers"]
    where = asked["where"] if isinstance(asked["where"], str) else Influx(**asked["where"])
    write = _writer(where)
    steps = (len(range(0, load.seconds, STEP_S)) + 1) * len(workers)
    for done, lines in enumerate(play(load, workers, STEP_S), 1):
        for bucket, some in lines.items():
            in_batches(write, bucket, some)
        if asked["tells"] and done * _TENTHS // steps > (done - 1) * _TENTHS // steps:
            percent = 100 * done // steps
            print(f"    {percent} % written", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    obey(sys.argv[1])
