"""Metrics of recorded requests, against the requests themselves."""

from math import comb, exp, fsum, log

import pytest
from hypothesis import assume, given
from tests.unit.gate.requests import One, course, exact, one_by_one

from swarmscope.gate.metrics import COUNTED, Apdex, Counted, Field, Percentile, Share
from swarmscope.gate.sentences import read
from swarmscope.gate.stretches import summed
from swarmscope.gate.values import is_surely_above, needed, value_of
from swarmscope.recording import histogram
from swarmscope.recording.tally import Tally

WIDTH = 1.0206
"""A bucket is 2 % wide, and its bound has four digits."""


def of(requests: list[One]) -> Tally:
    return summed(window.tally for window in course(requests).together)


@given(one_by_one())
def test_counts_and_sums_are_exact(requests: list[One]) -> None:
    tally = of(requests)
    found = {
        name: value_of(Counted(name, unit), tally, 40)
        for name, unit in COUNTED.items()
        if name != "dropped_arrivals"
    }
    times = [one.ms for one in requests if one.ms is not None]
    failures = sum(one.failed for one in requests)
    assert found == {
        "requests": len(requests),
        "failures": failures,
        "failure_rate": failures / len(requests) if requests else None,
        "requests_per_second": len(requests) / 40,
        "avg": pytest.approx(sum(times) / len(times)) if times else None,
        "min": min(times, default=None),
        "max": max(times, default=None),
    }


@pytest.mark.sample(2)
@given(one_by_one())
@pytest.mark.parametrize("percent", [1, 25, 50, 95, 99.9])
def test_a_percentile_lies_within_a_bucket_of_the_exact_one(
    percent: float, requests: list[One]
) -> None:
    found = value_of(Percentile(percent), of(requests), 40)
    assume(found is not None)
    low, high = exact(requests, percent / 100)
    assert low / WIDTH <= (found or 0) <= high * WIDTH


@pytest.mark.sample(2)
@given(one_by_one())
@pytest.mark.parametrize("limit", [0.4, 100, 1_000, 10_000])
def test_a_share_counts_each_success_within_its_limit(limit: float, requests: list[One]) -> None:
    found = value_of(Share(limit), of(requests), 40)
    assume(found is not None)
    good = [one.ms for one in requests if one.ms is not None and not one.failed]
    fewest, most = (sum(ms <= limit * width for ms in good) for width in (1 / WIDTH, WIDTH))
    # Failures without a time may be any of them; as recorded nobody knows which.
    assert fewest / len(requests) - 1e-9 <= (found or 0) <= most / len(requests) + 1e-9


@given(one_by_one())
@pytest.mark.parametrize("target", [100, 1_000])
def test_apdex_is_of_what_succeeded_and_what_failed(target: float, requests: list[One]) -> None:
    found = value_of(Apdex(target), of(requests), 40)
    good = [one.ms for one in requests if one.ms is not None and not one.failed]
    failed = sum(one.failed for one in requests)
    if not good and not failed:
        assert found is None
        return
    scores = [
        (sum(ms <= target * width for ms in good) + sum(ms <= 4 * target * width for ms in good))
        / 2
        / (len(good) + failed)
        for width in (1 / WIDTH, WIDTH)
    ]
    assert scores[0] - 1e-9 <= (found or 0) <= scores[1] + 1e-9


def test_failures_that_nobody_told_apart_are_taken_for_the_quickest() -> None:
    tally = Tally()
    tally.count, tally.failures, tally.timed = 10, 4, 8
    tally.put([0] * 8)
    # Two of them may have had no time; the other two are among the quick ones.
    assert value_of(Share(100), tally, 1) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("percent", "least"), [(50, 5), (90, 29), (95, 59), (99, 299), (99.9, 2_995), (5, 59)]
)
def test_how_many_requests_a_percentile_takes(percent: float, least: int) -> None:
    """By hand: the smallest n with 1 - share ** n >= 0.95."""
    assert needed(Percentile(percent)) == least
    share = max(percent, 100 - percent) / 100
    assert 1 - share**least >= 0.95 - 1e-9
    assert 1 - share ** (least - 1) < 0.95


@pytest.mark.parametrize("percent", [5, 50, 75, 95, 99, 99.9])
def test_so_many_of_a_few_are_above_that_chance_does_not_explain_it(percent: float) -> None:
    """Beside the binomial distribution, term by term."""
    metric, p = Percentile(percent), 1 - percent / 100
    for of_all in {1, 2, 3, 4, 10, 58, needed(metric) - 1}:
        terms = [
            exp(log(comb(of_all, k)) + k * log(p) + (of_all - k) * log(1 - p))
            for k in range(of_all + 1)
        ]
        for above in {0, 1, 2, 3, 4, 5, 9, of_all}:
            if above > of_all:
                continue
            tally = Tally()
            tally.timed, tally.min, tally.max = of_all, 10 if above < of_all else 900, 900
            tally.put([histogram.index(10)] * (of_all - above) + [histogram.index(900)] * above)
            assert is_surely_above(metric, tally, 300) == (fsum(terms[above:]) < 0.001)


def test_of_the_limit_s_own_bucket_none_is_surely_above_it() -> None:
    """30 at 297 ms, 9 at 299.9 and one at 302: the p95 is below 300 ms."""
    tally = Tally()
    tally.timed, tally.min, tally.max = 40, 297, 302
    tally.put([histogram.index(ms) for ms in [297.0] * 30 + [299.9] * 9 + [302.0]])
    assert not is_surely_above(Percentile(95), tally, 300)


def test_what_has_no_time_is_above_nothing() -> None:
    assert not is_surely_above(Percentile(95), Tally(), 300)


def test_other_metrics_take_one() -> None:
    assert {needed(Counted(name, unit)) for name, unit in COUNTED.items()} == {1}


def test_a_field_is_no_metric_of_requests() -> None:
    with pytest.raises(TypeError):
        value_of(Field("max", "cpu", "x"), Tally(), 1)


@pytest.mark.parametrize("per_mille", range(1, 1_000, 3))
def test_what_is_just_its_limit_keeps_it_where_that_is_allowed(per_mille: int) -> None:
    """In binary 7 of 1,000 are more than 0.7 %."""
    limit = f"{per_mille / 10}%"
    failed = Tally()
    failed.count, failed.failures = 1_000, per_mille
    rate = value_of(Counted("failure_rate", COUNTED["failure_rate"]), failed, 60)
    assert rate is not None
    assert read(f"failure_rate <= {limit}").limit.holds(rate)
    assert not read(f"failure_rate < {limit}").limit.holds(rate)
    assert not read(f"failure_rate <= {limit}").limit.holds(rate + 1e-7)
    succeeded = 1 - (1_000 - per_mille) / 1_000
    assert read(f"failure_rate <= {limit}").limit.holds(succeeded)


def test_two_counts_are_never_the_same_because_they_are_large() -> None:
    assert not read("requests > 1000000000").limit.holds(1_000_000_000)
    assert read("requests > 1000000000").limit.holds(1_000_000_001)
