"""All tests of two sides: p and interval agree, and no p is below the least that it could be."""

from math import isnan, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.inference.counts import RateRatio
from swarmscope.inference.evidence import Evidence
from swarmscope.inference.shifts import NormalShift, RankShift

VALUES = st.lists(st.floats(1, 1_000).map(lambda ms: log(round(ms, 3))), min_size=1, max_size=6)
COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(100, 5_000)), min_size=1, max_size=6)
SHIFTS = st.builds(NormalShift, VALUES, VALUES, st.lists(st.floats(4, 5), min_size=5, max_size=9))
KINDS = {
    "normal": SHIFTS,
    "rank": st.builds(RankShift, VALUES, VALUES),
    "counts": st.builds(RateRatio, COUNTS, COUNTS, st.just(()), st.just(0.001)),
}


@pytest.mark.parametrize("kind", KINDS)
@given(st.data(), st.sampled_from([0.2, 0.05, 0.01, 0.001]))
def test_the_interval_leaves_1_out_where_p_is_at_most_the_level(
    kind: str, data: st.DataObject, level: float
) -> None:
    evidence: Evidence = data.draw(KINDS[kind])
    low, high = evidence.interval(level)
    assert low <= high
    if abs(evidence.p - level) > 1e-9:
        assert (low > 1 or high < 1) == (evidence.p < level)
    assert evidence.least_p <= evidence.p + 1e-12 <= 1 + 1e-11


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_a_stricter_level_has_a_wider_interval_around_the_same_ratio(
    kind: str, data: st.DataObject
) -> None:
    evidence: Evidence = data.draw(KINDS[kind])
    (low, high), (lower, higher) = evidence.interval(0.1), evidence.interval(0.01)
    assert lower <= low * (1 + 1e-9)
    assert higher >= high * (1 - 1e-9)
    if not isnan(evidence.ratio):  # of no failure
        assert low <= evidence.ratio * (1 + 1e-9)
        assert evidence.ratio <= high * (1 + 1e-9)
