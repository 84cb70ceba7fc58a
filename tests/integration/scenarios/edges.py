"""Requests at the edges of a run: in the hooks that Locust offers for setup and teardown.

`SCENARIO_HOOKS` names those in which some are made, `SCENARIO_PAUSE_S` how long each takes.
"""

import os
from typing import Any

import gevent
from locust import User, constant_throughput, events, task
from locust.env import Environment
from locust.runners import WorkerRunner
from tests.integration.scenarios.fired import fire

HOOKS = os.environ["SCENARIO_HOOKS"].split(",")
PAUSE_S = float(os.environ.get("SCENARIO_PAUSE_S", "0"))
REQUESTS = 3
here: list[Environment] = []


def make_requests(hook: str) -> None:
    (environment,) = here
    kind = "worker" if isinstance(environment.runner, WorkerRunner) else "leader"
    # As Locust's documentation has it for data that only one process shall make.
    if hook.startswith("leader_") and kind == "worker":
        return
    for _ in range(REQUESTS):
        gevent.sleep(PAUSE_S)
        fire(environment, f"/{hook}")


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    here.append(environment)
    for hook in HOOKS:
        event = getattr(events, hook.removeprefix("leader_"))
        event.add_listener(lambda hook=hook, **_: make_requests(hook))
    if "init" in HOOKS:
        make_requests("init")


class Ordinary(User):
    wait_time = constant_throughput(10)

    @task
    def one(self) -> None:
        fire(self.environment, "/one")
