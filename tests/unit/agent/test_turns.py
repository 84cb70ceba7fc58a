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
