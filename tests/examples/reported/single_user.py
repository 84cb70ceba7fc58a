"""run_single_user, which has no runner (locustio/locust#2638)."""

from locust import HttpUser, run_single_user, task
from locust.exception import StopUser


class U(HttpUser):
    host = "http://127.0.0.1"

    @task
    def t(self) -> None:
        self.client.get("/a")
        raise StopUser


if __name__ == "__main__":
    run_single_user(U)
