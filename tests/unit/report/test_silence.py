"""What a run is said to have left out at its end."""

from typing import Any

import pytest

from swarmscope.report.contents import Contents
from swarmscope.report.silence import Silence
from swarmscope.runs.part import Part
from swarmscope.store.question import Table

START = 1_780_000_000_000


def run_of(
    answered: dict[int, float], stop: float | None, users: int = 10, **more: Any
) -> Contents:
    """Return a run with so many requests answered in each second, 0 in others, until *stop*."""
    length = int(stop or 20) + 1
    requests = [(START + s * 1_000, answered.get(s, 0.0)) for s in range(length)]
    crowd = [(START + s * 1_000, "U", users if s + 1 <= (stop or 20) else 0) for s in range(length)]
    end = START + length * 1_000
    tables = {
        "requests_per_second": Table(
            "requests_per_second", ("time", "value"), requests, 1, START, end
        ),
        "users": Table("users", ("time", "user_class", "value"), crowd, 1, START, end),
    }
    run = {"start": START + 300, "stop": stop and START + int(stop * 1_000)}
    return Contents(run, tables, end, **more)


def test_users_that_wait_for_an_answer_at_the_end_are_said() -> None:
    found = Silence.of(run_of({0: 7.0, 1: 9.0}, 6.25))
    assert found == Silence(4.25, 10)
    assert found.line() == (
        "In its last 4 s no request was answered, with 10 users: what they waited for is in no "
        "figure, and no failure"
    )


@pytest.mark.parametrize(
    ("answered", "stop", "users"),
    [
        (dict.fromkeys(range(20), 5.0), 20.5, 10),
        # A moment is none.
        (dict.fromkeys(range(17), 5.0), 19.5, 10),
        # They waited as long before.
        ({0: 1.0, 6: 1.0, 12: 1.0}, 20.5, 10),
        # The first answer came late.
        ({8: 1.0}, 20.5, 10),
        # All of them had left.
        ({0: 7.0, 1: 9.0}, 20.5, 0),
        # Of nothing at all the audit speaks.
        ({}, 20.5, 10),
        # It goes on, or nobody knows when it ended.
        ({0: 7.0, 1: 9.0}, None, 10),
    ],
    ids=["busy", "moment", "rhythm", "slow start", "left", "nothing", "no end"],
)
def test_other_ends_are_no_silence(
    answered: dict[int, float], stop: float | None, users: int
) -> None:
    assert Silence.of(run_of(answered, stop, users)) is None


def test_where_a_part_ends_nobody_was_cut_off() -> None:
    part = Part(START, START + 6_000, START, START + 6_250)
    assert Silence.of(run_of({0: 7.0, 1: 9.0}, 6.25, part=part)) is None
