"""Paired blocks: intervals, answers, and how often they are wrong where seconds depend."""

from math import exp, log, sqrt
from random import Random
from statistics import fmean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.inference.comparison import Answer
from swarmscope.inference.distributions import student_quantile
from swarmscope.inference.paired import (
    DEPENDENCE,
    FEWEST,
    Rates,
    Ratios,
    compare_blocks,
    degrees,
    widening,
)

S = 5
QUIET = (0.01, -0.01, 0.005, -0.005, 0.0, 0.01, -0.01, 0.0, 0.002, -0.002, 0.001, 0.0)


def series(chance: Random, seconds: int, dependence: float, spread: float) -> list[float]:
    """Return a first-order autoregression."""
    now, found = chance.gauss(0, spread), []
    for _ in range(seconds):
        found.append(now)
        now = dependence * now + chance.gauss(0, spread * sqrt(1 - dependence**2))
    return found


def blocks(values: list[float], seconds: int = S) -> tuple[float, ...]:
    return tuple(fmean(values[i : i + seconds]) for i in range(0, len(values), seconds))


def answer(sample: Ratios | Rates, margin: float = 0.05) -> Answer:
    return compare_blocks({"": sample}, margin=margin)[""].answer


def test_the_interval_is_students_made_wider() -> None:
    logs = tuple(0.1 + one for one in QUIET)
    found = compare_blocks({"": Ratios(logs, S)})[""]
    t = student_quantile(0.975, degrees(len(logs), S))
    wide = t * widening(len(logs), S) * sqrt(variance(logs) / len(logs))
    assert found.low
    assert found.high
    assert (log(found.low), log(found.high)) == pytest.approx(
        (fmean(logs) - wide, fmean(logs) + wide)
    )
    assert found.ratio == pytest.approx(exp(fmean(logs)))
    assert found.method == "12 pairs of 5 s"


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(("count", "seconds"), [(12, 5), (6, 10), (24, 5), (30, 2)])
def test_the_widening_is_what_simulated_series_need(count: int, seconds: int) -> None:
    chance = Random(3)
    means, spreads = [], []
    for _ in range(3_000):
        found = blocks(series(chance, count * seconds, DEPENDENCE, 1), seconds)
        means.append(fmean(found))
        spreads.append(variance(found) / count)
    needed = sqrt(variance(means) / fmean(spreads))
    assert widening(count, seconds) == pytest.approx(needed, rel=0.04)
    assert widening(count, seconds) > 1
    # A variance of n independent normal ones, times n - 1 over the true one, is a chi-square.
    known = 2 * fmean(spreads) ** 2 / variance(spreads)
    assert degrees(count, seconds) == pytest.approx(known, rel=0.12)
    assert degrees(count, seconds) < count - 1


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (0.0, Answer.SAME),
        (0.03, Answer.SAME),
        (0.12, Answer.WORSE),
        (-0.12, Answer.BETTER),
        (0.046, Answer.UNKNOWN),
    ],
)
def test_what_is_shown_to_differ_by_more_than_the_margin_is_worse_or_better(
    shift: float, said: Answer
) -> None:
    assert answer(Ratios(tuple(shift + one for one in QUIET), S)) is said


def test_a_noisy_pair_is_never_the_same_and_says_how_long_it_takes() -> None:
    found = compare_blocks({"": Ratios(tuple(30 * one for one in QUIET), S)})[""]
    assert found.answer is Answer.UNKNOWN
    assert found.why.endswith(" s of such a load")
    assert int(found.why.split()[1].replace(",", "")) > len(QUIET) * S


@given(st.lists(st.floats(-1, 1), min_size=FEWEST, max_size=30))
def test_sides_that_are_swapped_give_the_opposite(logs: list[float]) -> None:
    one = compare_blocks({"": Ratios(tuple(logs), S)})[""]
    other = compare_blocks({"": Ratios(tuple(-x for x in logs), S)})[""]
    opposite = {Answer.WORSE: Answer.BETTER, Answer.BETTER: Answer.WORSE}
    assert other.answer is opposite.get(one.answer, one.answer)
    assert one.ratio
    assert other.ratio
    assert one.ratio * other.ratio == pytest.approx(1)


def test_fewer_blocks_than_tell_of_a_spread_are_no_answer() -> None:
    found = compare_blocks({"": Ratios(QUIET[: FEWEST - 2], S)})[""]
    assert (found.answer, found.ratio) == (Answer.UNKNOWN, None)
    assert found.why == "2 more blocks with enough requests"
    assert compare_blocks({"": Ratios((), S)})[""].answer is Answer.UNKNOWN


def rates(*differences: float, base: float = 0.0) -> Rates:
    return Rates(differences, S, base)


def test_failures_that_are_shown_are_worse_however_few() -> None:
    assert answer(rates(*[0.0] * 12)) is Answer.SAME
    assert answer(rates(*[0.004, 0.006] * 6)) is Answer.WORSE
    assert answer(rates(*[-0.004, -0.006] * 6, base=0.006)) is Answer.BETTER
    # One block alone may be chance: a deploy, a hiccup.
    assert answer(rates(0.5, *[0.0] * 11)) is Answer.UNKNOWN
    assert answer(rates(*[0.002, -0.002] * 6, base=0.01)) is Answer.SAME


def test_a_ratio_of_failures_needs_some_of_as() -> None:
    found = compare_blocks({"": rates(*[0.01, 0.03] * 6, base=0.02)})[""]
    assert found.ratio == pytest.approx(2)
    assert found.low
    assert found.low > 1
    assert compare_blocks({"": rates(*[0.01, 0.03] * 6)})[""].ratio is None


def test_of_many_the_interval_is_wider() -> None:
    logs = tuple(0.06 + one for one in QUIET)
    alone = compare_blocks({0: Ratios(logs, S)})[0]
    many = compare_blocks({i: Ratios(QUIET if i else logs, S) for i in range(20)})[0]
    assert alone.low
    assert many.low
    assert many.low < alone.low


@pytest.mark.parametrize(
    ("dependence", "seconds"),
    [
        (DEPENDENCE, 60),
        pytest.param(DEPENDENCE, 120, marks=pytest.mark.long),
        pytest.param(0.0, 60, marks=pytest.mark.long),
    ],
)
def test_equal_sides_rarely_differ_though_no_noise_is_common_to_them(
    dependence: float, seconds: int
) -> None:
    """The worst case: each side has its own dependent noise, and a margin of next to nothing."""
    chance, alarms, many = Random(9), 0, 800
    for _ in range(many):
        common = series(chance, seconds, dependence, 0.1)
        samples = {}
        for metric in range(4):
            own = series(chance, seconds, dependence, 0.06)
            mixed = [x + y for x, y in zip(common, own, strict=True)]
            samples[metric] = Ratios(blocks(mixed), S)
        found = compare_blocks(samples, margin=1e-6)
        alarms += any(one.answer in {Answer.WORSE, Answer.BETTER} for one in found.values())
    assert alarms / many <= 0.05
