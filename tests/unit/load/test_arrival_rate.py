"""Users whose tasks begin when they should: with Locust's own runner in this process."""

import random
from collections.abc import Iterator
from typing import Any, ClassVar

import gevent
import pytest
from locust import TaskSet, User, constant, task
from locust.env import Environment
from locust.exception import StopUser

from swarmscope.errors import ConfigurationError
from swarmscope.load import arrival_rate, lateness
from swarmscope.load.runs import run_of

RATE = 100


class Visitor(User):
    wait_time = arrival_rate(RATE)
    began: ClassVar[list[float | None]]

    def on_start(self) -> None:
        type(self).began.append(-1.0)

    @task
    def visit(self) -> None:
        type(self).began.append(lateness.take())


@pytest.fixture
def environment() -> Iterator[Environment]:
    Visitor.began = []
    environment = Environment(user_classes=[Visitor])
    environment.create_local_runner()
    yield environment
    assert environment.runner
    environment.runner.quit()


def run(environment: Environment, users: int, wanted: int, began: list[Any]) -> None:
    assert environment.runner
    environment.runner.start(users, 100)
    with gevent.Timeout(20):
        while len(began) < wanted:
            gevent.sleep(0.01)


def counted(environment: Environment) -> dict[str, Any]:
    ((_, fields),) = run_of(environment).take()
    return fields


def test_first_tasks_wait_for_an_arrival_as_all_others_do(environment: Environment) -> None:
    run(environment, 3, 13, Visitor.began)
    assert environment.runner
    environment.runner.stop()
    fields = counted(environment)
    logins, visits = Visitor.began[:3], Visitor.began[3:]
    assert logins == [-1.0, -1.0, -1.0]
    assert len(visits) == fields["due"] - fields["dropped"]
    assert all(late is not None and late >= 0 for late in visits)
    assert fields["users"] == 0, "all have ended"


def test_another_run_begins_anew(environment: Environment) -> None:
    run(environment, 2, 5, Visitor.began)
    assert environment.runner
    environment.runner.stop()
    Visitor.began.clear()
    first = run_of(environment)._arrivals[Visitor]
    run(environment, 2, 5, Visitor.began)
    assert run_of(environment)._arrivals[Visitor] is not first
    assert counted(environment)["due"] >= 3


def test_a_class_below_with_a_wait_time_of_its_own_keeps_that() -> None:
    class Hasty(Visitor):
        wait_time = constant(0)  # type: ignore[assignment]
        began: ClassVar[list[Any]] = []

    environment = Environment(user_classes=[Hasty])
    environment.create_local_runner()
    run(environment, 1, 50, Hasty.began)
    assert not list(run_of(environment).take())
    assert environment.runner
    environment.runner.quit()


def test_each_class_below_has_arrivals_of_its_own() -> None:
    class One(Visitor):
        began: ClassVar[list[Any]] = []

    class Other(Visitor):
        began: ClassVar[list[Any]] = []
        wait_time = arrival_rate(2 * RATE)

    environment = Environment(user_classes=[One, Other])
    environment.create_local_runner()
    run(environment, 6, 10, One.began)
    with gevent.Timeout(20):
        while len(Other.began) < 10:
            gevent.sleep(0.01)
    assert {name for name, _ in run_of(environment).take()} == {"One", "Other"}
    assert environment.runner
    environment.runner.quit()


def test_a_user_that_ends_itself_ends_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    class Once(User):
        wait_time = arrival_rate(RATE)
        began: ClassVar[list[Any]] = []

        @task
        def leave(self) -> None:
            self.began.append(0)
            raise StopUser

    environment = Environment(user_classes=[Once])
    environment.create_local_runner()
    run(environment, 3, 3, Once.began)
    assert environment.runner
    environment.runner.quit()
    assert "Traceback" not in caplog.text
    assert len(Once.began) == 3


def test_task_sets_within_wait_for_arrivals_too() -> None:
    class Nested(User):
        wait_time = arrival_rate(RATE)
        began: ClassVar[list[Any]] = []

        @task
        class Pages(TaskSet):
            @task
            def page(self) -> None:
                self.user.began.append(lateness.take())
                if random.random() < 0.3:
                    self.interrupt(reschedule=False)

    environment = Environment(user_classes=[Nested])
    environment.create_local_runner()
    run(environment, 4, 20, Nested.began)
    fields = counted(environment)
    assert all(late is not None for late in Nested.began)
    assert fields["due"] - fields["dropped"] >= len(Nested.began)
    assert environment.runner
    environment.runner.quit()


def test_the_same_seed_is_told_and_spacing_is_checked() -> None:
    rate = arrival_rate(3, spacing="poisson", seed=9)

    class Seeded(User):
        wait_time = rate

    environment = Environment(user_classes=[Seeded])
    environment.create_local_runner()
    assert rate.arrivals(Seeded(environment)).seed == 9
    assert counted(environment)["seed"] == 9
    with pytest.raises(ConfigurationError, match="no spacing 'odd'"):
        arrival_rate(3, spacing="odd")  # type: ignore[arg-type]


def test_it_is_the_wait_time_of_a_user_and_nothing_else() -> None:
    # Python 3.11 wraps what `__set_name__` raises.
    with pytest.raises((ConfigurationError, RuntimeError)) as one:

        class Tasks(TaskSet):
            wait_time = arrival_rate(3)

    with pytest.raises((ConfigurationError, RuntimeError)) as other:

        class Visits(User):
            pause = arrival_rate(3)

    said = [str(e.value.__cause__ or e.value) for e in (one, other)]
    assert "is wait_time of a TaskSet" in said[0]
    assert "is pause of Visits" in said[1]
