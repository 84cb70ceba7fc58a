"""Shoppers at a steady pace on many endpoints; some fail, each with a text of its own.

Each process notes what it counted, and what Locust's own statistics take of its memory.
"""

import json
import os
import random
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, constant_throughput, events, task
from locust.env import Environment
from locust.runners import WorkerRunner

from tests.bench.soak.sizes import size_of_statistics

ENDPOINTS = 60
FAILED = 0.02
EACH_PER_SECOND = 2
"""Requests of a user."""
_NOTES = Path(os.environ["BENCH_NOTES"]) / f"{os.getpid()}.jsonl"
_EVERY_S = float(os.environ["BENCH_NOTES_EVERY"])
_heard: Counter[str] = Counter()


class Shopper(FastHttpUser):
    """Asks for one of the endpoints after the other, by lot."""

    wait_time = constant_throughput(EACH_PER_SECOND)

    @task
    def ask(self) -> None:
        with self.client.get(
            f"/endpoint/{random.randrange(ENDPOINTS)}", catch_response=True
        ) as answer:
            if random.random() < FAILED:
                answer.failure(f"wrong total {random.uniform(1, 99):.2f} in order {uuid.uuid4()}")


@events.request.add_listener
def count(**_: Any) -> None:
    _heard["requests"] += 1


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    gevent.spawn(_note_for_ever, environment)
    environment.events.quit.add_listener(lambda **_: _note(environment))


def _note_for_ever(environment: Environment) -> None:
    while True:
        _note(environment)
        gevent.sleep(_EVERY_S)


def _note(environment: Environment) -> None:
    stats = environment.stats
    # A worker's statistics begin anew with each of its reports to the master.
    is_worker = isinstance(environment.runner, WorkerRunner)
    noted = {
        "at": time.time(),
        "requests": _heard["requests"] if is_worker else stats.total.num_requests,
        "locust_bytes": size_of_statistics(stats),
        "errors": len(stats.errors),
    }
    with _NOTES.open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(noted) + "\n")
