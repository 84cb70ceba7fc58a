"""Requests when nobody should make any: a marker is taken back, or it is said that they're lost."""

import threading
from typing import Any

import gevent
import pytest
from gevent.event import Event
from locust.env import Environment

from swarmscope.agent.afterwards import after_the_end, after_the_run, in_a_child
from swarmscope.agent.front import Place, is_listening


class Session:
    """A run's session that is *marked* as complete, and *ended*."""

    def __init__(self, *, marked: bool = True, ended: bool = True) -> None:
        self.marked, self.ended = marked, ended
        self.recorded: list[dict[str, Any]] = []
        self.taken_back: list[dict[str, Any]] = []

    def record(self, **request: Any) -> None:
        self.recorded.append(request)

    def take_back(self, _: object, health: Any, *, for_good: bool) -> None:
        assert for_good
        self.taken_back.append(health)


class Back:
    """Takes a marker back, and remembers in which thread."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def __call__(self) -> None:
        self.threads.append(threading.get_ident())


@pytest.mark.parametrize("marked", [True, False])
def test_a_late_request_is_recorded_and_takes_the_marker_back(marked: bool) -> None:
    session, back = Session(marked=marked), Back()
    late = after_the_run(session, back, 5)  # type: ignore[arg-type]
    late(name="/a")
    assert session.recorded == [{"name": "/a"}]
    assert len(back.threads) == marked


def test_one_of_a_native_thread_has_it_taken_back_where_the_run_lives() -> None:
    session, back = Session(), Back()
    late = after_the_run(session, back, 60)  # type: ignore[arg-type]
    pool = gevent.get_hub().threadpool
    pool.apply(late)
    assert back.threads == [threading.get_ident()]


def test_a_native_thread_waits_no_longer_than_it_must() -> None:
    done = gevent.event.Event()
    late = after_the_run(Session(), done.wait, 0.01)  # type: ignore[arg-type]
    gevent.get_hub().threadpool.apply(late)
    assert not done.is_set()
    done.set()


@pytest.fixture
def place() -> tuple[Environment, Place]:
    environment = Environment()
    return environment, Place(environment, lambda **_: None)


@pytest.mark.parametrize(
    ("marked", "ended", "back", "says"),
    [
        (True, True, 1, "are not recorded, and the run stays without its final marker."),
        (False, False, 0, "are not recorded."),
        (False, True, 0, "and the run stays without its final marker."),
    ],
)
def test_once_all_is_closed_the_first_request_says_it_and_no_other(
    place: tuple[Environment, Place],
    caplog: pytest.LogCaptureFixture,
    *,
    marked: bool,
    ended: bool,
    back: int,
    says: str,
) -> None:
    environment, first = place
    session, belied = Session(marked=marked, ended=ended), Back()
    handler = after_the_end(first, session, {"rss_bytes": 1}, belied, Event())  # type: ignore[arg-type]
    first.give_to(handler)
    for _ in range(2):
        environment.events.request.fire()
    assert (session.taken_back, len(belied.threads)) == ([{"rss_bytes": 1}] * back, back)
    (said,) = caplog.messages
    assert said.startswith("Requests are made after swarmscope has closed")
    assert said.endswith(says)
    assert not is_listening(environment.events.request, handler)


def test_whoever_ends_the_process_hears_it_out(place: tuple[Environment, Place]) -> None:
    environment, first = place
    said, goes_on, order = Event(), Event(), list[str]()

    def belied() -> None:
        goes_on.wait()
        order.append("taken back")

    first.give_to(after_the_end(first, Session(), {}, belied, said))  # type: ignore[arg-type]
    late = gevent.spawn(environment.events.request.fire)
    gevent.sleep(0)
    said.wait(0.01)
    order.append("waited long enough")
    gevent.spawn_later(0.01, goes_on.set)
    said.wait(60)
    order.append("over")
    assert order == ["waited long enough", "taken back", "over"]
    late.join()
    said.wait(60)


def test_of_a_native_thread_nothing_is_taken_back(place: tuple[Environment, Place]) -> None:
    """It has no hub that could write: the log alone tells of it."""
    _, first = place
    session, belied = Session(), Back()
    handler = after_the_end(first, session, {}, belied, Event())  # type: ignore[arg-type]
    gevent.get_hub().threadpool.apply(handler)
    assert (session.taken_back, belied.threads) == ([], [])


def test_in_a_child_one_request_says_that_none_is_recorded(
    place: tuple[Environment, Place], caplog: pytest.LogCaptureFixture
) -> None:
    environment, first = place
    first.give_to(in_a_child(first))
    for _ in range(2):
        environment.events.request.fire()
    (said,) = caplog.messages
    assert "Requests of a forked process are not recorded" in said
    assert "--processes" in said
