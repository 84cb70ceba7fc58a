"""Users whose requests are as odd as Locust lets them be."""

import itertools
from typing import Any

from locust import User, constant_throughput, task

ODD_NAMES: tuple[Any, ...] = (
    "with, comma",
    "with space",
    'with "quotes"',
    "with\nnewline",
    "with 😀",
    "x" * 65_536,
    "",
    None,
    "trailing \\",
    "<script>alert(1)</script>",
    "Aggregated",
)
ODD_TIMES: tuple[Any, ...] = (None, float("nan"), -5.0, 0, "slow", float("inf"))
NAMES = 3_000
ids = itertools.count()


class Hostile(User):
    wait_time = constant_throughput(5)

    def on_start(self) -> None:
        for name in ODD_NAMES:
            self.fire(name=name, request_type="GET", response_time=5.0)
        for ms in ODD_TIMES:
            self.fire(name="/odd-time", request_type=None, response_time=ms)
        for _ in range(NAMES):
            self.fire(name=f"/item/{next(ids)}", request_type="GET", response_time=1.0)

    @task
    def idle(self) -> None:
        self.fire(name="/usual", request_type="GET", response_time=1.0)

    def fire(self, **request: Any) -> None:
        # Only the first listener, not Locust's own, which sums None and text and fails on them.
        handler = self.environment.events.request._handlers[0]
        handler(**request, response_length=None, exception=None, context={}, response=None)
