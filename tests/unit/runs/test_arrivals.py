"""What an audit says of iterations that should have begun."""

from typing import Any

import pytest
from tests.fixtures.audits import audited, worker

from swarmscope.runs.arrivals import Arrivals, arrivals_of
from swarmscope.runs.audit import Verdict


def rows(**counts: int) -> list[dict[str, Any]]:
    return [
        {"time": 0, "outcome": outcome, "value": 0.5, "iterations": count}
        for outcome, count in counts.items()
    ]


def test_what_became_of_them_is_added_up_over_all_windows() -> None:
    found = arrivals_of([*rows(due=900, dropped=3), *rows(due=100, dropped=0, late=2)])
    assert found == Arrivals(due=1_000, dropped=3, late=2)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (Arrivals(2_000), "2,000 due · 2,000 begun"),
        (
            Arrivals(2_000, dropped=37, late=4),
            "2,000 due · 1,963 begun · 37 dropped (1.9 %) · 4 late",
        ),
    ],
)
def test_a_line_says_what_became_of_them(counts: Arrivals, said: str) -> None:
    assert counts.line() == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, []),
        ({"due": 50, "dropped": 0, "late": 0}, []),
        (
            {"due": 2_000, "dropped": 37},
            ["Of 2,000 iterations that were due, 37 (1.9 %) were dropped, because all users"],
        ),
        (
            {"due": 100, "dropped": 1, "late": 4},
            [
                "Of 100 iterations that were due, 1 (1 %) was dropped",
                "Of 100 iterations that were due, 4 (4 %) began more than 100 ms late",
            ],
        ),
    ],
)
def test_a_load_that_was_not_what_was_asked_for_is_noted(
    counts: dict[str, int], said: list[str]
) -> None:
    found = audited(worker(), arrivals=rows(**counts))
    assert found.verdict is Verdict.COMPLETE, "what never began isn't missing"
    notes = found.notes()
    assert len(notes) == len(said)
    assert all(note.startswith(text) for note, text in zip(notes, said, strict=True))
