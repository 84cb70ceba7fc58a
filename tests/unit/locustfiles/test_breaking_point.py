"""The search for the breaking point, over a service whose response times grow with the users."""

from types import SimpleNamespace
from typing import Any

import pytest
from locust.stats import RequestStats
from tests.fixtures.scenario_modules import scenario

breaking_point: Any = scenario("shapes/breaking_point.py")


def search(breaks_at: int, *, first: int = 10, highest: int = 1_000) -> list[int]:
    """Return the levels that are tried of a service that breaks there, and at last what held."""
    tried, one = [], breaking_point.Search(first, highest)
    while not one.done:
        tried.append(one.level)
        one.judge(holds=one.level < breaks_at)
    return [*tried, one.held]


def test_it_doubles_until_one_breaks_and_then_halves() -> None:
    assert search(70) == [10, 20, 40, 80, 60, 70, 65, 65]


@pytest.mark.parametrize("breaks_at", [2, 7, 10, 11, 99, 640, 999])
def test_it_comes_within_a_tenth_of_wherever_it_breaks(breaks_at: int) -> None:
    *tried, held = search(breaks_at)
    assert breaks_at - max(1, held // 10) <= held < breaks_at
    assert len(tried) < 16


def test_what_never_breaks_is_tried_up_to_the_highest_level() -> None:
    assert search(10**6, highest=100) == [10, 20, 40, 80, 100, 100]


def test_what_breaks_at_once_holds_nobody() -> None:
    assert search(1)[-1] == 0


class Service:
    """Users that request once a second, each answered in 10 ms a user; more than 40 fail."""

    def __init__(self, **limits: float) -> None:
        told = {"first_level": 5, "highest_level": 1_000, "settle": 3.0, "hold": 5.0}
        options = SimpleNamespace(**{"p95_limit": 1e9, "fail_limit": 100, **told, **limits})
        self.stats = RequestStats()
        self.user_count = 0
        self.environment = SimpleNamespace(parsed_options=options)

    def second(self, wanted: int) -> None:
        """Let a second pass; users come five at a time."""
        self.user_count += max(-5, min(5, wanted - self.user_count))
        for _ in range(self.user_count):
            self.stats.log_request("GET", "/", 10 * self.user_count, 0)
            if self.user_count > 40:
                self.stats.log_error("GET", "/", "too many")


def played(service: Service, shape: Any = None) -> tuple[int, list[str]]:
    """Return what held at last, and the stages on the way."""
    shape = shape or breaking_point.BreakingPoint()
    shape.runner = service
    stages: list[str] = []
    for second in range(2_000):
        shape.get_run_time = lambda now=second: float(now)
        order = shape.tick()
        if order is None:
            return shape.search.held, stages
        if stages[-1:] != [shape.stage]:
            stages.append(shape.stage)
        service.second(order[0])
    raise AssertionError(f"it never ended: {stages}")


def test_a_level_is_judged_by_the_response_times_of_its_own_seconds() -> None:
    held, stages = played(Service(p95_limit=245))
    assert held in {23, 24}
    assert stages[:6] == [
        "0 held, now 5",
        "5 held, now 10",
        "10 held, now 20",
        "20 held, now 40",
        "rest",
        "20 held, now 30",
    ]


def test_failures_break_a_level_as_well() -> None:
    held, _ = played(Service(fail_limit=1))
    assert 36 <= held <= 40


def test_a_level_without_a_request_holds_nothing() -> None:
    service = Service()
    service.stats.log_request = lambda *_: None  # type: ignore[method-assign]
    assert played(service)[0] == 0


def test_another_test_begins_another_search() -> None:
    shape = breaking_point.BreakingPoint()
    first = played(Service(p95_limit=245), shape)
    shape.reset_time()
    assert played(Service(p95_limit=245), shape) == first
