"""Clocks: how far a worker's is from the master's, and what is taken off its points' times."""

from typing import Any

import pytest

from swarmscope.agent.clock import ENOUGH, LIMIT_S, Offset, ReferenceClock


class Machine:
    """A machine's two clocks, which the test moves."""

    def __init__(self, mono: float, epoch: float) -> None:
        self.mono = mono
        self.epoch = epoch

    def monotonic(self) -> float:
        return self.mono

    def wall(self) -> float:
        return self.epoch

    @property
    def anchor(self) -> float:
        return self.epoch - self.mono

    def step(self, seconds: float) -> None:
        self.epoch += seconds


class World:
    """A master, and a worker whose clock is ahead of it by *ahead* seconds."""

    def __init__(self, ahead: float) -> None:
        self.master = Machine(9_000.0, 1_000_000.0)
        self.worker = Machine(50.0, 1_000_000.0 + ahead)
        self.reference = self.new_master()
        self.offset = Offset(self.worker.monotonic, self.worker.wall)

    def new_master(self) -> ReferenceClock:
        return ReferenceClock(self.master.monotonic, self.master.wall)

    def pass_time(self, seconds: float) -> None:
        for machine in (self.master, self.worker):
            machine.mono += seconds
            machine.epoch += seconds

    def round_trip(self, there: float = 0.001, back: float = 0.001) -> None:
        sent = self.worker.mono
        self.pass_time(there)
        reading: dict[str, Any] = self.reference.reading()
        self.pass_time(back)
        self.offset.add(sent, reading)

    @property
    def correction(self) -> float:
        return self.offset.correction(self.worker.anchor)


@pytest.fixture(params=[7.3, -3_600.4, 0.15, -0.15])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def test_a_clock_that_is_off_is_corrected_by_what_it_is_off(world: World):
    ahead = world.worker.epoch - world.master.epoch
    world.round_trip()
    assert world.correction == pytest.approx(ahead, abs=0.001)


def test_nothing_is_corrected_before_the_first_round_trip(world: World):
    world.offset.add(None, world.reference.reading())
    assert world.correction == 0.0
    assert world.offset.fields(world.worker.anchor, 0.0) == {}


@pytest.mark.parametrize("ahead", [0.0, LIMIT_S - 0.002, -LIMIT_S + 0.002])
def test_a_clock_within_the_limit_is_left_alone(ahead: float):
    world = World(ahead)
    world.round_trip()
    assert world.correction == 0.0


def test_a_slow_round_trip_moves_no_points_of_a_clock_that_is_right():
    world = World(0.0)
    world.round_trip(there=0.0, back=1.5)
    assert world.offset.of(world.worker.anchor) == pytest.approx(0.75)
    assert world.correction == 0.0


def test_the_quickest_of_the_round_trips_is_believed():
    world = World(2.0)
    for back in (0.9, 0.002, 0.5):
        world.round_trip(back=back)
    assert world.correction == pytest.approx(2.0, abs=0.002)


def test_a_clock_that_is_off_by_far_more_than_a_slow_round_trip_can_be_wrong_is_corrected():
    world = World(2.0)
    world.round_trip(there=0.5, back=0.5)
    assert world.correction == pytest.approx(2.0)


def test_a_quick_round_trip_is_believed_for_the_next_sixteen_and_no_longer():
    """Clocks drift: of a run of days the first answer knows nothing any more."""
    world = World(0.0)
    world.round_trip(there=0.0, back=0.0)
    world.worker.mono += 3.0
    for _ in range(15):
        world.round_trip()
    assert world.offset.of(world.master.anchor) == pytest.approx(-8_950.0)
    world.round_trip()
    assert world.offset.of(world.master.anchor) == pytest.approx(-8_947.0)


def test_the_masters_clock_tells_the_time_that_it_was_tied_to():
    world = World(0.0)
    world.pass_time(2.5)
    world.master.step(-30)
    assert world.reference.now() == 1_000_002.5
    assert world.reference.ns() == 1_000_002_500_000_000
    world.reference.anchor()
    assert world.reference.now() == 999_972.5


def test_a_clock_is_told_to_the_microsecond():
    world = World(0.001_234_56)
    world.round_trip(there=0.0, back=0.0)
    assert world.offset.fields(world.worker.anchor, 0.000_000_4) == {
        "clock_offset_ms": 1.235,
        "clock_corrected_ms": 0.0,
        "clock_error_ms": 1.235,
    }


def test_a_step_of_the_workers_clock_in_mid_run_is_no_error_of_its_points():
    world = World(0.0)
    world.round_trip()
    anchored = world.worker.anchor
    world.worker.step(3_600)
    fields = world.offset.fields(anchored, 0.0)
    assert fields["clock_offset_ms"] == pytest.approx(3_600_000, abs=2)
    assert fields["clock_error_ms"] == pytest.approx(0, abs=2)


def test_a_step_of_the_masters_clock_in_mid_run_is_no_error_either():
    world = World(0.0)
    world.round_trip()
    world.master.step(-3_600)
    world.round_trip()
    assert world.offset.of(world.worker.anchor) == pytest.approx(0, abs=0.002)


def test_a_run_that_the_master_starts_after_a_step_is_timed_by_its_new_clock():
    world = World(0.0)
    world.round_trip()
    world.master.step(-30)
    world.reference.anchor()
    world.offset.add(None, world.reference.reading())
    assert world.correction == pytest.approx(30, abs=0.002)


def test_what_was_learned_of_another_master_is_forgotten():
    world = World(0.0)
    world.round_trip()
    world.master.mono = 12.0
    world.reference = world.new_master()
    world.round_trip(back=0.05)
    assert world.correction == 0.0
    assert world.offset.of(world.worker.anchor) == pytest.approx(0, abs=0.03)


def test_round_trips_are_asked_for_until_there_are_enough():
    world = World(0.0)
    for _ in range(ENOUGH):
        assert not world.offset.settled
        world.round_trip()
    assert world.offset.settled


def test_the_fields_of_a_corrected_clock_say_what_it_was_and_what_is_left():
    world = World(5.0)
    world.round_trip()
    corrected = world.correction
    fields = world.offset.fields(world.worker.anchor - corrected, corrected)
    assert fields["clock_offset_ms"] == pytest.approx(5_000, abs=2)
    assert fields["clock_corrected_ms"] == pytest.approx(5_000, abs=2)
    assert fields["clock_error_ms"] == pytest.approx(0, abs=2)


def test_an_error_that_a_slow_round_trip_may_have_made_up_is_not_told():
    world = World(0.0)
    world.round_trip(there=0.0, back=1.5)
    assert world.offset.fields(world.worker.anchor, 0.0) == {}
    world.round_trip()
    assert world.offset.fields(world.worker.anchor, 0.0)["clock_error_ms"] == pytest.approx(0)
    off = World(2.0)
    off.round_trip(there=0.5, back=0.5)
    assert off.offset.fields(off.worker.anchor, 0.0)["clock_error_ms"] == pytest.approx(2_000)
