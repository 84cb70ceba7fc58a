"""A program with two Environments at once; `SCENARIO_SHARED` is 1 where they share their events."""

import logging
import os

import gevent
from locust import User, constant_throughput, task
from locust.env import Environment
from locust.event import Events
from tests.integration.scenarios.fired import fire

import swarmscope.listener

logging.basicConfig()
SHARED = os.environ["SCENARIO_SHARED"] == "1"


class First(User):
    wait_time = constant_throughput(10)

    @task
    def one(self) -> None:
        fire(self.environment, "/first")


class Second(User):
    wait_time = constant_throughput(10)

    @task
    def one(self) -> None:
        fire(self.environment, "/second")


events = Events()
environments = [
    Environment(user_classes=[users], events=events if SHARED else Events())
    for users in (First, Second)
]
for environment in environments:
    environment.create_local_runner()
    swarmscope.listener.attach(environment)
for environment in environments:
    environment.runner.start(2, spawn_rate=10)
gevent.sleep(2.5)
for environment in environments:
    environment.runner.quit()
