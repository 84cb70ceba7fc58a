"""Fewer than elsewhere, and not by chance: exact, and only where much is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from swarmscope.inference.fewer import by_chance, fell, level_of, scatter_of

MINUTE = 60.0


@given(st.integers(0, 40), st.integers(1, 200), st.integers(1, 300), st.integers(1, 300))
def test_chance_is_what_scipy_says(few: int, many: int, within: int, among: int) -> None:
    share = within / (within + among)
    expected = stats.binom.cdf(few, few + many, share)
    assert by_chance((few, within), (many, among)) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("few", "many", "fallen"),
    [
        ((0, MINUTE), (10, MINUTE), True),
        ((0, MINUTE), (9, MINUTE), False),
        ((1, MINUTE), (70, MINUTE), True),
        ((4, MINUTE), (70, MINUTE), True),
        # Chance doesn't do that either, but it is no less than half.
        ((3_000, MINUTE), (6_000, MINUTE), False),
        ((2_999, MINUTE), (6_000, MINUTE), True),
        # Half as many of a run half as long are as many; twice as long, they are a quarter.
        ((35, MINUTE), (70, 2 * MINUTE), False),
        ((20, MINUTE), (70, MINUTE), True),
        ((20, MINUTE), (70, 2 * MINUTE), False),
        ((30, 2 * MINUTE), (70, MINUTE), True),
        # What users do once is as much in a longer run.
        ((70, 3 * MINUTE), (70, MINUTE), False),
        ((0, MINUTE), (0, MINUTE), False),
    ],
)
def test_it_takes_less_than_half_and_more_than_chance(
    few: tuple[int, float], many: tuple[int, float], fallen: bool
) -> None:
    assert fell(few, many, 0.5, level_of(1)) is fallen


def test_many_looks_are_no_rarer_together_than_one_in_a_hundred() -> None:
    assert [level_of(looks) for looks in (0, 1, 10)] == [0.001] * 3
    assert 300 * level_of(300) == pytest.approx(0.01)


def test_what_scatters_more_widely_takes_more() -> None:
    """Of tasks that make five requests each four were one, and three were none."""
    few, many = (5.0, MINUTE), (20.0, MINUTE)
    assert by_chance(few, many, 5) == pytest.approx(by_chance((1, MINUTE), (4, MINUTE)))
    assert fell((15, MINUTE), (50, MINUTE), 0.5, level_of(1))
    assert not fell((15, MINUTE), (50, MINUTE), 0.5, level_of(1), scatter=5)


def test_how_widely_runs_scatter_is_told_by_those_that_did_not_fall() -> None:
    by_fives = [(many, MINUTE) for many in (20.0, 35.0, 25.0, 40.0, 30.0)]
    # Squares of 10, 5, 5, 10 and 0 among 30, and four degrees of freedom.
    assert scatter_of(by_fives, 0.5) == pytest.approx(250 / 30 / 4)
    assert scatter_of([*by_fives, (0.0, MINUTE), (3.0, MINUTE)], 0.5) == scatter_of(by_fives, 0.5)
    assert scatter_of([(70.0, MINUTE), (70.0, MINUTE)], 0.5) == 1
    # As many in twice the time are half as many.
    assert scatter_of([(60.0, MINUTE), (120.0, 2 * MINUTE)], 0.5) == 1
    assert scatter_of([(70.0, MINUTE)], 0.5) == scatter_of([(0.0, MINUTE)] * 3, 0.5) == 1
