"""Why two runs may differ by something else than the service."""

from typing import Any

import pytest
from tests.unit.baselines.test_conditions import conditions

from swarmscope.baselines.comparable import Made, unlike
from swarmscope.baselines.load import Load, Step


def made(run: str = "r", users: int = 5, **more: str) -> Made:
    return Made(conditions(run=run, **more), Load((Step(users, 60),), users))


@pytest.mark.parametrize(
    ("base", "new"),
    [
        ({}, {}),
        ({"commit": "a"}, {"commit": "b"}),
        ({"machine": "2 x A"}, {"machine": "2 x A"}),
        ({"environment": "ci", "machine": "2 x A"}, {"environment": "ci", "machine": "4 x B"}),
        ({"environment": "ci", "target": "http://a"}, {"environment": "ci", "target": "http://b"}),
        ({"locustfile_hash": "a"}, {}),
    ],
)
def test_what_makes_no_difference(base: dict[str, Any], new: dict[str, Any]) -> None:
    assert list(unlike(made(**base), made(**new))) == []


@pytest.mark.parametrize(
    ("base", "new", "why"),
    [
        ({"test": "shop"}, {"test": "api"}, "new is of the test api, base of shop"),
        (
            {},
            {"users": 7},
            "new had 7 users for 60 s, base 5 users for 60 s",
        ),
        (
            {"environment": "ci"},
            {},
            "new was made in no environment that has a name, base in ci",
        ),
        ({"machine": "2 x A"}, {"machine": "4 x A"}, "new was made on 4 x A, base on 2 x A"),
        (
            {},
            {"machine": "4 x A"},
            "new was made on 4 x A, base on one that nobody named",
        ),
        (
            {"target": "http://a"},
            {"target": "http://b"},
            "new was about http://b, base about http://a",
        ),
        ({}, {"target": "http://b"}, "new was about http://b, base about none"),
        (
            {"locustfile_hash": "a"},
            {"locustfile_hash": "b", "locustfile": "shop.py"},
            "shop.py, or what it imports from beside it, isn't what it was when base was made",
        ),
    ],
)
def test_what_does(base: dict[str, Any], new: dict[str, Any], why: str) -> None:
    assert list(unlike(made("base", **base), made("new", **new))) == [why]
