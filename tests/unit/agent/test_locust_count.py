"""Locust's count of one session, held against what its recorder was told of."""

from typing import Any

import pytest
from locust.env import Environment

from swarmscope.agent.locust_count import LocustCount, without
from swarmscope.agent.witness import Counts, Reading, Witness
from swarmscope.window import Recorder


class World:
    """A process in which Locust counts, and a recorder hears, each by itself."""

    def __init__(self, **recorder: Any) -> None:
        self.environment = Environment()
        self.witness = Witness(self.environment)
        self.recorder = Recorder(**recorder)
        self.count = self.begin()

    def begin(self) -> LocustCount:
        return LocustCount(self.witness, self.witness.read())

    def locust(self, name: str = "/a", times: int = 1, error: str = "") -> None:
        for _ in range(times):
            self.environment.stats.log_request("GET", name, 1, 1)
            if error:
                self.environment.stats.log_error("GET", name, error)

    def ours(self, name: object = "/a", times: int = 1, error: str = "") -> None:
        for _ in range(times):
            self.recorder.record(
                request_type="GET", name=name, response_time=1, exception=error or None
            )

    def both(self, name: str = "/a", times: int = 1, error: str = "") -> None:
        self.locust(name, times, error)
        self.ours(name, times, error)

    def unheard(self) -> tuple[int, int]:
        self.count.compare(self.recorder)
        return self.count.unheard


@pytest.fixture
def world() -> World:
    return World()


def test_nothing_is_unheard_before_anybody_looked(world: World):
    assert (world.count.requests, world.count.unheard) == (0, (0, 0))


def test_what_both_count_is_heard(world: World):
    world.both("/a", 3)
    world.both("/b", 2, error="no")
    assert world.unheard() == (0, 0)
    assert world.count.requests == 5


def test_what_only_we_hear_makes_up_for_nothing(world: World):
    world.locust("/a", 3)
    world.ours("/b", 4)
    world.locust("/c", 2, error="no")
    assert world.unheard() == (5, 2)
    assert world.count.requests == 5


def test_a_failure_that_only_locust_knows_is_found_by_itself(world: World):
    world.both("/a", 3)
    world.environment.stats.log_error("GET", "/a", "found wrong later")
    world.ours("/b", error="of another endpoint")
    assert world.unheard() == (0, 1)


def test_closed_windows_count_as_the_open_one_does(world: World):
    world.both("/a", 3, error="no")
    world.recorder.close()
    world.both("/a", 2, error="no")
    assert world.unheard() == (0, 0)
    world.recorder.close()
    world.recorder.take()
    world.locust("/a")
    assert world.unheard() == (1, 0)


def test_each_session_is_judged_by_its_own_requests(world: World):
    world.locust("/a", 7, error="no")
    world.count = world.begin()
    world.both("/a", 2)
    world.count.leave()
    world.locust("/a", 5)
    assert world.unheard() == (0, 0)
    assert world.count.requests == 2


def test_an_entry_that_somebody_took_out_of_the_statistics_is_not_held_against_us(world: World):
    world.locust("/a", 7)
    world.count = world.begin()
    world.environment.stats.entries.clear()
    world.both("/b")
    assert world.unheard() == (0, 0)


def test_names_that_are_counted_together_are_compared_together():
    world = World(max_names=2)
    for number in range(6):
        world.both(f"/{number}")
    assert world.unheard() == (0, 0)
    world.locust("/7", 4)
    assert world.unheard() == (4, 0)


def test_names_of_one_kind_are_compared_together():
    world = World(template_names=True)
    world.both("https://shop.example/item/12")
    world.both("https://shop.example/item/13")
    assert world.unheard() == (0, 0)


def test_a_name_of_another_type_is_the_same_endpoint(world: World):
    for name in (7, None, ("a", 1), ""):
        world.both(name)  # type: ignore[arg-type]
    assert world.unheard() == (0, 0)


def test_what_came_early_is_counted_from_before_it():
    early = [
        {"request_type": "GET", "name": "/a", "exception": None},
        {"request_type": "GET", "name": "/a", "exception": ValueError("no")},
        {"request_type": "GET", "name": ["no", "key"]},
        {"request_type": "GET", "name": "/b"},
    ]
    reading = Reading(9, {("/a", "GET"): Counts(4, 2)})
    assert without(reading, early, 3) == (2, {("/a", "GET"): (2, 1), ("/b", "GET"): (-1, 0)})
