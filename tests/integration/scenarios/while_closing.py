"""A greenlet of the locustfile's own requests when all is closed, and the process about to end."""

from typing import Any

import gevent
from locust import User, constant_throughput, events, task
from locust.env import Environment
from tests.integration.scenarios.fired import fire

from swarmscope.delivery import Delivery

_close = Delivery.close


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    def close(delivery: Delivery) -> None:
        _close(delivery)
        # As one does that slept until now: whoever closes gives way to it once more.
        gevent.spawn(fire, environment, "/background")
        gevent.sleep(0)

    Delivery.close = close  # type: ignore[method-assign]


class Ordinary(User):
    wait_time = constant_throughput(10)

    @task
    def one(self) -> None:
        fire(self.environment, "/one")
