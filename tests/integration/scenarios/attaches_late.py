"""A program that attaches when its test has started, or from within a listener of that."""

import logging
import os
from typing import Any
from urllib.request import urlopen

import gevent
from locust import User, constant_throughput, task
from locust.env import Environment
from tests.integration.scenarios.fired import fire

import swarmscope.listener

WHEN = os.environ["SCENARIO_WHEN"]
logging.basicConfig()


class Idle(User):
    wait_time = constant_throughput(10)

    @task
    def rest(self) -> None:
        gevent.sleep(0.1)


def before(environment: Environment) -> None:
    for _ in range(20):
        environment.events.request.fire(
            request_type="CALL",
            name="/before",
            response_time=1.0,
            response_length=1,
            exception=None,
            context={},
        )


def look_at(url: str) -> None:
    for _ in range(200):
        try:
            urlopen(url, timeout=20).close()
        except OSError:  # it doesn't listen yet
            gevent.sleep(0.05)
        else:
            return


environment = Environment(user_classes=[Idle])
runner = environment.create_local_runner()
if WHEN == "page-was-open":
    page = environment.create_web_ui("127.0.0.1", int(os.environ["SCENARIO_PORT"]))
    look_at(f"http://127.0.0.1:{page.port}/stats/requests")
    swarmscope.listener.attach(environment)
if WHEN == "in-test-start":

    @environment.events.test_start.add_listener
    def on_test_start(**_: Any) -> None:
        swarmscope.listener.attach(environment)


runner.start(1, spawn_rate=1)
if WHEN == "late":
    gevent.sleep(0.5)
    before(environment)
    swarmscope.listener.attach(environment)
for _ in range(30):
    gevent.sleep(0.05)
    fire(environment, "/after")
runner.quit()
