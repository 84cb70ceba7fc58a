"""Whatever arrived of a worker when it was killed: it says of no request less than is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.sessions import World, fields

from swarmscope.recording.points import requests_of
from swarmscope.runs.audit import FATES


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def prefixes(world: World) -> Iterator[tuple[int, int]]:
    """Yield what is stored after each batch of seconds, and what was said of it by then."""
    stored = said = 0
    for batch in world.kept.batches:
        if batch.bucket == "loadtest":
            stored += sum(map(requests_of, batch.lines))
            for line in batch.lines:
                if line.startswith("locust_worker,"):
                    account = fields(line)
                    parts = (int(account[f"requests_{fate}"].rstrip("i")) for fate in FATES)
                    said = int(account["requests_seen"].rstrip("i"))
                    assert said == sum(parts)
            yield stored, said


def test_a_second_is_counted_by_the_point_that_is_written_with_it(world: World) -> None:
    world.identify()
    for count in (3, 2, 0, 4):
        for _ in range(count):
            world.request()
        world.tick()
    assert list(prefixes(world)) == [(3, 3), (5, 5), (5, 5), (9, 9)]


def test_what_comes_after_the_end_is_counted_by_a_point_that_is_no_marker(world: World) -> None:
    world.identify()
    world.request()
    world.tick()
    world.finish()
    world.request()
    world.tick()
    world.session.catch_up({}, {})
    world.session.mark_final({}, {})
    world.request()
    world.session.take_back({}, {})
    world.request()
    world.session.catch_up({}, {}, early=True)
    assert all(stored <= said for stored, said in prefixes(world))
    assert list(prefixes(world))[-1] == (4, 4)
    finals = [fields(line)["final"] for line in world.kept.lines("locust_worker")]
    assert finals[-1] == "true"


def test_a_master_s_first_request_is_told_of_with_it(tmp_path: Path) -> None:
    world = World(tmp_path, quiet=True)
    world.identify()
    world.tick()
    assert not world.kept.lines("locust_worker")
    world.request()
    world.tick()
    assert list(prefixes(world))[-1] == (1, 1)
