"""An exception in a listener of test_stop (locustio/locust#1461), after a request."""

from typing import Any

from locust import HttpUser, constant, events, task
from locust.clients import HttpSession


@events.test_stop.add_listener
def on_test_stop(environment: Any, **_: Any) -> None:
    session = HttpSession(
        base_url="http://127.0.0.1", request_event=environment.events.request, user=None
    )
    session.get("/clean-up")
    raise RuntimeError("no")


class U(HttpUser):
    wait_time = constant(0.1)

    @task
    def t(self) -> None:
        self.client.get("/a")
