"""A greenlet of the locustfile's own that goes on when Locust quits.

`SCENARIO_LINGER_S` says how long an atexit function waits that runs after all of Locust's.
"""

import atexit
import os
from typing import Any

import gevent
from locust import User, constant_throughput, events, task
from locust.env import Environment
from tests.integration.scenarios.fired import fire

PAUSE_S = float(os.environ["SCENARIO_PAUSE_S"])
LINGER_S = float(os.environ.get("SCENARIO_LINGER_S", "0"))
if LINGER_S:
    atexit.register(gevent.sleep, LINGER_S)


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    def go_on() -> None:
        while True:
            gevent.sleep(PAUSE_S)
            fire(environment, "/background")

    gevent.spawn(go_on)


class Ordinary(User):
    wait_time = constant_throughput(10)

    @task
    def one(self) -> None:
        fire(self.environment, "/one")
