"""What a window says of its requests: sums, extremes, failures."""

import math

import pytest
from tests.fixtures.recorders import Clock, closed, record, tallies

from swarmscope.recording.window import Recorder


def test_sums_and_extremes_are_exact(recorder: Recorder):
    for ms in (1.5, 30.25, 7.0):
        record(recorder, ms=ms)
    record(recorder, ms=5.0, exception=ValueError("no"))
    tally = tallies(recorder)["/a", "GET"]
    assert (tally.count, tally.failures, tally.timed) == (4, 1, 4)
    assert (tally.total, tally.min, tally.max, tally.length) == (43.75, 1.5, 30.25, 400)
    assert sum(tally.histogram.values()) == 4


def test_failures_are_counted_in_the_second_and_at_the_endpoint_they_happened(
    recorder: Recorder, clock: Clock
):
    class Answer:
        status_code = 503

    record(recorder, name="/b", exception=ValueError("no"), response=Answer())
    record(recorder, name="/b", exception=ValueError("no"), response=Answer())
    record(recorder)
    clock.mono += 1
    record(recorder, name="/b", exception=KeyError("k"))
    record(recorder, name="/b")
    windows = closed(recorder)
    failures = [{raw.key: raw.failures for raw in w.endpoints} for w in windows]
    assert failures == [{("/b", "GET"): 2, ("/a", "GET"): 0}, {("/b", "GET"): 1}]
    assert [
        [(f.name, f.method, f.exception, f.status, n) for f, (n, _) in w.failures.items()]
        for w in windows
    ] == [[("/b", "GET", "ValueError", "503", 2)], [("/b", "GET", "KeyError", "", 1)]]


def test_that_failures_have_too_many_reasons_is_said(recorder: Recorder, warnings: list[str]):
    for i in range(2_000):
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(i))
        record(recorder, exception=ValueError(f"reason {letters}"))
    assert any("reasons" in text for text in warnings)


def test_a_request_without_a_length_has_no_bytes(recorder: Recorder):
    recorder.record(request_type="GET", name="/a", response_time=1.0)
    assert tallies(recorder)["/a", "GET"].length == 0


@pytest.mark.parametrize("odd", [None, math.nan, math.inf, "slow", [], 10**400])
def test_a_response_time_that_is_none_still_counts_as_a_request(recorder: Recorder, odd: object):
    record(recorder, ms=odd)
    record(recorder, ms=8.0)
    tally = tallies(recorder)["/a", "GET"]
    assert (tally.count, tally.timed, tally.total) == (2, 1, 8.0)


def test_a_negative_response_time_counts_as_zero(recorder: Recorder):
    record(recorder, ms=-3.0)
    tally = tallies(recorder)["/a", "GET"]
    assert (tally.count, tally.total, tally.min, tally.max) == (1, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("odd", [None, "x", math.nan])
def test_an_odd_content_length_does_not_spoil_the_others(recorder: Recorder, odd: object):
    record(recorder, response_length=odd)
    record(recorder, response_length=7)
    assert tallies(recorder)["/a", "GET"].length == 7


def test_what_came_so_far_is_known_of_each_endpoint_closed_or_not(recorder: Recorder):
    assert recorder.cells.heard() == {}
    for failed in (None, ValueError("no"), ValueError("no")):
        record(recorder, name="/a", exception=failed)
    record(recorder, name="/b", request_type="POST")
    assert recorder.cells.heard() == {("/a", "GET"): (3, 2), ("/b", "POST"): (1, 0)}
    recorder.close()
    assert recorder.cells.heard() == {("/a", "GET"): (3, 2), ("/b", "POST"): (1, 0)}
    for _ in range(2):
        record(recorder, name="/a", exception=ValueError("no"))
        recorder.close()
        recorder.take()
    record(recorder, name="/a")
    assert recorder.cells.heard() == {("/a", "GET"): (6, 4), ("/b", "POST"): (1, 0)}


def test_requests_of_which_nothing_else_is_known_add_up(recorder: Recorder):
    recorder.shed(3)
    recorder.shed(4)
    assert recorder.take_shed() == 7


def test_the_times_of_failures_are_those_of_the_requests_that_failed(recorder: Recorder):
    for ms, exception in (
        (5.0, ValueError()),
        (7.0, None),
        (900.0, ValueError()),
        (None, OSError()),
    ):
        recorder.record(request_type="GET", name="/a", response_time=ms, exception=exception)
    recorder.record(request_type="GET", name="/b", response_time=3.0)
    recorder.close()
    (window,) = recorder.take()
    told = {raw.key[0]: (raw.failures, raw.failed_times) for raw in window.endpoints}
    assert told == {"/a": (3, [5.0, 900.0, None]), "/b": (0, [])}
