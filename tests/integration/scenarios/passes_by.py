"""Requests that try to pass by whoever listens; `SCENARIO_WAY` says how."""

import atexit
import os
from collections.abc import Callable
from typing import Any

import gevent
from gevent.hub import get_hub
from locust import User, constant_throughput, events, task
from locust.env import Environment
from locust.event import EventHook
from locust.exception import RescheduleTask
from tests.integration.scenarios.fired import fire, write_down

WAY = os.environ["SCENARIO_WAY"]


def do_nothing(**_: Any) -> None:
    """Listen to no purpose."""


def end_it(**_: Any) -> None:
    """End the event, so that nobody behind hears of it."""
    raise RescheduleTask


def pushes_in(environment: Environment) -> None:
    """Put a listener that ends the event in front of all others."""
    environment.events.request._handlers.insert(0, end_it)


def removes_all(environment: Environment) -> None:
    """Clear the list of listeners, as a test suite's reset does."""
    environment.events.request._handlers[:] = [do_nothing]


def puts_aside(environment: Environment) -> None:
    """Take swarmscope's listener off for some requests, and put it back at once."""
    handlers = environment.events.request._handlers
    before = handlers[:]
    handlers[:] = [h for h in before if not getattr(h, "__module__", "").startswith("swarmscope.")]
    for _ in range(3):
        fire(environment, "/aside")
    handlers[:] = before


def replaces(environment: Environment) -> None:
    """Put another event in the place of the one that everybody listens to."""
    environment.events.request = EventHook()


def new_statistics(environment: Environment) -> None:
    """Clear Locust's statistics in the middle of a run."""
    environment.stats.clear_all()
    environment.stats.reset_all()


def blocks(environment: Environment) -> None:
    """Wait in a listener, for each request."""

    def wait(**_: Any) -> None:
        gevent.sleep(0.5)

    environment.events.request.add_listener(wait)


def late(environment: Environment) -> None:
    """Make a request when everybody else has gone."""
    fire(environment, "/too-late")


IN_BETWEEN: dict[str, Callable[[Environment], None]] = {
    "pushes-in": pushes_in,
    "removes-all": removes_all,
    "puts-aside": puts_aside,
    "replaces": replaces,
    "new-statistics": new_statistics,
}


@events.test_start.add_listener
def on_test_start(environment: Environment, **_: Any) -> None:
    if WAY == "blocks":
        blocks(environment)
    elif WAY in IN_BETWEEN:
        gevent.spawn_later(1.5, IN_BETWEEN[WAY], environment)


def heard(environment: Environment) -> bool:
    """Whether somebody listens in front of what was put there."""
    handlers = environment.events.request._handlers
    return bool(handlers) and handlers[0] not in (end_it, do_nothing)


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    here.append(environment)


here: list[Environment] = []
if WAY == "atexit":
    atexit.register(lambda: late(here[0]))


def fork(environment: Environment) -> None:
    """Make a request in a child of this process."""
    child = os.fork()
    if not child:
        fire(environment, "/forked")
        gevent.sleep(1.5)  # long enough for whatever still ticks in it
        os._exit(0)
    os.waitpid(child, 0)


if WAY in ("by-hand-beside-early", "flood-at-import"):
    # Before there is a runner, whose statistics could count them.
    early = Environment(events=events)
    for _number in range(25_000 if WAY == "flood-at-import" else 20):
        fire(early, "/early")


class Passing(User):
    wait_time = constant_throughput(20)
    quiet = False
    by_hand = 0

    @task
    def one(self) -> None:
        if WAY == "by-hand":
            write_down("/by-hand")
            self.environment.stats.log_request("CALL", "/by-hand", 1, 1)
        elif WAY == "by-hand-beside-early" and self.by_hand < 20:
            Passing.by_hand += 1
            write_down("/by-hand")
            self.environment.stats.log_request("CALL", "/by-hand", 1, 1)
        elif WAY == "made-up-for":
            # One that Locust alone counts, and one that its own listener can't take.
            write_down("/by-hand")
            self.environment.stats.log_request("CALL", "/by-hand", 1, 1)
            write_down("/incomplete")
            self.environment.events.request.fire(
                request_type="CALL", name="/incomplete", response_time=1.0
            )
        elif WAY == "failures-by-hand":
            fire(self.environment, "/one")
            self.environment.stats.log_error("CALL", "/one", "found wrong later")
        elif WAY == "native-thread":
            get_hub().threadpool.apply(fire, (self.environment, "/thread"))
        elif WAY == "broken-arguments":
            fire(self.environment, "/odd", response_time="soon", response_length=None)
        elif WAY == "forks" and not Passing.quiet:
            Passing.quiet = True
            fork(self.environment)
        elif heard(self.environment):
            fire(self.environment, "/later" if Passing.quiet else "/one")
        else:
            # Nobody can hear of it: neither Locust nor anyone else.
            Passing.quiet = True
            self.environment.events.request.fire(
                request_type="CALL", name="/unheard", response_time=1.0, response_length=1
            )
