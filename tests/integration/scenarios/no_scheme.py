"""A user whose host lacks its scheme where `--host nohost.example` is given."""

from locust import HttpUser, constant, task


class Shopper(HttpUser):
    wait_time = constant(0.2)

    @task
    def buy(self) -> None:
        self.client.get("/basket")
