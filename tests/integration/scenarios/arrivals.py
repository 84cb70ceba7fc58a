"""Users that say when they should begin: by a rate, and by a pace that the second can't keep."""

import time
from typing import Any

import gevent
from locust import User, constant_throughput, task

from swarmscope.load import arrival_rate


class Visitor(User):
    """Takes a twentieth of a second, forty times a second: two or three work at a time."""

    wait_time = arrival_rate(40)

    @task
    def visit(self) -> None:
        work(self, "visit", 0.05)


class Buyer(User):
    """Would begin four times a second, and takes half a second."""

    wait_time = constant_throughput(4)

    @task
    def buy(self) -> None:
        work(self, "buy", 0.5)


def work(user: User, name: str, seconds: float) -> None:
    began = time.perf_counter()
    gevent.sleep(seconds)
    told: dict[str, Any] = {
        "request_type": "task",
        "name": name,
        "response_time": 1_000 * (time.perf_counter() - began),
        "response_length": 0,
        "exception": None,
        "context": {},
    }
    user.environment.events.request.fire(**told)
