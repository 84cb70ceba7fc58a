"""Users whose requests take as long as they say they do: many a second, some failed or untimed."""

from math import log
from random import Random

from locust import User, constant_throughput, task

CHANCE = Random(17)
ENDPOINTS = (
    # Name, method, median in ms, how often of ten.
    ("/items", "GET", 80.0, 5),
    ("/items/[id]", "GET", 20.0, 3),
    ("/pay", "POST", 300.0, 1),
    ("/socket", "WS", None, 1),
)
FAILED = 0.05


class Mixed(User):
    wait_time = constant_throughput(5)

    @task
    def ask(self) -> None:
        for name, method, middle, often in ENDPOINTS:
            for _ in range(often):
                took = None if middle is None else CHANCE.lognormvariate(log(middle), 0.6)
                self.environment.events.request.fire(
                    request_type=method,
                    name=name,
                    response_time=took,
                    response_length=100,
                    exception=OSError("refused") if CHANCE.random() < FAILED else None,
                    response=None,
                    context={},
                )
