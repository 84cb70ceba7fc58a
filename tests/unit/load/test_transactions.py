"""Transactions of users, with Locust's own runner in this process: times, pauses, how they end."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from locust import SequentialTaskSet, TaskSet, User, constant, task
from locust.env import Environment
from locust.exception import InterruptTaskSet, RescheduleTask, StopUser

from swarmscope.errors import ConfigurationError
from swarmscope.load import transaction
from swarmscope.load.runs import run_of

PAUSE_S = 0.2
WORK_S = 0.05


class Told:
    """Takes what became of transactions."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, float, float, bool]] = []
        self.abandoned: list[str] = []

    def add(self, name: str, ms: float, waited_ms: float, *, failed: bool) -> None:
        self.ended.append((name, ms, waited_ms, failed))

    def abandon(self, name: str) -> None:
        self.abandoned.append(name)


@pytest.fixture
def environment() -> Iterator[Environment]:
    environment = Environment()
    environment.create_local_runner()
    yield environment
    assert environment.runner
    environment.runner.quit()


@pytest.fixture
def told(environment: Environment) -> Told:
    told: Any = Told()
    run_of(environment).transactions = told
    return told  # type: ignore[no-any-return]


def play(environment: Environment, work: Callable[[User], None]) -> None:
    """Let one user do *work*."""

    class Worker(User):
        wait_time = constant(PAUSE_S)

        @task
        def work(self) -> None:
            work(self)
            raise StopUser

    assert environment.runner
    Worker(environment).start(environment.runner.user_greenlets).join(timeout=20)


def request(environment: Environment, exception: Exception | None = None) -> None:
    environment.events.request.fire(
        request_type="GET", name="/", response_time=1, response_length=0, exception=exception
    )


def test_a_transaction_has_its_time_without_pauses(environment: Environment, told: Told) -> None:
    def work(user: User) -> None:
        with transaction(user, "checkout"):
            gevent.sleep(WORK_S)
            user.wait()

    play(environment, work)
    ((name, ms, waited, failed),) = told.ended
    assert (name, failed) == ("checkout", False)
    assert ms >= 1_000 * WORK_S
    assert waited >= 1_000 * PAUSE_S
    assert ms < waited, "the pause is in neither part of it twice"


def test_a_failed_request_in_it_fails_it_and_one_beside_it_does_not(
    environment: Environment, told: Told
) -> None:
    def work(user: User) -> None:
        request(environment, ValueError())
        with transaction(user, "fine"):
            request(environment)
            gevent.spawn(request, environment, ValueError()).join()
        with transaction(user, "outer"), transaction(user, "inner"):
            request(environment, ValueError())
        with transaction(user, "told") as one:
            one.fail()

    play(environment, work)
    assert [(name, failed) for name, *_, failed in told.ended] == [
        ("fine", False),
        ("inner", True),
        ("outer", True),
        ("told", True),
    ]


def test_code_that_raises_fails_it(environment: Environment, told: Told) -> None:
    def work(user: User) -> None:
        with transaction(user, "checkout"):
            raise LookupError

    with pytest.raises(LookupError):
        work(User(environment))
    assert [failed for *_, failed in told.ended] == [True]


@pytest.mark.parametrize(
    "leaving", [InterruptTaskSet, RescheduleTask, StopUser, gevent.GreenletExit]
)
def test_one_that_is_left_is_abandoned_and_has_no_time(
    environment: Environment, told: Told, leaving: type[BaseException]
) -> None:
    with pytest.raises(leaving), transaction(User(environment), "checkout"):
        raise leaving
    assert (told.ended, told.abandoned) == ([], ["checkout"])


class Checkout(SequentialTaskSet):
    rounds = 0

    def on_start(self) -> None:
        self.journey = transaction(self, "journey").begin()

    @task
    def fill(self) -> None:
        gevent.sleep(WORK_S)

    @task
    def pay(self) -> None:
        type(self).rounds += 1
        if self.rounds == 1:
            self.journey.end()
        self.interrupt()

    def on_stop(self) -> None:
        self.journey.abandon()


def test_a_journey_over_tasks_ends_once_or_is_abandoned(
    environment: Environment, told: Told
) -> None:
    class Buyer(User):
        tasks = (Checkout,)
        wait_time = constant(0.01)

    buyer = Buyer(environment)
    assert environment.runner
    running = buyer.start(environment.runner.user_greenlets)
    with gevent.Timeout(20):
        while not told.abandoned:
            gevent.sleep(0.01)
    running.kill()
    assert [(name, waited > 0) for name, _, waited, _ in told.ended] == [("journey", True)]
    assert Checkout.rounds > 1


def test_where_nothing_is_recorded_it_is_as_if_there_were_none(environment: Environment) -> None:
    one = transaction(TaskSet(User(environment)), "checkout")
    with one:
        pass
    one.end()
    one.abandon()
    assert run_of(environment).transactions is None


def test_one_that_begins_again_abandons_what_it_was(environment: Environment, told: Told) -> None:
    one = transaction(User(environment), "checkout").begin()
    one.begin()
    one.end()
    assert (len(told.ended), told.abandoned) == (1, ["checkout"])


@pytest.mark.parametrize("name", ["", None, 7])
def test_it_has_a_name(environment: Environment, name: Any) -> None:
    with pytest.raises(ConfigurationError, match="can't be called"):
        transaction(User(environment), name)
