"""Locust's count of one session, held against what its recorder was told of."""

from typing import Any

import pytest
from locust.env import Environment

from swarmscope.agent.locust_count import Late, LocustCount, Looks, without
from swarmscope.agent.witness import Counts, Reading, Witness
from swarmscope.recording.window import Recorder


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
    world.locust("/d", error="no")
    world.both("/e")
    world.ours("/e", 7, error="no")
    world.both("/f")
    world.ours("/f", 7)
    assert world.unheard() == (6, 3)
    assert world.count.requests == 8


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
    world.count.leave(world.recorder)
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
    reading = Reading(Counts(9, 4), {("/a", "GET"): Counts(4, 2)})
    assert without(reading, early, 3) == ((4, 3), {("/a", "GET"): (2, 1)})
    # what Locust hasn't counted, since it came before there was a runner, or still waits
    assert without(Reading(Counts(0, 0), {}), early, 3) == ((0, 0), {})


def test_a_request_that_was_stored_as_failed_is_no_success(world: World):
    world.locust("/a", 3)
    world.ours("/a", 3, error="without a length")
    assert world.unheard() == (3, 0)


def test_a_failure_that_is_counted_twice_or_without_a_request_is_told_apart(world: World):
    world.both("/a", 2, error="no")
    for _ in range(2):
        world.environment.stats.log_error("GET", "/a", "once more")
    world.environment.stats.log_error("LOAD", "never requested", "incomplete")
    assert world.unheard() == (0, 0)
    assert world.count.failures_alone == 3
    assert world.count.has_anything


def test_an_entry_that_is_in_no_total_is_a_locustfile_s_own_sum(world: World):
    for _ in range(3):
        world.both("/a")
        world.environment.stats.get("all", "SUM").log(1, 1)
    assert world.unheard() == (0, 0)
    world.locust("/b", 2)
    assert world.unheard() == (2, 0)


def test_an_entry_under_a_key_of_one_s_own_is_left_alone(world: World):
    world.both("/a")
    stats = world.environment.stats
    stats.entries["/a", "GET", "checkout"] = stats.get("/a", "GET")  # type: ignore[index]
    assert world.unheard() == (0, 0)


def test_a_total_that_knows_more_than_its_entries_is_noticed(world: World):
    world.both("/a")
    assert not world.count.compare(world.recorder)
    world.environment.stats.total.log(1, 1)
    assert world.count.compare(world.recorder)
    assert world.count.requests == 2
    assert not world.count.compare(world.recorder)


def test_what_locust_counts_only_in_the_next_run_was_heard_in_the_one_before(world: World):
    """A listener between the two waits, and a run ends meanwhile."""
    world.both("/a", 3)
    world.ours("/slow", 2, error="no")
    late = world.count.leave(world.recorder)
    assert late.ahead == {("/slow", "GET"): (2, 2)}
    before, world.recorder = world.count, Recorder()
    world.count = LocustCount(world.witness, world.witness.read(), late)
    world.both("/a", 4)
    world.locust("/slow", 2, error="no")
    assert world.unheard() == (0, 0)
    assert (before.requests, world.count.requests) == (0, 4)
    world.locust("/slow", 1)
    assert world.unheard() == (1, 0)
    assert world.count.look() == (7, 2)
    assert world.count.requests == 5


@pytest.mark.parametrize(("before", "then"), [(1, 5), (5, 1), (1, 1), (2, 1), (1, 2)])
def test_what_comes_late_is_found_where_one_of_two_runs_folds_its_endpoint(before: int, then: int):
    """Each run tells the first endpoints apart that it meets, and they need not be the same."""
    world = World(max_names=before)
    world.both("/of the first run")
    world.ours("/slow", 2, error="no")
    world.ours("/slower", 1)
    late = world.count.leave(world.recorder)
    world.recorder = Recorder(max_names=then)
    world.count = LocustCount(world.witness, world.witness.read(), late)
    world.both("/of the next run", 4)
    world.both("/slower", 3)
    world.locust("/slow", 2, error="no")
    world.locust("/slower", 1)
    assert world.unheard() == (0, 0)
    assert world.count.requests == 7
    world.locust("/slower", 1)
    assert world.unheard() == (1, 0)


def test_what_comes_late_of_folded_endpoints_makes_up_for_no_other():
    world = World(max_names=1)
    world.both("/told apart")
    world.ours("/slow", 2)
    late = world.count.leave(world.recorder)
    world.recorder = Recorder(max_names=5)
    world.count = LocustCount(world.witness, world.witness.read(), late)
    world.locust("/told apart", 2)
    assert world.unheard() == (2, 0)
    world.locust("/slow", 2)
    assert world.unheard() == (2, 0)


def test_names_that_are_equal_are_one_whatever_their_texts(world: World):
    class Page:
        """A name whose text changes."""

        texts = iter(range(100))

        def __str__(self) -> str:
            return f"/{next(self.texts)}"

    for name in (Page(), 1, True):
        world.both(name, 2)  # type: ignore[arg-type]
    assert world.unheard() == (0, 0)


def test_whether_more_was_counted_since_is_known(world: World):
    assert world.count.has_more()
    world.count.compare(world.recorder)
    assert not world.count.has_more()
    world.environment.stats.log_error("GET", "/a", "no")
    assert world.count.has_more()


def test_what_was_counted_before_makes_up_for_nothing(world: World):
    world.locust("/a", 7)
    world.count = world.begin()
    world.ours("/a", 7)
    world.locust("/b", 3)
    assert world.unheard() == (3, 0)


def test_what_could_come_late_and_does_not_is_not_expected(world: World):
    ahead = {("/slow", "GET"): Counts(2, 0), ("/never", "GET"): Counts(1, 0)}
    late = Late(ahead, world.recorder.cells.counted_as)
    world.count = LocustCount(world.witness, world.witness.read(), late)
    world.both("/slow", 4)
    assert world.unheard() == (0, 0)
    assert world.count.requests == 4


def test_a_look_that_fails_finds_nothing_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    looks = Looks()
    assert (looks.at(lambda: 3), looks.at(lambda: 0), looks.failed) == (True, False, False)
    for _ in range(2):
        assert not looks.at(lambda: {}["gone"])
    assert looks.failed
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert looks.at(lambda: 1)
