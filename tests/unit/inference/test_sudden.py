"""The fast detector: one run that those before it don't foretell."""

from random import Random

import pytest

from swarmscope.inference.sudden import jumps


def noise(seed: int, many: int, spread: float = 0.02) -> list[float]:
    chance = Random(seed)
    return [100 * chance.gauss(1, spread) for _ in range(many)]


def test_a_jump_is_found_with_the_first_run() -> None:
    values = [*noise(1, 20), 115.0]
    (jump,) = jumps(values)
    assert (jump.index, jump.after) == (20, 115.0)
    assert jump.before == pytest.approx(100, abs=2)
    assert jump.p < 0.01


def test_a_fall_is_found_as_well() -> None:
    assert [jump.index for jump in jumps([*noise(1, 20), 85.0])] == [20]


def test_what_lies_farther_back_does_not_matter() -> None:
    before = [2 * value for value in noise(3, 15)]
    assert [jump.index for jump in jumps([*before, *noise(1, 10), 115.0])][-1] == 25


def test_what_is_certain_and_small_is_none() -> None:
    values = [*noise(1, 20, spread=0.001), 103.0]
    assert jumps(values) == []
    assert [jump.index for jump in jumps(values, margin=0.02)] == [20]


def test_of_so_few_runs_nothing_is_said() -> None:
    assert jumps([*noise(1, 9), 300.0]) == []
    assert [jump.index for jump in jumps([*noise(1, 5), 300.0], earlier=5)] == [5]


def test_a_stable_series_has_one_in_a_hundred_runs() -> None:
    found = sum(len(jumps(noise(seed, 60, spread=0.1), margin=0)) for seed in range(40))
    assert 0 < found <= 0.015 * 40 * 50
