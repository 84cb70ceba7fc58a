"""Two test_stop events and slow clean-up on master and workers (locustio/locust#1421, #1936)."""

import time
from typing import Any

from locust import HttpUser, constant, events, task
from locust.clients import HttpSession


def request(environment: Any, path: str) -> None:
    """Make one request outside of any user."""
    session = HttpSession(
        base_url="http://127.0.0.1", request_event=environment.events.request, user=None
    )
    session.get(path)
    time.sleep(0.3)


@events.test_start.add_listener
def on_test_start(environment: Any, **_: Any) -> None:
    request(environment, "/set-up")


@events.test_stop.add_listener
def on_test_stop(environment: Any, **_: Any) -> None:
    request(environment, "/clean-up")


@events.quitting.add_listener
def on_quitting(environment: Any, **_: Any) -> None:
    request(environment, "/good-bye")


class U(HttpUser):
    wait_time = constant(0.05)

    @task
    def t(self) -> None:
        self.client.get("/a")

    def on_stop(self) -> None:
        self.client.get("/slow/log-out")
