"""Endpoints' histograms: a point each span, at its first window's time, and never a smaller one."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.fixtures.sessions import EPOCH, NS, World, fields

from swarmscope.line_protocol import Field
from swarmscope.recording.tally import Key, Tally

TOGETHER = "name=Aggregated"


class Told:
    """Whoever is told what comes into the books, and keeps it as it was handed over."""

    def __init__(self, pace: int | None = 1) -> None:
        self.pace = pace
        self.windows: list[tuple[int, Tally]] = []
        self.spans: list[tuple[int, Mapping[Key, Tally]]] = []
        self.until = 0
        self.seconds: list[tuple[int, Mapping[str, Field]]] = []
        self.finals: list[tuple[str, bool]] = []

    def window(self, start: int, together: Tally) -> None:
        assert start >= self.until
        self.windows.append((start - EPOCH, together))

    def span(self, start: int, new: Mapping[Key, Tally]) -> None:
        self.spans.append((start - EPOCH, new))

    def health(self, second: int, fields: Mapping[str, Field]) -> None:
        self.seconds.append((second, fields))

    def arrivals(self, fields: Mapping[str, Field]) -> None:
        raise AssertionError("no user here says when to begin")

    def closed(self, until: int) -> None:
        self.until = until

    def tell(self, run: str, now: float, *, final: bool) -> None:
        self.finals.append((run, final))


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., World]:
    return lambda **more: World(tmp_path, **more)


@pytest.fixture
def world(make: Callable[..., World]) -> World:
    world = make()
    world.identify()
    return world


def points(world: World, *, together: bool = False) -> list[tuple[float, int]]:
    """Return time and requests of each `locust_latency`, in the order in which they were kept."""
    return [
        (int(line.rpartition(" ")[2]) / NS - EPOCH, sum(int(v[:-1]) for v in fields(line).values()))
        for line in world.kept.lines("locust_latency")
        if (TOGETHER in line) is together
    ]


def seconds(world: World, count: int) -> None:
    for _ in range(count):
        world.request()
        world.tick()


def test_an_endpoint_has_a_histogram_each_ten_seconds_and_all_together_each_second(
    world: World,
) -> None:
    seconds(world, 9)
    assert points(world) == []
    seconds(world, 12)
    assert points(world) == [(0, 10), (10, 10)]
    assert points(world, together=True) == [(second, 1) for second in range(21)]
    assert len(world.kept.lines("locust_stats")) == 2 * 21
    world.finish()
    assert points(world) == [(0, 10), (10, 10), (20, 1)]


def test_a_span_is_written_when_it_is_over_though_nothing_comes_any_more(world: World) -> None:
    seconds(world, 3)
    for _ in range(7):
        world.tick()
    assert points(world) == [(0, 3)]
    for _ in range(20):
        world.tick()
    world.finish()
    assert points(world) == [(0, 3)]


def test_a_span_s_time_is_that_of_its_first_window(world: World) -> None:
    world.tick(7)
    seconds(world, 9)
    assert points(world) == [(7, 3)]
    world.finish()
    assert points(world) == [(7, 3), (10, 6)]


def test_windows_that_waited_for_the_run_s_name_are_in_their_own_spans(
    make: Callable[..., World],
) -> None:
    world = make()
    for _ in range(25):
        world.request()
        world.tick()
    world.identify()
    world.tick()
    assert points(world) == [(0, 10), (10, 10)]


def test_what_comes_after_the_end_lands_on_the_span_that_was_written(world: World) -> None:
    seconds(world, 2)
    world.finish()
    world.request("/b")
    world.request()
    world.tick(0)
    assert world.session.catch_up({}, {}, early=True)
    assert points(world) == [(0, 2), (0, 3), (0, 1)]


def test_what_takes_the_marker_back_is_in_a_span_as_well(world: World) -> None:
    seconds(world, 2)
    world.finish()
    world.session.mark_final({}, {})
    world.request()
    world.session.take_back({}, {}, for_good=True)
    assert points(world) == [(0, 2), (0, 3)]


def test_the_resolution_brings_back_a_histogram_of_each_window(make: Callable[..., World]) -> None:
    world = make(SWARMSCOPE_LATENCY_RESOLUTION="1s")
    world.identify()
    seconds(world, 3)
    assert points(world) == points(world, together=True) == [(0, 1), (1, 1), (2, 1)]


def test_a_minute_has_each_endpoint_s_histogram_whatever_the_span(
    make: Callable[..., World],
) -> None:
    world = make(SWARMSCOPE_LATENCY_RESOLUTION="7s")
    world.identify()
    seconds(world, 61)
    world.finish()
    lines = world.kept.lines("locust_latency", "loadtest_long")
    held = Counter(
        (TOGETHER in line, sum(int(v[:-1]) for v in fields(line).values())) for line in lines
    )
    assert held == {(True, 40): 1, (False, 40): 1, (True, 21): 1, (False, 21): 1}


def test_whoever_wants_to_is_told_of_each_request_once_with_its_window_and_its_span(
    make: Callable[..., World],
) -> None:
    told = Told()
    world = make(reports=told)
    world.identify()
    seconds(world, 12)
    assert told.until == EPOCH + 12
    world.finish()
    world.request()
    world.session.catch_up({}, {}, early=True)
    assert [start for start, _ in told.windows] == list(range(13))
    assert [start for start, _ in told.spans] == [0, 10, 10]
    assert [new["/a", "GET"].count for _, new in told.spans] == [10, 2, 1]
    for tallies in ([of for _, of in told.windows], [new["/a", "GET"] for _, new in told.spans]):
        assert sum(of.count for of in tallies) == 13
        assert sum(sum(of.histogram.values()) for of in tallies) == 13


def test_under_a_master_from_before_spans_each_window_has_its_own_histograms(
    make: Callable[..., World],
) -> None:
    """It doesn't say how long spans are: ten seconds would be drawn as one."""
    world = make(reports=Told(pace=None))
    world.identify()
    seconds(world, 3)
    assert points(world) == points(world, together=True)
    assert len(points(world)) == 3


@pytest.mark.parametrize("bucket", ["loadtest", "loadtest_long"])
def test_failures_have_histograms_of_their_own_at_the_times_of_the_others(
    world: World, bucket: str
) -> None:
    for second in range(25):
        world.request(exception=ValueError("odd") if second in (3, 17) else None)
        world.tick()
    world.finish()
    all_of_them = {at(line) for line in world.kept.lines("locust_latency", bucket)}
    failed = [at(line) for line in world.kept.lines("locust_failed_latency", bucket)]
    assert set(failed) <= all_of_them
    held = Counter(apart for _, apart in failed)
    assert held == ({True: 2, False: 2} if bucket == "loadtest" else {True: 1, False: 1})


def at(line: str) -> tuple[str, bool]:
    return line.rpartition(" ")[2], TOGETHER in line
