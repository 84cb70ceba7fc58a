"""A WebSocket user whose receiving greenlet outlives it (locustio/locust#2617 and many others)."""

import gevent
from locust import User, constant, task


class U(User):
    wait_time = constant(0.5)

    def on_start(self) -> None:
        gevent.spawn(self.receive)

    def receive(self) -> None:
        while True:
            gevent.sleep(0.05)
            self.environment.events.request.fire(
                request_type="WSR",
                name="message",
                response_time=None,
                response_length=10,
                exception=None,
                context={},
            )

    @task
    def t(self) -> None:
        self.environment.events.request.fire(
            request_type="WSS", name="send", response_time=1, response_length=0, exception=None
        )
