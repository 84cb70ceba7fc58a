"""Exceptions of users' own code are heard of once, wherever Locust meets them."""

import logging
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import gevent
import pytest
from locust import TaskSet, User, task
from locust.env import Environment

from swarmscope.agent.mishaps import Mishaps


class Heard(list[tuple[str, str]]):
    """User class and text of each exception that was recorded."""

    def record(self, name: str, error: BaseException, tb: TracebackType | None) -> None:
        assert tb is not None
        self.append((name, str(error)))


class Shopper(User):
    @task
    def buy(self) -> None:
        """Buy nothing."""


class Basket(TaskSet):
    @task
    def fill(self) -> None:
        """Fill it with nothing."""


@pytest.fixture
def environment() -> Environment:
    return Environment(user_classes=[Shopper])


@pytest.fixture
def heard(environment: Environment) -> Iterator[Heard]:
    found = Heard()
    mishaps = Mishaps(environment, found.record)
    yield found
    mishaps.close()


def raised(text: str) -> ValueError:
    """Return an exception that was raised here."""

    def fail() -> None:
        raise ValueError(text)

    with pytest.raises(ValueError, match=text) as caught:
        fail()
    return caught.value


def fire(environment: Environment, where: object, error: Exception) -> None:
    environment.events.user_error.fire(user_instance=where, exception=error, tb=error.__traceback__)


def test_an_exception_of_a_task_is_told_with_its_user_class(
    environment: Environment, heard: Heard
) -> None:
    user = Shopper(environment)
    fire(environment, user, raised("a"))
    fire(environment, Basket(user), raised("b"))
    assert heard == [("Shopper", "a"), ("Shopper", "b")]


def test_that_of_another_test_in_this_process_is_its_own(
    environment: Environment, heard: Heard
) -> None:
    fire(environment, Shopper(Environment()), raised("theirs"))
    assert heard == []


def test_it_is_heard_before_a_listener_that_ends_the_line(
    environment: Environment,
) -> None:
    def stop(**_: Any) -> None:
        raise gevent.GreenletExit

    environment.events.user_error.add_listener(stop)
    found = Heard()
    mishaps = Mishaps(environment, found.record)
    with pytest.raises(gevent.GreenletExit):
        fire(environment, Shopper(environment), raised("a"))
    mishaps.close()
    assert found == [("Shopper", "a")]


class Leaver(User):
    @task
    def wait(self) -> None:
        """Do nothing."""

    def on_stop(self) -> None:
        raise ValueError("in on_stop")


def test_what_a_user_s_on_stop_lets_out_is_told_once(
    environment: Environment, heard: Heard, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends the user's greenlet, and fires no event."""
    user = Leaver(environment)
    gevent.spawn(user.on_stop).join()
    assert heard == [("Leaver", "in on_stop")]
    assert "ValueError: in on_stop" in capsys.readouterr().err


def test_what_a_task_set_s_on_stop_lets_out_is_told_by_locust_s_own_record(
    environment: Environment, heard: Heard
) -> None:
    user = Leaver(environment)
    root = logging.getLogger()
    try:
        user.on_stop()
    except ValueError:
        root.error("Uncaught exception in on_stop: \n%s", "its traceback")
        root.error("Uncaught exception in on_stop: again")
        root.error("something else")
    assert heard == [("Leaver", "in on_stop")]


def test_of_two_tests_in_a_process_each_is_told_of_its_own(
    environment: Environment, heard: Heard
) -> None:
    """Both look at what Locust says, and the first of them must not take it from the other."""
    other = Environment(user_classes=[Leaver])
    later = Heard()
    mishaps = Mishaps(other, later.record)
    root = logging.getLogger()
    for user in (Leaver(environment), Leaver(other)):
        try:
            user.on_stop()
        except ValueError:
            root.error("Uncaught exception in on_stop: \n%s", "its traceback")
    mishaps.close()
    assert heard == [("Leaver", "in on_stop")]
    assert later == [("Leaver", "in on_stop")]


def test_an_exception_of_nobody_s_user_is_none_of_ours(
    heard: Heard, capsys: pytest.CaptureFixture[str]
) -> None:
    gevent.spawn(raised, "x").join()

    def fail() -> None:
        raise ValueError("of a helper")

    gevent.spawn(fail).join()
    assert heard == []
    assert "of a helper" in capsys.readouterr().err


def test_what_can_not_be_recorded_costs_no_test(
    environment: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room")

    mishaps = Mishaps(environment, fail)
    fire(environment, Shopper(environment), raised("a"))
    mishaps.close()
    assert "could not record an exception of the test; it runs on." in caplog.text


def test_once_closed_nothing_is_heard(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Heard()
    before = gevent.get_hub().handle_error
    mishaps = Mishaps(environment, found.record)
    mishaps.close()
    assert gevent.get_hub().handle_error == before
    fire(environment, Shopper(environment), raised("a"))
    gevent.spawn(Leaver(environment).on_stop).join()
    assert found == []
    capsys.readouterr()


def test_who_came_later_still_stands_in_gevent_s_way(environment: Environment) -> None:
    hub = gevent.get_hub()
    before = hub.handle_error
    first, second = Mishaps(environment, Heard().record), Mishaps(environment, Heard().record)
    first.close()
    assert hub.handle_error == second._on_death
    second.close()
    hub.handle_error = before
