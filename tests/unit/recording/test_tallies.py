"""Tallies of endpoints, and what they add up to."""

from tests.fixtures.tallied import tallies_of

from swarmscope.recording.tallies import AGGREGATED, Tallies
from swarmscope.recording.tally import Raw, Tally

A, B = ("/a", "GET"), ("/b", "GET")


def tally(*times: float) -> Tally:
    return Raw(A, list(times), [1] * len(times), 0).fold()


def test_together_they_are_one_more_behind_the_endpoints() -> None:
    found = list(tallies_of({A: tally(1.0, 2.0), B: tally(9.0)}).items())
    assert [key for key, _ in found] == [A, B, AGGREGATED]
    together = found[-1][1]
    assert (together.count, together.min, together.max) == (3, 1.0, 9.0)
    assert sum(together.histogram.values()) == 3


def test_without_an_endpoint_there_is_nothing_together() -> None:
    assert list(Tallies().items()) == []


def test_what_is_added_stays_as_it_is() -> None:
    sums, one = Tallies(), tally(1.0)
    sums.add(A, one)
    sums.add(A, tally(2.0))
    sums.add(B, tally(3.0), with_histogram=False)
    assert one.count == sum(one.histogram.values()) == 1
    assert sums.endpoints[A].count == sum(sums.endpoints[A].histogram.values()) == 2
    assert sums.endpoints[B].count == 1
    assert not sums.endpoints[B].histogram
