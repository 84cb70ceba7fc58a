"""Users of which one calls sys.exit(): `SCENARIO_WHERE` says whether in a task or in on_start.

Locust doesn't stop the others then: they go on for as long as the process lives.
"""

import itertools
import os
import sys

from locust import User, constant_throughput, task
from tests.integration.scenarios.fired import fire

WHERE = os.environ.get("SCENARIO_WHERE", "on_start")
numbers = itertools.count(1)


class Exiting(User):
    wait_time = constant_throughput(20)

    def on_start(self) -> None:
        self.number = next(numbers)
        if WHERE in ("on_start", "on_stop") and self.number == 8:
            sys.exit("the eighth user has had enough")

    @task
    def one(self) -> None:
        fire(self.environment, "/one")
        if WHERE == "task" and self.number == 8:
            sys.exit("the eighth user has had enough")

    def on_stop(self) -> None:
        fire(self.environment, "/log-out")
        if WHERE == "on_stop":
            sys.exit("this user ends more than itself")
