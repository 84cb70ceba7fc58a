"""A worker that sends its master more than that reads of one message."""

from typing import Any

from locust import events
from locust.env import Environment
from locust.runners import WorkerRunner


@events.test_start.add_listener
def shout(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.send_message("notes", "n" * 9 * 2**20)
