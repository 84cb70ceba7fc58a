"""A load shape of stages: where it is at which moment, and stages that no test can go through."""

import math
import time
from typing import Any

import pytest
from locust import User
from locust.env import Environment

from swarmscope.errors import ConfigurationError
from swarmscope.load import Stage, Stages
from swarmscope.load.stages import checked


class Day(Stages):
    stages = (
        Stage(60, users=20, spawn_rate=2, name="morning"),
        Stage(30, users=100, name="sale"),
        Stage(1.5, users=20),
    )


def at(seconds: float) -> tuple[Any, str]:
    shape = Day()
    shape.start_time = time.perf_counter() - seconds
    return shape.tick(), shape.stage


def test_each_moment_has_a_stage_and_the_last_ends_the_test() -> None:
    assert at(0) == at(59) == ((20, 2), "1 of 3, morning")
    assert at(61) == ((100, 80), "2 of 3, sale"), "all that are missing at once"
    assert at(91) == ((20, 80), "3 of 3")
    assert at(92)[0] is None


def test_a_shape_of_stages_is_one_and_what_it_is_made_of_is_none() -> None:
    assert Stages.abstract
    assert not Day.abstract


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Stage(10, users=-1), "-1 users"),
        (Stage(10, users=1_000_001), "1000001 users"),
        (Stage(10, users=2.5), "2.5 users"),  # type: ignore[arg-type]
        (Stage(10, users=True), "True users"),
        (Stage(10, users="ten"), "'ten' users"),  # type: ignore[arg-type]
        (Stage(0, users=1), "0 seconds"),
        (Stage(-5, users=1), "-5 seconds"),
        (Stage(math.inf, users=1), "inf seconds"),
        (Stage(math.nan, users=1), "nan seconds"),
        (Stage("60", users=1), "'60' seconds"),  # type: ignore[arg-type]
        (Stage(10, users=1, spawn_rate=0), "a spawn_rate of 0"),
        (Stage(10, users=1, spawn_rate=-1), "a spawn_rate of -1"),
        (Stage(10, users=1, spawn_rate=1e9), "a spawn_rate of 1000000000.0"),
        (Stage(10, users=1, spawn_rate=math.nan), "a spawn_rate of nan"),
        (Stage(10, users=1, name=7), "the name 7"),  # type: ignore[arg-type]
        (Stage(10, users=1, user_classes="Buyer"), "the user_classes 'Buyer'"),
        (Stage(10, users=1, user_classes=[]), "the user_classes []"),
        (Stage(10, users=1, user_classes=[7]), "the user_classes [7]"),  # type: ignore[list-item]
        (
            Stage(10, users=1, user_classes=["Buyer"]),
            "other user_classes than the one before it, and as many users (1)",
        ),
        (
            Stage(10, users=101, spawn_rate=5),
            "10 s, but to get from 1 users to 101 at 5 a second takes 20",
        ),
    ],
)
def test_a_stage_that_makes_no_sense_is_refused_by_its_number(stage: Stage, told: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        checked([Stage(10, users=1), stage], "Day")
    assert str(refused.value).startswith(f"Stage 2 of Day has {told}. Nothing is started. ")


def test_a_ramp_lasts_as_long_as_starting_its_users() -> None:
    assert checked([Stage(120, users=100, spawn_rate=100 / 120)], "Ramp")


def test_a_shape_without_a_user_is_refused_as_it_is_defined() -> None:
    with pytest.raises(ConfigurationError, match="Nobody has no stage with a user"):

        class Nobody(Stages):
            stages = (Stage(10, users=0),)

    with pytest.raises(ConfigurationError, match="Empty has no stage with a user"):

        class Empty(Stages):
            pass


class Buyer(User):
    pass


class Visitor(User):
    pass


class Sale(Stages):
    stages = (
        Stage(10, users=20, user_classes=[Visitor]),
        Stage(10, users=40, user_classes=["Buyer", "Visitor", "Buyer"]),
        Stage(10, users=20, user_classes=["Buyer"]),
        Stage(10, users=60),
    )


def classes_at(seconds: float, *user_classes: type[User]) -> list[str]:
    shape = Sale()
    environment = Environment(user_classes=list(user_classes), shape_class=shape)
    environment.create_local_runner()
    shape.start_time = time.perf_counter() - seconds
    told = shape.tick()
    assert told is not None
    _, _, classes = told  # type: ignore[misc]
    return [cls.__name__ for cls in classes]


def test_a_stage_starts_users_of_its_classes_and_one_that_names_none_of_all() -> None:
    """Where nothing was said Locust would go on with those that it was told last."""
    all_of_them = [Visitor, Buyer]
    assert classes_at(0, *all_of_them) == ["Visitor"]
    assert classes_at(11, *all_of_them) == ["Buyer", "Visitor"]
    assert classes_at(21, *all_of_them) == ["Buyer"]
    assert classes_at(31, *all_of_them) == ["Visitor", "Buyer"]


def test_what_is_picked_for_a_run_is_looked_at_before_its_first_user() -> None:
    """On Locust's page classes can be picked, of which the shape's may be none."""
    with pytest.raises(ConfigurationError, match="Stage 2 of Sale has the user class 'Buyer'"):
        classes_at(0, Visitor)
