"""Users who react to a failed request as Locust's examples and plugins do: by a listener that
raises one of Locust's control exceptions. Added in an init handler, it comes before the listener
of a later locustfile.
"""

import os
from typing import Any

import gevent
from locust import User, constant_throughput, events, exception, task
from locust.env import Environment
from tests.integration.scenarios.fired import fire

REACTION = getattr(exception, os.environ.get("SCENARIO_REACTION", "RescheduleTask"))


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    def on_request(exception: object, **_: Any) -> None:
        if exception:
            raise REACTION()

    environment.events.request.add_listener(on_request)


class Reacting(User):
    wait_time = constant_throughput(20)

    @task
    def both(self) -> None:
        gevent.sleep(0.01)  # as a real request gives way: a task that is run again at once must
        fire(self.environment, "/good")
        fire(self.environment, "/bad", ValueError("no"))
