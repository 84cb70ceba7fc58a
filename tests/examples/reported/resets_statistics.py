"""Statistics that are reset in the middle (locustio/locust#370, #513), also from a worker."""

from typing import Any

import gevent
from locust import HttpUser, constant, events, task


@events.test_start.add_listener
def on_test_start(environment: Any, **_: Any) -> None:
    gevent.spawn_later(2, environment.stats.reset_all)
    gevent.spawn_later(3, environment.stats.clear_all)


class U(HttpUser):
    wait_time = constant(0.05)

    @task
    def t(self) -> None:
        self.client.get("/a")
