"""What lists say of a run, from what the store has of it."""

from collections import Counter

import pytest

from swarmscope.recording import histogram
from swarmscope.runs.summary import add_bucket, bucket_of, within_of


def test_each_bound_that_is_written_is_that_of_its_bucket() -> None:
    """Bounds are rounded: many lie a hair above what belongs into their bucket."""
    assert {i: bucket_of(bound) for i, bound in histogram.BOUNDS.items()} == {
        i: i for i in histogram.BOUNDS
    }


def test_a_bound_that_is_none_of_ours_is_that_of_the_bucket_around_it() -> None:
    assert bucket_of(12.3456) == histogram.index(12.3456)


def test_what_several_bounds_say_of_one_bucket_is_added_up() -> None:
    counts: Counter[int] = Counter()
    for bound in (12.3456, 12.3457, None):
        add_bucket(counts, {"bound": bound, "requests": 3})
    assert counts == {histogram.index(12.3456): 6}


@pytest.mark.parametrize(
    ("shortest", "longest", "within"),
    [(1.0, 5.0, (1.0, 5.0)), (None, 5.0, None), (1.0, None, None), (None, None, None)],
)
def test_extremes_are_known_together_or_not_at_all(
    shortest: float | None, longest: float | None, within: tuple[float, float] | None
) -> None:
    assert within_of({"shortest": shortest, "longest": longest}) == within
