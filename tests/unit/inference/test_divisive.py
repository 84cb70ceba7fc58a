"""Changes of a level: found where they are, and not where only one run was wild."""

from random import Random
from statistics import median

import numpy as np
import pytest

from swarmscope.inference import divisive
from swarmscope.inference.divisive import changes


def noise(seed: int, many: int, level: float = 100.0, spread: float = 0.02) -> list[float]:
    chance = Random(seed)
    return [level * chance.gauss(1, spread) for _ in range(many)]


def test_a_rise_is_found_where_it_began_with_its_size() -> None:
    values = [*noise(1, 30), *noise(2, 20, 110)]
    (change,) = changes(values)
    assert change.index == 30
    assert change.before == median(values[:30])
    assert change.after == median(values[30:])
    assert change.p == pytest.approx(0.001)


def test_a_rise_that_was_undone_soon_is_two_changes() -> None:
    values = [*noise(1, 25), *noise(2, 6, 112), *noise(4, 25)]
    assert [change.index for change in changes(values)] == [25, 31]


@pytest.mark.release
@pytest.mark.long
def test_levels_of_a_long_history_are_all_found() -> None:
    values = [*noise(1, 60), *noise(2, 40, 110), *noise(3, 70, 95), *noise(4, 30, 104)]
    assert [change.index for change in changes(values)] == [60, 100, 170]


@pytest.mark.parametrize("place", [0, 1, 20, 38, 39])
@pytest.mark.parametrize("wild", [0.01, 1_000.0])
def test_a_single_wild_run_is_no_change(place: int, wild: float) -> None:
    values = noise(5, 40)
    values[place] *= wild
    assert changes(values) == []


def test_two_wild_runs_are_no_change_and_four_of_a_level_are() -> None:
    values = noise(6, 40)
    new = [130.0, 131.0, 129.0, 132.0]
    assert changes([*values[:38], *new[:2]]) == []
    assert changes([*values[:37], *new[:3]]) == []  # the p of which is 0.02
    assert [change.index for change in changes([*values[:36], *new])] == [36]


def test_what_is_rarer_than_one_in_twenty_and_not_in_a_hundred_is_no_change() -> None:
    values = [*noise(13, 15), *noise(213, 15, 102)]
    p = divisive._p_between(values, 1.0)
    assert 0.01 < p < 0.05
    assert changes(values) == []


def test_a_change_under_a_wild_run_is_found_all_the_same() -> None:
    values = [*noise(1, 25), *noise(2, 25, 110)]
    values[10] = 900.0
    values[40] = 1.0
    assert [change.index for change in changes(values)] == [25]


@pytest.mark.parametrize("many", [0, 1, 5, 6, 7])
def test_of_few_runs_nothing_is_said(many: int) -> None:
    assert changes([*noise(1, many // 2), *noise(1, many - many // 2, 200)]) == []


def test_runs_that_are_all_alike_never_changed() -> None:
    assert changes([7.0] * 80) == []


def test_the_same_series_always_has_the_same_changes() -> None:
    values = [*noise(1, 20), *noise(2, 10, 104)]
    assert changes(values) == changes(values)


@pytest.mark.long
def test_stable_series_have_hardly_any() -> None:
    """A change of one in a hundred series, as the p says; each with 40 runs."""
    found = [seed for seed in range(100) if changes(noise(1_000 + seed, 40))]
    assert len(found) <= 3


def test_scale_and_direction_do_not_matter() -> None:
    values = [*noise(1, 20), *noise(2, 20, 115)]
    expected = [(one.index, one.p) for one in changes(values)]
    assert [(one.index, one.p) for one in changes([v / 1_000 for v in values])] == expected
    assert [(one.index, one.p) for one in changes([1 / v for v in values])] == expected


def test_the_distance_is_that_of_the_paper() -> None:
    """Q of Matteson and James, equation 6 and 7, summed one by one."""
    ranks = np.array([3.0, 1, 4, 2, 9, 7, 8, 6, 5, 10, 12, 11])
    distances = np.abs(ranks[:, None] - ranks[None, :])
    by_hand = {}
    n = len(ranks)
    for index in range(3, n - 2):
        for end in range(index + 3, n + 1):
            left, right = ranks[:index], ranks[index:end]
            m, k = len(left), len(right)
            across = 2 / (m * k) * sum(abs(a - b) for a in left for b in right)
            own = sum(abs(a - b) for i, a in enumerate(left) for b in left[:i]) * 2 / (m * (m - 1))
            other = sum(abs(a - b) for i, a in enumerate(right) for b in right[:i])
            by_hand[index, end] = m * k / (m + k) * (across - own - other * 2 / (k * (k - 1)))
    best = max(by_hand, key=lambda key: by_hand[key])
    found = divisive._best(distances, inner=True)
    assert found == (pytest.approx(by_hand[best]), best[0])
    whole = {index: strength for (index, end), strength in by_hand.items() if end == n}
    best_of_whole = max(whole, key=lambda key: whole[key])
    found = divisive._best(distances, inner=False)
    assert found == (pytest.approx(whole[best_of_whole]), best_of_whole)


def test_equal_values_share_their_ranks() -> None:
    assert divisive._distances([5.0, 5.0, 9.0]).tolist() == [
        [0, 0, 1.5],
        [0, 0, 1.5],
        [1.5, 1.5, 0],
    ]
