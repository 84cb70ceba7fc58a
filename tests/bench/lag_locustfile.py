"""Two hundred requests a second on ten endpoints without any network, and a witness of the lag."""

import json
import os
import random
from pathlib import Path
from time import monotonic
from typing import Any

import gevent
from locust import User, constant_throughput, events, task

BEAT_S = 0.005


class Quiet(User):
    """Fires request events at a steady pace."""

    wait_time = constant_throughput(10)
    rnd = random.Random(5)

    @task
    def ask(self) -> None:
        self.environment.events.request.fire(
            request_type="GET",
            name=f"/endpoint/{self.rnd.randrange(10)}",
            response_time=self.rnd.lognormvariate(4, 0.7),
            response_length=500,
            exception=None,
            response=None,
            context={},
        )


lags: list[float] = []


def watch() -> None:
    while True:
        due = monotonic() + BEAT_S
        gevent.sleep(BEAT_S)
        lags.append(max(0.0, monotonic() - due))


@events.test_start.add_listener
def on_start(**_: Any) -> None:
    gevent.spawn(watch)


@events.test_stop.add_listener
def on_stop(**_: Any) -> None:
    p99 = sorted(lags)[int(len(lags) * 0.99)] * 1000
    notes = Path(os.environ["BENCH_NOTES"])
    notes.write_text(json.dumps({"p99_ms": p99, "samples": len(lags)}), encoding="utf-8")
