"""Callbacks of a client library's native threads fire (locustio/locust#2383, librdkafka, gRPC)."""

from typing import Any

from gevent.monkey import get_original
from locust import User, constant, events, task

sleep = get_original("time", "sleep")


def call(environment: Any, name: str) -> None:
    """Fire one request."""
    environment.events.request.fire(
        request_type="ws", name=name, response_time=1.5, response_length=3, exception=None
    )


@events.test_start.add_listener
def on_test_start(environment: Any, **_: Any) -> None:
    def run() -> None:
        for number in range(20_000):
            call(environment, "/thread")
            if number % 10 == 0:
                sleep(0.001)

    for _ in range(3):
        get_original("_thread", "start_new_thread")(run, ())


class U(User):
    wait_time = constant(0.01)

    @task
    def t(self) -> None:
        for _ in range(100):
            call(self.environment, "/greenlet")
