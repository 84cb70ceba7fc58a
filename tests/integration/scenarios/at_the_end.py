"""What is requested, counted or taken away around the end of a run; `SCENARIO_END` says what."""

import copy
import os
from typing import Any

import gevent
from gevent.hub import get_hub
from locust import User, constant_throughput, events, task
from locust.env import Environment
from locust.runners import MasterRunner
from tests.integration.scenarios.fired import fire, write_down

END = os.environ["SCENARIO_END"]


def leads(environment: Environment) -> bool:
    return isinstance(environment.runner, MasterRunner)


def log_by_hand(environment: Environment, count: int) -> None:
    for _number in range(count):
        write_down("/by-hand")
        environment.stats.log_request("CALL", "/by-hand", 1, 1)


def die_once_all_is_sent(environment: Environment) -> None:
    """Leave nothing to the end of this process; on a busy machine that takes a while to be so."""
    agent: Any = environment._swarmscope_agent  # type: ignore[attr-defined]
    session = agent.worker._session
    with gevent.Timeout(20, False):
        while not session.marked:
            gevent.sleep(0.02)
        with session._busy:  # it is noted a moment before it is on its way
            pass
        agent._delivery.flush(20)
    os._exit(1)


@events.test_start.add_listener
def on_start(environment: Environment, **_: Any) -> None:
    def on_stop(environment: Environment, **_: Any) -> None:
        gevent.sleep(0.002)
        fire(environment, "/clean-up")

    if END == "cleans-up-and-dies":
        # Added now, so that it comes behind whoever writes the end down.
        environment.events.test_stop.add_listener(on_stop)
    if END == "copies-statistics":
        gevent.spawn_later(
            1.5, lambda: setattr(environment, "stats", copy.deepcopy(environment.stats))
        )


@events.test_stopping.add_listener
def on_stopping(environment: Environment, **_: Any) -> None:
    if END == "forgets-its-listeners":
        environment.events.request._handlers[:] = []


@events.test_stop.add_listener
def on_stop(environment: Environment, **_: Any) -> None:
    if END == "forgets-its-listeners":
        fire(environment, "/teardown")


@events.quitting.add_listener
def on_quitting(environment: Environment, **_: Any) -> None:
    if END == "cleans-up-and-dies":
        die_once_all_is_sent(environment)
    elif END == "logs-by-hand" or (END == "master-logs-by-hand" and leads(environment)):
        log_by_hand(environment, 7)
    elif END == "master-dies" and leads(environment):
        gevent.sleep(1.2)
        for _number in range(10):
            fire(environment, "/teardown")
        os._exit(3)
    elif END == "thread-and-dies":
        gevent.sleep(1.2)
        get_hub().threadpool.apply(fire, (environment, "/teardown"))
        get_hub().threadpool.apply(fire, (environment, "/teardown"))
        os._exit(0)


@events.init.add_listener
def log_in(environment: Environment, **_: Any) -> None:
    if END == "logs-in-early":
        for _number in range(5):
            gevent.spawn(fire, environment, "/log-in")


@events.init.add_listener
def sum_up(environment: Environment, **_: Any) -> None:
    """Keep a sum of one's own among Locust's entries."""

    def add(response_time: float, response_length: int, **_: Any) -> None:
        environment.stats.get("all", "SUM").log(int(response_time), response_length)

    if END == "sums-up":
        environment.events.request.add_listener(add)
    if END == "logs-in-early":
        gevent.sleep(0.2)


@events.request.add_listener
def tell(name: str, **_: Any) -> None:
    """Tell somebody of a request, who takes his time."""
    if name == "/log-in":
        gevent.sleep(0.5)


class Ordinary(User):
    wait_time = constant_throughput(10)

    @task
    def one(self) -> None:
        fire(self.environment, "/one")
