"""Histograms: bounded error, addable, and the same numbers as Flux's histogramQuantile."""

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.recording import histogram

# One bucket is 2 % wide; its printed bounds have four significant digits.
TOLERANCE = histogram.GROWTH - 1 + 0.001
times = st.lists(st.floats(min_value=0.0101, max_value=1e12), min_size=1, max_size=300)
shares = st.sampled_from([0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0])


def counted(values: list[float]) -> Counter[int]:
    return Counter(histogram.buckets(values))


@pytest.mark.parametrize(
    ("ms", "index"),
    [
        (1.0, 0),
        (1.02, 1),
        (1.0200001, 2),
        (0.0, histogram.FIRST),
        (-5.0, histogram.FIRST),
        (10_800_000.0, 818),  # three hours
        (1e12, histogram.LAST),
        (math.inf, histogram.LAST),
    ],
)
def test_index_is_the_bucket_whose_upper_bound_is_at_or_above_the_time(ms: float, index: int):
    assert histogram.index(ms) == index


def test_bounds_are_named_with_four_significant_digits_in_plain_decimals():
    names = histogram.BOUND_NAMES
    assert names[histogram.FIRST] == "0.01011"
    assert names[0] == "1.000"
    assert names[350] == "1023"
    assert names[818] == "10840000"
    assert names[histogram.LAST] == "1014000000000"
    assert len(set(names.values())) == len(names)
    assert all("e" not in name for name in names.values())


@pytest.mark.parametrize(
    ("bound", "name"),
    [
        (0.0101119, "0.01011"),
        (0.98039, "0.9804"),
        (1.0, "1.000"),
        (99.9949, "99.99"),
        (512.349, "512.3"),
        (1023.49, "1023"),
        (289_149.9, "289100"),
    ],
)
def test_a_bound_is_named_by_four_digits_whatever_its_size(bound: float, name: str):
    # The names are made once, when the module is imported: here the maker itself is asked.
    assert histogram._name(bound) == name


@given(times, shares)
def test_a_percentile_is_within_one_bucket_of_the_exact_one(values: list[float], share: float):
    exact = sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
    assert histogram.percentile(counted(values), share) == pytest.approx(exact, rel=TOLERANCE)


def test_times_of_one_bucket_differ_by_at_most_2_05_percent_from_what_it_is_named():
    # 2 %, and what the four digits of its name add: the data dictionary says so.
    worst = max(
        histogram.BOUNDS[index] / histogram.GROWTH ** (index - 1) - 1
        for index in range(histogram.FIRST + 1, histogram.LAST + 1)
    )
    assert 0.02 < worst <= 0.0205


@given(st.lists(times, min_size=1, max_size=6), shares)
def test_merging_any_number_of_workers_gives_the_percentile_of_all_their_requests(
    workers: list[list[float]], share: float
):
    merged = sum((counted(values) for values in workers), Counter())
    together = counted([ms for values in workers for ms in values])
    assert merged == together
    assert histogram.percentile(merged, share) == histogram.percentile(together, share)


@given(st.lists(st.floats(min_value=-1, max_value=1e7).filter(lambda ms: ms > 0), max_size=200))
def test_folding_a_batch_counts_as_one_by_one(values: list[float]):
    assert counted(values) == Counter(map(histogram.index, values))


@pytest.mark.parametrize(
    "draw",
    [
        lambda rnd: rnd.lognormvariate(4, 1),
        lambda rnd: rnd.gauss(20, 2) if rnd.random() < 0.8 else rnd.gauss(900, 50),
        lambda rnd: rnd.paretovariate(1.1) * 5,
    ],
    ids=["lognormal", "bimodal", "heavy-tailed"],
)
def test_usual_distributions_stay_within_two_percent(draw):
    rnd = random.Random(7)
    values = [max(0.02, draw(rnd)) for _ in range(50_000)]
    counts = counted(values)
    for share in (0.5, 0.9, 0.95, 0.99, 0.999):
        exact = sorted(values)[math.ceil(share * len(values)) - 1]
        assert histogram.percentile(counts, share) == pytest.approx(exact, rel=0.02)


def test_fields_hold_a_zero_below_each_bucket_in_use():
    counts = Counter({0: 3, 1: 2, 10: 1})
    assert histogram.encode(counts) == "0.9804=0i,1.000=3i,1.020=2i,1.195=0i,1.219=1i"


def test_a_bucket_may_hold_any_number_of_requests():
    counts = Counter({0: 255, 1: 256, 2: 70_000})
    assert histogram.encode(counts) == "0.9804=0i,1.000=255i,1.020=256i,1.040=70000i"


def test_coarse_buckets_are_pairs_of_fine_ones():
    counts = Counter({0: 1, 1: 2, 2: 4, 3: 8, -1: 16})
    assert histogram.coarse(counts) == Counter({0: 17, 2: 6, 4: 8})
    assert histogram.encode(Counter({0: 17, 2: 6}), step=2) == "0.9612=0i,1.000=17i,1.040=6i"


def test_sparse_buckets_do_not_invent_response_times():
    # Ninety requests took 100 ms and ten took 5 s: p95 is 5 s, not something between.
    counts = counted([100.0] * 90 + [5000.0] * 10)
    assert histogram.percentile(counts, 0.95) == pytest.approx(5000, rel=TOLERANCE)


@given(st.lists(st.floats(min_value=0, max_value=1e12), min_size=1, max_size=300), shares)
def test_a_percentile_lies_between_the_shortest_and_the_longest_time(
    values: list[float], share: float
):
    known = (min(values), max(values))
    counts = Counter(map(histogram.index, values))
    found = histogram.percentile(counts, share, known)
    assert known[0] <= found <= known[1]
    exact = sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
    # Below the first bound it is within that.
    assert found == pytest.approx(exact, rel=TOLERANCE, abs=histogram.BOUNDS[histogram.FIRST])


def test_a_time_that_all_requests_took_is_every_percentile():
    for ms in (0.0, 0.002, 100.3, 1_254_000.0, 10_800_000.0):
        counts = Counter({histogram.index(ms): 40})
        assert histogram.percentile(counts, 0.5, (ms, ms)) == ms


def test_a_rank_beyond_all_is_the_longest():
    # 0.1 + 0.2 and the like: a share of all may come out a little larger
    assert histogram.percentile(Counter({0: 1, 350: 1}), 1.000001) == 1023.0


def test_an_empty_histogram_has_no_percentiles():
    with pytest.raises(ValueError, match="no percentiles"):
        histogram.percentile(Counter(), 0.5)


@pytest.mark.parametrize(
    ("share", "bucket", "part"),
    [(0.0, 10, 0.0), (0.125, 10, 0.25), (0.5, 10, 1.0), (0.625, 12, 0.5), (1.0, 14, 1.0)],
)
def test_a_percentile_lies_within_its_bucket_as_far_as_its_rank_does(
    share: float, bucket: int, part: float
):
    """Four below the first bound, two in the next bucket and two in the last."""
    lower, upper = histogram.BOUNDS[bucket - 1], histogram.BOUNDS[bucket]
    counts = Counter({12: 2, 10: 4, 11: 0, 14: 2})
    found = histogram.percentile(counts, share)
    assert found == pytest.approx(lower + part * (upper - lower), rel=1e-9)
