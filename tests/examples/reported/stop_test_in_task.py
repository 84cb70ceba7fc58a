"""StopTest raised in a task while others are in the middle of a request (locustio/locust#3313)."""

from locust import HttpUser, constant, task
from locust.exception import StopTest


class U(HttpUser):
    wait_time = constant(0.1)

    @task(20)
    def t(self) -> None:
        self.client.get("/slow")

    @task(1)
    def stop(self) -> None:
        self.client.get("/last")
        raise StopTest("enough")
