"""A worker with many endpoints and no network, and a witness of how long its loop stands still."""

import functools
import gc
import json
import os
import random
from itertools import accumulate
from pathlib import Path
from time import perf_counter, thread_time, time
from typing import Any

import greenlet
from locust import User, constant_throughput, events, task
from locust.env import Environment
from locust.runners import WorkerRunner

from tests.bench.recording import answer_ms

ENDPOINTS = int(os.environ["BENCH_ENDPOINTS"])
OURS = "swarmscope."
_FULL = 2
"""The oldest generation: a collection looks at everything there is."""
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


class Stretches:
    """How long greenlets ran before they let others: in each second the longest, ms.

    By the clock, and by this thread's CPU: another process may have had the processor meanwhile. A
    full collection of garbage is whoever's greenlet it happens in, and the worker's because of
    what the worker keeps: it counts as ours.
    """

    def __init__(self) -> None:
        self.ours: dict[int, tuple[float, float]] = {}
        self.others: dict[int, tuple[float, float]] = {}
        self.collections: list[float] = []
        self._began = (perf_counter(), thread_time())
        self._collecting = (0.0, 0.0)

    def on_switch(self, event: str, args: Any) -> None:
        """Note how long the greenlet ran that lets another run now."""
        now = (perf_counter(), thread_time())
        took = ((now[0] - self._began[0]) * 1_000, (now[1] - self._began[1]) * 1_000)
        if args:
            run = getattr(args[0], "_run", None)
            if run is not None:  # not the hub, which waits for what comes
                self._note(self.ours if _of_ours(run) else self.others, took)
        self._began = (perf_counter(), thread_time())

    def on_collection(self, phase: str, info: dict[str, int]) -> None:
        """Note how long a full collection of garbage takes."""
        if info["generation"] != _FULL:
            return
        now = (perf_counter(), thread_time())
        if phase == "start":
            self._collecting = now
            return
        took = tuple((b - a) * 1_000 for a, b in zip(self._collecting, now, strict=True))
        self.collections.append(took[1])
        self._note(self.ours, (took[0], took[1]))

    @staticmethod
    def _note(seconds: dict[int, tuple[float, float]], took: tuple[float, float]) -> None:
        second = int(time())
        known = seconds.get(second, (0.0, 0.0))
        seconds[second] = (max(known[0], took[0]), max(known[1], took[1]))


def _of_ours(run: Any) -> bool:
    while isinstance(run, functools.partial):
        run = run.func
    return str(getattr(run, "__module__", "")).startswith(OURS)


STRETCHES = Stretches()


@events.test_start.add_listener
def on_start(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        greenlet.settrace(STRETCHES.on_switch)
        gc.callbacks.append(STRETCHES.on_collection)


@events.test_stop.add_listener
def on_stop(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        greenlet.settrace(None)
        gc.callbacks.remove(STRETCHES.on_collection)
        notes = {
            "ours": list(STRETCHES.ours.values()),
            "others": list(STRETCHES.others.values()),
            "collections": STRETCHES.collections,
        }
        Path(os.environ["BENCH_NOTES"]).write_text(json.dumps(notes), encoding="utf-8")
