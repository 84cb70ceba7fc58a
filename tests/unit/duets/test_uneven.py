"""Endpoints that one side was hardly asked are named, but for what chance explains."""

from collections.abc import Mapping

import pytest
from tests.unit.gate.requests import One, course

from swarmscope.duets.uneven import uneven
from swarmscope.gate.course import Course

SECONDS = 30
Counts = Mapping[str, tuple[int, int]]
"""How often A was asked of each name, and B."""


def asked(counts: Counts, first: int = 0) -> Course:
    """Return a run whose requests are made second by second, from the *first* on."""
    seconds = SECONDS - first
    requests = [
        One(first + i % seconds, (f"{name} @{side}", "GET"), 9.0, False)
        for name, both in counts.items()
        for side, many in zip("AB", both, strict=True)
        for i in range(many)
    ]
    return course(requests, stop=1_000 + SECONDS)


ITEMS = {"/items": (600, 600)}


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"/pay": (300, 0)}, "A was asked GET /pay 300 times and B 0 times: there is nothing to"),
        ({"/pay": (0, 300)}, "A was asked GET /pay 0 times and B 300 times"),
        ({"/pay": (300, 1)}, "A was asked GET /pay 300 times and B 1 time"),
        ({"/pay": (300, 40)}, "A was asked GET /pay 300 times and B 40 times"),
        ({"/pay": (12, 0)}, "A was asked GET /pay 12 times and B 0 times"),
    ],
)
def test_one_that_one_side_was_hardly_asked_is_named(counts: Counts, said: str) -> None:
    (found,) = uneven(asked({**ITEMS, **counts}))
    assert found.startswith(said)


@pytest.mark.parametrize(
    "counts",
    [
        {"/pay": (300, 290)},
        # Of three users two may be A's.
        {"/pay": (300, 130)},
        # More than a quarter, which users that alternate may come to.
        {"/items": (3_000, 3_000), "/pay": (400, 115)},
        {"/pay": (5, 0)},
        {"/pay": (14, 3)},
        # B answers ten times as quickly, and is asked all the more where users alternate.
        {"/items": (60, 600), "/pay": (30, 300), "/rare": (0, 14)},
        {},
    ],
)
def test_what_chance_or_quicker_answers_explain_is_not(counts: Counts) -> None:
    assert list(uneven(asked({**ITEMS, **counts}))) == []


def test_many_endpoints_make_chance_no_likelier_on_either_side() -> None:
    """Of 20 endpoints either side may be the one: 11 and none is rare for one of them alone."""
    others = {f"/{i}": (200, 200) for i in range(19)}
    assert list(uneven(asked({**others, "/pay": (11, 0)}))) == []
    (found,) = uneven(asked({**others, "/pay": (12, 0)}))
    assert "GET /pay 12 times" in found


def test_the_one_that_the_other_side_made_little_of_is_named_and_none_beside_it() -> None:
    """Of A nearly all are of one endpoint, so that each other has a small share of them."""
    (found,) = uneven(asked({"/items": (2_000, 2), "/pay": (100, 100)}))
    assert "GET /items 2,000 times" in found


def test_what_is_left_out_of_the_begin_does_not_count() -> None:
    """A login that both made is no endpoint of one side; what comes later is."""
    early = [One(2, (f"/login @{side}", "GET"), 9.0, False) for side in "AB" for _ in range(20)]
    late = [One(20, ("/login @A", "GET"), 9.0, False) for _ in range(50)]
    items = [One(s, (f"/items @{side}", "GET"), 9.0, False) for s in range(30) for side in "AB"]
    found = course([*early, *late, *items], stop=1_030)
    assert list(uneven(found)) == []
    (named,) = uneven(found, warm_up=10)
    assert named.startswith("A was asked GET /login 50 times and B 0 times")
