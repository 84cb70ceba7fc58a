"""What a duet comes to: of requests that were made up, whose difference is known."""

from random import Random

import pytest
from tests.unit.duets.played import GET, POST, Times, played, usual
from tests.unit.gate.requests import One
from tests.unit.gate.requests import course as course_of

from swarmscope.duets.comparison import Compared, Of, _risen, _sample, compared
from swarmscope.duets.pairs import Block, pairs_of
from swarmscope.gate.course import Course, Endpoint
from swarmscope.inference.comparison import Answer
from swarmscope.inference.paired import compare_blocks
from swarmscope.recording.sides import SIDES, B, named
from swarmscope.recording.tally import Tally


def compare(course: Course, margin: float = 0.05) -> dict[tuple[Endpoint | None, Of], Compared]:
    found = compared(pairs_of(course), margin=margin, confidence=0.95)
    return {(one.endpoint, one.of): one for one in found}


def slower(factor: float, only: Endpoint | None = None) -> Times:
    """Return times of which B's are so much longer."""

    def times(side: str, endpoint: Endpoint, second: int, chance: Random) -> float:
        own = usual(side, endpoint, second, chance)
        return own * factor if side == "B" and only in {None, endpoint} else own

    return times


@pytest.mark.parametrize("of", [Of.P50, Of.P95, Of.AVG])
def test_a_slower_b_is_worse_by_as_much_as_it_is(of: Of) -> None:
    for key in (None, GET):
        found = compare(played(slower(1.2), each=60))[key, of]
        assert found.difference.answer is Answer.WORSE
        assert found.difference.ratio == pytest.approx(1.2, rel=0.04)
        assert found.a
        assert found.b
        assert found.b / found.a == pytest.approx(1.2, rel=0.04)
        assert found.difference.low
        assert found.difference.high
        assert found.difference.low < 1.2 < found.difference.high
    assert compare(played(slower(1 / 1.2), each=60))[None, of].difference.answer is Answer.BETTER


def test_equal_sides_are_the_same_where_requests_are_many() -> None:
    answers = {one.difference.answer for one in compare(played(each=150), margin=0.08).values()}
    assert answers == {Answer.SAME}


def test_one_endpoint_alone_is_found_beside_another() -> None:
    found = compare(played(slower(1.3, POST), each=60, endpoints=(GET, POST)))
    assert found[POST, Of.P50].difference.answer is Answer.WORSE
    assert found[GET, Of.P50].difference.answer is not Answer.WORSE


def test_a_burst_that_hits_both_is_no_difference() -> None:
    """One in which everything takes ten times as long, for six of sixty seconds."""

    def times(side: str, endpoint: Endpoint, second: int, chance: Random) -> float:
        return usual(side, endpoint, second, chance) * (10 if 20 <= second < 26 else 1)

    for one in compare(played(times, each=60)).values():
        assert one.difference.answer in {Answer.SAME, Answer.UNKNOWN}


def test_failures_of_b_are_worse_and_its_times_are_not_praised() -> None:
    def times(side: str, endpoint: Endpoint, second: int, chance: Random) -> float:
        return usual(side, endpoint, second, chance) * (0.5 if side == "B" else 1)

    found = compare(
        played(times, failing=lambda side, _, chance: side == "B" and chance.random() < 0.1)
    )
    assert found[None, Of.FAILURES].difference.answer is Answer.WORSE
    assert (found[None, Of.FAILURES].a, found[None, Of.FAILURES].difference.ratio) == (0, None)
    for of in (Of.P50, Of.P95, Of.AVG):
        assert found[None, of].difference.answer is Answer.UNKNOWN
        assert "fails more" in found[None, of].difference.why


def rare(failed: int, of: int, endpoints: int = 1) -> Course:
    """Return a duet in which so many of B's few requests fail, all within one block."""
    items = [
        One(s, (named("/items", side), "GET"), 20.0 + s % 3, False)
        for s in range(60)
        for side in SIDES
    ]
    few = [
        One(30 + i % 5, (named(f"/{number}", side), "POST"), 20.0, side == B and i < failed)
        for number in range(endpoints)
        for i in range(of)
        for side in SIDES
    ]
    return course_of([*items * 10, *few], stop=1_060)


@pytest.mark.parametrize(
    ("failed", "of", "endpoints", "rose"),
    [
        (8, 8, 1, True),
        (12, 600, 1, True),
        # What chance alone does to so few, and once among so many.
        (5, 5, 1, False),
        (3, 8, 1, False),
        (7, 7, 1, True),
        (7, 7, 40, False),
    ],
)
def test_that_more_fail_of_a_rare_endpoint_is_never_the_same(
    failed: int, of: int, endpoints: int, *, rose: bool
) -> None:
    """Fewer than five blocks have enough of its requests, or a single one has the failures."""
    found = compare(rare(failed, of, endpoints))
    told = found[("/0", "POST"), Of.FAILURES].difference
    assert told.rose is rose
    assert told.answer is Answer.UNKNOWN
    assert (f"{failed} of {of} of B's requests failed and 0 of {of} of A's" in told.why) is rose
    items = found[GET, Of.FAILURES].difference
    assert (items.answer, items.rose) == (Answer.SAME, False)


def test_a_rise_that_no_single_endpoint_shows_is_one_of_all_together() -> None:
    """Two of four of each of ten: together they can't be called the same any more."""
    found = compare(rare(2, 4, 10))
    assert found[None, Of.FAILURES].difference.rose
    assert not found[("/0", "POST"), Of.FAILURES].difference.rose


def test_times_of_what_may_fail_more_are_not_praised_either() -> None:
    """B takes half as long, and fails 20 of 50 in one block, which may be a burst."""
    requests = [
        One(s, (named("/items", side), "GET"), (10 if side == B else 20) + i % 3, failed)
        for s in range(60)
        for side in SIDES
        for i in range(10)
        for failed in [side == B and 30 <= s < 35 and i < 4]
    ]
    found = compare(course_of(requests, stop=1_060))
    assert found[GET, Of.FAILURES].difference.rose
    for of in (Of.P50, Of.AVG):
        assert found[GET, of].difference.answer is Answer.UNKNOWN
        assert "fails more" in found[GET, of].difference.why


@pytest.mark.parametrize(
    ("a", "b", "rose"),
    [
        ((0, 20_000), (40, 20_000), True),
        ((0, 20_000), (19, 20_000), False),
        ((9, 9), (0, 9), False),
    ],
)
def test_that_fewer_fail_or_too_little_more_is_no_rise(
    a: tuple[int, int], b: tuple[int, int], *, rose: bool
) -> None:
    """A tenth of a percentage point is as good as nothing, as it is between runs."""
    sides = [Tally(), Tally()]
    for side, (failures, requests) in zip(sides, (a, b), strict=True):
        side.failures, side.count = failures, requests
    assert bool(_risen(Block(*sides), 0.001)) is rose


def test_a_percentile_of_too_few_requests_is_unknown_and_says_what_it_takes() -> None:
    found = compare(played(each=1))
    p95 = found[None, Of.P95].difference
    assert p95.answer is Answer.UNKNOWN
    assert p95.why == "4 more blocks with enough requests"
    assert found[None, Of.P50].a


def test_many_endpoints_take_nothing_from_what_is_said_of_all() -> None:
    alone = compare(played(slower(1.2), each=20))[None, Of.P50].difference
    many = tuple((f"/{i}", "GET") for i in range(20))
    split = compare(played(slower(1.2), each=1, endpoints=many))[None, Of.P50].difference
    assert alone.low
    assert alone.high
    assert split.low
    assert split.high
    assert split.high / split.low == pytest.approx(alone.high / alone.low, rel=0.03)


def test_half_of_the_false_alarms_are_for_all_together_and_half_for_the_endpoints() -> None:
    pairs = pairs_of(played(each=30))
    for pair in pairs:
        alone = compare_blocks({of: _sample(pair, of) for of in Of}, confidence=0.975)
        together = compared(pairs, margin=0.05, confidence=0.95)
        found = {one.of: one.difference for one in together if one.endpoint == pair.endpoint}
        assert found == alone
