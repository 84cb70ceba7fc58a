"""StopUser raised in on_stop, after a request (locustio/locust#1896)."""

from typing import Any

from locust import HttpUser, constant, task
from locust.exception import StopUser


class U(HttpUser):
    wait_time = constant(0.1)

    @task
    def t(self) -> None:
        self.client.get("/a")

    def on_stop(self) -> Any:
        self.client.get("/log-out")
        raise StopUser
