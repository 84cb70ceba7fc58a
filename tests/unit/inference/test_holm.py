"""Many at once: adjusted p, the level of each, and who is counted at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.inference.holm import attainable, holm

SHARES = st.floats(min_value=1e-12, max_value=1)


def test_adjusted_p_are_those_of_the_published_method() -> None:
    """As R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") has it."""
    found = holm(dict(zip("abcd", (0.01, 0.04, 0.03, 0.005), strict=True)), 0.05)
    adjusted = {key: one.p for key, one in found.items()}
    assert adjusted == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})


def test_levels_rise_until_one_is_not_significant() -> None:
    found = holm(dict(zip("abcd", (0.01, 0.04, 0.03, 0.005), strict=True)), 0.05)
    levels = {key: one.level for key, one in found.items()}
    assert levels == pytest.approx({"d": 0.05 / 4, "a": 0.05 / 3, "c": 0.05 / 2, "b": 0.05 / 2})


@given(st.dictionaries(st.integers(), SHARES, max_size=12), st.floats(0.001, 0.2))
def test_adjusted_and_level_say_the_same(ps: dict[int, float], level: float) -> None:
    for key, one in holm(ps, level).items():
        if abs(one.p - level) > 1e-12:
            assert (one.p <= level) == (ps[key] <= one.level)


@given(st.dictionaries(st.integers(), SHARES, min_size=1, max_size=12))
def test_it_is_sharper_than_bonferroni_and_blunter_than_none(ps: dict[int, float]) -> None:
    for key, one in holm(ps, 0.05).items():
        assert ps[key] <= one.p <= min(1, ps[key] * len(ps)) * (1 + 1e-12) or one.p == max(
            min(1, other * len(ps)) for other in ps.values() if other <= ps[key]
        )
        assert 0.05 / len(ps) <= one.level <= 0.05


def test_one_alone_is_tested_at_the_whole_level() -> None:
    one = holm({"a": 0.049}, 0.05)["a"]
    assert (one.p, one.level) == (0.049, 0.05)


def test_what_can_never_be_significant_costs_the_others_nothing() -> None:
    """Endpoints without a failure on either side have a p of 1, whatever happens."""
    least = {"slow": 0.0, **{f"quiet {i}": 1.0 for i in range(50)}}
    assert attainable(least, 0.05) == {"slow"}


def test_who_could_be_significant_alone_may_not_be_among_many() -> None:
    five_runs_each = 2 / 252
    assert len(attainable(dict.fromkeys(range(6), five_runs_each), 0.05)) == 6
    assert attainable(dict.fromkeys(range(7), five_runs_each), 0.05) == set()


@given(st.dictionaries(st.integers(), SHARES, max_size=12))
def test_all_of_those_that_are_tested_could_be_significant(least: dict[int, float]) -> None:
    able = attainable(least, 0.05)
    assert all(least[key] <= 0.05 / max(1, len(able)) for key in able)
    assert {key for key, p in least.items() if p <= 0.05 / max(1, len(least))} <= able
