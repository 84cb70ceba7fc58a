"""Thresholds that are relative to a baseline, beside runs whose values are made."""

from collections.abc import Iterable, Mapping, Sequence

import pytest

from swarmscope.gate.course import Course, Endpoint, Window, merged
from swarmscope.gate.evaluation import Outcome, Result, evaluated
from swarmscope.gate.relative import Ask, Compared, held_against
from swarmscope.gate.sentences import read
from swarmscope.gate.threshold import Threshold
from swarmscope.recording.tally import Raw

BASE = (100.0, 101.0, 99.0, 102.0, 98.0, 100.5, 99.5, 101.5, 98.5, 100.0)
ITEMS = ("/items", "GET")
T0 = 1_780_000_020


def asking(value: float, requests: int = 1_000) -> Ask:
    """Return a run whose every metric is *value*; of failures it has so many."""

    def ask(threshold: Threshold) -> Iterable[Result]:
        counts = {"requests": float(requests), "failures": value}
        found = counts.get(str(threshold.metric), value)
        assert threshold.limit.holds(found), "what is asked for is the value alone"
        yield Result(threshold, Outcome.KEPT, None, found, 0, 60)

    return ask


def judged(
    sentence: str, new: float, base: Sequence[float] = BASE, earlier: Sequence[float] = ()
) -> Result:
    others = Compared("main", [asking(one) for one in base], [asking(one) for one in earlier])
    (found,) = held_against(read(sentence), asking(new), others, 0.95)
    assert str(found.threshold) == str(read(sentence))
    return found


@pytest.mark.parametrize(
    ("sentence", "new", "outcome"),
    [
        ("p95 <= +10% of baseline", 100.0, Outcome.KEPT),
        ("p95 <= +10% of baseline", 108.0, Outcome.KEPT),
        ("p95 <= +10% of baseline", 115.0, Outcome.BROKEN),
        ("p95 <= +10% of baseline", 50.0, Outcome.KEPT),
        ("requests_per_second >= -10% of baseline", 115.0, Outcome.KEPT),
        ("requests_per_second >= -10% of baseline", 95.0, Outcome.KEPT),
        ("requests_per_second >= -10% of baseline", 80.0, Outcome.BROKEN),
        # Half as many are 50 % fewer, not two thirds.
        ("requests_per_second >= -50% of baseline", 55.0, Outcome.KEPT),
        ("requests_per_second >= -50% of baseline", 45.0, Outcome.BROKEN),
        ("p95 <= -50% of baseline", 45.0, Outcome.KEPT),
        ("p95 <= -50% of baseline", 60.0, Outcome.BROKEN),
        # Asked for an improvement, as it was before is not enough.
        ("p95 <= -10% of baseline", 80.0, Outcome.KEPT),
        ("p95 <= -10% of baseline", 100.0, Outcome.BROKEN),
        ("requests_per_second >= +10% of baseline", 130.0, Outcome.KEPT),
        ("requests_per_second >= +10% of baseline", 100.0, Outcome.BROKEN),
    ],
)
def test_what_chance_does_not_explain_breaks_it(
    sentence: str, new: float, outcome: Outcome
) -> None:
    found = judged(sentence, new)
    assert (found.outcome, found.value) == (outcome, new)
    assert "against main, " in found.beside


def test_of_runs_that_lie_far_apart_nobody_can_tell() -> None:
    """It may neither pass, since much could hide in that, nor fail."""
    base = [value * (1.0 + 0.3 * (i % 2)) for i, value in enumerate(BASE)]
    found = judged("p95 <= +10% of baseline", 130.0, base)
    assert found.outcome is Outcome.UNKNOWN
    assert "it takes" in found.why


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("p95 <= +10% of baseline", Outcome.UNKNOWN),
        ("p95 <= +30% of baseline", Outcome.KEPT),
        ("requests_per_second >= -10% of baseline", Outcome.UNKNOWN),
        ("requests_per_second >= -30% of baseline", Outcome.KEPT),
    ],
)
def test_twice_what_is_allowed_must_have_shown(sentence: str, outcome: Outcome) -> None:
    """The interval ends at +51 %: within twice 30 %, and beyond the 20 % that must be seen."""
    base = [value * (1.0 + 0.3 * (i % 2)) for i, value in enumerate(BASE)]
    assert judged(sentence, 115.0, base).outcome is outcome


@pytest.mark.parametrize("new", [100.0, 300.0])
def test_a_few_runs_say_how_many_are_missing(new: float) -> None:
    found = judged("p95 <= +10% of baseline", new, BASE[:3])
    assert found.outcome is Outcome.UNKNOWN
    assert "7 more runs of the baseline" in found.why


def test_earlier_runs_tell_of_the_noise() -> None:
    assert judged("p95 <= +10% of baseline", 130.0, BASE[:1], BASE[1:]).outcome is Outcome.BROKEN


@pytest.mark.parametrize(("new", "outcome"), [(1.0, Outcome.UNKNOWN), (3.0, Outcome.BROKEN)])
def test_failures_are_counted(new: float, outcome: Outcome) -> None:
    """0 of 1,000 in each run before has no ratio to anything: a test of counts can tell."""
    found = judged("failure_rate <= +10% of baseline", new, (0.0,) * 10)
    assert found.outcome is outcome


def test_an_endpoint_that_no_run_before_had_can_not_be_told() -> None:
    def apart(threshold: Threshold) -> Iterable[Result]:
        yield Result(threshold, Outcome.KEPT, ITEMS, 100.0, 0, 60)

    others = Compared("main", [asking(one) for one in BASE])
    (found,) = held_against(read("p95 of each endpoint <= +5% of baseline"), apart, others, 0.95)
    assert (found.outcome, found.endpoint, found.why) == (
        *(Outcome.UNKNOWN, ITEMS),
        "no run of main has it",
    )


def test_what_can_not_be_told_of_the_run_itself_stays_so() -> None:
    def nothing(threshold: Threshold) -> Iterable[Result]:
        yield Result(threshold, Outcome.UNKNOWN, why="there was no request to measure")

    others = Compared("main", [asking(one) for one in BASE])
    (found,) = held_against(read("p95 <= +5% of baseline"), nothing, others, 0.95)
    assert (found.outcome, found.why) == (Outcome.UNKNOWN, "there was no request to measure")


PAY, RARE = ("/pay", "POST"), ("/rare", "GET")
"""Of each run before; of some of them."""
Endpoints = Mapping[Endpoint, int]


def course(endpoints: Endpoints, seconds: int = 60) -> Course:
    """Return a run with so many requests of each, in its first half; they took 100 ms, or so."""
    windows = {
        key: (Window(T0, seconds // 2, Raw(key, [100.0 + many % 7] * many, [], 0).fold()),)
        for key, many in endpoints.items()
    }
    together = merged(windows.values())
    return Course(T0, T0 + seconds, together, windows)


def holding(endpoints: Endpoints) -> Ask:
    return lambda threshold: evaluated(threshold, course(endpoints))


def of_endpoints(sentence: str, new: Endpoints, base: Sequence[Endpoints]) -> list[Result]:
    others = Compared("main", [holding(one) for one in base])
    return held_against(read(sentence), holding(new), others, 0.95)


HAD = [{ITEMS: 600 + i, PAY: 300 + i, **({RARE: 3} if i % 2 else {})} for i in range(10)]
WITHOUT = {ITEMS: 604}
LEFT = "no request was made to it, and runs of main have some"


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("requests_per_second of each endpoint >= -10% of baseline", Outcome.BROKEN),
        ("requests of each endpoint >= -10% of baseline", Outcome.BROKEN),
        ('requests_per_second of "/pay" >= -10% of baseline', Outcome.BROKEN),
        ("p95 of each endpoint <= +10% of baseline", Outcome.UNKNOWN),
        ("failure_rate of each endpoint <= +10% of baseline", Outcome.UNKNOWN),
        ("apdex(500ms) of each endpoint >= -10% of baseline", Outcome.UNKNOWN),
        ('p95 of "/pay" <= +10% of baseline', Outcome.UNKNOWN),
        ('requests of "/pay" <= +10% of baseline', Outcome.KEPT),
    ],
)
def test_an_endpoint_that_died_keeps_no_limit_but_one_on_how_many_requests_there_were(
    sentence: str, outcome: Outcome
) -> None:
    found = of_endpoints(sentence, WITHOUT, HAD)
    (pay,) = (one for one in found if one.endpoint != ITEMS)
    assert pay.outcome is outcome
    if "each" in sentence:
        assert pay.endpoint == PAY
        assert len(found) == 2
        assert (LEFT in pay.why) is (outcome is Outcome.UNKNOWN)
    if outcome is Outcome.BROKEN:
        assert pay.value == 0
        assert pay.beside == "-100 % against main, runs of which have 302 requests or more"


@pytest.mark.parametrize(
    "sentence",
    [
        "requests of each endpoint <= +30% of baseline",
        "requests of each endpoint >= -30% of baseline",
        "p50 of each endpoint <= +30% of baseline",
    ],
)
def test_one_that_some_runs_before_had_not_either_is_not_missed(sentence: str) -> None:
    (items, pay) = of_endpoints(sentence, {**WITHOUT, PAY: 304}, HAD)
    assert (items.endpoint, pay.endpoint) == (ITEMS, PAY)
    assert {items.outcome, pay.outcome} == {Outcome.KEPT}


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("requests of each endpoint >= -30% of baseline", Outcome.BROKEN),
        ("p50 of each endpoint <= +30% of baseline", Outcome.UNKNOWN),
    ],
)
def test_an_odd_run_before_that_had_it_not_lets_it_be_missing_no_more(
    sentence: str, outcome: Outcome
) -> None:
    odd = [dict(one) for one in HAD]
    del odd[3][PAY]
    of = {one.endpoint: one.outcome for one in of_endpoints(sentence, WITHOUT, odd)}
    assert of == {ITEMS: Outcome.KEPT, PAY: outcome}
    del odd[4][PAY], odd[5][PAY]
    assert PAY not in {one.endpoint for one in of_endpoints(sentence, WITHOUT, odd)}


def test_one_that_was_requested_only_before_what_is_looked_at_died_there() -> None:
    """The requests of the first half are none of the last 20 s."""
    whole = [{key: (many, many) for key, many in one.items()} for one in HAD]

    def at(endpoints: Mapping[Endpoint, tuple[int, int]]) -> Ask:
        windows = {
            key: tuple(
                Window(T0 + 30 * i, 30, Raw(key, [100.0] * many, [], 0).fold())
                for i, many in enumerate(both)
                if many
            )
            for key, both in endpoints.items()
        }
        told = Course(T0, T0 + 60, merged(windows.values()), windows)
        return lambda threshold: evaluated(threshold, told)

    others = Compared("main", [at(one) for one in whole])
    sentence = read("requests of each endpoint >= -10% of baseline in the last 20s")
    found = held_against(sentence, at({ITEMS: (604, 604), PAY: (304, 0)}), others, 0.95)
    told = {one.endpoint: one.outcome for one in found}
    assert told[PAY] is Outcome.BROKEN
    assert RARE not in told


def test_of_few_requests_none_may_be_chance() -> None:
    had = [{ITEMS: 600 + i, PAY: 1} for i in range(10)]
    sentence = "requests of each endpoint >= -30% of baseline"
    (items,) = of_endpoints(sentence, WITHOUT, had)
    assert items.endpoint == ITEMS


def test_a_run_that_never_came_so_far_says_that_alone() -> None:
    (found,) = of_endpoints("p95 of each endpoint in stage 7 <= +10% of baseline", WITHOUT, HAD)
    assert found.outcome is Outcome.UNKNOWN
    assert "no such stage" in found.why
