"""A worker that asks as fast as it can, with the listener for one second and without for the next.

It notes the CPU that its requests took in each of these phases, and what a fixed piece of work took
beside them: a shared machine changes its speed from moment to moment.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time, thread_time, time
from typing import Any

import gevent
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.runners import WorkerRunner

_CHANGES_AT = 0.35
"""Into a second: what the tick at its beginning set off is delivered by then."""
_SHORTEST_S = 0.3
_YARDSTICK_EVERY_S = 0.005
_YARDSTICK_STEPS = 400


class Fast(FastHttpUser):
    """No wait between two requests, ten endpoints in turn."""

    turn = 0

    @task
    def ask(self) -> None:
        Fast.turn += 1
        self.client.get("/", name=f"/endpoint/{Fast.turn % 10}")


@dataclass
class Counters:
    """What this process has done so far: CPU in s, and how often."""

    cpu: float = 0.0
    requests: int = 0
    yardstick_cpu: float = 0.0
    yardsticks: int = 0

    def since(self, other: "Counters") -> "Counters":
        """Return the difference."""
        return Counters(*(now - then for now, then in zip(self._all(), other._all(), strict=True)))

    def _all(self) -> tuple[float, ...]:
        return tuple(asdict(self).values())


_YARDSTICK = Counters()


@events.test_start.add_listener
def on_test_start(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        gevent.spawn(measure_speed)
        gevent.spawn(take_phases, environment)


def measure_speed() -> None:
    """Do the same small piece of work all the time, and count its CPU."""
    while True:
        gevent.sleep(_YARDSTICK_EVERY_S)
        began = thread_time()
        counts: dict[str, int] = {}
        for step in range(_YARDSTICK_STEPS):
            key = f"key {step % 97}"
            counts[key] = counts.get(key, 0) + step
        _YARDSTICK.yardstick_cpu += thread_time() - began
        _YARDSTICK.yardsticks += 1


def read_counters() -> Counters:
    measured = _YARDSTICK
    return Counters(process_time(), Fast.turn, measured.yardstick_cpu, measured.yardsticks)


def take_phases(environment: Environment) -> None:
    """Listen and don't, in turn, until the run ends.

    A phase lasts from one second's tick to the next, so that each that listens has exactly one.
    """
    worker = getattr(environment, "_swarmscope_agent").worker  # noqa: B009 - private on purpose
    tick, nothing = worker.tick, lambda: None
    record = worker._session.record
    phases: list[tuple[bool, dict[str, float]]] = []
    listening = True
    sleep_until_change()
    while True:
        before = read_counters()
        sleep_until_change()
        phases.append((listening, asdict(read_counters().since(before))))
        Path(os.environ["BENCH_NOTES"]).write_text(json.dumps(phases), encoding="utf-8")
        if listening:
            environment.events.request.remove_listener(record)
        else:
            environment.events.request.add_listener(record)
        listening = not listening
        worker.tick = tick if listening else nothing


def sleep_until_change() -> None:
    left = 1 - (time() - _CHANGES_AT) % 1
    gevent.sleep(left if left > _SHORTEST_S else left + 1)
