"""A user that ends the test from its task (locustio/locust#1448, #2018)."""

from locust import HttpUser, constant, task


class U(HttpUser):
    wait_time = constant(0.05)
    left = 30

    @task
    def t(self) -> None:
        U.left -= 1
        if U.left == 0:
            self.environment.runner.quit()
        self.client.get("/a")
