"""The part that measures: which run its requests belong to, and what it hands on when."""

from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest
from gevent.event import Event
from locust.env import Environment
from tests.fixtures.fake_delivery import Kept

from swarmscope.agent import worker
from swarmscope.agent.identity import Identity
from swarmscope.agent.witness import Witness
from swarmscope.agent.worker import WorkerAgent
from swarmscope.settings import Settings

FIRST, SECOND, MADE_UP = (Identity(run, "t", "worker-0") for run in ("first", "second", "made-up"))


class World:
    """A worker agent in a process of Locust's, and what it asks and tells."""

    def __init__(self, folder: Path) -> None:
        self.environment = Environment()
        self.kept = Kept()
        self.asked = 0
        self.agent = WorkerAgent(
            self.environment.create_local_runner(),
            Settings.from_env({"SWARMSCOPE_SPOOL_DIR": str(folder), "SWARMSCOPE_HOST": "box"}),
            self.kept,  # type: ignore[arg-type]
            Witness(self.environment),
            ask=self.ask,
            report=lambda _: None,
            make_up=lambda: MADE_UP,
        )

    def ask(self) -> None:
        self.asked += 1

    def request(self) -> None:
        self.environment.events.request.fire(
            request_type="GET",
            name="/a",
            response_time=1.0,
            response_length=1,
            exception=None,
            response=None,
            context={},
        )

    def end(self) -> None:
        self.agent.end()

    def requests(self) -> dict[str, int]:
        seen: dict[str, int] = {}
        for batch in self.kept.batches:
            seen[batch.run] = seen.get(batch.run, 0) + batch.requests
        return {run: count for run, count in seen.items() if count}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.agent.close(lambda: None, Event())


def test_the_master_is_asked_until_it_has_named_the_run(world: World) -> None:
    world.agent.on_start()
    assert (world.asked, world.agent.unnamed) == (1, True)
    world.agent.tick()
    world.agent.tick()
    assert world.asked == 3
    world.agent.on_identity(FIRST)
    world.agent.tick()
    assert (world.asked, world.agent.unnamed, world.agent.identity) == (3, False, FIRST)


def test_a_run_that_nobody_names_gets_a_name_of_our_own(world: World) -> None:
    world.agent.on_start()
    for _ in range(worker._ASKED_OFTEN):
        assert world.agent.unnamed
        world.agent.tick()
    assert world.agent.identity == MADE_UP


def test_a_run_that_ends_before_it_has_a_name_is_written_all_the_same(world: World) -> None:
    world.agent.on_start()
    world.request()
    world.end()
    assert world.requests() == {"made-up": 1}


def test_a_name_that_comes_before_its_run_waits_for_it(world: World) -> None:
    world.agent.on_identity(FIRST)
    assert world.agent.identity is None
    world.agent.on_start()
    assert world.agent.identity == FIRST


def test_each_run_s_requests_are_its_own(world: World) -> None:
    world.agent.on_identity(FIRST)
    world.agent.on_start()
    world.request()
    world.agent.on_identity(SECOND)  # it goes on: that is the next one's
    world.request()
    assert world.agent.identity == FIRST
    world.end()
    world.agent.on_start()
    world.request()
    world.end()
    assert world.agent.identity == SECOND
    assert world.requests() == {"first": 2, "second": 1}


def test_a_name_is_used_once_however_often_it_is_told(world: World) -> None:
    world.agent.on_identity(FIRST)
    world.agent.on_start()
    world.end()
    world.agent.on_identity(FIRST)
    world.agent.on_start()
    assert world.agent.unnamed


def test_what_a_locustfile_requests_before_the_run_belongs_to_it(world: World) -> None:
    world.request()
    world.agent.on_identity(FIRST)
    world.agent.on_start()
    world.request()
    world.end()
    assert world.requests() == {"first": 2}


def test_the_last_word_of_a_run_is_that_all_is_written(world: World) -> None:
    world.agent.on_identity(FIRST)
    world.agent.on_start()
    world.request()
    world.end()
    marked = [line for line in world.kept.lines("locust_worker") if "final=true" in line]
    assert len(marked) == 1
    assert "requests_seen=1i" in marked[0]


def test_starting_and_ending_twice_is_once(world: World) -> None:
    world.agent.on_identity(FIRST)
    for _ in range(2):
        world.agent.on_start()
    world.request()
    for _ in range(2):
        world.agent.on_stop()
    world.end()
    gevent.sleep(0)
    assert world.requests() == {"first": 1}
    assert len([x for x in world.kept.lines("locust_worker") if "final=true" in x]) == 1


def test_a_pace_is_kept_while_a_run_goes_on(world: World) -> None:
    world.agent.on_pace(3)
    assert world.kept.pace_s == 1
    world.agent.on_identity(FIRST)
    world.agent.on_start()
    assert world.kept.pace_s == 3
    world.agent.on_pace(None)
    assert world.kept.pace_s == 1
    world.agent.on_pace(5)
    world.end()
    assert world.kept.pace_s == 1


def test_requests_outside_of_any_run_are_said_at_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    alone = World(tmp_path)
    alone.request()
    alone.agent.close(lambda: None, Event())
    assert "1 request outside of any run is not recorded" in caplog.text
    assert alone.kept.batches == []


def test_a_forked_child_records_nothing(world: World) -> None:
    world.agent.on_identity(FIRST)
    world.agent.on_start()
    world.agent.abandon()
    world.request()
    world.end()
    assert world.requests() == {}
