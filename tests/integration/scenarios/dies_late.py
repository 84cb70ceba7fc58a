"""Requests of teardown code, and then the process dies: `SCENARIO_DEATH` says how and where."""

import os
import signal
from typing import Any

import gevent
from locust import User, constant_throughput, events, task
from locust.env import Environment
from tests.integration.scenarios.fired import fire

DEATH = os.environ["SCENARIO_DEATH"]


@events.quitting.add_listener
def on_quitting(environment: Environment, **_: Any) -> None:
    gevent.sleep(1.5)  # long enough for the end of the run to be written
    for _number in range(10):
        fire(environment, "/teardown")
    if DEATH == "exit-in-quitting":
        os._exit(3)
    if DEATH == "kill-in-quitting":
        os.kill(os.getpid(), signal.SIGKILL)


@events.quit.add_listener
def on_quit(**_: Any) -> None:
    os._exit(3)


class Ordinary(User):
    wait_time = constant_throughput(10)

    @task
    def one(self) -> None:
        fire(self.environment, "/one")
