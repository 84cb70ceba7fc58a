"""The load of runs, and which are alike."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.answers import Answers, event
from tests.fixtures.many_runs import stored
from tests.fixtures.whole_runs import T0, WholeRun

from swarmscope.baselines.load import Load, Step, load_of

FIVE, SEVEN = Step(5, 60), Step(7, 60)


def step(
    wanted: float | None, seconds: float, kind: str = "step", running: float | None = None
) -> dict[str, object]:
    return {"wanted": wanted, "seconds": seconds, "kind": kind, "running": running}


def ramped(peak: int, seconds: float, running: float | None = None, *steps: Step) -> Load:
    return Load(steps, peak, seconds, running)


def steady(*steps: Step) -> Load:
    return Load(steps, max((step.users for step in steps), default=0))


def test_stages_of_as_many_users_are_one_step() -> None:
    rows = [step(5, 20), step(5, 40), step(7, 60), step(None, 9)]
    told = [event("start", 0, user_count=5), event("step", 60, user_count=7), event("stop", 129)]
    assert load_of(Answers(0, load_steps=rows, run_events=told), "r") == steady(FIVE, SEVEN)


def test_of_ramps_it_is_what_was_wanted_and_what_ran() -> None:
    """As of 20 users that one begins each second, in two pieces and one that nobody counted."""
    rows = [step(None, 10, "ramp", 5), step(None, 5, "ramp", 12.5), step(None, 5, "ramp")]
    told = [event("start", 0, user_count=20)]
    found = load_of(Answers(0, load_steps=rows, run_events=told), "r")
    assert found == ramped(20, 20, 7.5)
    found = load_of(Answers(0, load_steps=rows[2:], run_events=told), "r")
    assert found == ramped(20, 5)
    assert load_of(Answers(0, load_steps=[step(None, 10, running=5)]), "r") == steady()


def test_half_a_ramp_to_many_users_behind_a_step_is_not_that_step_alone() -> None:
    rows, told = [step(20, 60)], [event("start", 0, user_count=20)]
    alone = load_of(Answers(0, load_steps=rows, run_events=told), "r")
    rows.append(step(None, 25, "ramp", 120))
    told.append(event("step", 60_000, user_count=500))
    more = load_of(Answers(0, load_steps=rows, run_events=told), "r")
    assert not alone.is_like(more)
    assert str(more) == (
        "20 users for 60 s, 25 s of ramps with 120 users on the average, 500 wanted at most"
    )


def test_ramps_of_few_and_of_many_users_are_told_apart(tmp_path: Path) -> None:
    few = WholeRun("few", seconds=20, users=20, spawn_rate=1, a_second=1)
    many = WholeRun("many", T0 + 60, seconds=12, users=100, spawn_rate=8, a_second=1)
    runs = [
        *(few, replace(few, run="again", began=T0 + 90)),
        *(many, replace(many, run="to-less", began=T0 + 120, users=80)),
    ]
    with stored(tmp_path, runs) as reader:
        one, again, other, to_less = (load_of(reader, run.run) for run in runs)
    assert one.is_like(again)
    assert not one.is_like(other)
    assert not other.is_like(to_less)
    assert str(one).startswith("no step that lasted, 20 s of ramps with 10 users on the average")
    assert str(other).endswith("with 44 users on the average, 100 wanted at most")
    assert str(to_less).endswith(", 80 wanted at most")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (steady(FIVE), steady(Step(5, 66)), True),
        (steady(FIVE), steady(Step(5, 81)), False),
        (steady(Step(5, 3)), steady(Step(5, 8)), True),
        (steady(Step(5, 3)), steady(Step(5, 8.5)), False),
        (steady(FIVE), steady(SEVEN), False),
        (steady(FIVE, SEVEN), steady(FIVE), False),
        (steady(FIVE, SEVEN), steady(SEVEN, FIVE), False),
        (steady(), steady(), True),
        # The rate, how long, and to how many.
        (ramped(100, 20, 10), ramped(100, 20, 50), False),
        (ramped(100, 20, 50), ramped(100, 30, 50), False),
        (ramped(100, 20, 50), ramped(80, 20, 50), False),
        (ramped(100, 20, 50), ramped(100, 24, 46), True),
        (ramped(2, 20, 1), ramped(2, 20, 2), True),
        (ramped(100, 20, 50), ramped(100, 20), True),
        (ramped(5, 60, 5), steady(FIVE), False),
        (ramped(5, 60, 5), Load((), 5), False),
        (ramped(5, 20, 3, FIVE), steady(FIVE), False),
        (ramped(5, 4, 3, FIVE), steady(FIVE), True),
        (Load((FIVE,), 6), steady(FIVE), False),
    ],
)
def test_which_are_alike(one: Load, other: Load, alike: bool) -> None:
    assert one.is_like(other) is alike
    assert other.is_like(one) is alike


@pytest.mark.parametrize(
    ("one", "other", "begin"),
    [
        (steady(Step(5, 20)), steady(FIVE), True),
        (steady(FIVE, Step(7, 1)), steady(FIVE, SEVEN), True),
        (steady(FIVE), steady(FIVE, SEVEN), True),
        (Load((), 7), steady(SEVEN), True),
        (ramped(100, 20, 10), ramped(100, 90, 50), True),
        # Its ramp is a part of the longer one's step.
        (ramped(5, 9, 2.5, Step(5, 11)), steady(FIVE), True),
        (steady(FIVE), steady(Step(5, 20)), False),
        (steady(FIVE), steady(SEVEN), False),
        (steady(Step(5, 20), SEVEN), steady(FIVE, SEVEN), False),
        (steady(FIVE, SEVEN), steady(FIVE), False),
        # Aborted on the way to many users, and made with few, or at once with all of them.
        (ramped(100, 20, 10), steady(Step(1, 60)), False),
        (ramped(100, 20, 10), steady(Step(100, 60)), False),
        # At another rate, of which the second run had ten users at most.
        (ramped(100, 8, 40), ramped(100, 8, 4), False),
    ],
)
def test_what_one_that_was_ended_early_may_be_the_begin_of(
    one: Load, other: Load, begin: bool
) -> None:
    assert one.is_begin_of(other) is begin


def test_in_words() -> None:
    assert str(steady(Step(1, 9.6), SEVEN)) == "1 user for 10 s, then 7 users for 60 s"
    assert str(steady()) == "no step that lasted"
    assert str(ramped(7, 15, None, SEVEN)) == "7 users for 60 s, 15 s of ramps"
