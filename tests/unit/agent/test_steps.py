"""Load steps as a master tells them: each change of the users wanted, and each stage of a shape."""

from typing import Any

import pytest
from locust import LoadTestShape
from locust.env import Environment

from swarmscope.agent.steps import Steps


class Shape(LoadTestShape):
    """A shape that says where it is."""

    def tick(self) -> tuple[int, float]:
        return 1, 1.0


class Runner:
    """As much of a runner as is looked at."""

    target_user_count = 0
    spawn_rate = 0.0


@pytest.fixture
def runner() -> Any:
    return Runner()


def test_each_change_of_users_is_a_step_with_its_number_and_rate(runner: Any) -> None:
    steps = Steps(Environment(), runner)
    runner.target_user_count, runner.spawn_rate = 1, 2.0
    first = {"user_count": 1, "number": 1, "message": "1 user", "spawn_rate": 2.0}
    assert steps.take() == first
    assert steps.take() == {}
    runner.target_user_count = 1_200
    assert steps.take()["message"] == "1,200 users"
    steps.restart()
    assert steps.take()["number"] == 1


def test_a_step_waits_a_moment_for_its_rate(runner: Any) -> None:
    steps = Steps(Environment(), runner)
    runner.target_user_count = 1
    assert steps.take() == {}
    runner.spawn_rate = 2.0
    assert steps.take()["spawn_rate"] == 2.0
    runner.target_user_count, runner.spawn_rate = 2, 0.0
    assert steps.take() == {}
    assert "spawn_rate" not in steps.take(), "nobody says it"


def test_a_stage_of_a_shape_is_a_step_also_with_as_many_users(runner: Any) -> None:
    shape: Any = Shape()
    steps = Steps(Environment(shape_class=shape), runner)
    runner.target_user_count, runner.spawn_rate = 40, 1.0
    assert "stage" not in steps.take()
    for number, stage in enumerate(("1 of 2, hold", "2 of 2, hold"), 2):
        shape.stage = stage
        assert steps.take() == {}, "users may come with it yet"
        told = steps.take()
        assert (told["stage"], told["number"]) == (stage, number)
        assert told["message"] == f"{stage}: 40 users"


def test_a_stage_and_its_users_are_one_step(runner: Any) -> None:
    shape: Any = Shape()
    steps = Steps(Environment(shape_class=shape), runner)
    runner.target_user_count, runner.spawn_rate = 40, 1.0
    steps.take()
    shape.stage = "2 of 2, spike"
    assert steps.take() == {}
    runner.target_user_count = 400
    assert steps.take()["message"] == "2 of 2, spike: 400 users"
    assert steps.take() == {}


def test_a_stage_that_is_no_text_is_none(runner: Any) -> None:
    class Odd(Shape):
        @property
        def stage(self) -> str:
            raise RuntimeError

    runner.spawn_rate = 1.0
    other: Any = Shape()
    other.stage = 7
    for shape in (Odd(), Shape(), other):
        told = Steps(Environment(shape_class=shape), runner).take()
        assert told["message"] == "0 users"
        assert "stage" not in told
