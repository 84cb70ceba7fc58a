"""Runs Locust with two workers against the server that stands still, and reads what is stored."""

import json
import math
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarmscope import schema
from swarmscope.recording import histogram
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question
from tests.bench.freeze import expected
from tests.bench.freeze.server import FREEZE_S, SERVICE_S
from tests.bench.processes import LISTENER, free_port, locust, process, store

MODELS = ("open", "closed")
USERS = {"open": 260, "closed": 13}
_SECONDS = 24
_STARTING_S = 4
_WORKERS = 2
_HERE = Path(__file__).parent
_INDEX = {name: index for index, name in histogram.BOUND_NAMES.items()}
_KEPT_FOR_S = 60


@dataclass(frozen=True)
class Measured:
    """What one model measured: quantiles in ms, and counts."""

    service: Mapping[str, float]
    """Of the time that answers took, as Locust's own statistics have it."""
    intended: Mapping[str, float]
    """Of the time from the intended start."""
    at_server: Mapping[str, float]
    """As the server saw them: exact, of all requests that came."""
    expected: Mapping[str, float]
    requests: int
    due: int
    dropped: int
    seconds: float
    """From the first to the last arrival, by the server's clock."""
    curves: Mapping[str, Sequence[tuple[float, float]]]
    """Of each of the three: share of the requests, ms."""


def measure(model: str, folder: Path) -> Measured:
    """Return what *model*, of `MODELS`, measures."""
    port, log, run = free_port(), folder / f"{model}.log", f"freeze-{model}"
    server = (sys.executable, str(_HERE / "server.py"), str(port), str(log))
    with store(folder / model) as url, process(*server):
        _drive(model, run, port, url, folder)
        time.sleep(1)  # the server's last lines
        with HttpReader(url) as reader:
            rows = reader.ask(Question("points", run)).records()
    return _measured(rows, log)


def _drive(model: str, run: str, port: int, url: str, folder: Path) -> None:
    env = {
        "FREEZE_MODEL": model,
        "INFLUXDB_V2_URL": url,
        "SWARMSCOPE_RUN_ID": run,
        "SWARMSCOPE_SPOOL_DIR": str(folder / "spool"),
    }
    files = (_HERE / "freeze_locustfile.py", LISTENER)
    master_port = str(free_port())
    times = ("-u", str(USERS[model]), "-r", str(USERS[model]), "-t", f"{_SECONDS + _STARTING_S}s")
    waiting = (
        "--expect-workers",
        str(_WORKERS),
        "--headless",
        "--host",
        f"http://127.0.0.1:{port}",
    )
    bind = ("--master-bind-host", "127.0.0.1", "--master-bind-port", master_port)
    worker = (*locust(*files), "--worker", "--master-port", master_port)
    with process(*worker, env=env), process(*worker, env=env):
        command = (*locust(*files), "--master", *bind, *waiting, *times)
        with process(*command, env=env) as master:
            try:
                code = master.wait(timeout=_SECONDS + _KEPT_FOR_S)
            except subprocess.TimeoutExpired:
                raise RuntimeError(f"Locust did not end in {_SECONDS + _KEPT_FOR_S} s.") from None
    if code:
        raise RuntimeError(f"Locust ended with {code}.")


def _measured(rows: Sequence[Mapping[str, Any]], log: Path) -> Measured:
    buckets: dict[str, Counter[int]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    for row in rows:
        if row["measurement"] == schema.LOCUST_ARRIVALS.name:
            counts[row["field"]] += int(row["number"])
        elif json.loads(row["tags"]).get("name") == schema.AGGREGATED and row["field"] in _INDEX:
            buckets[row["measurement"]][_INDEX[row["field"]]] += int(row["number"])
    came = sorted(tuple(map(float, line.split())) for line in log.read_text().splitlines())
    seconds = came[-1][0] - came[0][0]
    exact = sorted(ms for _, ms in came)
    service, intended = (
        buckets[one.name] for one in (schema.LOCUST_LATENCY, schema.LOCUST_INTENDED_LATENCY)
    )
    quantiles = list(expected.QUANTILES.values())
    of = {
        "service": histogram.percentiles(service, quantiles),
        "intended": histogram.percentiles(intended, quantiles),
        "at_server": [exact[math.ceil(q * len(exact)) - 1] for q in quantiles],
        "expected": [_expected(q, seconds) for q in quantiles],
    }
    named = {name: dict(zip(expected.QUANTILES, ms, strict=True)) for name, ms in of.items()}
    return Measured(
        **named,
        requests=sum(service.values()),
        due=counts["due"],
        dropped=counts["dropped"],
        seconds=seconds,
        curves=_curves(service, intended, seconds),
    )


def _expected(q: float, seconds: float) -> float:
    return expected.quantile(q, service_ms=1_000 * SERVICE_S, freeze_s=FREEZE_S, seconds=seconds)


def _curves(
    service: Mapping[int, int], intended: Mapping[int, int], seconds: float
) -> dict[str, list[tuple[float, float]]]:
    """Return points of each curve: evenly by the number of nines, where the tail is."""
    shares = [1 - 10 ** (-nines / 50) for nines in range(151)]
    curves = {
        "service": histogram.percentiles(service, shares),
        "intended": histogram.percentiles(intended, shares),
        "expected": [_expected(share, seconds) for share in shares],
    }
    return {name: list(zip(shares, ms, strict=True)) for name, ms in curves.items()}
