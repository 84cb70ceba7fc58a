"""The recorder: every request is counted once, in the second its answer arrived."""

import gc
import math
import weakref
from http import HTTPStatus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import Response

from swarmscope import statuses
from swarmscope.points import Encoder
from swarmscope.tally import Tally
from swarmscope.window import Recorder, Window, endpoint_key


class Clock:
    """A monotonic clock and a wall clock that the test moves."""

    def __init__(self) -> None:
        self.mono = 500.0
        self.epoch = 1_000_000.0

    def monotonic(self) -> float:
        return self.mono

    def wall(self) -> float:
        return self.epoch


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def recorder(clock: Clock, warnings: list[str]) -> Recorder:
    return Recorder(max_names=5, warn=warnings.append, clock=clock.monotonic, wall=clock.wall)


def record(recorder: Recorder, name: object = "/a", ms: object = 10.0, **more: object) -> None:
    request = {"request_type": "GET", "name": name, "response_time": ms, "response_length": 100}
    recorder.record(**{**request, **more})


def tallies(recorder: Recorder) -> dict[tuple[str, str], Tally]:
    recorder.close()
    merged: dict[tuple[str, str], Tally] = {}
    for window in recorder.take():
        for raw in window.endpoints:
            merged.setdefault(raw.key, Tally()).merge(raw.fold())
    return merged


def closed(recorder: Recorder) -> list[Window]:
    recorder.close()
    return recorder.take()


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


@pytest.mark.parametrize(
    ("name", "method", "key"),
    [
        ("", "GET", ("(unnamed)", "GET")),
        (None, None, ("(unnamed)", "")),
        (42, "GET", ("42", "GET")),
        (["/a"], "GET", ("['/a']", "GET")),
        ("a,b c=d", "GET", ("a\\,b\\ c\\=d", "GET")),
        ("a\nb", "GET", ("a␊b", "GET")),
        ("ends with \\", "GET", ("ends\\ with\\ ", "GET")),
        ("Aggregated", "", ("(Aggregated)", "")),
    ],
)
def test_any_name_becomes_a_tag(recorder: Recorder, name: object, method: object, key: object):
    assert endpoint_key(name, method) == key
    record(recorder, name=name, request_type=method)
    assert tallies(recorder)[key].count == 1


def test_names_that_become_one_tag_are_one_endpoint(recorder: Recorder):
    # else the second point of the same series and second would overwrite the first
    record(recorder, name="x" * 5_000)
    record(recorder, name="x" * 6_000)
    assert [tally.count for tally in tallies(recorder).values()] == [2]


def test_names_past_the_limit_are_counted_together_and_said_once(
    recorder: Recorder, warnings: list[str]
):
    for i in range(10_000):
        record(recorder, name=f"/item/{i}")
    counts = {key[0]: tally.count for key, tally in tallies(recorder).items()}
    assert counts["(other)"] == 9_995
    assert len(counts) == 6
    assert len(warnings) == 1
    assert "/item/5" in warnings[0]
    assert 'name="/item/[id]")), let SWARMSCOPE_TEMPLATE_NAMES=on do that, or' in warnings[0]
    assert warnings[0].endswith("raise SWARMSCOPE_MAX_NAMES.")


def test_an_endpoint_that_is_known_is_never_folded_however_its_name_is_spelled(recorder: Recorder):
    record(recorder, name=["/a"])
    for i in range(10):
        record(recorder, name=f"/item/{i}")
    record(recorder, name=["/a"])
    counts = {key: tally.count for key, tally in tallies(recorder).items()}
    assert counts["['/a']", "GET"] == 2
    assert counts["(other)", ""] == 6


def test_five_hundred_endpoints_are_told_apart_unless_told_otherwise(clock: Clock):
    recorder = Recorder(clock=clock.monotonic, wall=clock.wall)
    for i in range(502):
        record(recorder, name=f"/item/{i}")
    assert len(tallies(recorder)) == 501


def test_a_request_never_raises(recorder: Recorder, warnings: list[str]):
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError("no text")

        __hash__ = None

    record(recorder, name=Hostile())
    record(recorder, exception=Hostile())
    recorder.record()
    assert sum(t.count for t in tallies(recorder).values()) == 3
    assert warnings == []


class Broken:
    """What a client of one's own may make: an answer that can't be looked at."""

    @property
    def status_code(self) -> int:
        raise KeyError("status")

    @property
    def response(self) -> object:
        raise RuntimeError("closed")

    def __bool__(self) -> bool:
        return True


class Unhashable:
    """A name that raises whatever is asked of it."""

    def __hash__(self) -> int:
        raise RuntimeError("no hash")

    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    "odd",
    [
        {"response": Broken(), "exception": ValueError("bad")},
        {"exception": Broken()},
        {"response": Broken(), "exception": Broken()},
    ],
    ids=["the answer", "the exception", "both"],
)
def test_a_failure_whose_properties_raise_counts_as_one_and_is_said_once(
    recorder: Recorder, warnings: list[str], odd: dict[str, object]
) -> None:
    for _ in range(10):
        record(recorder, **odd)
    recorder.close()
    (window,) = recorder.take()
    assert [raw.failures for raw in window.endpoints] == [10]
    ((failure, (count, _)),) = window.failures.items()
    assert (failure.name, failure.status, count) == ("/a", "", 10)
    assert failure.exception in {"ValueError", "Broken"}
    assert len(warnings) == sum(isinstance(value, Broken) for value in odd.values())
    assert all("can't be read" in text and "Broken" in text for text in warnings)


def test_a_name_that_raises_is_counted_all_the_same(recorder: Recorder) -> None:
    for _ in range(10):
        record(recorder, name=Unhashable())
    ((key, tally),) = tallies(recorder).items()
    assert tally.count == 10
    assert "Unhashable" in key[0]


def test_what_can_not_be_counted_whole_is_said_once(
    recorder: Recorder, warnings: list[str]
) -> None:
    class UndecidedError(ValueError):
        def __bool__(self) -> bool:
            raise RuntimeError("neither")

    for _ in range(10):
        record(recorder, exception=UndecidedError())
    assert sum(t.count for t in tallies(recorder).values()) == 10
    assert len(warnings) == 1


def test_what_keeps_a_request_from_being_counted_whole_is_said_once_a_kind(
    recorder: Recorder, warnings: list[str]
):
    class Odd:
        def __init__(self, error: Exception) -> None:
            self._error = error

        def __bool__(self) -> bool:
            raise self._error

    for error in (ValueError("odd"), ValueError("again"), KeyError("k")):
        record(recorder, exception=Odd(error))
    assert all(
        text.endswith("totals. Further ones of this kind are not told.") for text in warnings
    )
    assert [text.split("; ")[0] for text in warnings] == [
        "A request could not be counted whole (odd: ValueError)",
        "A request could not be counted whole ('k': KeyError)",
    ]
    assert tallies(recorder)["/a", "GET"].count == 3


def test_urls_are_templated_only_when_asked_for(clock: Clock):
    for asked, names in ((False, 100), (True, 1)):
        own = Recorder(template_names=asked, clock=clock.monotonic, wall=clock.wall)
        for i in range(100):
            record(own, name=f"/item/{i}")
        found = tallies(own)
        assert len(found) == names
        assert sum(tally.count for tally in found.values()) == 100


def test_a_password_in_a_url_is_no_part_of_a_name():
    assert endpoint_key("https://bob:hunter2@shop/a", "GET")[0] == "https://***@shop/a"


class Answer:
    """An answer with whatever for a status."""

    def __init__(self, status_code: object) -> None:
        self.status_code = status_code


class Unread:
    """An answer whose property raises."""

    @property
    def status_code(self) -> int:
        raise ConnectionError("no status was read")


def statuses_of(recorder: Recorder) -> dict[int, int]:
    recorder.close()
    (window,) = recorder.take()
    (raw,) = window.endpoints
    assert sum(raw.statuses.values()) == len(raw.times)
    return raw.statuses


def test_each_request_counts_by_the_status_of_its_answer(recorder: Recorder, warnings: list[str]):
    plain, refused = Response(), Response()
    plain.status_code, refused.status_code = 404, 0
    for response in (
        Answer(200),
        Answer(200),
        plain,
        refused,
        None,
        object(),
        Unread(),
        Answer("x"),
    ):
        record(recorder, response=response)
    record(recorder, exception=ValueError("no"), response=Answer(503))
    record(recorder, response=Answer(200))
    assert statuses_of(recorder) == {200: 3, 404: 1, 503: 1, statuses.NONE: 5}
    assert warnings == []


def test_an_answer_is_not_kept(recorder: Recorder):
    for make in (lambda: Answer(200), Unread, lambda: Answer(None)):
        answer = make()
        gone = weakref.ref(answer)
        record(recorder, response=answer)
        del answer
        gc.collect()
        assert gone() is None


def test_what_a_status_holds_on_to_goes_with_its_window(recorder: Recorder):
    answer = Answer(Answer(200))
    gone = weakref.ref(answer.status_code)
    record(recorder, response=answer)
    del answer
    recorder.close()
    gc.collect()
    assert gone() is None


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.builds(object),
            st.builds(Unread),
            st.builds(
                Answer,
                st.one_of(
                    st.integers(0, 1_200),
                    st.sampled_from(list(HTTPStatus)),
                    st.sampled_from([True, None, "200", 200.0, 10**30, -1, [], {}, float("nan")]),
                ),
            ),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_statuses_add_up_to_the_requests(responses: list[object]):
    still = Clock()
    recorder = Recorder(clock=still.monotonic, wall=still.wall)
    encoder = Encoder({"run": "r"})
    for i, response in enumerate(responses):
        record(recorder, name=f"/{i % 3}", response=response)
    recorder.close()
    (window,) = recorder.take()
    for raw in window.endpoints:
        lines = list(encoder.statuses([raw], window.start))
        series = [line.split(" ")[0] for line in lines]
        assert len(set(series)) == len(series), "two points of one series and time are one"
        counts = [int(line.split(" ")[1].removeprefix("count=").rstrip("i")) for line in lines]
        assert sum(counts) == len(raw.times)
        assert min(counts) > 0


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


def record_many(recorder: Recorder, count: int) -> None:
    """Close a window with *count* requests in it."""
    request, take = ("GET", "/a", 10.0, 100), recorder.record
    for _ in range(count):
        take(*request)
    recorder.close()


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


def test_a_name_is_no_template_unless_asked_for():
    assert endpoint_key("/item/8731", "GET")[0] == "/item/8731"


def test_a_time_out_in_an_answer_s_property_goes_on_and_the_request_counts(
    recorder: Recorder,
) -> None:
    """A property may wait, and users are ended, or run out of time, while it does."""

    class Waiting:
        @property
        def status_code(self) -> int:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(recorder, response=Waiting())
    assert recorder.counted == 1
    assert statuses_of(recorder) == {statuses.NONE: 1}
