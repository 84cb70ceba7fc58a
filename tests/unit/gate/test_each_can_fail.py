"""Each kind of threshold turns red by a run that is bad in that one respect.

A gate that can't fail is worse than none. Relative ones, fields and tags: their own files.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.gate.requests import ENDPOINTS, One, course

from swarmscope.gate.evaluation import Outcome, evaluate
from swarmscope.gate.judgement import of_arrivals
from swarmscope.gate.sentences import read
from swarmscope.gate.thresholds_file import given
from swarmscope.runs.arrivals import Arrivals

EACH_SECOND = 90
"""As many as p99.9 takes, in 40 s."""
GOOD = [
    One(second, ENDPOINTS[i % len(ENDPOINTS)], 100.0, failed=False)
    for second in range(40)
    for i in range(EACH_SECOND)
]
Spoil = Callable[[list[One]], list[One]]


def every(nth: int, **how: object) -> Spoil:
    """Return what makes each *nth* request otherwise."""

    def spoil(requests: list[One]) -> list[One]:
        # Counted within an endpoint, so that each has as many.
        return [
            replace(one, **how) if i // len(ENDPOINTS) % nth == 0 else one  # type: ignore[arg-type]
            for i, one in enumerate(requests)
        ]

    return spoil


def only(endpoint: int, spoil: Spoil) -> Spoil:
    """Return what spoils one endpoint alone."""

    def spoiled(requests: list[One]) -> list[One]:
        worse = spoil(requests)
        pairs = zip(requests, worse, strict=True)
        return [w if one.endpoint == ENDPOINTS[endpoint] else one for one, w in pairs]

    return spoiled


def first(**how: object) -> Spoil:
    """Return what makes one request otherwise."""
    return lambda requests: [replace(requests[0], **how), *requests[1:]]  # type: ignore[arg-type]


def silent(begin: int, end: int) -> Spoil:
    """Return what answers nobody for some seconds."""
    return lambda requests: [one for one in requests if not begin <= one.second < end]


def in_seconds(begin: int, end: int, spoil: Spoil) -> Spoil:
    """Return what spoils some seconds alone."""

    def spoiled(requests: list[One]) -> list[One]:
        pairs = zip(requests, spoil(requests), strict=True)
        return [w if begin <= one.second < end else one for one, w in pairs]

    return spoiled


SLOW, FAILED = {"ms": 900.0}, {"failed": True}
RULES: dict[str, Spoil] = {
    "p50 < 300ms": every(1, **SLOW),
    "p75 < 300ms": every(3, **SLOW),
    "p90 < 300ms": every(8, **SLOW),
    "p95 < 300ms": every(15, **SLOW),
    "p99 < 300ms": every(60, **SLOW),
    "p99.9 < 300ms": every(400, **SLOW),
    "avg < 150ms": every(10, **SLOW),
    "max < 500ms": first(**SLOW),
    "min >= 50ms": first(ms=20.0),
    "failure_rate < 1%": every(60, **FAILED),
    "failures < 1": first(**FAILED),
    "requests >= 3600": lambda requests: requests[1:],
    "requests == 3600": lambda requests: requests[1:],
    "requests != 3599": lambda requests: requests[1:],
    "requests_per_second >= 90/s": lambda requests: requests[1:],
    "requests_per_second >= 50/s for 5s": silent(10, 15),
    "apdex(200ms) > 0.95": every(10, **SLOW),
    "apdex(200ms) >= 0.99": every(60, **FAILED),
    "99% under 300ms": every(60, **SLOW),
    "99.5% under 300ms": every(60, **FAILED),
    'p95 < 300ms of GET "/a"': only(0, every(15, **SLOW)),
    "p95 < 300ms of each endpoint": only(1, every(15, **SLOW)),
    'max < 500ms of glob "/b*"': only(2, every(15, **SLOW)),
    'failures < 1 of matching "^/b$"': only(1, every(400, **FAILED)),
    "p95 < 300ms within 5s": in_seconds(20, 25, every(10, **SLOW)),
    "failures < 5 over 10s": in_seconds(20, 30, every(50, **FAILED)),
    "max < 500ms for 5s": in_seconds(20, 25, every(20, **SLOW)),
    "max < 500ms in the last 5s": in_seconds(35, 40, every(20, **SLOW)),
}


@pytest.mark.parametrize("sentence", RULES)
def test_a_run_that_is_bad_in_one_respect_breaks_it(sentence: str) -> None:
    threshold = read(sentence)
    assert {one.outcome for one in evaluate(threshold, course(GOOD))} == {Outcome.KEPT}
    bad = evaluate(threshold, course(RULES[sentence](GOOD)))
    assert Outcome.BROKEN in {one.outcome for one in bad}


def test_iterations_that_were_dropped_break_theirs() -> None:
    (rule,) = given(["dropped_arrivals < 1"], []).rules
    assert of_arrivals(rule, Arrivals(due=100, dropped=0)).outcome is Outcome.KEPT
    assert of_arrivals(rule, Arrivals(due=100, dropped=1)).outcome is Outcome.BROKEN
