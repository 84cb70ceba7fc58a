"""runner.stop() in a listener of requests."""

from typing import Any

from locust import HttpUser, constant, events, task


@events.request.add_listener
def on_request(**_: Any) -> None:
    U.seen += 1
    if U.seen == 50:
        U.env.runner.stop()


@events.init.add_listener
def on_init(environment: Any, **_: Any) -> None:
    U.env = environment


class U(HttpUser):
    wait_time = constant(0.05)
    env: Any = None
    seen = 0

    @task
    def t(self) -> None:
        self.client.get("/a")
