"""A user that is stopped at its first exception, by a listener that was there before any other."""

from typing import Any

from locust import User, constant, events, task
from locust.env import Environment
from locust.exception import StopUser


@events.init.add_listener
def stop_at_a_mishap(environment: Environment, **_: Any) -> None:
    def stop(**_: Any) -> None:
        raise StopUser

    environment.events.user_error.add_listener(stop)


class Broken(User):
    wait_time = constant(0.1)

    @task
    def work(self) -> None:
        raise KeyError("price")
