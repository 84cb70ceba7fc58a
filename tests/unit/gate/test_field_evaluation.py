"""Thresholds of fields, held against numbers that were written now and then."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.gate.course import Course, Stage
from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.field_evaluation import evaluate_field
from swarmscope.gate.metrics import Field
from swarmscope.gate.samples import Sample
from swarmscope.gate.sentences import read
from swarmscope.gate.threshold import HOLDS

BEGAN = 1_000
SECONDS = 120
COURSE = Course(
    BEGAN, BEGAN + SECONDS, (), stages=(Stage(1, "ramp", BEGAN, BEGAN + 60.5),
                                        Stage(2, "hold", BEGAN + 60.5, BEGAN + SECONDS)),
)  # fmt: skip


def samples(values: Sequence[float | None], every: float = 1, series: str = "{}") -> list[Sample]:
    """Return *values*, one after the other each *every* seconds; None is none."""
    told = enumerate(values)
    return [Sample(BEGAN + i * every, series, v) for i, v in told if v is not None]


def held(sentence: str, some: Sequence[Sample], warm_up: float = 0) -> Result:
    threshold = read(sentence)
    assert isinstance(threshold.metric, Field)
    ordered = sorted(some, key=lambda one: one.time)
    return evaluate_field(threshold, threshold.metric, ordered, COURSE, warm_up)


STEADY = samples([50.0] * 60 + [90.0] * 5 + [50.0] * 55)
"""Each second: five of them above 80."""
SELDOM = samples([50, 50, 90, 90, 90, 50, 50, 50, 50, 50, 50, 50], 10)
"""Each ten seconds, as Telegraf does by default."""


@pytest.mark.parametrize(
    ("sentence", "some", "outcome", "value"),
    [
        ("max(a.b) < 80", STEADY, Outcome.BROKEN, 90),
        ("max(a.b) <= 90", STEADY, Outcome.KEPT, 90),
        ("min(a.b) > 50", STEADY, Outcome.BROKEN, 50),
        ("avg(a.b) < 52", STEADY, Outcome.KEPT, (115 * 50 + 5 * 90) / 120),
        ("sum(a.b) < 100", STEADY, Outcome.BROKEN, 115 * 50 + 5 * 90),
        ("last(a.b) == 50", STEADY, Outcome.KEPT, 50),
        ("p95(a.b) < 60", STEADY, Outcome.KEPT, 50),
        ("p96(a.b) < 60", STEADY, Outcome.BROKEN, 90),
        ("p5(a.b) < 60", STEADY, Outcome.KEPT, 50),
        ("max(a.b) < 80 for 5s", STEADY, Outcome.BROKEN, 90),
        ("max(a.b) < 80 for 6s", STEADY, Outcome.KEPT, 90),
        # Thirty seconds long it was above, measured three times.
        ("max(a.b) < 80 for 30s", SELDOM, Outcome.BROKEN, 90),
        ("max(a.b) < 80 for 31s", SELDOM, Outcome.KEPT, 90),
        ("avg(a.b) < 80 within 10s", STEADY, Outcome.KEPT, 70),
        ("avg(a.b) < 80 within 5s", STEADY, Outcome.BROKEN, 90),
        ("avg(a.b) < 51 over 2m", STEADY, Outcome.BROKEN, (115 * 50 + 5 * 90) / 120),
        ("avg(a.b) < 51 within 3m", STEADY, Outcome.BROKEN, (115 * 50 + 5 * 90) / 120),
        ("max(a.b) < 80 in the last 55s", STEADY, Outcome.KEPT, 50),
        ("max(a.b) < 80 in the last 56s", STEADY, Outcome.BROKEN, 90),
        ("max(a.b) < 80 in stage 1", STEADY, Outcome.BROKEN, 90),
        ('min(a.b) > 50 in stage "hold"', STEADY, Outcome.BROKEN, 50),
    ],
)
def test_each_aggregate_and_time(
    sentence: str, some: Sequence[Sample], outcome: Outcome, value: float
) -> None:
    found = held(sentence, some)
    assert (found.outcome, found.value) == (outcome, pytest.approx(value))


def test_a_warm_up_is_left_out() -> None:
    assert held("max(a.b) < 80", STEADY, 65).outcome is Outcome.KEPT
    assert held("max(a.b) < 80", STEADY, 64).outcome is Outcome.BROKEN
    assert held("max(a.b) < 80", STEADY, SECONDS).why.startswith("its warm-up is as long")


def test_the_worst_is_told_with_its_time() -> None:
    found = held("max(a.b) < 80 for 5s", STEADY)
    assert (found.start, found.stop) == (BEGAN + 60, BEGAN + 65)
    found = held("avg(a.b) < 80 within 5s", STEADY)
    assert (found.start, found.stop) == (BEGAN + 60, BEGAN + 65)


@pytest.mark.parametrize(
    ("sentence", "some", "why"),
    [
        ("p95(a.b) < 80", SELDOM, "p95 takes 59 values, and there never were so many"),
        ("p95(a.b) < 80 for 10s", STEADY, "p95 takes 59 values, and there never were so many in"),
        (
            "p95(a.b) < 80 within 30s",
            STEADY,
            "p95 takes 59 values, and there never were so many in",
        ),
        ("max(a.b) < 80 over 3m", STEADY, "the run was shorter than 180 s"),
        ("max(a.b) < 80 in the last 5s", SELDOM, "it has no value in that time"),
        ("max(a.b) < 80 in stage 3", STEADY, "the run had no such stage"),
    ],
)
def test_what_nobody_can_tell_says_why(sentence: str, some: Sequence[Sample], why: str) -> None:
    found = held(sentence, some)
    assert (found.outcome, found.value) == (Outcome.UNKNOWN, None)
    assert found.why.startswith(why)


def test_where_nothing_was_counted_a_sum_is_nothing() -> None:
    """A counter that isn't touched isn't written: that nobody orders any more is to be noticed."""
    orders = samples([3.0] * 60 + [None] * 60)
    for of in ("sum", "increase"):
        assert held(f"{of}(a.b) > 0 for 59s", orders).outcome is Outcome.BROKEN
        assert held(f"{of}(a.b) > 0 within 30s", orders).value == 0
        assert held(f"{of}(a.b) == 0 in the last 30s", orders).outcome is Outcome.KEPT
    assert held("avg(a.b) > 0 for 30s", samples([3.0] * 60)[:-1]).outcome is Outcome.UNKNOWN


def test_each_series_has_a_last_value_and_the_worst_one_counts() -> None:
    some = [*samples([5, 1], series="a"), *samples([1, 3], series="b")]
    assert held("last(a.b) < 3", some).value == 3
    assert held("last(a.b) > 2", some).value == 1
    assert held("last(a.b) == 1", some).value == 3


def test_the_series_that_is_written_most_seldom_says_how_long_a_value_stands() -> None:
    often, seldom = samples([50.0] * 120, series="a"), samples([90.0] * 4, 10, series="b")
    assert held("max(a.b) < 80 for 40s", [*often, *seldom]).outcome is Outcome.BROKEN
    assert held("max(a.b) < 80 for 41s", [*often, *seldom]).outcome is Outcome.KEPT


def test_who_measures_now_sooner_now_later_makes_no_gap() -> None:
    late = [Sample(BEGAN + at, "{}", 90.0) for at in (0, 10.4, 19.9, 30.1, 39.9)]
    assert held("max(a.b) < 80 for 50s", late).outcome is Outcome.BROKEN


@pytest.mark.sample(3)
@given(st.lists(st.integers(0, 100), min_size=SECONDS, max_size=SECONDS), st.integers(1, 70))
@pytest.mark.parametrize("operator", ["<", ">="])
@pytest.mark.parametrize(
    ("aggregate", "of"),
    # What a counter grew by comes here as what is added up.
    [("max", max), ("min", min), ("sum", sum), ("increase", sum), ("last", lambda v: v[-1])],
)
def test_each_stretch_is_looked_at(
    aggregate: str, of: object, operator: str, values: list[int], seconds: int
) -> None:
    some = samples([float(value) for value in values])
    found = held(f"{aggregate}(a.b) {operator} 60 over {seconds}s", some)
    stretches = [values[i : i + seconds] for i in range(SECONDS - seconds + 1)]
    kept = all(HOLDS[operator](of(one), 60) for one in stretches)  # type: ignore[operator]
    assert found.outcome is (Outcome.KEPT if kept else Outcome.BROKEN)


FULL = samples([50.0] * 50, series='{"host":"full"}')
"""It had 70 s to go."""
LATE = samples([None] * 61 + [1.0] * 59)
BROKEN_OFF = samples([5.0] * 10 + [None] * 65 + [5.0] * 45)
FINE = samples([50.0] * SECONDS, series='{"host":"fine"}')


@pytest.mark.parametrize(
    ("sentence", "some", "why"),
    [
        ("max(a.b) < 80", FULL, 'there is no value of a{host="full"} for 71 s: whoever'),
        ("max(a.b) < 80", [*FULL, *FINE], 'there is no value of a{host="full"} for 71 s'),
        ("avg(a.b) < 80 for 10s", FULL, 'there is no value of a{host="full"} for 71 s'),
        (
            "max(a.b) < 80 within 30s",
            samples([None] * 61 + [1.0] * 59),
            "there is no value for 61 s",
        ),
        (
            "min(a.b) > 1",
            samples([5.0] * 10 + [None] * 65 + [5.0] * 45),
            "there is no value for 66 s",
        ),
    ],
)
def test_what_stopped_writing_keeps_nothing(
    sentence: str, some: Sequence[Sample], why: str
) -> None:
    found = held(sentence, some)
    assert found.outcome is Outcome.UNKNOWN
    assert found.why.startswith(why)


@pytest.mark.parametrize(
    ("sentence", "some", "outcome"),
    [
        ("max(a.b) < 50", FULL, Outcome.BROKEN),
        ("sum(a.b) < 80000", FULL, Outcome.KEPT),
        ("max(a.b) < 80", samples([50.0] * 61), Outcome.KEPT),
        ("max(a.b) < 80 in stage 1", samples([50.0] * 30), Outcome.KEPT),
        ("max(a.b) < 80", samples([50.0] * 12, 10), Outcome.KEPT),
        # Where fewer were requested less was written: that is no secret, the audit counts it.
        ("max(locust_stats.max_response_time) < 80", FULL, Outcome.KEPT),
    ],
)
def test_other_silence_is_none(sentence: str, some: Sequence[Sample], outcome: Outcome) -> None:
    found = held(sentence, some)
    assert (found.outcome, found.beside) == (outcome, "")


def test_few_values_of_a_small_part_of_the_time_are_counted() -> None:
    assert held("max(a.b) < 80", samples([50.0] * 3, 10)).beside == "of 3 values alone"
    assert held("max(a.b) < 40", samples([50.0])).beside == "of 1 value alone"
    assert held("max(a.b) < 80", samples([50.0] * 3, 30)).beside == ""
