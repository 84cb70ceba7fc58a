"""A task that forks, and fires in the child: what multiprocessing in a locustfile does."""

import os

from locust import User, constant, task


class U(User):
    wait_time = constant(0.5)

    @task
    def t(self) -> None:
        self.fire("/parent")
        child = os.fork()
        if child == 0:
            self.fire("/child")
            os._exit(0)
        os.waitpid(child, 0)

    def fire(self, name: str) -> None:
        self.environment.events.request.fire(
            request_type="CALL", name=name, response_time=1.5, response_length=3, exception=None
        )
