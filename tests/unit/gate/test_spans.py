"""Which parts of a run a threshold is about: beside single requests, and by the guide's words."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gate.requests import BEGAN, ENDPOINTS, One, course, one_by_one

from swarmscope.gate.course import Course, Stage, reaching
from swarmscope.gate.evaluation import Outcome, Result, evaluate
from swarmscope.gate.field_evaluation import evaluate_field
from swarmscope.gate.metrics import Field
from swarmscope.gate.samples import Sample
from swarmscope.gate.sentences import read

SECONDS = 40
NAME = f'GET "{ENDPOINTS[0][0]}"'
WAVES = (
    Stage(1, "rest", BEGAN, BEGAN + 5),
    Stage(2, "peak", BEGAN + 5, BEGAN + 15),
    Stage(3, "rest", BEGAN + 15, BEGAN + 30),
    Stage(4, "peak", BEGAN + 30, BEGAN + SECONDS),
)


def staged(requests: Sequence[One], stages: Sequence[Stage] = WAVES) -> Course:
    found = course(requests)
    return Course(found.start, found.stop, found.together, found.endpoints, tuple(stages))


def result(sentence: str, found: Course, warm_up: float = 0) -> Result:
    (one,) = evaluate(read(sentence), found, warm_up)
    return one


def each_second(many: Sequence[int], ms: float = 10) -> list[One]:
    """Return so many requests in each second."""
    numbered = enumerate(many)
    return [One(at, ENDPOINTS[0], ms, failed=False) for at, n in numbered for _ in range(n)]


def between(requests: Sequence[One], *spans: tuple[int, int]) -> list[One]:
    return [one for one in requests if any(low <= one.second < high for low, high in spans)]


PEAKS = ((5, 15), (30, 40))


@given(one_by_one(most=100))
def test_a_stage_that_comes_again_is_each_time_it_came_and_nothing_between(
    requests: list[One],
) -> None:
    found, inside = staged(requests), between(requests, *PEAKS)
    assert result('requests < 9999 in stage "peak"', found).value == len(inside)
    rate = result('requests_per_second < 9999/s in stage "peak"', found)
    assert rate.value == pytest.approx(len(inside) / 20)
    slowest = max((one.ms for one in inside if one.ms is not None), default=None)
    assert result('max < 1s in stage "peak"', found).value == slowest
    of = {one.endpoint: one.value for one in evaluate(
        read('requests < 9999 of each endpoint in stage "peak"'), found)}  # fmt: skip
    for endpoint in {one.endpoint for one in inside}:
        assert of[endpoint] == sum(one.endpoint == endpoint for one in inside)


@given(one_by_one(most=100), st.integers(1, 30))
def test_the_end_of_a_stage_that_comes_again_may_reach_into_the_time_before(
    requests: list[One], seconds: int
) -> None:
    """Ten seconds lie in the last one, and fifteen between it and the one before."""
    found = result(f'requests < 9999 in stage "peak" in the last {seconds}s', staged(requests))
    inside = between(between(requests, *PEAKS), (SECONDS - seconds, SECONDS))
    assert found.value == len(inside)


@pytest.mark.parametrize("number", [2, 4])
def test_by_its_number_a_stage_is_one(number: int) -> None:
    found = staged(each_second(range(SECONDS)))
    low, high = PEAKS[number // 2 - 1]
    assert result(f"requests > 0 in stage {number}", found).value == sum(range(low, high))


SLOW_AT_THE_EDGES = [
    One(at, ENDPOINTS[0], 900.0 if at in (13, 14, 30, 31) else 10.0, failed=False)
    for at in range(SECONDS)
]
"""At the end of the first peak and at the begin of the second: four seconds, of which two touch."""


@pytest.mark.parametrize(
    ("sentence", "outcome", "value"),
    [
        ('max < 500ms in stage "peak" for 2s', Outcome.BROKEN, 900),
        ('max < 500ms in stage "peak" for 3s', Outcome.KEPT, 900),
        ('requests < 11 in stage "peak" within 20s', Outcome.KEPT, 10),
        ('requests >= 4 in stage "peak" within 4s', Outcome.KEPT, 4),
        ('avg < 500ms in stage "peak" over 4s', Outcome.KEPT, 455),
        ('requests > 0 in stage "peak" over 11s', Outcome.UNKNOWN, None),
    ],
)
def test_no_stretch_goes_from_one_time_of_a_stage_into_the_next(
    sentence: str, outcome: Outcome, value: float | None
) -> None:
    found = result(sentence, staged(SLOW_AT_THE_EDGES))
    assert (found.outcome, found.value) == (outcome, value)
    if outcome is Outcome.UNKNOWN:
        assert found.why == "the stage was shorter than 11 s"


@pytest.mark.parametrize(
    ("sentence", "outcome", "value"),
    [
        ('sum(a.b) < 1 in stage "peak"', Outcome.BROKEN, sum(range(5, 15)) + sum(range(30, 40))),
        ('min(a.b) > 4 in stage "peak"', Outcome.KEPT, 5),
        ('sum(a.b) < 1 in stage "peak" in the last 27s', Outcome.BROKEN, 13 + 14 + 345),
        ('max(a.b) < 40 in stage "peak" for 20s', Outcome.KEPT, 39),
        ('max(a.b) < 1 in stage "peak" for 11s', Outcome.KEPT, 39),
        ('max(a.b) < 1 in stage "peak" for 10s', Outcome.BROKEN, 39),
        ('min(a.b) > 5 in stage "peak" within 20s', Outcome.BROKEN, 5),
        ('sum(a.b) > 95 in stage "peak" over 10s', Outcome.BROKEN, 95),
        ('sum(a.b) > 95 in stage "peak" over 11s', Outcome.UNKNOWN, None),
    ],
)
def test_what_others_wrote_is_looked_at_in_the_same_times(
    sentence: str, outcome: Outcome, value: float | None
) -> None:
    threshold = read(sentence)
    assert isinstance(threshold.metric, Field)
    samples = [Sample(BEGAN + at, "{}", at) for at in range(SECONDS)]
    found = evaluate_field(threshold, threshold.metric, samples, staged([]), 0)
    assert (found.outcome, found.value) == (outcome, value)


@pytest.mark.parametrize(
    ("seconds", "stop", "looked_at"),
    [
        # Windows of an endpoint begin at 0, 5, 10, … here.
        (10, 40.0, (30, 40.0)),
        (12, 40.0, (25, 40.0)),
        (1, 40.0, (35, 40.0)),
        (10, 38.5, (25, 38.5)),
        (3, 36.0, (30, 36.0)),
        (99, 38.5, (0, 38.5)),
    ],
)
def test_of_an_endpoint_its_end_is_never_shorter_than_what_was_asked_for(
    seconds: int, stop: float, looked_at: tuple[int, float]
) -> None:
    requests = [one for one in each_second([1] * SECONDS) if one.second < stop]
    found = course(requests, stop=BEGAN + stop)
    told = result(f"requests of {NAME} > 0 in the last {seconds}s", found)
    first, last = looked_at
    assert (told.start, told.stop) == (BEGAN + first, BEGAN + last)
    assert told.value == len(between(requests, (first, SECONDS)))


def test_the_end_of_a_stage_is_that_of_its_last_whole_window() -> None:
    """And a warm-up stays out of it, however long an end is asked for."""
    stages = (Stage(1, "hold", BEGAN + 2, BEGAN + 33), Stage(2, "", BEGAN + 33, BEGAN + 40))
    found = staged(each_second([1] * SECONDS), stages)
    told = result(f'requests of {NAME} > 0 in stage "hold" in the last 1s', found)
    assert (told.start, told.stop, told.value) == (BEGAN + 25, BEGAN + 30, 5)
    told = result(f'requests of {NAME} > 0 in stage "hold" in the last 1h', found, warm_up=12)
    assert (told.start, told.stop, told.value) == (BEGAN + 15, BEGAN + 30, 15)


def steady(start: float, stop: float) -> Course:
    """Return a run with a request each second; of its endpoint in windows of ten seconds."""
    requests = [One(at, ENDPOINTS[0], 10.0, failed=False) for at in range(SECONDS * 3)
                if start <= at < stop]  # fmt: skip
    return course(requests, start=BEGAN + start, stop=BEGAN + stop, span=10)


@pytest.mark.parametrize(
    ("sentence", "start", "stop", "outcome", "value"),
    [
        # The first and the last window are cut: in 53 s there is a request less than in a minute.
        ("requests of {} >= 60 within 1m", 7, 98, Outcome.KEPT, 60),
        ("requests of {} == 60 within 1m", 7, 98, Outcome.KEPT, 60),
        ("requests of {} != 53 within 1m", 7, 98, Outcome.KEPT, 60),
        ("requests of {} <= 60 within 1m", 7, 98, Outcome.KEPT, 60),
        ("requests of {} > 60 within 1m", 7, 98, Outcome.BROKEN, 60),
        ("requests of {} >= 60 over 1m", 7, 98, Outcome.KEPT, 60),
        # No minute of it is one of its windows': all of it is more than one, and tells as much.
        ("requests of {} >= 60 within 1m", 7, 68, Outcome.KEPT, 61),
        ("requests of {} >= 60 over 1m", 7, 68, Outcome.UNKNOWN, None),
        # Where the run is shorter, the run: twenty requests are no sixty.
        ("requests of {} >= 60 within 1m", 7, 27, Outcome.BROKEN, 20),
        ("requests of {} >= 8 for 5s", 7, 98, Outcome.KEPT, 10),
        # What there is of the last window is a fifth of a second with a request.
        ("requests_per_second of {} <= 1/s within 10s", 0, 30.2, Outcome.KEPT, 1),
        ("requests_per_second of {} <= 1/s within 10s", 0, 36.0, Outcome.KEPT, 1),
    ],
)
def test_what_the_run_cuts_breaks_no_limit_that_whole_stretches_keep(
    sentence: str, start: float, stop: float, outcome: Outcome, value: float | None
) -> None:
    found = result(sentence.format(NAME), steady(start, stop))
    assert (found.outcome, found.value) == (outcome, value)


@pytest.mark.parametrize(
    ("sentence", "outcome", "value"),
    [
        ("failures of {} == 0 within 1m", Outcome.BROKEN, 1),
        ("failures of {} == 1 within 1m", Outcome.BROKEN, 0),
        ("failures of {} == 0 for 3s", Outcome.KEPT, 0),
        ("failures of {} != 1 within 1m", Outcome.KEPT, 0),
        ("requests of {} == 52 within 1m", Outcome.BROKEN, 53),
        ("requests of {} == 60 within 1m", Outcome.KEPT, 60),
    ],
)
def test_too_many_are_too_many_in_a_part_of_a_stretch(
    sentence: str, outcome: Outcome, value: float
) -> None:
    """Three seconds are in no minute of its windows, and in one of them a request failed."""
    failed = [One(at, ENDPOINTS[0], 10.0, failed=at == 8) for at in range(7, 90)]
    found = result(sentence.format(NAME), course(failed, start=BEGAN + 7, stop=BEGAN + 90, span=10))
    assert (found.outcome, found.value) == (outcome, value)


def test_of_a_stage_that_comes_again_the_times_that_are_long_enough_are_asked() -> None:
    later = Stage(3, "rest", BEGAN + 15, BEGAN + 35), Stage(4, "peak", BEGAN + 35, BEGAN + SECONDS)
    found = staged(each_second([1] * SECONDS), (*WAVES[:2], *later))
    told = result('requests >= 10 in stage "peak" within 10s', found)
    assert (told.outcome, told.start, told.stop) == (Outcome.KEPT, BEGAN + 5, BEGAN + 15)
    told = result('requests >= 11 in stage "peak" within 11s', found)
    assert (told.outcome, told.value, told.beside) == (Outcome.BROKEN, 5, "in 5 s alone")


def test_of_what_the_run_cuts_what_went_wrong_is_told_with_how_much_it_is() -> None:
    """The first seven seconds are in no minute of its windows."""
    failed = [One(at, ENDPOINTS[0], 10.0, failed=at == 8) for at in range(7, 90)]
    found = course(failed, start=BEGAN + 7, stop=BEGAN + 90, span=10)
    told = result(f"failures of {NAME} < 1 within 1m", found)
    assert (told.outcome, told.value, told.beside) == (Outcome.BROKEN, 1, "in 53 s alone")
    told = result(f"requests of {NAME} >= 60 within 1m", steady(7, 27))
    assert told.beside == "in 20 s alone"
    assert result("requests >= 20 within 20s", steady(7.4, 90)).beside == ""


def test_a_whole_stretch_that_no_windows_fill_is_said() -> None:
    told = result(f"max of {NAME} < 1s over 1m", steady(7, 68))
    assert told.why == "no whole 60 s of it begin and end where its windows do"


@pytest.mark.parametrize(
    ("stages", "warm_up", "why"),
    [
        ((Stage(1, "x", BEGAN + 9, BEGAN + 9),), 0, "no time of it is known"),
        ((Stage(1, "x", BEGAN, BEGAN + 9),), 9, "no time of it is known behind the warm-up"),
        # Of a run that goes on less is known than there was by now.
        ((Stage(1, "x", BEGAN + 41, BEGAN + 43),), 0, "no time of it is known"),
        ((Stage(1, "y", BEGAN, BEGAN + 9),), 0, "the run had no such stage of its load"),
        ((Stage(1, "x", BEGAN, BEGAN + 9),), 40, "its warm-up is as long as all that is known"),
    ],
)
def test_a_stage_of_no_time_can_t_be_told(
    stages: tuple[Stage, ...], warm_up: float, why: str
) -> None:
    told = result(
        'requests < 9999 in stage "x"', staged(each_second([1] * SECONDS), stages), warm_up
    )
    assert told.outcome is Outcome.UNKNOWN
    assert told.why.startswith(why)


def test_a_stage_that_goes_on_reaches_as_far_as_is_known_of_its_requests() -> None:
    """A rate of seconds that nobody has told of yet would be too low."""
    found = staged(each_second([2] * SECONDS), (Stage(1, "x", BEGAN, BEGAN + 60),))
    assert result('requests_per_second >= 2/s in stage "x"', found).value == 2


@pytest.mark.parametrize("quote", ['a "b"', "a\\b", "ä, ,=", "stage 3"])
def test_a_stage_is_called_whatever_it_is_called(quote: str) -> None:
    name = quote.replace("\\", "\\\\").replace('"', '\\"')
    stages = (Stage(1, quote, BEGAN, BEGAN + 9), Stage(2, "", BEGAN + 9, BEGAN + 40))
    found = staged(each_second([1] * SECONDS), stages)
    assert result(f'requests > 0 in stage "{name}"', found).value == 9


def test_of_a_run_of_no_time_it_is_said_that_there_was_none() -> None:
    assert result("requests > 0", course([], stop=BEGAN)).why == "no time of it is known"


def test_a_sum_that_there_must_be_is_asked_of_whole_steps() -> None:
    """One is counted each second, and written each ten: the run has half of its first ten."""
    threshold = read("sum(a.b) >= 10 for 5s")
    assert isinstance(threshold.metric, Field)
    samples = [Sample(BEGAN + at, "{}", 5 if at == 5 else 10) for at in (5, 10, 20, 30)]
    cut = Course(BEGAN + 5, BEGAN + SECONDS, ())
    assert evaluate_field(threshold, threshold.metric, samples, cut, 0).outcome is Outcome.KEPT
    samples[2] = Sample(BEGAN + 20, "{}", 5)
    assert evaluate_field(threshold, threshold.metric, samples, cut, 0).outcome is Outcome.BROKEN


def test_what_is_answered_after_the_stop_belongs_to_the_last_stage() -> None:
    """And to the first what was before the begin, as a clock may have it."""
    stages = (Stage(1, "few", 100.0, 108.0), Stage(2, "many", 108.0, 116.4))
    few, many = reaching(stages, (100.0, 116.4), (98, 119))
    assert (few.start, few.stop, many.start, many.stop) == (98, 108, 108, 119)
    # Behind its last stage this one had users in no stage.
    assert reaching(stages, (100.0, 130.0), (100.0, 130.0)) == stages
    assert reaching((), (100.0, 130.0), (100.0, 130.0)) == ()
