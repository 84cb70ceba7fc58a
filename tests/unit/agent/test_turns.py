"""Long work in the event loop, and the users who share it."""

from collections.abc import Iterator
from time import perf_counter

import gevent

from swarmscope.agent.turns import politely


def test_long_work_lets_the_users_run():
    order: list[str] = []

    def slow() -> Iterator[str]:
        for i in range(3):
            until = perf_counter() + 0.002
            while perf_counter() < until:
                pass
            order.append(str(i))
            yield str(i)

    running = gevent.spawn(order.append, "user")
    assert list(politely(slow())) == ["0", "1", "2"]
    running.join()
    assert order == ["0", "user", "1", "2"]


def test_short_work_after_short_work_lets_them_run_too():
    """A tick is many loops, each of less than a slice: together they were three."""

    def spin() -> Iterator[None]:
        until = perf_counter() + 0.0006
        while perf_counter() < until:
            pass
        yield

    list(politely(spin()))
    turns: list[str] = []
    running = gevent.spawn(turns.append, "user")
    for _ in range(2):
        list(politely(spin()))
    assert turns == ["user"]
    running.join()
