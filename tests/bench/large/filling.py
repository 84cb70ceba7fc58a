"""Writing a played run into a store, by several processes at once.

`python -m tests.bench.large.filling` is one of them: it plays some of the run's workers, and leaves
what they report in a file, which is merged when all have played.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

import msgpack

from swarmscope import schema
from tests.bench.played import Load, Master, Told, around, play
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
    shares = [list(range(load.workers))[i::PROCESSES] for i in range(PROCESSES)]
    with TemporaryDirectory() as folder:
        reports = [Path(folder) / str(i) for i, share in enumerate(shares) if share]
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.bench.large.filling", _order(load, where, *share)],
                cwd=ROOT,
            )
            for share in zip(shares, reports, strict=False)
        ]
        codes = [process.wait() for process in started]
        if any(codes):
            raise RuntimeError(f"The run could not be written: exit codes {codes}.")
        _merge(load, _writer(where), reports)


def _merge(load: Load, write: Write, reports: list[Path]) -> None:
    """Write what a master makes of the *reports*, of which each file has some workers'."""
    master = Master(load)
    for step in zip_longest(*map(_steps, reports), fillvalue=()):
        for bucket, lines in master.merge(chain(*step)).items():
            in_batches(write, bucket, lines)


def _steps(path: Path) -> Iterator[list[Told]]:
    """Yield what was told in each step of all workers together."""
    with path.open("rb") as file:
        step: list[Told] = []
        for told in msgpack.Unpacker(file, max_buffer_size=0):
            if told is None:
                yield step
                step = []
            else:
                step.append(tuple(told))


def _writer(where: Influx | str) -> Write:
    return into_embedded(where) if isinstance(where, str) else into_influxd(where)


def _order(load: Load, where: Influx | str, workers: list[int], reports: Path) -> str:
    place = where if isinstance(where, str) else asdict(where)
    asked = {"load": asdict(load), "where": place, "workers": workers, "reports": str(reports)}
    return json.dumps(asked)


def obey(order: str) -> None:
    """Write what the *order* of `fill` says."""
    asked = json.loads(order)
    load, workers = Load(**asked["load"]), asked["workers"]
    where = asked["where"] if isinstance(asked["where"], str) else Influx(**asked["where"])
    write = _writer(where)
    steps = (len(range(0, load.seconds, STEP_S)) + 1) * len(workers)
    with Path(asked["reports"]).open("wb") as file:

        def tell(told: Told | None) -> None:
            file.write(msgpack.dumps(told))

        for done, lines in enumerate(play(load, workers, STEP_S, tell), 1):
            for bucket, some in lines.items():
                in_batches(write, bucket, some)
            if done % len(workers) == 0:
                tell(None)
            if 0 in workers and done * _TENTHS // steps > (done - 1) * _TENTHS // steps:
                percent = 100 * done // steps
                print(f"    {percent} % written", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    obey(sys.argv[1])
