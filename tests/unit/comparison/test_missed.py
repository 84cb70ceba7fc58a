"""Endpoints that new runs hardly ask any more: which are named, and which chance explains."""

from collections.abc import Sequence

import pytest

from swarmscope.comparison.missed import missed
from swarmscope.comparison.numbers import Numbers
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key, Tally

PAY: Key = ("/pay", "POST")


def of(many: int) -> Tally:
    tally = Tally()
    tally.count = many
    return tally


def runs(*counts: int, name: str = "b", seconds: float = 60) -> list[Numbers]:
    """Return a run for each of *counts*, which is that of one endpoint."""
    return [
        Numbers(f"{name}{i}", seconds, {PAY: of(many)} if many else {})
        for i, many in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("base", "new", "said"),
    [
        ([70] * 10, [1], "run n0 has 1 request of POST /pay, where runs of the base have 70 or"),
        ([70] * 10, [4], "run n0 has 4 requests of POST /pay"),
        ([70], [4], "run n0 has 4 requests of POST /pay"),
        ([70, 66, 75], [4], "where runs of the base have 66 or more in as much time"),
        ([10] * 10, [0], "run n0 has 0 requests"),
        # One of the new ones is enough, and so are all together where each may be chance.
        ([70] * 10, [70, 4, 68], "run n1 has 4 requests"),
        # Of those that fell the one that fell the farthest is named.
        ([70] * 10, [70, 4, 1], "run n2 has 1 request of POST /pay"),
        ([8] * 10, [0, 0, 0], "all 3 new runs together have 0 requests of POST /pay, where runs"),
        # One of five that had a fault of its own doesn't hide it, and two of ten don't.
        ([600] * 9 + [0], [0], "where runs of the base have 600 or more"),
        ([600] * 8 + [0, 3], [0], "where runs of the base have 600 or more"),
        ([600] * 4 + [0], [1], "where runs of the base have 600 or more"),
    ],
)
def test_one_that_is_gone_or_nearly_so_is_named(
    base: Sequence[int], new: Sequence[int], said: str
) -> None:
    (found,) = missed(runs(*base), runs(*new, name="n"))
    assert found.endpoint == PAY
    assert said in str(found)


@pytest.mark.parametrize(
    ("base", "new"),
    [
        ([70] * 10, [40]),
        ([70] * 10, [70, 66, 75]),
        # By chance, and of what runs of the base differ by among themselves.
        ([9] * 10, [0]),
        ([12] * 10, [4]),
        ([70, 5, 90], [4]),
        ([600] * 7 + [0] * 3, [0]),
        ([600, 600, 600, 0], [0]),
        ([0] * 10, [70]),
        ([], [70]),
        ([70] * 10, []),
    ],
)
def test_what_chance_explains_or_the_base_had_as_well_is_not(
    base: Sequence[int], new: Sequence[int]
) -> None:
    assert missed(runs(*base), runs(*new, name="n")) == ()


def test_runs_of_another_length_are_compared_by_their_rate() -> None:
    assert missed(runs(140, 140, seconds=120), runs(60, name="n", seconds=60)) == ()
    (found,) = missed(runs(140, 140, seconds=120), runs(30, name="n", seconds=60))
    assert "has 30 requests of POST /pay, where runs of the base have 70 or more" in str(found)
    # Of what is shorter than what is left out of its begin there is nothing to say.
    assert missed(runs(70), runs(0, name="n", seconds=-4)) == ()


def test_the_run_as_a_whole_is_one_of_them() -> None:
    """A rank test of nine on each side doesn't see that one of them hardly asked anything."""
    base = [Numbers(f"b{i}", 60, {AGGREGATED: of(6_000)}) for i in range(9)]
    new = [Numbers(f"n{i}", 60, {AGGREGATED: of(6_000 if i else 40)}) for i in range(9)]
    (found,) = missed(base, new)
    assert str(found).startswith("run n0 has 40 requests of all endpoints, where")


def test_many_endpoints_make_chance_no_likelier() -> None:
    """Of 30 endpoints ten and none isn't rare enough any more, and fourteen and none is."""
    keys = [(f"/{i}", "GET") for i in range(30)]
    for many, named in ((10, 0), (14, 30)):
        base = [Numbers("b", 60, {key: of(many) for key in keys})]
        assert len(missed(base, [Numbers("n", 60, {})])) == named


def test_requests_that_come_many_at_a_time_may_be_fewer_by_chance() -> None:
    """Each task makes twenty: six of them were the fewest, and two are no wonder."""
    base = runs(120, 200, 160, 240, 140, 260)
    assert missed(base, runs(40, name="n")) == ()
    assert missed(runs(140, 140), runs(40, name="n"))
    # Where the base is one run alone its earlier ones tell, but for those that fell themselves.
    assert missed(runs(140), runs(40, name="n"), base) == ()
    even = runs(140, 142, 138, 4, 4, name="h")
    assert missed(runs(140), runs(40, name="n"), even)


def test_none_at_all_is_more_than_scatter() -> None:
    """By how widely these scatter each request is a fifth of one: none in their place is named."""
    base = runs(20, 31, 12)
    assert missed(base, runs(1, name="n")) == ()
    assert missed(base, runs(0, name="n"))
