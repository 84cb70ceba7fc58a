"""When arrivals are due: against integrals that are worked out by hand."""

import math
from itertools import islice, pairwise, takewhile
from random import Random
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.errors import ConfigurationError
from swarmscope.load.schedule import MOST, WHOLE, Schedule, Share

ALONE = WHOLE


def test_a_constant_rate_is_evenly_spaced() -> None:
    assert list(islice(Schedule(4).even(ALONE), 5)) == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_each_arrival_is_one_worker_s_as_many_as_it_has_users() -> None:
    shares = [Share(0, 5, 12), Share(5, 1, 12), Share(6, 6, 12)]
    numbers = [[n for n in range(120) if share.has(n)] for share in shares]
    assert [len(own) for own in numbers] == [50, 10, 60]
    assert sorted(n for own in numbers for n in own) == list(range(120))
    # And no worker has all of its own at once.
    assert max(b - a for a, b in pairwise(numbers[2])) <= 3


def test_workers_arrivals_add_up_to_even_ones() -> None:
    dues = [list(islice(Schedule(10).even(Share(i, 1, 3)), 10)) for i in range(3)]
    assert sorted(due for own in dues for due in own) == pytest.approx([n / 10 for n in range(30)])


def test_a_share_that_begins_later_goes_on_where_it_is() -> None:
    half = Share(1, 1, 2)
    numbers = [n for n in range(20) if half.has(n)]
    later = Schedule(10).even(half, since=0.95)
    assert list(islice(later, 3)) == pytest.approx([n / 10 for n in numbers if n >= 10][:3])


def test_stages_change_the_rate_linearly() -> None:
    # 0 to 10 a second within 10 s are 50 arrivals, 10 s of 10 are 100, and 10 to 30 in 10 s 200.
    rate = Schedule([(10, 10), (10, 10), (10, 30)])
    assert [rate.expected(s) for s in (5, 10, 20, 30)] == pytest.approx([12.5, 50, 150, 350])
    # The 2nd arrival at t²/2 = 1.
    assert rate.time_of(1) == pytest.approx(math.sqrt(2))
    assert rate.time_of(100) == pytest.approx(15)
    # 100 of the 200 of the third stage: 10 t + t² = 100.
    assert rate.time_of(250) == pytest.approx(20 + (-5 + math.sqrt(125)))
    # What comes after the last keeps its rate.
    assert rate.time_of(380) == pytest.approx(31)


def test_a_stage_of_no_length_is_a_jump_and_the_rate_may_end() -> None:
    rate = Schedule([(0, 5), (10, 5), (0, 0)])
    assert [round(due, 3) for due in rate.even(ALONE)] == [n / 5 for n in range(50)]
    assert rate.time_of(51) == math.inf


@given(
    st.lists(
        st.tuples(st.floats(0, 1_000), st.floats(0.001, 5_000)),
        min_size=1,
        max_size=5,
    ),
    st.floats(0, 2_000),
)
def test_what_is_expected_by_a_time_is_due_at_it(
    stages: list[tuple[float, float]], seconds: float
) -> None:
    rate = Schedule(stages)
    again = rate.expected(rate.time_of(rate.expected(seconds)))
    assert again == pytest.approx(rate.expected(seconds), rel=1e-6, abs=1e-6)


def test_poisson_arrivals_of_all_workers_are_one_poisson_process() -> None:
    """In each second as many as the rate in the mean, and in the variance."""
    dues: list[float] = []
    for index in range(3):
        own = Schedule(40).poisson(Share(2 * index, 2, 6), Random(index))
        dues += takewhile(lambda due: due < 2_000, own)
    counts = [0] * 2_000
    for due in dues:
        counts[int(due)] += 1
    assert fmean(counts) == pytest.approx(40, rel=0.02)
    assert pvariance(counts) == pytest.approx(40, rel=0.1)


def test_the_same_seed_gives_the_same_arrivals() -> None:
    one, other = (list(islice(Schedule(9).poisson(ALONE, Random(5)), 9)) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0, "A rate of 0 arrivals a second can't be kept"),
        (-3, "A rate of -3"),
        (1e9, "A rate of 1000000000.0"),
        (math.nan, "A rate of nan"),
        ([], "neither a number"),
        ("fast", "neither a number"),
        (None, "neither a number"),
        ([(10, 5, 2)], "neither a number"),
        ([(-1, 5)], "A stage of -1 s"),
        ([(math.inf, 5)], "A stage of inf s"),
        ([(10, -5)], "A stage's rate of -5"),
        ([(10, 2 * MOST)], "A stage's rate of 200000"),
        ([(10, 0), (5, 0)], "0 in all stages"),
    ],
)
def test_what_is_no_rate_is_refused(rate: object, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        Schedule(rate)  # type: ignore[arg-type]
