"""Users of a protocol of their own: they fire request events, as any Locust client does."""

import os
import random
from typing import Any

import gevent
from locust import User, constant_throughput, task

PAUSE_S = float(os.environ.get("SCENARIO_PAUSE_S", "0"))


class Steady(User):
    """Ten requests a second: most are quick, some slow, some fail."""

    wait_time = constant_throughput(10)
    rnd = random.Random(os.getpid())

    @task(8)
    def quick(self) -> None:
        gevent.sleep(PAUSE_S)
        self.fire("/quick", self.rnd.lognormvariate(3, 0.5))

    @task(2)
    def slow(self) -> None:
        self.fire("/slow, with = and space", self.rnd.lognormvariate(6, 0.3))

    @task(1)
    def failing(self) -> None:
        self.fire("/failing", 1.5, ValueError(f"order {self.rnd.random()} is unknown"))

    def fire(self, name: str, ms: float, error: Exception | None = None) -> None:
        request: dict[str, Any] = {"request_type": "CALL", "name": name, "exception": error}
        self.environment.events.request.fire(
            **request, response_time=ms, response_length=100, response=None, context={}
        )
