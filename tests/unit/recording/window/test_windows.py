"""Windows: every request is counted once, in the second its answer arrived."""

import pytest
from tests.fixtures.recorders import Clock, closed, record, record_many

from swarmscope.recording.window import Recorder


def test_a_window_holds_the_requests_that_arrived_in_its_second(recorder: Recorder, clock: Clock):
    record(recorder)
    clock.mono += 0.999
    record(recorder)
    clock.mono += 0.001
    record(recorder)
    recorder.close()
    assert [(w.start, w.requests) for w in recorder.take()] == [(1_000_000, 2), (1_000_001, 1)]


def test_a_second_without_a_request_has_no_window(recorder: Recorder, clock: Clock):
    record(recorder)
    clock.mono += 5
    record(recorder)
    recorder.close()
    assert [w.start for w in recorder.take()] == [1_000_000, 1_000_005]


def test_a_stepped_wall_clock_does_not_reopen_a_second(recorder: Recorder, clock: Clock):
    record(recorder)
    clock.mono += 1
    clock.epoch -= 3600
    record(recorder)
    recorder.close()
    assert [w.start for w in recorder.take()] == [1_000_000, 1_000_001]


@pytest.mark.parametrize("seconds", [7.3, -7.3, 0.2, -0.2, 3_600.0])
def test_a_correction_moves_every_window_and_merges_none(
    recorder: Recorder, clock: Clock, seconds: float
):
    for _ in range(3):
        record(recorder)
        clock.mono += 1
    record(recorder)
    recorder.correct(seconds)
    for _ in range(3):
        clock.mono += 1
        record(recorder)
    recorder.close()
    windows = recorder.take()
    starts = [w.start for w in windows]
    assert len(set(starts)) == len(starts)
    assert sum(w.requests for w in windows) == 7
    assert recorder.now() == 1_000_006.0 - seconds
    # The open one and the closed ones may be up to one window late: no second is used twice.
    assert abs(starts[0] + seconds - 1_000_000) <= 0.5
    assert 0 <= starts[-1] + seconds - 1_000_005 <= 1.01


def test_windows_after_a_correction_are_whole_seconds_of_the_corrected_clock(
    recorder: Recorder, clock: Clock
):
    recorder.correct(7.3)
    clock.mono += 0.299
    record(recorder)
    clock.mono += 0.002
    record(recorder)
    recorder.close()
    assert [w.start for w in recorder.take()] == [999_992, 999_993]


def test_a_run_is_anchored_to_the_clock_as_it_is_when_the_run_starts(
    recorder: Recorder, clock: Clock
):
    clock.mono += 10
    clock.epoch += 5_000
    recorder.anchor()
    record(recorder)
    clock.epoch += 5_000
    recorder.anchor()  # too late: a request was counted
    recorder.close()
    assert [w.start for w in recorder.take()] == [1_005_000]


def test_windows_of_ten_seconds_begin_every_ten_seconds(clock: Clock):
    clock.epoch += 7
    recorder = Recorder(resolution=10, clock=clock.monotonic, wall=clock.wall)
    record(recorder)
    clock.mono += 3
    record(recorder)
    recorder.correct(-20.5)
    assert [w.start for w in closed(recorder)] == [1_000_020, 1_000_030]


def test_what_comes_after_an_early_close_is_counted_in_another_window(recorder: Recorder):
    record(recorder)
    recorder.close()
    record(recorder)
    recorder.close()
    assert [w.start for w in recorder.take()] == [1_000_000, 1_000_001]


@pytest.mark.parametrize(
    ("seconds", "shift"),
    [(0.4, 0), (-0.4, 0), (0.6, -1), (-0.6, 1), (1.4, -1), (1.6, -2), (-1.6, 2), (7.3, -7)],
)
def test_closed_windows_are_corrected_by_the_nearest_whole_number_of_windows(
    recorder: Recorder, clock: Clock, seconds: float, shift: int
):
    record(recorder)
    clock.mono += 1
    recorder.close_due()
    recorder.correct(seconds)
    assert [w.start for w in recorder.take()] == [1_000_000 + shift]


@pytest.mark.parametrize(("seconds", "shift"), [(2.4, 0), (2.6, -5), (-2.6, 5), (7.4, -5)])
def test_windows_of_several_seconds_are_corrected_by_whole_ones(
    clock: Clock, seconds: float, shift: int
):
    recorder = Recorder(max_names=5, resolution=5, clock=clock.monotonic, wall=clock.wall)
    record(recorder)
    clock.mono += 5
    recorder.close_due()
    recorder.correct(seconds)
    assert [w.start for w in recorder.take()] == [1_000_000 + shift]


def test_windows_that_nobody_takes_are_bounded_by_their_requests_the_oldest_first(
    recorder: Recorder,
):
    for requests in (150_000, 200_000, 150_000):
        record_many(recorder, requests)
    assert recorder.take_shed() == 0
    record_many(recorder, 1)
    assert recorder.counted == 350_001
    assert recorder.take_shed() == 150_000
    assert recorder.take_shed() == 0
    record_many(recorder, 149_999)  # what was shed is held no longer
    assert recorder.take_shed() == 0
    assert [w.requests for w in recorder.take()] == [200_000, 150_000, 1, 149_999]
    # never the newest: it may hold more than all that may be held
    record_many(recorder, 1)
    record_many(recorder, 500_001)
    assert recorder.take_shed() == 1
    assert [w.requests for w in recorder.take()] == [500_001]
    record_many(recorder, 400_000)  # what was taken is held no longer
    record_many(recorder, 100_000)
    assert recorder.take_shed() == 0


def test_windows_that_nobody_takes_are_an_hour_s_at_most(recorder: Recorder):
    for _ in range(3_602):
        record_many(recorder, 1)
    assert recorder.take_shed() == 2
    windows = recorder.take()
    assert [windows[0].start, windows[-1].start] == [1_000_002, 1_003_601]
