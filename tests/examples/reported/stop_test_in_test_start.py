"""StopTest raised in a listener of test_start that comes first (locustio/locust#3313)."""

from typing import Any

from locust import HttpUser, constant, events, task
from locust.exception import StopTest


@events.test_start.add_listener
def on_test_start(environment: Any, **_: Any) -> None:
    raise StopTest("no such environment")


class U(HttpUser):
    wait_time = constant(0.1)

    @task
    def t(self) -> None:
        self.client.get("/a")
