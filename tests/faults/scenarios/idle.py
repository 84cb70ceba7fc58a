"""A user that asks nothing of anybody."""

from locust import User, constant, task


class Idle(User):
    wait_time = constant(10)

    @task
    def rest(self) -> None:
        """Do nothing."""
