"""The few numbers above all others, of a run or of a part of it."""

from typing import Any

import pytest
from tests.fixtures.answers import Answers

from swarmscope.report.contents import Contents
from swarmscope.report.figures import Figures, figures_of
from swarmscope.runs.part import Part
from swarmscope.store.question import Question, Table

RUN = {"start": 1_000, "stop": 61_500, "last": 99_000}
RUN |= {"users": 7, "requests": 100, "failures": 3}
TOTALS = [{"requests": 5, "failures": 1}, {"requests": 6, "failures": 0}]
EVENTS = [
    {"time": 1_000, "event": "start", "user_count": 4},
    {"time": 30_000, "event": "step", "user_count": 7},
]


def contents(run: dict[str, Any], part: Part | None = None) -> Contents:
    store = Answers(endpoint_totals=TOTALS, run_events=EVENTS)
    tables: dict[str, Table] = {
        name: store.ask(Question(name)) for name in ("endpoint_totals", "run_events")
    }
    return Contents(run, tables, 99_000, part)


@pytest.mark.parametrize(
    ("more", "figures"),
    [
        ({}, Figures(60.5, 7, 100, 3)),
        ({"stop": None}, Figures(98.0, 7, 100, 3)),
        (dict.fromkeys(("users", "requests", "failures")), Figures(60.5, 0, 0, 0)),
    ],
)
def test_of_a_run_they_are_its_row_s(more: dict[str, Any], figures: Figures) -> None:
    assert figures_of(contents({**RUN, **more})) == figures


@pytest.mark.parametrize(("start", "users"), [(2_000, 4), (31_000, 7)])
def test_of_a_part_they_are_its_own(start: int, users: int) -> None:
    part = Part(start, start + 10_000, 1_000, 61_500)
    assert figures_of(contents(RUN, part)) == Figures(10.0, users, 11, 1)
