"""Users that ask once a second and, while they wait longer for an answer, no more often."""

from locust import FastHttpUser, constant, task


class Asking(FastHttpUser):
    wait_time = constant(1)

    @task
    def ask(self) -> None:
        self.client.get("/")
