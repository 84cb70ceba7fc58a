"""Blocks of pairs: what both sides were asked in the same seconds, all of it and nothing twice."""

import pytest
from tests.unit.duets.played import GET, POST, SECONDS, played
from tests.unit.gate.requests import One, course

from swarmscope.duets.pairs import BLOCK_S, alone, pairs_of

EACH = 20


def test_all_together_come_first_and_each_request_is_in_one_block() -> None:
    together, items, orders = pairs_of(played(endpoints=(GET, POST)))
    assert [one.endpoint for one in (together, items, orders)] == [None, GET, POST]
    for pair, many in ((together, 2 * EACH), (items, EACH), (orders, EACH)):
        assert pair.seconds == BLOCK_S
        assert len(pair.blocks) == SECONDS // BLOCK_S
        assert {(one.a.count, one.b.count) for one in pair.blocks} == {(many * BLOCK_S,) * 2}


def test_what_the_ends_of_the_run_cut_is_its_neighbours() -> None:
    requests = [One(s, (f"/ @{side}", "GET"), 9.0, False) for s in range(3, 38) for side in "AB"]
    (together, _) = pairs_of(course(requests, start=1_003, stop=1_038))
    assert [one.a.count for one in together.blocks] == [7, 5, 5, 5, 5, 8]


def test_a_warm_up_is_left_out_and_so_is_the_window_that_it_cuts() -> None:
    together, _ = pairs_of(played(), warm_up=12)
    assert together.together.a.count == 45 * EACH


def test_spans_longer_than_a_block_are_blocks() -> None:
    requests = [One(s, (f"/ @{side}", "GET"), 9.0, False) for s in range(40) for side in "AB"]
    together, _ = pairs_of(course(requests, span=10))
    assert together.seconds == 10
    assert [one.b.count for one in together.blocks] == [10] * 4


def test_blocks_of_few_requests_grow_until_they_have_enough() -> None:
    together, _ = pairs_of(played(each=2))
    assert {one.least for one in together.blocks} == {10}
    assert [one.least for one in together.of_at_least(30).blocks] == [30] * 4
    assert [one.least for one in together.of_at_least(50).blocks] == [50, 70]
    assert together.of_at_least(1_000).blocks == ()


def test_what_one_side_alone_was_asked_is_told_and_not_compared() -> None:
    requests = [One(0, (name, "GET"), 9.0, False) for name in ("/a @A", "/b @B", "/c", "/d @A")]
    found = course([*requests, One(0, ("/d @B", "GET"), 9.0, False)])
    assert [one.endpoint for one in pairs_of(found)] == [None, ("/d", "GET")]
    assert alone(found) == {"A": [("/a", "GET")], "B": [("/b", "GET")]}


@pytest.mark.parametrize("names", [(), ("/a", "/b"), ("/a @A",)])
def test_a_run_without_two_sides_has_no_pairs(names: tuple[str, ...]) -> None:
    assert pairs_of(course([One(0, (name, "GET"), 9.0, False) for name in names])) == []
