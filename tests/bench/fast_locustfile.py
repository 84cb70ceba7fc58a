"""A worker that asks as fast as it can, with the listener for some seconds and without for some.

It notes the CPU that each request took its process in each of these phases.
"""

import json
import os
from pathlib import Path
from time import process_time
from typing import Any

import gevent
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.runners import WorkerRunner

PHASE_S = 1.0
SETTLES_S = 1.2
"""Seconds after a change that aren't counted: what was recorded before is still on its way."""


class Fast(FastHttpUser):
    """No wait between two requests, ten endpoints in turn."""

    turn = 0

    @task
    def ask(self) -> None:
        Fast.turn += 1
        self.client.get("/", name=f"/endpoint/{Fast.turn % 10}")


@events.test_start.add_listener
def on_test_start(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        gevent.spawn(take_phases, environment)


def take_phases(environment: Environment) -> None:
    """Listen and don't, in turn, until the run ends."""
    worker = getattr(environment, "_swarmscope_agent").worker  # noqa: B009 - private on purpose
    tick, nothing = worker.tick, lambda: None
    phases: list[tuple[bool, float, int]] = []
    listening = True
    while True:
        gevent.sleep(SETTLES_S)
        cpu, turn = process_time(), Fast.turn
        gevent.sleep(PHASE_S)
        phases.append((listening, process_time() - cpu, Fast.turn - turn))
        Path(os.environ["BENCH_NOTES"]).write_text(json.dumps(phases), encoding="utf-8")
        record = worker._session.record
        if listening:
            environment.events.request.remove_listener(record)
        else:
            environment.events.request.add_listener(record)
        listening = not listening
        worker.tick = tick if listening else nothing
