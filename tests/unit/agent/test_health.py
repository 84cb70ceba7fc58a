"""The load generator's own health: CPU, memory, and how late its event loop is."""

from collections.abc import Iterator
from time import monotonic

import gevent
import pytest

from swarmscope.agent.health import GeneratorHealth

_BLOCKED_MS = 300


@pytest.fixture
def health() -> Iterator[GeneratorHealth]:
    watching = GeneratorHealth()
    yield watching
    watching.close()


def test_health_is_measured_while_the_process_runs(health: GeneratorHealth):
    fields = health.take()
    assert set(fields) == {"cpu_percent", "rss_bytes", "loop_lag_ms"}
    assert fields["rss_bytes"] > 10_000_000


def test_code_that_keeps_the_event_loop_waiting_is_seen_once(health: GeneratorHealth) -> None:
    gevent.sleep(0)  # it begins to watch
    until = monotonic() + _BLOCKED_MS / 1_000
    while monotonic() < until:  # gives way to nobody, as a user's computation does
        pass
    deadline = monotonic() + 30
    while not (lag := health.take()["loop_lag_ms"]):
        assert monotonic() < deadline
        gevent.sleep(0.01)
    # A tenth of a second of it was no lag: the watch had nothing to do for so long.
    assert lag > _BLOCKED_MS / 2


def test_nothing_is_watched_any_more_when_it_is_closed() -> None:
    health = GeneratorHealth()
    gevent.sleep(0)
    health.close()
    assert health._greenlet.dead


def test_over_a_moment_no_share_of_the_cpu_is_measured(health: GeneratorHealth) -> None:
    """Of 3 ms a system that counts in steps of 10 ms says that a process used 300 % of a core."""
    while (first := health.take()["cpu_percent"]) == 0:
        pass
    assert [health.take()["cpu_percent"] for _ in range(100)] == [first] * 100
