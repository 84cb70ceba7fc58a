"""A worker with many endpoints and no network, and a witness of how long its loop stands still."""

import json
import os
import random
from itertools import accumulate
from pathlib import Path
from typing import Any

from locust import User, constant_throughput, events, task
from locust.env import Environment
from locust.runners import WorkerRunner

from tests.bench.large.stretches import Stretches
from tests.bench.recording import answer_ms

ENDPOINTS = int(os.environ["BENCH_ENDPOINTS"])
_SHARES = list(accumulate(1 / (i + 1) for i in range(ENDPOINTS)))
_EACH = range(ENDPOINTS)


class Answer:
    """A response, as far as anybody looks."""

    status_code = 200


class Busy(User):
    """Fires request events at a steady pace."""

    wait_time = constant_throughput(50)
    rnd = random.Random(5)
    answer = Answer()

    @task
    def ask(self) -> None:
        (i,) = self.rnd.choices(_EACH, cum_weights=_SHARES)
        self.environment.events.request.fire(
            request_type="GET",
            name=f"/endpoint/{i}",
            response_time=answer_ms(self.rnd, i),
            response_length=500,
            exception=None,
            response=self.answer,
            context={},
        )


STRETCHES = Stretches()


@events.test_start.add_listener
def on_start(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        STRETCHES.begin()


@events.test_stop.add_listener
def on_stop(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        STRETCHES.end()
        notes = json.dumps(STRETCHES.notes())
        Path(os.environ["BENCH_NOTES"]).write_text(notes, encoding="utf-8")
