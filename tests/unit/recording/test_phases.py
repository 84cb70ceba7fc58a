"""Phases of requests: what was noted in a greenlet goes to the request within which it began."""

from collections.abc import Callable

import pytest

from swarmscope import schema
from swarmscope.recording.phases import (
    BROKEN,
    CONNECT,
    LOOKUP,
    SENDING,
    TLS,
    WAITING,
    Marks,
    Phases,
)
from swarmscope.recording.points import Encoder

A = ("/a", "GET")
NOW = 1_000.0


class World:
    """A greenlet's marks, and the phases of a run."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.warnings: list[str] = []
        self.phases = Phases(lambda: self.marks, self.warnings.append)
        self.encoder = Encoder({"run": "r", "worker": "w"})

    def request(self, began: object = NOW, ms: object = 100.0, key: tuple[str, str] = A) -> None:
        self.phases.add(0.0, key, "GET", "/a", ms, 0, None, None, None, began)

    def written(self, start: int = 5) -> dict[str, dict[str, float]]:
        """Return the fields of each point, by name."""
        found = {}
        for line in self.phases.lines(self.encoder, start):
            series, fields, time = line.split(" ")
            assert time == f"{start}000000000"
            assert series.startswith("locust_phases,method=GET,name=")
            pairs = (pair.split("=") for pair in fields.split(","))
            name = series.split("name=")[1].split(",")[0]
            found[name] = {key: float(value.rstrip("i")) for key, value in pairs}
        return found


@pytest.fixture
def world() -> World:
    return World()


def answered(marks: Marks, began: float = NOW, *, opened: bool = True) -> None:
    """Note what a client does for a request: the numbers are binary, so that sums are exact."""
    if opened:
        marks.note(began, LOOKUP, 0.001)
        marks.note(began, CONNECT, 0.003)
        marks.note(began, TLS, 0.008)
    marks.note(began, SENDING, 0.002)
    marks.note(began, WAITING, 0.048)


def test_the_rest_of_the_response_time_is_receiving(world: World) -> None:
    answered(world.marks)
    world.request()
    found = world.written()["/a"]
    assert found.keys() == schema.LOCUST_PHASES.fields.keys()
    assert (found["requests"], found["connections"]) == (1, 1)
    phases = [found[f"{phase}_ms"] for phase in ("connect", "tls", "waiting", "receiving")]
    assert phases == pytest.approx([4, 8, 50, 38], abs=0.001)


def test_requests_add_up_and_the_longest_stays(world: World) -> None:
    for opened, ms in ((True, 100.0), (False, 300.0)):
        answered(world.marks, opened=opened)
        world.request(ms=ms)
    found = world.written()["/a"]
    assert (found["requests"], found["connections"]) == (2, 1)
    assert found["receiving_ms"] == pytest.approx(38 + 250, abs=0.001)
    assert found["longest_receiving_ms"] == pytest.approx(250, abs=0.001)
    assert found["longest_connect_ms"] == pytest.approx(4, abs=0.001)


def test_what_comes_for_a_span_that_was_written_makes_its_point_larger(world: World) -> None:
    answered(world.marks)
    world.request()
    assert world.written()["/a"]["requests"] == 1
    assert world.written() == {}
    answered(world.marks)
    world.request()
    assert world.written()["/a"]["requests"] == 2
    answered(world.marks)
    world.request()
    assert world.written(start=15)["/a"]["requests"] == 1


def test_a_request_within_another_takes_what_is_its_own(world: World) -> None:
    answered(world.marks, NOW)
    answered(world.marks, NOW + 1, opened=False)
    world.request(NOW + 1, key=("/inner", "GET"))
    world.request(NOW, key=("/outer", "GET"))
    found = world.written()
    assert {name: point["connections"] for name, point in found.items()} == {
        "/inner": 0,
        "/outer": 1,
    }


@pytest.mark.parametrize(
    "notes",
    [
        lambda marks: None,
        lambda marks: marks.note(NOW, BROKEN, 0.1),
        lambda marks: [marks.note(NOW, phase, 0.001) for phase in (CONNECT, TLS, SENDING, BROKEN)],
        lambda marks: answered(marks, NOW - 9),
        lambda marks: answered(marks, NOW + 9),
    ],
)
def test_what_nobody_answered_or_was_of_another_time_has_no_phases(
    world: World, notes: Callable[[Marks], object]
) -> None:
    notes(world.marks)
    world.request()
    assert (world.written(), world.warnings) == ({}, [])


@pytest.mark.parametrize(
    ("began", "ms"), [(None, 1.0), ("now", 1.0), (NOW, None), (NOW, "1"), (NOW, float("nan"))]
)
def test_an_event_of_anybody_s_own_costs_nothing(world: World, began: object, ms: object) -> None:
    answered(world.marks)
    world.request(began, ms)
    assert (world.written(), world.warnings) == ({}, [])


def test_marks_that_nobody_takes_do_not_add_up(world: World) -> None:
    for second in range(1_000):
        answered(world.marks, NOW + second)
    assert len(world.marks.noted) <= 64


def test_a_mistake_of_ours_costs_the_phases_alone_and_is_said_once() -> None:
    warnings: list[str] = []

    def broken() -> Marks:
        raise RuntimeError("odd")

    phases = Phases(broken, warnings.append)
    for _ in range(3):
        phases.add(0.0, A, "GET", "/a", 1.0, 0, None, None, None, NOW)
    (said,) = warnings
    assert said == (
        "Phases of requests are recorded no more (RuntimeError: odd). All else goes on; unset "
        "SWARMSCOPE_PHASES if this comes again."
    )
