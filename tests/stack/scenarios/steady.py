"""As many users as are asked for, each with a request a second; no shape of its own."""

from locust import HttpUser, constant_pacing, task


class Steady(HttpUser):
    wait_time = constant_pacing(1)

    @task
    def browse(self) -> None:
        self.client.get("/products?category=kitchen", name="/products?category=[name]")
