"""Why nobody can tell how a run went: each doubt by itself, and none about a good run."""

from typing import Any

import pytest
from tests.fixtures.answers import Answers, event
from tests.fixtures.audits import RAN, TWICE, audited, strained, worker

from swarmscope.gate.judgement import notes_of
from swarmscope.gate.thresholds_file import Thresholds, given
from swarmscope.runs.audit import Audit
from swarmscope.runs.doubts import circumstances_of, doubts_of

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
    return list(doubts_of(Answers(**rows), found, thresholds.minded))


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


@pytest.mark.parametrize("subject", ["undelivered", None])
def test_a_run_that_was_cut_short_is_a_doubt_unless_somebody_meant_it(subject: str | None) -> None:
    cut = event("cut_short", 5_000, message="it was ended after 0:00:05", subject=subject)
    said = doubts(audited(worker()), run_events=[*RAN, cut])
    why = "it was ended after 0:00:05: the load that was asked for wasn't delivered"
    assert said == ([why] if subject else [])
    told = circumstances_of(Answers(run_events=[*RAN, cut]), audited(worker()))
    notes = list(notes_of(audited(worker()), told))
    assert notes == ([] if subject else ["it was ended after 0:00:05"])


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


def ramp(*orders: tuple[int, int], ran: int, stop: int = 60, **more: Any) -> list[str]:
    """Return what is doubtful where so many users were wanted at those s, and *ran* of them."""
    found = audited(worker())
    events = [event("step", at * 1_000, user_count=users) for at, users in orders]
    events += [event("stop", stop * 1_000), *more.pop("events", [])]
    halves = [{"time": 1_000, "user_class": c, "value": ran / 2} for c in ("A", "B")]
    return doubts(found, run_events=events, users=halves, **more)


def test_users_of_a_ramp_that_never_ran_are_a_doubt() -> None:
    assert ramp((0, 1_000), ran=60) == ["of 1,000 users no more than 60 ever ran"]
    assert ramp((0, 1_000), ran=950) == []
    # Whoever ramps up until a threshold is broken has what was asked for.
    assert ramp((0, 1_000), ran=60, events=[event("abort", 50_000, subject="p95 < 1s")]) == []
    # A step says itself how many ran.
    assert ramp((0, 60), ran=40, load_steps=[step(60, 59)]) == []


def test_what_a_shape_asks_for_at_the_end_of_its_run_is_no_doubt() -> None:
    each_second = [(second, 10 * second) for second in range(60)]
    assert ramp(*each_second, ran=580) == []
    assert ramp(*each_second, ran=400) == ["of 500 users no more than 400 ever ran"]
    assert ramp((0, 9), ran=3, stop=6) == ["of 9 users no more than 3 ever ran"]
    # Of a run that took two seconds no point may tell of any; its requests do.
    assert ramp((0, 9), ran=0, stop=2) == []


@pytest.mark.parametrize("second", [-9_223_372_036, 9_223_372_035])
def test_an_order_at_the_end_of_all_times_is_none(second: int) -> None:
    """No store is asked for what lies further off: an audit would end with its error."""
    assert ramp((second, 1_000), ran=60, stop=9_223_372_036) == []
    assert ramp((second, 1_000), (0, 60), ran=60) == []


def test_where_nobody_says_how_many_ran_there_is_no_doubt() -> None:
    events = [event("step", 0, user_count=1_000), event("stop", 60_000)]
    assert doubts(audited(worker()), run_events=events) == []
