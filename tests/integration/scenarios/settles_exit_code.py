"""A locustfile that settles Locust's exit code itself, as Locust's documentation shows."""

import os
from typing import Any

from locust import events
from locust.env import Environment


@events.quitting.add_listener
def settle(environment: Environment, **_: Any) -> None:
    environment.process_exit_code = int(os.environ["SCENARIO_EXIT_CODE"])
