"""Users that stop themselves and others, and one whose on_start fails (locustio/locust#2744)."""

from locust import HttpUser, constant, task


class U(HttpUser):
    wait_time = constant(0.05)
    born = 0

    def on_start(self) -> None:
        self.client.get("/log-in")
        U.born += 1
        if U.born == 1:
            raise KeyError("no session")

    @task(20)
    def t(self) -> None:
        self.client.get("/a")

    @task(1)
    def stop_me(self) -> None:
        self.stop(force=True)
        self.client.get("/after-stop")
