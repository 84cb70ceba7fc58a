"""By how much counters grew: from what they stood at, through what began anew."""

import pytest

from swarmscope.gate.samples import Sample, growth, step_of

BEGAN = 1_000.0
OWN = '{"run":"r","worker":"w"}'


def samples(told: dict[float, float], series: str = "{}") -> list[Sample]:
    """Return a series of values by the seconds since the run's begin."""
    return [Sample(BEGAN + at, series, value) for at, value in told.items()]


@pytest.mark.parametrize(
    ("before", "inside", "grown"),
    [
        # Where it stood is known: what came before the first value belongs to the run.
        ({-10: 40}, {0: 40, 10: 42, 20: 42}, [0, 2, 0]),
        ({-20: 39, -10: 40}, {5: 43}, [3]),
        # Whoever counts began anew: whatever he had counted is new.
        ({-10: 40}, {0: 2, 10: 3, 20: 1}, [2, 1, 1]),
        # It was there from the begin on, and may have stood anywhere.
        ({}, {3: 40, 13: 41, 23: 43}, [1, 2]),
        # It wasn't there, and then it was: there was nothing to count before.
        ({}, {20: 1, 30: 1}, [1, 0]),
        ({}, {19: 1, 29: 1}, [0]),
        # Of one value alone nobody knows how often it is written.
        ({}, {50: 7}, []),
    ],
)
def test_it_grows_from_where_it_stood(
    before: dict[float, float], inside: dict[float, float], grown: list[float]
) -> None:
    told = list(growth(samples(before), samples(inside), BEGAN))
    assert [one.value for one in told] == grown
    assert [one.time for one in told] == [BEGAN + at for at in inside][-len(grown) or 99 :]


def test_a_counter_of_the_run_itself_began_with_it() -> None:
    (only,) = growth([], samples({1: 7}, OWN), BEGAN)
    assert only.value == 7


def test_each_series_grows_by_itself() -> None:
    a, b = samples({0: 40, 10: 41}, '{"host":"a"}'), samples({1: 5, 11: 8}, '{"host":"b"}')
    mixed = sorted([*a, *b], key=lambda one: one.time)
    assert [one.value for one in growth([], mixed, BEGAN)] == [1, 3]


def test_how_often_one_is_written_others_tell_that_were_there_before() -> None:
    before = samples({-20: 40, -10: 40}, '{"host":"a"}')
    (only,) = growth(before, samples({50: 7}, '{"host":"b"}'), BEGAN)
    assert only.value == 7


def test_a_step_is_of_the_series_that_is_written_most_seldom() -> None:
    assert step_of(samples({0: 1, 1: 1, 2: 1})) == 1
    assert step_of([*samples({0: 1, 1: 1}), *samples({0: 1, 10.2: 1, 19.9: 1}, "b")]) == 10
    assert step_of(samples({0: 1})) == step_of([]) == 0
