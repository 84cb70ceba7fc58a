"""The embedded store: lines it takes over HTTP, and each query on an hour of a real-sized run.

Four workers with ten endpoints each and 200 lognormal requests a second, as the listener writes
them; the store is a `swarmscope serve` of its own.
"""

import gzip
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.recording.points import Encoder
from tests.bench import recording
from tests.bench.recording import RUN, START, VARIETY, WORKERS
from tests.bench.recording import encoder as encoder_of

SECONDS = 3_600
BATCH_SECONDS = 10
REPEATS = 5
ON_REQUEST = (
    *("/phases?", "/arrivals?", "/intended?", "/transactions?", "/app_gauges?"),
    *("/thresholds?", "/kept_verdicts?", "/baselines?", "/run_history?", "/endpoint_history?"),
    "/run_conditions?",
)
"""What is recorded on request, told by a service, or kept of runs that somebody judged: played runs
have none of it."""
EXPORTS = {"points", "field_names", "field_values"}
"""Queries that hand out everything there is, or what somebody names: no panel asks them."""


def measure() -> dict[str, float | str]:
    """Fill a store with an hour, then ask it everything."""
    with TemporaryDirectory() as folder, _serve(Path(folder)) as url:
        figures = {**_fill(url), **_one_second(url)}
        queries = ask_each(url, RUN, START, START + SECONDS, REPEATS)
        figures["store.megabytes"] = round(_size(Path(folder)) / 2**20, 1)
    figures["store.slowest_query_s"] = max(queries.values())
    return {**figures, **{f"store.query_s.{name}": s for name, s in queries.items()}}


@contextmanager
def _serve(folder: Path) -> Iterator[str]:
    command = [
        sys.executable,
        "-c",
        "from swarmscope.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--no-host-metrics",
    ]
    process = subprocess.Popen([*command, "--data", str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().split()[2].rstrip("/")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _fill(url: str) -> dict[str, float | str]:
    encoders = [encoder_of(worker) for worker in range(WORKERS)]
    lines = fields = 0
    seconds = 0.0
    _write(url, list(recording.run_lines(START, START + SECONDS)))
    for start in range(START, START + SECONDS, BATCH_SECONDS):
        for worker, encoder in enumerate(encoders):
            batch = [
                text
                for now in range(start, start + BATCH_SECONDS)
                for text in _lines(encoder, (now + 7 * worker) % VARIETY, now)
            ]
            lines += len(batch)
            fields += sum(text.count("=") - text.partition(" ")[0].count("=") for text in batch)
            seconds += _write(url, batch)
    seeds = [7 * worker % VARIETY for worker in range(WORKERS)]
    _write(url, recording.summary_lines(seeds, SECONDS, START + SECONDS))
    return {
        "store.lines_per_second": round(lines / seconds),
        "store.fields_per_second": round(fields / seconds),
        "store.fields_stored": fields,
    }


def _one_second(url: str) -> dict[str, float | str]:
    """Write as a worker does while all is well: each second by itself."""
    encoder = encoder_of(0)
    took = [_write(url, _lines(encoder, i, START + SECONDS + i)) for i in range(50)]
    return {"store.write_ms_of_one_worker_second": round(1000 * median(took), 1)}


def _lines(encoder: Encoder, seed: int, now: int) -> list[str]:
    return [
        *recording.lines(encoder, seed, now),
        *recording.host_lines(now),
        *recording.people_lines(now),
    ]


def _write(url: str, lines: list[str]) -> float:
    body = gzip.compress("\n".join(lines).encode(), 1)
    request = urllib.request.Request(
        f"{url}/api/v2/write?org=swarmscope&bucket=loadtest&precision=ns",
        data=body,
        headers={"Content-Encoding": "gzip"},
    )
    begin = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 204
    return time.perf_counter() - begin


def ask_each(url: str, run: str, start: int, stop: int, repeats: int) -> dict[str, float]:
    """Return how long each question about *run* takes, s; it lasted from *start* to *stop*."""
    of_run, of_range = f"run={run}", f"from={start * 1000}&to={stop * 1000}"
    return {
        name: _ask(
            f"{url}/api/queries/{name}?"
            + (of_run if query.needs_run or name == "runs" else of_range),
            repeats,
        )
        for name, query in CATALOGUE.items()
        if name not in EXPORTS
    }


def _ask(url: str, repeats: int) -> float:
    took = []
    for _ in range(repeats):
        begin = time.perf_counter()
        with urllib.request.urlopen(url) as answer:
            body = answer.read()
        took.append(time.perf_counter() - begin)
        assert b'"rows":[[' in body or any(one in url for one in ON_REQUEST), (url, body[:200])
    return round(median(took), 3)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
