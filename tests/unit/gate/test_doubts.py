"""Why nobody can tell how a run went: each doubt by itself, and none about a good run."""

from typing import Any

import pytest
from tests.fixtures.answers import Answers
from tests.fixtures.audits import RAN, TWICE, audited, strained, worker

from swarmscope.gate.doubts import doubts_of
from swarmscope.gate.thresholds_file import Thresholds, given
from swarmscope.runs.audit import Audit

PLAIN = given(["p95 < 1s"], [])
DUE = [
    {"outcome": "due", "iterations": 100},
    {"outcome": "dropped", "iterations": 7},
]

LATE = [
    {"outcome": "due", "iterations": 100},
    {"outcome": "late", "iterations": 6},
]


def step(wanted: float | None, running: float | None) -> dict[str, Any]:
    return {"wanted": wanted, "running": running}


def doubts(found: Audit, thresholds: Thresholds = PLAIN, **rows: Any) -> list[str]:
    return list(doubts_of(Answers(**rows), found, thresholds))


def test_of_a_good_run_there_is_none() -> None:
    good = [step(10, 10), step(100, 95), step(None, 3), step(10, None)]
    assert doubts(audited(worker()), load_steps=good, clock_error=[{"clock_error_ms": 100.0}]) == []


@pytest.mark.parametrize(
    ("found", "rows", "said"),
    [
        (audited(worker(lost=1, stored=9)), {}, "its data is incomplete by 1 of 10 requests"),
        (audited(worker(pending=1, delivered=9, stored=9)), {}, "its data is pending by 1 of 10"),
        (audited(), {}, "its data is no data to judge"),
        (audited(worker(), events=RAN[:1]), {}, "it was interrupted: nobody stopped it"),
        (
            audited(worker(), events=TWICE),
            {},
            "its data is incomplete, because 2 runs have this id, or its master was started anew: "
            "it began at 1970-01-12 ",
        ),
        (
            audited(worker(), worker_strain=[strained(50)]),
            {},
            "a load generator was saturated: worker-0 was saturated (50 of 100 seconds",
        ),
        (
            audited(worker(), arrivals=DUE),
            {},
            "7 of 100 iterations (7 %) were never begun, because all users were at work",
        ),
        (
            audited(worker(), arrivals=LATE),
            {},
            "6 of 100 iterations (6 %) began more than 100 ms after they were due",
        ),
        (
            audited(worker()),
            {"clock_error": [{"clock_error_ms": 101.0}]},
            "a worker's clock was up to 101 ms off",
        ),
        (audited(worker()), {"load_steps": [step(100, 94)]}, "of 100 users 94 ran"),
    ],
)
def test_each_is_said(found: Audit, rows: dict[str, Any], said: str) -> None:
    (doubt,) = doubts(found, **rows)
    assert doubt.startswith(said)


def test_who_says_that_generators_don_t_matter_is_heard() -> None:
    let_off = Thresholds(PLAIN.rules, generators=False)
    assert doubts(audited(worker(), worker_strain=[strained(50)]), let_off) == []
    assert doubts(audited(worker(), arrivals=LATE), let_off) == []


def test_a_few_that_began_late_are_none() -> None:
    few = [LATE[0], {"outcome": "late", "iterations": 5}]
    assert doubts(audited(worker(), arrivals=few)) == []


def test_dropped_arrivals_that_a_threshold_is_about_are_no_doubt() -> None:
    found = audited(worker(), arrivals=DUE)
    assert doubts(found, given(["dropped_arrivals < 10"], [])) == []
