"""Thresholds held against recorded requests, beside what the requests themselves say."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gate.requests import BEGAN, ENDPOINTS, One, course, one_by_one

from swarmscope.gate.course import Course, Stage
from swarmscope.gate.evaluation import Outcome, Result, evaluate
from swarmscope.gate.sentences import OPERATORS, read
from swarmscope.gate.threshold import HOLDS, Limit, Threshold

SECONDS = 40
Value = Callable[[Sequence[One], float], float | None]


def _max(requests: Sequence[One], _: float) -> float | None:
    return max((one.ms for one in requests if one.ms is not None), default=None)


def _failure_rate(requests: Sequence[One], _: float) -> float | None:
    return sum(one.failed for one in requests) / len(requests) if requests else None


METRICS: dict[str, Value] = {
    "max < 1000ms": _max,
    "max > 100ms": _max,
    "failures <= 5": lambda requests, _: float(sum(one.failed for one in requests)),
    "failure_rate < 50%": _failure_rate,
    "requests_per_second >= 3/s": lambda requests, seconds: len(requests) / seconds,
    "requests != 4": lambda requests, _: float(len(requests)),
}
"""By sentence: its value, from the requests of a stretch of so many seconds."""


def in_seconds(requests: Sequence[One], first: int, last: int) -> list[One]:
    return [one for one in requests if first <= one.second < last]


def kept(sentence: str, stretches: Sequence[tuple[Sequence[One], float]]) -> set[bool]:
    """Return whether each stretch that has a value keeps it."""
    limit = read(sentence).limit
    values = (METRICS[sentence](*stretch) for stretch in stretches)
    held = {HOLDS[limit.operator](value, limit.value) for value in values if value is not None}
    # That none failed of none is no news.
    asked = any(requests for requests, _ in stretches) or sentence.startswith("requests")
    return held if asked else held - {True}


def outcome(result: Result) -> set[bool]:
    """Return the outcome as `kept` has it: a broken one is worse than those that are kept."""
    return {Outcome.KEPT: {True}, Outcome.BROKEN: {False}, Outcome.UNKNOWN: set()}[result.outcome]


def worst(found: set[bool]) -> set[bool]:
    return {False} if False in found else found


@pytest.mark.sample(2)
@given(one_by_one())
@pytest.mark.parametrize("sentence", METRICS)
def test_a_run_is_one_stretch(sentence: str, requests: list[One]) -> None:
    (result,) = evaluate(read(sentence), course(requests))
    assert outcome(result) == kept(sentence, [(requests, SECONDS)])


@pytest.mark.sample(3)
@given(one_by_one(most=100), st.integers(1, 50))
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("sentence", METRICS)
def test_each_stretch_of_so_many_seconds_is_looked_at(
    sentence: str, whole: bool, requests: list[One], seconds: int
) -> None:
    word = "over" if whole else "within"
    (result,) = evaluate(read(f"{sentence} {word} {seconds}s"), course(requests))
    first = [0] if seconds > SECONDS else range(SECONDS - seconds + 1)
    stretches = [(in_seconds(requests, at, at + seconds), min(seconds, SECONDS)) for at in first]
    right = set() if whole and seconds > SECONDS else worst(kept(sentence, stretches))
    assert outcome(result) == right


@pytest.mark.sample(3)
@given(one_by_one(most=100), st.integers(1, 10))
@pytest.mark.parametrize("sentence", METRICS)
def test_it_takes_so_many_seconds_one_after_the_other_to_break_it(
    sentence: str, requests: list[One], seconds: int
) -> None:
    (result,) = evaluate(read(f"{sentence} for {seconds}s"), course(requests))
    each = [kept(sentence, [(in_seconds(requests, at, at + 1), 1)]) for at in range(SECONDS)]
    measured = [one for one in each if one]
    streaks = [len(list(some)) for was, some in groupby(measured) if was == {False}]
    right = {max(streaks, default=0) < seconds} if measured else set()
    assert outcome(result) == right


@given(one_by_one(most=100), st.sampled_from(ENDPOINTS))
def test_an_endpoint_is_judged_by_its_own_requests(
    requests: list[One], key: tuple[str, str]
) -> None:
    name, method = key
    results = evaluate(read(f'failures <= 5 of {method} "{name}"'), course(requests))
    own = [one for one in requests if one.endpoint == key]
    assert [outcome(one) for one in results] == [
        kept("failures <= 5", [(own, SECONDS)]) if own else set()
    ]
    each = evaluate(read("failures <= 5 of each endpoint"), course(requests))
    of_each = {one.endpoint: outcome(one) for one in each if one.endpoint}
    assert of_each.get(key, set()) == outcome(results[0])


@given(one_by_one(most=100))
def test_several_endpoints_are_judged_together(requests: list[One]) -> None:
    both = [one for one in requests if one.endpoint[0].startswith("/b")]
    right = kept("failures <= 5", [(both, SECONDS)]) if both else set()
    for scope in ('glob "/b*"', 'matching "^/b"'):
        (result,) = evaluate(read(f"failures <= 5 of {scope}"), course(requests))
        assert outcome(result) == right


@given(one_by_one(most=100), st.integers(1, 39))
def test_the_begin_is_left_out_and_the_end_alone_is_looked_at(
    requests: list[One], seconds: int
) -> None:
    sentence = "failures <= 5"
    (result,) = evaluate(read(sentence), course(requests), seconds)
    assert outcome(result) == kept(sentence, [(in_seconds(requests, seconds, SECONDS), 1)])
    (result,) = evaluate(read(f"{sentence} in the last {seconds}s"), course(requests))
    last = in_seconds(requests, SECONDS - seconds, SECONDS)
    assert outcome(result) == kept(sentence, [(last, 1)])


@given(one_by_one(most=100))
def test_a_stage_is_its_own_time(requests: list[One]) -> None:
    found = course(requests)
    stages = (
        Stage(1, "ramp", BEGAN, BEGAN + 12.5),
        Stage(2, "hold", BEGAN + 12.5, BEGAN + 31.5),
    )
    staged = Course(found.start, found.stop, found.together, found.endpoints, stages)
    # A second that belongs to two stages is left out of both.
    right = kept("failures <= 5", [(in_seconds(requests, 13, 31), 1)])
    for name in ("2", '"hold"'):
        (result,) = evaluate(read(f"failures <= 5 in stage {name}"), staged)
        assert outcome(result) == right
        assert (result.start, result.stop) == ((BEGAN + 13, BEGAN + 31) if right else (None, None))
    (result,) = evaluate(read("failures <= 5 in stage 3"), staged)
    assert result.why == "the run had no such stage of its load"


SLOW = [One(second, ENDPOINTS[0], 900.0 if second in (7, 8) else 10.0, failed=False)
        for second in range(SECONDS) for _ in range(60)]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "value", "start", "stop"),
    [
        ("max < 1s", 900, 0, 40),
        ("avg < 1s for 3s", 900, 7, 8),
        ("avg < 500ms for 3s", 900, 7, 9),
        ("avg < 500ms within 2s", 900, 7, 9),
        ("avg < 500ms over 4s", 455, 5, 9),
        ("requests_per_second > 10/s", 60, 0, 40),
        ("avg < 1s in the last 10s", 10, 30, 40),
    ],
)
def test_the_worst_is_told_with_its_time(
    sentence: str, value: float, start: int, stop: int
) -> None:
    (result,) = evaluate(read(sentence), course(SLOW))
    assert result.value == pytest.approx(value)
    assert (result.start, result.stop) == (BEGAN + start, BEGAN + stop)


DIED = [One(second, key, 10.0, failed=False) for second in range(SECONDS)
        for key in ENDPOINTS[:2] if second < 20 or key == ENDPOINTS[0]]  # fmt: skip
"""The second endpoint isn't requested any more after half of it."""
_WHERE = (
    " in stage 2",
    " in the last 20s",
    " in stage 2 within 10s",
    " in stage 2 over 10s",
    " in stage 2 for 10s",
)


@pytest.mark.parametrize("where", _WHERE)
@pytest.mark.parametrize(
    ("condition", "right"),
    [
        ("failures of {} < 1", Outcome.UNKNOWN),
        ("failures of {} == 0", Outcome.UNKNOWN),
        ("failure_rate of {} < 1%", Outcome.UNKNOWN),
        ("max of {} < 1s", Outcome.UNKNOWN),
        ("requests_per_second of {} < 100/s", Outcome.KEPT),
        ("requests_per_second of {} > 0.5/s", Outcome.BROKEN),
        ("requests of {} >= 1", Outcome.BROKEN),
        ("requests of {} != 0", Outcome.BROKEN),
    ],
)
def test_of_an_endpoint_without_a_request_nothing_is_known_but_that_there_was_none(
    condition: str, right: Outcome, where: str
) -> None:
    found = course(DIED)
    stages = tuple(Stage(at + 1, "", BEGAN + 20 * at, BEGAN + 20 * at + 20) for at in (0, 1))
    staged = Course(found.start, found.stop, found.together, found.endpoints, stages)
    living, died = (f'{method} "{name}"' for name, method in ENDPOINTS[:2])
    (result,) = evaluate(read(condition.format(died) + where), staged)
    assert (result.outcome, result.why) == (
        right,
        "there was no request to measure" if right is Outcome.UNKNOWN else "",
    )
    (other,) = evaluate(read(condition.format(living) + where), staged)
    assert other.outcome is Outcome.KEPT
    # Of each that is asked for one by one only what breaks it is news.
    each = evaluate(read(condition.format("each endpoint") + where), staged)
    of_each = {one.endpoint: one.outcome for one in each}
    assert of_each.pop(ENDPOINTS[0]) is Outcome.KEPT
    assert of_each == ({ENDPOINTS[1]: right} if right is Outcome.BROKEN else {})


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("p99.9 < 1s for 1s", "p99.9 takes 2,995 requests, and there never were so many in one"),
        ("p99.99 < 1s", "p99.99 takes 29,956 requests, and there never were so many"),
        ('max of "/never" < 1s', "no request was made to such an endpoint"),
        ('max of "/a/" < 1s', 'no request was made to such an endpoint: did you mean "/a"?'),
        ("max < 1s over 1m", "the run was shorter than 60 s"),
    ],
)
def test_what_nobody_can_tell_says_why(sentence: str, why: str) -> None:
    (result,) = evaluate(read(sentence), course(SLOW))
    assert (result.outcome, result.value) == (Outcome.UNKNOWN, None)
    assert result.why.startswith(why)


def test_a_run_that_was_over_before_its_warm_up_says_so() -> None:
    (result,) = evaluate(read("max < 1s"), course(SLOW), 40)
    assert result.why == "its warm-up is as long as all that is known of it"


def test_the_rest_of_a_second_is_no_second() -> None:
    """The run ended 20 ms into its last one: of 20 ms nobody knows a rate."""
    cut = course([one for one in SLOW if one.second < 30], stop=BEGAN + 30.02)
    (result,) = evaluate(read("requests_per_second >= 50/s for 1s"), cut)
    assert (result.outcome, result.value) == (Outcome.KEPT, 60)
    short = course([One(0, ENDPOINTS[0], 10.0, failed=False)], stop=BEGAN + 0.25)
    (result,) = evaluate(read("requests_per_second >= 9/s for 1s"), short)
    assert result.value == 4


def test_a_second_without_a_request_neither_breaks_a_time_nor_ends_a_stretch() -> None:
    still = [one for one in SLOW if one.second != 8]
    slow = [*still, *(One(9, ENDPOINTS[0], 900.0, failed=False) for _ in range(60))]
    apart = [one for one in slow if one.second != 9 or one.ms == 900.0]
    (result,) = evaluate(read("avg < 500ms for 2s"), course(apart))
    assert result.outcome is Outcome.BROKEN


SLOWED = [
    One(second, ENDPOINTS[0], 5_089.0 if 10 <= second < 20 else 10.0, failed=False)
    for second in range(SECONDS)
    for _ in range(4 if 10 <= second < 20 else 60)
]
"""A load that waits for its answers: where these are slow there are few."""


@pytest.mark.parametrize(
    ("sentence", "right", "beside"),
    [
        ("p95 < 300ms within 10s", Outcome.BROKEN, "of 40 requests alone"),
        ("p95 <= 300ms over 10s", Outcome.BROKEN, "of 40 requests alone"),
        ("p95 < 300ms for 5s", Outcome.BROKEN, "of 4 requests alone"),
        ("p95 < 300ms for 11s", Outcome.KEPT, "of 4 requests alone"),
        ("p95 < 6s within 10s", Outcome.KEPT, ""),
        ("p50 < 300ms within 1s", Outcome.KEPT, ""),
        ('p95 of "/a" < 300ms within 5s', Outcome.BROKEN, "of 20 requests alone"),
        ("p99 < 300ms in stage 2", Outcome.BROKEN, "of 40 requests alone"),
        ("p99 < 6s in stage 2", Outcome.UNKNOWN, ""),
        ("p95 > 1ms within 10s", Outcome.KEPT, ""),
    ],
)
def test_few_slow_requests_break_a_percentile_that_they_are_too_few_for(
    sentence: str, right: Outcome, beside: str
) -> None:
    stages = (Stage(1, "", BEGAN, BEGAN + 10), Stage(2, "", BEGAN + 10, BEGAN + 20))
    (result,) = evaluate(read(sentence), replace(course(SLOWED), stages=stages))
    assert (result.outcome, result.beside) == (right, beside)


@pytest.mark.parametrize(("slow", "right"), [(6, Outcome.UNKNOWN), (7, Outcome.BROKEN)])
def test_what_chance_explains_of_a_whole_run_is_not_told(slow: int, right: Outcome) -> None:
    """Of 30 with 5 % each 6 or more are slow in 3 runs of 1,000, 7 or more in 6 of 10,000."""
    requests = [
        One(at, ENDPOINTS[0], 900.0 if at < slow else 10.0, failed=False) for at in range(30)
    ]
    (result,) = evaluate(read("p95 < 300ms"), course(requests))
    assert (result.outcome, result.few) == (right, right is Outcome.BROKEN)


@pytest.mark.parametrize("operator", OPERATORS)
def test_each_operator_is_what_it_says(operator: str) -> None:
    limits = {limit: eval(f"60 {operator} {limit}") for limit in (59, 60, 61)}
    for limit, holds in limits.items():
        of = read("requests < 1 in the last 1s")
        threshold = Threshold(of.metric, Limit(operator, limit), of.scope, of.time)
        (result,) = evaluate(threshold, course(SLOW))
        assert result.outcome is (Outcome.KEPT if holds else Outcome.BROKEN)
