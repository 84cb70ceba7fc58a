"""Shifts of times: Student's and the ranks', against scipy and published tables."""

import re
from itertools import combinations
from math import exp, inf, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from swarmscope.inference.shifts import NormalShift, RankShift

RUNS = st.lists(st.floats(-3, 3), min_size=2, max_size=7)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("base", "new"), [(10, 3), (12, 12), (3, 10)])
def test_students_is_scipys(base: int, new: int, seed: int) -> None:
    chance = Random(seed)
    sides = [[chance.gauss(5, 0.1) for _ in range(many)] for many in (base, new)]
    shift = NormalShift(*sides)
    witness = stats.ttest_ind(sides[1], sides[0])
    assert shift.p == pytest.approx(witness.pvalue)
    ends = witness.confidence_interval(0.99)
    assert shift.interval(0.01) == pytest.approx((exp(ends.low), exp(ends.high)))
    assert shift.ratio == pytest.approx(exp(sum(sides[1]) / new - sum(sides[0]) / base))


def test_of_one_new_run_it_is_the_prediction_interval() -> None:
    """Mean ± t · s · sqrt(1 + 1/10), as in textbooks, with t of five degrees, not nine."""
    base = [100.0, 101, 99, 102, 98, 100, 103, 97, 100, 100]
    mean, deviation = 100.0, (28 / 9) ** 0.5
    half = 2.570582 * deviation * (1 + 1 / 10) ** 0.5
    shift = NormalShift([value / 100 for value in base], [mean / 100])
    assert shift.interval(0.05) == pytest.approx((exp(-half / 100), exp(half / 100)), rel=1e-6)


def test_earlier_runs_tell_of_the_noise_and_not_of_the_level() -> None:
    noise = [0.1 * i for i in range(6)]
    near = NormalShift([0.0], [0.3], noise)
    far = NormalShift([0.0], [0.3], [7 + one for one in noise])
    assert near.p == pytest.approx(far.p)
    assert near.interval(0.05) == pytest.approx(far.interval(0.05))
    assert near.p > NormalShift([0.0], [0.3], [one / 10 for one in noise]).p


@pytest.mark.parametrize(
    ("base", "new", "earlier", "degrees"),
    [(10, 1, 0, 5), (1, 40, 0, 5), (1, 1, 6, 4), (10, 2, 0, 10), (60, 2, 0, 10), (60, 3, 0, 15)],
)
def test_the_fewer_runs_a_side_has_the_heavier_are_its_tails(
    base: int, new: int, earlier: int, degrees: int
) -> None:
    sides = [[i % 3 + j * 0.5 for i in range(many)] for j, many in enumerate((base, new, earlier))]
    shift = NormalShift(*sides)
    low, high = shift.interval(0.01)
    lower, higher = shift.interval(0.1)
    wider = stats.t.ppf(0.995, degrees) / stats.t.ppf(0.95, degrees)
    assert log(high / low) / log(higher / lower) == pytest.approx(wider)


def test_one_wild_new_run_of_three_is_noise() -> None:
    base = [0.001 * i for i in range(10)]
    assert NormalShift(base, [0.3, 0.3, 0.3]).p < 1e-6
    assert NormalShift(base, [0.0, 0.0, 0.9]).p > 0.05


def test_runs_that_are_all_alike_differ_by_nothing_or_by_all() -> None:
    assert NormalShift([1.0] * 10, [1.0]).p == 1
    assert NormalShift([1.0] * 10, [1.0]).interval(0.05) == (1, 1)
    assert NormalShift([0.0] * 10, [1.0]).p == 0


@pytest.mark.parametrize(
    ("base", "new", "critical"),
    # Of Mann and Whitney's U, two-sided at 5 %, as tables have it.
    [(4, 4, 0), (3, 5, 0), (5, 5, 2), (4, 7, 3), (6, 8, 8), (8, 8, 13), (10, 10, 23), (3, 9, 2)],
)
def test_what_is_significant_is_what_the_table_says(base: int, new: int, critical: int) -> None:
    for u in (critical, critical + 1):
        assert (_with_u(base, new, u).p <= 0.05) == (u == critical)


def _with_u(base: int, new: int, u: int) -> RankShift:
    """Return sides of which *u* pairs are the other way round than the others."""
    ranks = list(range(new))
    for i in range(new):
        step = min(base, u)
        ranks[new - 1 - i] += step
        u -= step
    return RankShift([float(rank) for rank in range(base + new) if rank not in ranks], ranks)


@given(RUNS, RUNS)
def test_the_rank_test_is_scipys(base: list[float], new: list[float]) -> None:
    if len({*base, *new}) < len(base) + len(new):
        return
    witness = stats.mannwhitneyu(new, base, method="exact")
    assert RankShift(base, new).p == pytest.approx(witness.pvalue)


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=5),
    st.lists(st.integers(0, 3), min_size=2, max_size=5),
)
def test_ties_never_make_it_more_certain(base: list[int], new: list[int]) -> None:
    """Against all orders of all runs: what is rarer than its p says would be a false alarm."""
    shift = RankShift([float(b) for b in base], [float(n) for n in new])
    pooled = [*base, *new]
    ps = []
    for chosen in combinations(range(len(pooled)), len(new)):
        sides = [[], []]  # type: list[list[float]]
        for i, value in enumerate(pooled):
            sides[i in chosen].append(float(value))
        ps.append(RankShift(*sides).p)
    assert sum(p <= shift.p for p in ps) / len(ps) <= shift.p + 1e-12


def test_the_shift_is_that_of_hodges_and_lehmann() -> None:
    """Permeability of the human chorioamnion at term and before: Hollander and Wolfe, table 4.1.

    R's wilcox.test has a p of 0.2544, a shift of 0.305, and 95 % within -0.15 and 0.76.
    """
    at_term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    before = [1.15, 0.88, 0.90, 0.74, 1.21]
    shift = RankShift(before, at_term)
    assert shift.p == pytest.approx(0.2544, abs=5e-5)
    assert log(shift.ratio) == pytest.approx(0.305)
    assert [log(end) for end in shift.interval(0.05)] == pytest.approx([-0.15, 0.76])


def test_an_interval_that_nothing_could_leave_is_everything() -> None:
    assert RankShift([1.0, 2, 3], [4.0, 5, 6]).interval(0.05) == (0, inf)
    assert RankShift([1.0, 2, 3], [4.0, 5, 6]).interval(0.1)[0] > 1


def test_of_a_zero_there_is_a_rank_and_no_number() -> None:
    shift = RankShift([-inf] * 5, [log(3.0)] * 5)
    assert (shift.ratio, shift.p) == (inf, pytest.approx(2 / 252))
    assert shift.lacking(0.001, 0.05).startswith("4 more runs of the new side")
    assert "without a 0" in RankShift([-inf, *[0.0] * 4], [0.0] * 5).lacking(0.05, 0.05)
    assert RankShift([-inf] * 5, [-inf] * 5).ratio == 1


def test_a_ratio_past_all_numbers_is_infinite() -> None:
    assert NormalShift([-700.0] * 10, [700.0]).ratio == inf


@pytest.mark.parametrize("shift", [NormalShift, RankShift])
@pytest.mark.parametrize("by", [0.02, 0.08])
def test_so_many_more_runs_tell(shift: type[NormalShift] | type[RankShift], by: float) -> None:
    noise = [-0.08, -0.05, 0.0, 0.0, 0.05, 0.08]
    sides = [[mean + one for one in noise] for mean in (0, by)]
    told = shift(*sides).lacking(0.05, 0.05)
    found = re.match(r"about (\d+) more runs? of (the new|each) side: .* varies by 6 %$", told)
    assert found
    new = 6 + int(found[1])
    base = 6 if found[2] == "the new" else new
    t = stats.t.ppf(0.975, base + new - 2)
    half = t * 0.0597 * (1 / base + 1 / new) ** 0.5
    assert half == pytest.approx(max(by, log(1.05) - by), rel=0.1)


@pytest.mark.parametrize("shift", [NormalShift, RankShift])
def test_at_the_margin_no_number_of_runs_tells(
    shift: type[NormalShift] | type[RankShift],
) -> None:
    noise = [-0.08, -0.05, 0.0, 0.0, 0.05, 0.08]
    told = shift(noise, [log(1.0499) + one for one in noise]).lacking(0.05, 0.05)
    assert told.startswith("more runs than anybody makes: the difference lies at the margin")
