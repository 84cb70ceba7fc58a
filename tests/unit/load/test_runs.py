"""Which arrivals a process's users wait for, alone and below a master."""

from typing import Any

from locust import User, constant_throughput
from locust.env import Environment
from locust.runners import WorkerRunner

from swarmscope.load import arrival_rate
from swarmscope.load.runs import run_of, timed
from swarmscope.load.schedule import Share


class Visitor(User):
    wait_time = arrival_rate(5)


class Buyer(User):
    wait_time = constant_throughput(5)


def test_users_that_say_when_they_should_begin_are_found() -> None:
    assert timed(Environment(user_classes=[Visitor]))
    assert timed(Environment(user_classes=[Buyer]))
    assert not timed(Environment(user_classes=[User]))


def test_who_has_a_master_waits_for_its_shares() -> None:
    environment = Environment(user_classes=[Visitor])
    runner: Any = WorkerRunner.__new__(WorkerRunner)
    runner.greenlet = None
    environment.runner = runner
    run = run_of(environment)
    arrivals = Visitor.wait_time.arrivals(Visitor(environment))
    arrivals.enter()
    assert arrivals._share is None
    assert run.users == {"Visitor": 1}
    run.take_shares({"Other": Share(0, 1, 1)})
    assert arrivals._share is None
    run.take_shares({"Visitor": Share(3, 4, 9)})
    assert arrivals._share == Share(3, 4, 9)
    environment.events.test_start.fire(environment=environment)
    assert run.users == {}, "another run"
    assert run_of(environment) is run
