"""A worker that asks as fast as it can, and notes the CPU that each request took it."""

import atexit
import json
import os
from pathlib import Path
from time import monotonic, process_time
from typing import Any

from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.runners import WorkerRunner


class Fast(FastHttpUser):
    """No wait between two requests, ten endpoints in turn."""

    turn = 0

    @task
    def ask(self) -> None:
        Fast.turn += 1
        self.client.get("/", name=f"/endpoint/{Fast.turn % 10}")


began: dict[str, float] = {}


@events.test_start.add_listener
def note_start(**_: Any) -> None:
    began.update(cpu=process_time(), at=monotonic(), turn=Fast.turn)


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        events.test_stop.add_listener(note_rate)
        atexit.register(note_cost)


def note_rate(**_: Any) -> None:
    began["rate"] = (Fast.turn - began["turn"]) / (monotonic() - began["at"])


def note_cost() -> None:
    """Runs when the process exits: the listener's last flush is part of what it costs."""
    requests = Fast.turn - began["turn"]
    cost = (process_time() - began["cpu"]) / requests * 1e6
    notes = {"cpu_us": cost, "rate": began["rate"], "requests": requests}
    Path(os.environ["BENCH_NOTES"]).write_text(json.dumps(notes), encoding="utf-8")
