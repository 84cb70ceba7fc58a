"""sys.exit() in a listener of quitting, as old ways to set the exit code have it."""

import sys
from typing import Any

from locust import HttpUser, constant, events, task


@events.quitting.add_listener
def on_quitting(environment: Any, **_: Any) -> None:
    sys.exit(3)


class U(HttpUser):
    wait_time = constant(0.1)

    @task
    def t(self) -> None:
        self.client.get("/a")
