"""sys.exit() in a listener of test_stop."""

import sys
from typing import Any

from locust import HttpUser, constant, events, task


@events.test_stop.add_listener
def on_test_stop(environment: Any, **_: Any) -> None:
    sys.exit(3)


class U(HttpUser):
    wait_time = constant(0.1)

    @task
    def t(self) -> None:
        self.client.get("/a")
