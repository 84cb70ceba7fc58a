"""A run that ends when the file `SCENARIO_END` is there, on the way on which a run time ends."""

import os
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.env import Environment
from locust.runners import WorkerRunner

END = Path(os.environ["SCENARIO_END"])


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    def end() -> None:
        while not END.exists():
            gevent.sleep(0.1)
        assert environment.runner
        environment.runner.quit()

    if not isinstance(environment.runner, WorkerRunner):
        gevent.spawn(end)
