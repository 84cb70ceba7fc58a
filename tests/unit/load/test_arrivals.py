"""Which users are started by arrivals, and what becomes of those that find none."""

import logging
from collections.abc import Iterator

import gevent
import gevent.event
import pytest

from swarmscope.load.arrivals import Arrivals
from swarmscope.load.schedule import WHOLE, Schedule, Share

RATE = 200


@pytest.fixture
def arrivals() -> Iterator[Arrivals]:
    arrivals = Arrivals("Visitor", Schedule(RATE), poisson=False, seed=1)
    yield arrivals
    arrivals.end()


def user(arrivals: Arrivals, dues: list[float], busy: gevent.event.Event) -> gevent.Greenlet:
    def work() -> None:
        while True:
            dues.append(arrivals.wait())
            busy.wait()

    arrivals.enter()
    greenlet = gevent.spawn(work)
    greenlet.link(lambda _: arrivals.leave())
    return greenlet


def free() -> gevent.event.Event:
    event = gevent.event.Event()
    event.set()
    return event


def wait_for(what: object) -> None:
    with gevent.Timeout(20):
        while not what():  # type: ignore[operator]
            gevent.sleep(0.005)


def test_arrivals_are_due_when_the_rate_says_whenever_they_are_started(arrivals: Arrivals) -> None:
    dues: list[float] = []
    user(arrivals, dues, free())
    arrivals.take_share(WHOLE)
    arrivals.complete()
    wait_for(lambda: len(dues) >= 20)
    arrivals.end()
    wait_for(lambda: arrivals._idle)
    # A busy machine may have had nobody idle at some: they are due all the same.
    ticks = [round((due - dues[0]) * RATE, 6) for due in dues]
    assert all(tick == int(tick) for tick in ticks)
    counts = arrivals.take()
    assert counts.due == len(dues) + counts.dropped
    assert arrivals.take().due == 0, "they were taken"


def test_nothing_begins_before_all_users_wait_and_a_share_is_known(arrivals: Arrivals) -> None:
    dues: list[float] = []
    user(arrivals, dues, free())
    arrivals.enter()  # one that still logs in
    arrivals.complete()
    arrivals.take_share(WHOLE)
    gevent.sleep(0.05)
    assert not dues
    arrivals.leave()  # it could not
    wait_for(lambda: dues)


@pytest.mark.parametrize(("many", "whose"), [(1, "its one user was"), (3, "all its 3 users were")])
def test_where_all_users_are_at_work_arrivals_are_dropped_and_said(
    arrivals: Arrivals, caplog: pytest.LogCaptureFixture, many: int, whose: str
) -> None:
    dues: list[float] = []
    with caplog.at_level(logging.WARNING):
        users = [user(arrivals, dues, gevent.event.Event()) for _ in range(many)]
        arrivals.take_share(WHOLE)
        arrivals.complete()
        wait_for(lambda: len(dues) == many and arrivals._counts.dropped >= 5)
        counts = arrivals.take()
    assert (len(dues), counts.busy, counts.due) == (many, many, many + counts.dropped)
    assert f"of Visitor could not be started, since {whose} at work" in caplog.text
    gevent.killall(users)
    wait_for(lambda: arrivals.users == 0)


def test_the_user_that_worked_last_is_taken_first(arrivals: Arrivals) -> None:
    """So no more work than answers demand, and the number at work tells how many that is."""
    of_each: list[list[float]] = [[], [], []]
    for dues in of_each:
        user(arrivals, dues, free())
    arrivals.take_share(WHOLE)
    arrivals.complete()
    wait_for(lambda: sum(map(len, of_each)) >= 20)
    assert sorted(map(len, of_each))[-1] >= 10


def test_one_that_ends_in_the_moment_it_is_called_is_dropped_not_forgotten(
    arrivals: Arrivals,
) -> None:
    dues: list[float] = []
    ended = user(arrivals, dues, free())
    gevent.sleep(0)
    ended.kill(block=False)
    arrivals._start(1.0)
    ended.join()
    counts = arrivals.take()
    assert (dues, counts.due, counts.dropped) == ([], 1, 1)


def test_a_new_share_takes_over_from_the_old_one(arrivals: Arrivals) -> None:
    dues: list[float] = []
    user(arrivals, dues, free())
    arrivals.take_share(Share(0, 1, 2))
    arrivals.complete()
    wait_for(lambda: len(dues) >= 5)
    arrivals.take_share(WHOLE)
    before = len(dues)
    wait_for(lambda: len(dues) >= before + 10)
    assert len(set(dues)) == len(dues), "none is due twice"
    assert min(b - a for a, b in zip(dues[before:], dues[before + 1 :], strict=False)) < 1.5 / RATE


def test_what_is_due_late_is_told(arrivals: Arrivals, caplog: pytest.LogCaptureFixture) -> None:
    dues: list[float] = []
    user(arrivals, dues, free())
    gevent.sleep(0)
    with caplog.at_level(logging.WARNING):
        arrivals._start(1.0)  # due long ago
        wait_for(lambda: dues)
    counts = arrivals.take()
    assert counts.late == 1
    assert counts.longest_late > 1
    assert "this load generator is busy" in caplog.text


def test_a_worker_whose_master_says_nothing_says_so(
    arrivals: Arrivals, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swarmscope.load.arrivals._PATIENCE_S", 0.01)
    user(arrivals, [], free())
    arrivals.complete()
    wait_for(lambda: "master doesn't say which of them are its" in caplog.text)
