"""On which levels a metric was: what both detectors find together, and what they don't."""

import math
from random import Random

import pytest

from swarmscope.trend.levels import Series, levels

NOISE = 0.03


def noisy(seed: int, many: int = 60, level: float = 200.0) -> list[float]:
    random = Random(seed)
    return [level * math.exp(random.gauss(0, NOISE)) for _ in range(many)]


def stepped(seed: int, at: int, factor: float = 1.1) -> list[float]:
    values = noisy(seed)
    return [*values[:at], *(factor * value for value in values[at:])]


@pytest.mark.parametrize(("seed", "at"), [(1, 20), (2, 30), (3, 45)])
def test_a_step_is_found_where_it_is(seed: int, at: int) -> None:
    found = levels(Series(stepped(seed, at)), margin=0.05, among=4)
    (change,) = found.changes
    assert abs(change.index - at) <= 1
    assert change.before == pytest.approx(200, rel=0.03)
    assert change.after == pytest.approx(220, rel=0.03)
    assert (change.until, change.fast) == (60, False)
    assert found.now == change.after


def test_what_never_changed_did_not() -> None:
    for seed in range(10, 16):
        found = levels(Series(noisy(seed)), margin=0.05)
        assert (found.changes, found.alone) == ((), False)


def test_a_level_that_one_run_alone_had_is_none() -> None:
    for at in (5, 30, 58, 59):
        values = noisy(at)
        values[at] *= 3
        found = levels(Series(values), margin=0.05)
        assert found.changes == ()
        assert found.alone is (at == 59)


def test_two_new_runs_outside_of_those_before_are_seen_before_the_slow_detector_sees_them() -> None:
    values = noisy(7)
    values[-2:] = [value * 1.5 for value in values[-2:]]
    (change,) = levels(Series(values), margin=0.05).changes
    assert (change.index, change.until, change.fast) == (58, 60, True)
    assert change.p < 0.01


def test_of_two_new_runs_one_above_and_one_below_are_no_level() -> None:
    values = noisy(7)
    values[-2:] = [values[-2] * 1.5, values[-1] / 1.5]
    assert levels(Series(values), margin=0.05).changes == ()


@pytest.mark.long
def test_a_smaller_change_than_anybody_minds_is_none() -> None:
    values = stepped(4, 30, 1.2)
    assert levels(Series(values), margin=0.3).changes == ()
    assert len(levels(Series(values), margin=0.1).changes) == 1


def test_a_step_and_its_mending_are_two_changes() -> None:
    values = stepped(5, 20, 1.3)
    values[40:] = [value / 1.3 for value in values[40:]]
    found = levels(Series(values), margin=0.05).changes
    assert [change.after > change.before for change in found] == [True, False]
    assert [change.until for change in found] == [found[1].index, 60]


def between(*levels_of: tuple[int, float], seed: int = 21) -> list[float]:
    """Return so many runs on each level, one after the other."""
    random = Random(seed)
    factors = [factor for many, factor in levels_of for _ in range(many)]
    return [100 * factor * math.exp(random.gauss(0, NOISE)) for factor in factors]


@pytest.mark.parametrize(
    ("values", "stand"),
    [
        (between((20, 1.0), (12, 2.0), (12, 1.82)), [True, True]),
        # As soon as it is seen, and with a wild run before.
        (between((20, 1.0), (12, 2.0), (2, 1.6)), [True, True]),
        ([*between((19, 1.0)), 900.0, *between((12, 2.0), (2, 1.6))], [True, True]),
        (between((20, 1.0), (12, 2.0), (12, 1.0)), [False, True]),
        (between((20, 1.0), (12, 2.0), (12, 0.8)), [False, True]),
        # Two steps up, and one down: all of the second, or a part of it.
        (between((12, 1.0), (12, 1.5), (12, 2.0), (12, 1.5)), [True, False, True]),
        (between((12, 1.0), (12, 1.5), (12, 2.0), (12, 1.75)), [True, True, True]),
        (between((12, 1.0), (12, 1.5), (12, 2.0), (12, 1.0)), [False, False, True]),
        # Back, and up again: the first is over.
        (between((12, 1.0), (12, 2.0), (12, 1.0), (12, 1.3)), [False, True, True]),
        # Of what is better the more the less, as of throughput.
        (between((20, 1.0), (12, 0.5), (12, 0.6)), [True, True]),
        ([0.0] * 12 + between((12, 2.0), (12, 1.5)), [True, True]),
    ],
)
def test_a_change_stands_until_the_level_is_back(values: list[float], stand: list[bool]) -> None:
    found = levels(Series(values), margin=0.05, among=4).changes
    assert [change.stands for change in found] == stand


def test_what_is_back_but_for_chance_or_the_margin_is_back() -> None:
    nearly = between((20, 1.0), (12, 2.0), (12, 1.1))
    assert [one.stands for one in levels(Series(nearly), margin=0.05).changes] == [True, True]
    assert [one.stands for one in levels(Series(nearly), margin=0.2).changes] == [False, True]
    wide = [80.0, 100.0, 120.0, 140.0] * 5 + [400.0] * 12 + [125.0, 90.0, 130.0, 118.0, 95.0] * 2
    assert [one.stands for one in levels(Series(wide), margin=0.05).changes] == [False, True]


@pytest.mark.parametrize(("then", "stands"), [(0.15, True), (0.0, False), (0.0005, False)])
def test_failures_that_became_fewer_and_are_not_gone_stand(then: float, stands: bool) -> None:
    found = levels(failing([0.0] * 20 + [0.2] * 12 + [then] * 12, 1_000), margin=0.05).changes
    assert [change.stands for change in found] == [stands, True]


def failing(rates: list[float], requests: int = 5_000) -> Series:
    random = Random(1)
    counts = [(sum(random.random() < rate for _ in range(requests)), requests) for rate in rates]
    return Series([failures / of for failures, of in counts], counts)


def test_failures_where_there_were_none_are_a_change() -> None:
    found = levels(failing([0.0] * 30 + [0.02] * 10), margin=0.05)
    (change,) = found.changes
    assert (change.index, change.before) == (30, 0.0)
    assert change.after == pytest.approx(0.02, rel=0.3)


def test_two_new_runs_with_failures_are_seen_at_once() -> None:
    (change,) = levels(failing([0.0] * 30 + [0.02] * 2), margin=0.05).changes
    assert (change.index, change.fast) == (30, True)


def test_a_failure_now_and_then_is_no_change() -> None:
    found = levels(failing([0.0003] * 40), margin=0.05)
    assert (found.changes, found.alone) == ((), False)
    assert found.seen >= 0.001


def test_what_would_have_been_seen_hangs_on_noise_and_on_how_many_runs_there_are() -> None:
    quiet, loud = (
        [200 * math.exp(Random(8).gauss(0, sigma) if i % 2 else -sigma) for i in range(40)]
        for sigma in (0.001, 0.2)
    )
    # Of changes as large as the margin, half would come out below it.
    assert levels(Series(quiet), margin=0.05).seen == pytest.approx(0.0505, abs=0.0004)
    assert levels(Series(loud), margin=0.05).seen > 0.2
    few, many = (levels(Series(noisy(9, runs)), margin=0.01).seen for runs in (12, 60))
    assert few > many


def test_zeros_have_no_logarithm_and_are_no_error() -> None:
    assert levels(Series([0.0] * 12), margin=0.05).changes == ()
    (change,) = levels(Series([0.0] * 12 + [5.0] * 12), margin=0.05).changes
    assert (change.before, change.after) == (0.0, 5.0)


def test_a_wild_run_long_ago_hides_no_change() -> None:
    """As in pints#998: after a value of 1e15 a change by less was not picked up any more."""
    values = stepped(6, 40)
    values[10] = 1e15
    (change,) = levels(Series(values), margin=0.05).changes
    assert abs(change.index - 40) <= 1
    assert change.before == pytest.approx(200, rel=0.03)


def test_a_rise_that_was_undone_soon_is_seen_both_ways() -> None:
    """As in otava#96: with one end of the series fixed it was missed."""
    values = stepped(12, 30, 1.5)
    values[36:] = [value / 1.5 for value in values[36:]]
    found = levels(Series(values), margin=0.05).changes
    assert [change.index for change in found] == [30, 36]


def test_two_spikes_among_the_newest_runs_are_no_level() -> None:
    """As in coiled/benchmarks#270: single spikes of the newest three runs were reported."""
    values = noisy(13)
    values[-3], values[-1] = values[-3] * 2, values[-1] * 2
    assert levels(Series(values), margin=0.05).changes == ()
