"""What a duet comes to: of requests that were made up, whose difference is known."""

from random import Random

import pytest
from tests.unit.duets.played import GET, POST, Times, played, usual

from swarmscope.duets.comparison import Compared, Of, _sample, compared
from swarmscope.duets.pairs import pairs_of
from swarmscope.gate.course import Course, Endpoint
from swarmscope.inference.comparison import Answer
from swarmscope.inference.paired import compare_blocks


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
