"""Load shapes as a list of stages, each of which is told as a load step."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from locust import LoadTestShape, User, events
from locust.env import Environment
from locust.runners import WorkerRunner

from swarmscope.errors import ConfigurationError
from swarmscope.load.refusing import refusing
from swarmscope.load.user_classes import found, names_of

MOST_USERS = 1_000_000
FASTEST = 100_000.0
"""Users started a second: more than all workers of any test start."""
_NOTHING = "Nothing is started."


@dataclass(frozen=True)
class Stage:
    """*users* for *seconds*; to get there Locust starts or ends *spawn_rate* of them a second.

    Without a rate all at once. Starting them is part of the stage's time. Those that are started
    are of the *user_classes*, or of their names, by their weights; without any of all classes.
    Whoever runs goes on, and those that were started last are ended first.
    """

    seconds: float
    users: int
    spawn_rate: float | None = None
    name: str = ""
    user_classes: Sequence[type[User] | str] | None = None


class Stages(LoadTestShape):
    """A load shape that goes through its *stages* one after the other, and ends the test.

    Each is a step in the run's events, under its number and name.

    Raises:
        ConfigurationError: a subclass has stages that no test can go through.

    """

    abstract = True
    stages: ClassVar[Sequence[Stage]] = ()
    stage = ""
    """Where it is: "2 of 5, spike"."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if not cls.abstract:
            cls.stages = checked(cls.stages, cls.__name__)

    def tick(self) -> tuple[int, float] | tuple[int, float, list[type[User]]] | None:
        """Return users, spawn rate and classes for this moment; None ends the test."""
        since: float = LoadTestShape.get_run_time(self)
        for number, stage in enumerate(self.stages, 1):
            if since < stage.seconds:
                named = f", {stage.name}" if stage.name else ""
                self.stage = f"{number} of {len(self.stages)}{named}"
                # All of them: what is picked on Locust's page may lack a later stage's.
                classes = self.chosen_classes()[number - 1]
                users = stage.users, stage.spawn_rate or 1.0
                return users if classes is None else (*users, classes)
            since -= stage.seconds
        return None

    def chosen_classes(self) -> list[list[type[User]] | None]:
        """Return the classes of each stage's users, where any stage says of which these are.

        Raises:
            ConfigurationError: one of them isn't among the Environment's.

        """
        named = [names_of(stage.user_classes) for stage in self.stages]
        known = self.runner.environment.user_classes if any(named) and self.runner else ()
        return found(named, known, type(self).__name__)


def _on_init(environment: Environment, **_: object) -> None:
    """Look for the classes before anything starts; a worker's shape is asked by nobody."""
    shape = environment.shape_class
    if isinstance(shape, Stages) and not isinstance(environment.runner, WorkerRunner):
        with refusing():
            shape.chosen_classes()


events.init.add_listener(_on_init)


def checked(stages: Iterable[Stage], where: str) -> Sequence[Stage]:
    """Return *stages*, of *where*, if a test can go through them.

    Raises:
        ConfigurationError: it can't.

    """
    told: list[Stage] = []
    before = Stage(0, 0)
    for number, stage in enumerate(stages, 1):
        why = _wrong(stage) or _too_short(stage, before.users) or _in_vain(stage, before)
        if why:
            raise ConfigurationError(
                f"Stage {number} of {where} has {why[0]}.", data=_NOTHING, remedy=why[1]
            )
        at_once = max(1, abs(stage.users - before.users))
        told.append(replace(stage, spawn_rate=stage.spawn_rate or at_once))
        before = stage
    if not any(stage.users for stage in told):
        raise ConfigurationError(
            f"{where} has no stage with a user.",
            data=_NOTHING,
            remedy="Give it stages = [Stage(seconds, users, spawn_rate), …].",
        )
    return told


def _wrong(stage: Stage) -> tuple[str, str] | None:
    """Return what is wrong with *stage* by itself, and what to do."""
    rate = stage.spawn_rate
    if not isinstance(stage.name, str):
        return f"the name {stage.name!r}", "Give it a text."
    if not (_is_number(stage.users) and stage.users in range(MOST_USERS + 1)):
        return f"{stage.users!r} users", f"Give it a whole number, from 0 to {MOST_USERS:,}."
    if not (_is_number(stage.seconds) and 1 <= stage.seconds < math.inf):
        return f"{stage.seconds!r} seconds", "Give it 1 or more: Locust looks once a second."
    if rate is not None and not (_is_number(rate) and 0 < rate <= FASTEST):
        return f"a spawn_rate of {rate!r}", f"It is above 0 and up to {FASTEST:,.0f} a second."
    if stage.user_classes is not None and not names_of(stage.user_classes):
        remedy = "Give it a list of user classes or of their names; without it all have users."
        return f"the user_classes {stage.user_classes!r}", remedy
    return None


def _too_short(stage: Stage, before: int) -> tuple[str, str] | None:
    """Say if *stage* is over before its users are there; *before* it there were so many."""
    takes = abs(stage.users - before) / (stage.spawn_rate or math.inf)
    # Locust would go on with the next in the middle of it, or leave it out.
    if takes <= stage.seconds * 1.001:
        return None
    return (
        f"{stage.seconds:g} s, but to get from {before:,} users to {stage.users:,} at "
        f"{stage.spawn_rate:g} a second takes {takes:,.0f}",
        "Give it more time or a higher spawn_rate.",
    )


def _in_vain(stage: Stage, before: Stage) -> tuple[str, str] | None:
    """Say if *stage* has other classes than the one *before* it, and nobody to start."""
    named = names_of(stage.user_classes)
    if named is None or named == names_of(before.user_classes) or stage.users != before.users:
        return None
    return (
        f"other user_classes than the one before it, and as many users ({stage.users:,})",
        "Locust starts nobody then, and whoever runs goes on: change the users as well.",
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
