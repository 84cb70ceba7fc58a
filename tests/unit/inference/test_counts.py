"""Failures: exact where they are few, and not fooled where they come in bursts."""

from math import exp, inf, isnan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from swarmscope.inference.counts import RateRatio

FEW = st.integers(0, 40)
MANY = st.integers(100, 10_000)


def of(*runs: tuple[int, int], new: tuple[tuple[int, int], ...]) -> RateRatio:
    return RateRatio(runs, new, (), 0.001)


@given(FEW, MANY, FEW, MANY)
def test_two_runs_are_compared_as_scipy_does(before: int, of_: int, after: int, among: int) -> None:
    if not before + after:
        return
    ratio = of((before, of_), new=((after, among),))
    share = among / (of_ + among)
    tails = [
        stats.binomtest(after, before + after, share, alternative=side).pvalue
        for side in ("less", "greater")
    ]
    assert ratio.p == pytest.approx(min(1, 2 * min(tails)), rel=1e-6)
    ends = stats.binomtest(after, before + after).proportion_ci(0.98)
    low, high = ratio.interval(0.02)
    assert low == pytest.approx(ends.low / (1 - ends.low) * of_ / among, rel=1e-6)
    if ends.high < 1:
        assert high == pytest.approx(ends.high / (1 - ends.high) * of_ / among, rel=1e-6)
    else:
        assert high == inf


def test_none_against_few_is_found() -> None:
    """Where a rank test of rates sees one run above ten equal ones: p = 0.18."""
    ratio = of(*[(0, 1_000)] * 10, new=((5, 1_000),))
    assert ratio.p == pytest.approx(2 * (1 / 11) ** 5)
    assert ratio.ratio == inf
    low, high = ratio.interval(0.05)
    assert low > 5
    assert high == inf


def test_few_that_are_gone_are_found() -> None:
    ratio = of((9, 1_000), new=((0, 1_000),))
    assert ratio.p < 0.01
    assert ratio.ratio == 0
    assert ratio.interval(0.05)[1] < 1


def test_without_any_failure_there_is_no_ratio() -> None:
    ratio = of((0, 1_000), new=((0, 2_000),))
    assert isnan(ratio.ratio)
    assert (ratio.p, ratio.least_p) == (1, 1)
    assert ratio.interval(0.05) == (0, inf)


def test_runs_that_differ_among_themselves_make_it_less_certain() -> None:
    even = of(*[(5, 1_000)] * 10, new=((15, 1_000),))
    bursts = of(*[(0, 1_000)] * 8, (25, 1_000), (25, 1_000), new=((15, 1_000),))
    assert even.p < 0.01
    assert bursts.p > 0.2
    assert "scatter" not in even.method
    assert "which scatter 22.2 times as much as by chance" in bursts.method


def test_a_failure_counts_the_less_the_wider_runs_scatter_and_the_fewer_tell_it() -> None:
    """Clopper and Pearson of a beta distribution with counts that are no whole numbers."""
    ratio = of((4, 1_000), (12, 1_000), (20, 1_000), new=((30, 1_000),))
    scatter = (8**2 + 8**2) / 12 / 2
    part = 1 / (scatter * (stats.t.ppf(0.995, 2) / stats.norm.ppf(0.995)) ** 2)
    new, both = 30 * part, 66 * part
    low = stats.beta.ppf(0.005, new, both - new + 1)
    high = stats.beta.ppf(0.995, new + 1, both - new)
    expected = (3 * low / (1 - low), 3 * high / (1 - high))
    assert ratio.interval(0.01) == pytest.approx(expected)


def test_earlier_runs_tell_that_failures_come_in_bursts() -> None:
    earlier = ((0, 1_000), (40, 1_000), (0, 1_000), (0, 1_000), (0, 1_000), (20, 1_000))
    alone = RateRatio(((2, 1_000),), ((20, 1_000),), (), 0.001)
    known = RateRatio(((2, 1_000),), ((20, 1_000),), earlier, 0.001)
    assert alone.p < 0.001
    assert known.p > 0.05


def test_one_failure_in_one_of_two_runs_does_not_hide_many() -> None:
    assert of((1, 1_000), (0, 1_000), new=((20, 1_000),)).p < 0.05


def test_more_new_failures_stay_found_where_runs_scatter() -> None:
    base = [(f, 1_000) for f in (10, 14, 6, 12, 5, 16, 9, 11, 15, 4)]
    assert of(*base, new=((60, 1_000),)).p < 0.001


@given(
    st.lists(st.tuples(FEW, MANY), min_size=1, max_size=6),
    st.lists(st.tuples(FEW, MANY), min_size=1, max_size=3),
)
def test_changing_sides_turns_the_ratio_over(
    base: list[tuple[int, int]], new: list[tuple[int, int]]
) -> None:
    ratio, turned = RateRatio(base, new, (), 0.001), RateRatio(new, base, (), 0.001)
    assert turned.p == pytest.approx(ratio.p, rel=1e-6)
    low, high = ratio.interval(0.05)
    ends = turned.interval(0.05)
    for end, other in zip(ends, (high, low), strict=True):
        # What is a factor of 10^12 to a float of the one side is infinite to that of the other.
        assert min(end, 1e12) == pytest.approx(min(1 / other if other else inf, 1e12), rel=1e-3)


def test_rates_within_the_tolerance_are_alike_when_so_many_requests_show_it() -> None:
    assert RateRatio(((0, 50_000),), ((0, 50_000),), (), 0.001).alike(0.05)
    assert not RateRatio(((0, 500),), ((0, 500),), (), 0.001).alike(0.05)
    assert not RateRatio(((0, 50_000),), ((0, 50_000),), (), 0.00005).alike(0.05)
    assert not RateRatio(((0, 50_000),), ((100, 50_000),), (), 0.001).alike(0.05)
    assert not RateRatio(((100, 50_000),), ((0, 50_000),), (), 0.001).alike(0.05)


def test_how_far_rates_may_be_apart_is_wider_where_runs_scatter() -> None:
    """Each side's interval has half of the risk, and so have its parts of failures."""
    base, new, level = ((4, 1_000), (12, 1_000), (20, 1_000)), ((13, 1_000),), 0.05
    scatter = (8**2 + 8**2) / 12 / 2
    share = 1 - level / 4
    part = 1 / (scatter * (stats.t.ppf(share, 2) / stats.norm.ppf(share)) ** 2)
    least = stats.gamma.ppf([level / 4, level / 4], [36 * part, 13 * part])
    most = stats.gamma.ppf([1 - level / 4] * 2, [36 * part + 1, 13 * part + 1])
    sizes = 3_000 * part, 1_000 * part
    apart = max(most[0] / sizes[0] - least[1] / sizes[1], most[1] / sizes[1] - least[0] / sizes[0])
    assert RateRatio(base, new, (), apart * (1 + 1e-6)).alike(level)
    assert not RateRatio(base, new, (), apart * (1 - 1e-6)).alike(level)


def test_what_is_not_known_is_said_in_points() -> None:
    told = of((0, 500), new=((1, 500),)).lacking(0.05, 0.05)
    assert told.startswith("0 of 500 and 1 of 500 requests failed, which leaves the rates up to 1")


@pytest.mark.parametrize("burst", [1, 8])
def test_false_alarms_are_as_rare_as_promised(burst: int) -> None:
    """Failures that come one by one, and in bursts, of which each run has two or so."""
    chance = Random(burst)

    def run() -> tuple[int, int]:
        limit, bursts, product = exp(-2.0), 0, chance.random()
        while product > limit:
            bursts, product = bursts + 1, product * chance.random()
        return bursts * burst, 2_000

    pairs = 400
    alarms = sum(
        RateRatio([run() for _ in range(10)], [run()], (), 0.001).p <= 0.05 for _ in range(pairs)
    )
    assert alarms <= 0.07 * pairs
