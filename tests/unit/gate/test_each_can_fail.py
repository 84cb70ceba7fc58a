"""Each kind of threshold turns red by a run that is bad in that one respect.

A gate that can't fail is worse than none. Of requests, stages among them, what is below is beside
single requests; of fields, tags and baselines it is what is read and compared. That such a rule
fails a whole run in both stores is held by tests/integration/test_thresholds_can_fail.py.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import get_args

import pytest
from tests.fixtures.many_runs import Several, put, stored
from tests.fixtures.whole_runs import T0, WholeRun
from tests.unit.gate.requests import BEGAN, ENDPOINTS, One, course
from tests.unit.gate.test_field_evaluation import held
from tests.unit.gate.test_relative import judged

from swarmscope.gate.course import Course, Stage
from swarmscope.gate.evaluation import Outcome, evaluate
from swarmscope.gate.judgement import _Sources, of_arrivals
from swarmscope.gate.metrics import AGGREGATES, COUNTED, Counted, Field, Metric
from swarmscope.gate.samples import Sample, growth
from swarmscope.gate.sentences import OPERATORS, read
from swarmscope.gate.threshold import Over, Which
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


def only_at(endpoint: int, thin: Spoil) -> Spoil:
    """Return what leaves one endpoint fewer requests, and the others theirs."""

    def spoiled(requests: list[One]) -> list[One]:
        left = set(map(id, thin(requests)))
        return [o for o in requests if o.endpoint != ENDPOINTS[endpoint] or id(o) in left]

    return spoiled


def first(**how: object) -> Spoil:
    """Return what makes one request otherwise."""
    return lambda requests: [replace(requests[0], **how), *requests[1:]]  # type: ignore[arg-type]


def silent(begin: int, end: int) -> Spoil:
    """Return what answers nobody for some seconds."""
    return lambda requests: [one for one in requests if not begin <= one.second < end]


def fewer(begin: int, end: int, kept: int) -> Spoil:
    """Return what answers only each so manieth in some seconds, as fast and as well as ever."""

    def spoiled(requests: list[One]) -> list[One]:
        # Counted within an endpoint, as above.
        return [
            one
            for i, one in enumerate(requests)
            if not begin <= one.second < end or i // len(ENDPOINTS) % kept == 0
        ]

    return spoiled


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
    # The throughput collapses: whoever waits for answers makes fewer requests, and none is slow
    # enough, or fails, to be told by anything else.
    "requests_per_second > 60/s": fewer(10, 40, 5),
    "requests_per_second >= 80/s for 10s": fewer(10, 20, 2),
    "requests_per_second >= 80/s within 10s": fewer(20, 30, 2),
    "requests_per_second >= 80/s over 10s": fewer(12, 25, 2),
    "requests_per_second >= 80/s in the last 10s": fewer(30, 40, 2),
    'requests_per_second >= 80/s in stage "hold"': fewer(20, 40, 2),
    "requests_per_second of each endpoint >= 25/s": only_at(2, fewer(10, 40, 5)),
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
    "max < 500ms in stage 1": in_seconds(0, 20, every(20, **SLOW)),
    'max < 500ms in stage "hold"': in_seconds(20, 40, every(20, **SLOW)),
}
ARRIVALS = "dropped_arrivals < 1"
RELATIVE = {
    "p95 <= +10% of baseline": (100.0, 115.0),
    "p95 <= -10% of baseline": (80.0, 100.0),
    "requests_per_second >= -10% of baseline": (100.0, 80.0),
    "failures <= +0% of baseline": (60.0, 160.0),
}
"""Each with a value that keeps it and one that breaks it; those of the baseline are about 100."""
STEADY = [50.0] * 120
"""What somebody else wrote each second of a good run."""
Mend = Callable[[list[float]], list[float]]


def at(begin: int, end: int, value: float) -> Mend:
    """Return what makes the values of some seconds this one."""
    return lambda values: [*values[:begin], *[value] * (end - begin), *values[end:]]


FIELDS: dict[str, Mend] = {
    "avg(a.b) < 60": at(0, 120, 61.0),
    "max(a.b) < 80": at(7, 8, 90.0),
    "min(a.b) > 20": at(7, 8, 10.0),
    "sum(a.b) <= 6000": at(7, 8, 51.0),
    "last(a.b) == 50": at(119, 120, 51.0),
    "increase(a.b) == 0": at(60, 120, 51.0),
    "p95(a.b) < 80": lambda values: [90.0 if i % 15 == 0 else v for i, v in enumerate(values)],
    "max(a.b) < 80 for 5s": at(20, 25, 90.0),
    "avg(a.b) < 60 within 10s": at(20, 30, 61.0),
    "sum(a.b) <= 500 over 10s": at(7, 8, 51.0),
    "max(a.b) < 80 in the last 5s": at(116, 117, 90.0),
    'max(a.b) < 80 in stage "hold"': at(70, 71, 90.0),
    "max(a.b) < 80 in stage 1": at(7, 8, 90.0),
}
TAGGED = (
    *('p95{region="us"} < 300ms', 'p95{worker="worker-1"} < 300ms of each endpoint'),
    'max(locust_users.count{region="us"}) < 9',
)
"""Broken by the worker of one region alone."""


def staged(requests: list[One]) -> Course:
    """Return what is recorded of *requests*, in two stages of the load."""
    stages = Stage(1, "ramp", BEGAN, BEGAN + 20), Stage(2, "hold", BEGAN + 20, BEGAN + 40)
    return replace(course(requests), stages=stages)


def of_others(sentence: str, values: list[float]) -> Outcome:
    """Return what comes of it where somebody wrote *values*."""
    some = [Sample(BEGAN + second, "{}", value) for second, value in enumerate(values)]
    before = [Sample(BEGAN - 5, "{}", STEADY[0])]
    counts = read(sentence).metric.aggregate == "increase"  # type: ignore[union-attr]
    return held(sentence, list(growth(before, some, BEGAN)) if counts else some).outcome


def _moved(run: WholeRun) -> Iterator[str]:
    """Yield what the worker of *run* wrote as that of another one, which is elsewhere."""
    for line in run.lines():
        if ",worker=worker-0" in line:
            yield line.replace(",worker=worker-0", ",worker=worker-1,region=us")


@pytest.fixture(scope="module")
def two_regions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Several]:
    """Return a store of a good run, and of one whose second worker is slow and has many users."""
    with stored(tmp_path_factory.mktemp("store"), []) as found:
        for run, slower, users in (("good", 1.0, 5), ("bad", 9.0, 10)):
            eu = WholeRun(run, seconds=6)
            us = replace(eu, slower=slower, users=users)
            put(found.database, [*eu.lines(), *_moved(us)])
        yield found


@pytest.mark.parametrize("sentence", RULES)
def test_a_run_that_is_bad_in_one_respect_breaks_it(sentence: str) -> None:
    threshold = read(sentence)
    assert {one.outcome for one in evaluate(threshold, staged(GOOD))} == {Outcome.KEPT}
    bad = evaluate(threshold, staged(RULES[sentence](GOOD)))
    assert Outcome.BROKEN in {one.outcome for one in bad}


def test_iterations_that_were_dropped_break_theirs() -> None:
    (rule,) = given([ARRIVALS], []).rules
    assert of_arrivals(rule, Arrivals(due=100, dropped=0)).outcome is Outcome.KEPT
    assert of_arrivals(rule, Arrivals(due=100, dropped=1)).outcome is Outcome.BROKEN


@pytest.mark.parametrize("sentence", FIELDS)
def test_what_somebody_else_wrote_breaks_it(sentence: str) -> None:
    assert of_others(sentence, STEADY) is Outcome.KEPT
    assert of_others(sentence, FIELDS[sentence](STEADY)) is Outcome.BROKEN


@pytest.mark.parametrize("sentence", RELATIVE)
def test_a_run_that_is_worse_than_its_baseline_breaks_it(sentence: str) -> None:
    good, bad = RELATIVE[sentence]
    assert judged(sentence, good).outcome is Outcome.KEPT
    assert judged(sentence, bad).outcome is Outcome.BROKEN


@pytest.mark.sample(3)
@pytest.mark.parametrize("sentence", TAGGED)
def test_what_only_those_with_a_tag_suffer_breaks_theirs(
    two_regions: Several, sentence: str
) -> None:
    of_the_other = re.sub(r"{.*?}", '{worker="worker-0"}', sentence)
    for run, text, outcome in (
        ("good", sentence, Outcome.KEPT),
        ("bad", sentence, Outcome.BROKEN),
        ("bad", of_the_other, Outcome.KEPT),
    ):
        wanted = given([text], [])
        found = _Sources(two_regions, run, T0 * 1_000, Arrivals(), wanted).results(wanted.rules[0])
        assert {one.outcome for one in found} == {outcome}


def test_no_kind_is_left_out() -> None:
    """What is added to the words of a sentence is asked for here."""
    own = [read(one) for one in (*RULES, ARRIVALS)]
    fields = [read(one) for one in FIELDS]
    all_of_them = [*own, *fields, *map(read, (*RELATIVE, *TAGGED))]
    assert {type(one.metric) for one in all_of_them} == set(get_args(Metric))
    assert {one.metric.name for one in own if isinstance(one.metric, Counted)} == set(COUNTED)
    found = {one.metric.aggregate for one in fields if isinstance(one.metric, Field)}
    assert found == {*AGGREGATES, "p95"}
    assert {one.limit.operator for one in all_of_them} == set(OPERATORS)
    assert {one.scope.which for one in own} == set(Which)
    assert {one.scope.each for one in own} == {True, False}
    for some in (own, fields):
        assert {one.time.over for one in some} == set(Over)
        assert {type(one.stage) for one in some} == {type(None), int, str}
