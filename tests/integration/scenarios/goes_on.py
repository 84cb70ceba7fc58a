"""A greenlet of the locustfile's own that goes on when Locust quits."""

from typing import Any

import gevent
from locust import events
from locust.env import Environment
from tests.integration.scenarios.fired import fire
from tests.integration.scenarios.steady import Steady  # noqa: F401 - Locust looks for it here


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    def go_on() -> None:
        while True:
            gevent.sleep(0.002)
            fire(environment, "/background")

    gevent.spawn(go_on)
