"""What locust-plugins' QuitOnFail does: quit() in a listener of a failed request."""

from typing import Any

import gevent
from locust import HttpUser, constant, events, task


@events.init.add_listener
def on_init(environment: Any, **_: Any) -> None:
    def on_request(exception: Any, **_: Any) -> None:
        if exception:
            gevent.sleep(0.2)
            environment.runner.quit()

    environment.events.request.add_listener(on_request)


class U(HttpUser):
    wait_time = constant(0.1)

    @task(10)
    def t(self) -> None:
        self.client.get("/a")

    @task(1)
    def fail(self) -> None:
        self.client.get("/fail")
