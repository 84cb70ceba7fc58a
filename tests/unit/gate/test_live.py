"""A run that goes on, held against its thresholds: at its end as a store would have it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from tests.unit.gate import requests as single
from tests.unit.gate.played import SECONDS, SENTENCES, SPAN, STAGES, STOP, Teller, live, play, rules
from tests.unit.gate.requests import BEGAN, One, one_by_one

from swarmscope.gate.course import Stage
from swarmscope.gate.evaluation import Outcome, evaluate
from swarmscope.gate.live import Live, Standing, standing
from swarmscope.gate.thresholds_file import Severity, Thresholds
from swarmscope.gate.verdict import Verdict
from swarmscope.recording.reports import Report
from swarmscope.recording.tally import Tally
from swarmscope.runs.arrivals import NONE_DUE, Arrivals
from swarmscope.runs.doubts import Circumstances
from swarmscope.runs.generators import Generator, Generators


@pytest.mark.sample(2)
@settings(max_examples=15)
@given(one_by_one(SECONDS))
@pytest.mark.parametrize("warm_up", [0, 7])
def test_at_its_end_it_is_what_is_found_afterwards(warm_up: int, requests: list[One]) -> None:
    wanted = Thresholds(rules(*SENTENCES).rules, warm_up)
    found = live(wanted, ())
    play(found, requests)
    verdict = found.conclude("r", STOP, Circumstances(), STAGES, {})
    course = replace(single.course(requests, stop=STOP, span=SPAN), stages=STAGES)
    expected = [
        result for rule in wanted.rules for result in evaluate(rule.threshold, course, warm_up)
    ]
    told = [one.result for one in verdict.judged]
    assert [(r.endpoint, r.outcome, r.start, r.stop) for r in told] == [
        (r.endpoint, r.outcome, r.start, r.stop) for r in expected
    ]
    assert [r.value for r in told] == [pytest.approx(r.value) for r in expected]
    assert verdict.doubts == (() if requests else ("not one request is known of",))


@pytest.mark.sample(2)
@settings(max_examples=15)
@given(one_by_one(SECONDS))
@pytest.mark.parametrize("warm_up", [0, 7])
def test_what_was_seen_each_second_ends_where_the_whole_does(
    warm_up: int, requests: list[One]
) -> None:
    """Sums grow, and of stretches the worst is remembered: nothing is looked at twice."""
    kinds = [one for one in SENTENCES if "stage" not in one]
    found = live(Thresholds(rules(*kinds).rules, warm_up), ())
    play(found, requests)
    seen = {(str(one.rule.threshold), one.result.endpoint): one.result for one in found.judged}
    verdict = found.conclude("r", STOP, Circumstances(), (), {})
    for one in verdict.judged:
        own = seen.get((str(one.rule.threshold), one.result.endpoint))
        assert own is not None
        assert own.outcome is one.result.outcome, one.rule.threshold
        assert own.value == pytest.approx(one.result.value)


def told(count: int = 1, ms: float = 10) -> Tally:
    requests = [One(0, ("/a", "GET"), ms, failed=False)] * count
    (window,) = single.course(requests).together
    return window.tally


def one_stage(now: float) -> tuple[Stage, ...]:
    return (Stage(1, "", BEGAN, now),)


def by_second(
    found: Live,
    told: Sequence[One],
    seconds: int,
    stages: Callable[[float], tuple[Stage, ...]] = one_stage,
) -> Iterator[str]:
    """Yield how the one threshold stands after each second: + passed, - broken, . not yet."""
    teller = Teller("a", told)
    signs = {Standing.PASSED: "+", Standing.BROKEN: "-", Standing.NOT_YET: "."}
    for second in range(seconds):
        for report in teller.tell(second):
            found.running.hear("a", report)
        now = BEGAN + second + 1
        (one,) = found.look(now, NONE_DUE, stages(now))
        yield signs[standing(one, over=False)]


def look(found: Live, now: float, arrivals: Arrivals = NONE_DUE) -> list[Standing]:
    return [standing(one, over=False) for one in found.look(now, arrivals, ())]


def test_nothing_is_told_before_all_have_told() -> None:
    found = live(rules("max < 5ms"), ("a", "b"))
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, told())], until=BEGAN + 1))
    assert look(found, BEGAN + 2) == [Standing.NOT_YET]
    found.running.hear("b", Report("r", 1, until=BEGAN + 1))
    assert look(found, BEGAN + 2) == [Standing.BROKEN]


def test_a_worker_that_left_without_a_word_holds_up_nobody_and_is_told_of() -> None:
    found = live(rules("max < 5s"), ("a", "b"))
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, told())], until=BEGAN + 1))
    found.running.expect(["a"])
    assert look(found, BEGAN + 2) == [Standing.PASSED]
    found.running.hear("a", Report("r", 2, until=BEGAN + 2, final=True))
    verdict = found.conclude("r", BEGAN + 2, Circumstances(), (), {"b": "worker-1"})
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert verdict.doubts == ("1 report of worker-1 was lost on the way",)


def test_a_report_that_comes_twice_counts_once_and_one_that_is_missing_is_told_of() -> None:
    found = live(rules("requests == 3"))
    report = Report("r", 1, windows=[(BEGAN, told(3))], until=BEGAN + 1)
    assert found.running.hear("a", report)
    assert not found.running.hear("a", report)
    found.running.hear("a", Report("r", 4, until=BEGAN + 1, final=True))
    verdict = found.conclude("r", BEGAN + 1, Circumstances(), (), {"a": "worker-0"})
    assert [one.result.value for one in verdict.judged] == [3]
    assert verdict.doubts == ("2 reports of worker-0 were lost on the way",)


def test_where_reports_are_missing_a_rate_of_failures_is_not_certain() -> None:
    found = live(rules("failure_rate < 10%"))
    failed = single.course([One(0, ("/a", "GET"), 1.0, failed=True)]).together[0].tally
    report = Report("r", 1, windows=[(BEGAN, failed)], until=BEGAN + 1, final=True)
    found.running.hear("a", report)
    assert found.conclude("r", BEGAN + 1, Circumstances(), (), {}).verdict is Verdict.FAILED
    found.running.hear("a", Report("r", 3, until=BEGAN + 1, final=True))
    assert found.conclude("r", BEGAN + 1, Circumstances(), (), {}).verdict is Verdict.INCONCLUSIVE


def test_a_run_of_which_no_request_is_known_passes_nothing() -> None:
    """Where the store is away no audit says so."""
    found = live(rules("requests_per_second < 100/s"))
    found.running.hear("a", Report("r", 1, until=BEGAN + 60, final=True))
    verdict = found.conclude("r", BEGAN + 60, Circumstances(), (), {})
    assert (verdict.verdict, verdict.doubts) == (
        Verdict.INCONCLUSIVE,
        ("not one request is known of",),
    )


SATURATED = Circumstances(Generators((Generator("w", 20, 20, 99.0),)))
CLOCK_OFF = Circumstances(clock_error_ms=9_000)


@pytest.mark.parametrize(
    ("sentence", "warm_up", "told", "verdict"),
    [
        ("failure_rate < 1%", 2, SATURATED, Verdict.FAILED),
        ("failures < 1 in stage 1", 0, SATURATED, Verdict.FAILED),
        ("failures < 1 in stage 1", 0, CLOCK_OFF, Verdict.INCONCLUSIVE),
        ("failures < 1 within 5s", 0, CLOCK_OFF, Verdict.INCONCLUSIVE),
        ("failures < 1", 2, CLOCK_OFF, Verdict.INCONCLUSIVE),
        ("failures < 1", 0, CLOCK_OFF, Verdict.FAILED),
    ],
)
def test_what_failed_though_the_run_is_doubtful(
    sentence: str, warm_up: int, told: Circumstances, verdict: Verdict
) -> None:
    found = live(Thresholds(rules(sentence).rules, warm_up))
    failed = [One(n, ("/a", "GET"), 1.0, failed=True) for n in range(5)]
    windows = [(one.start, one.tally) for one in single.course(failed).together]
    found.running.hear("a", Report("r", 1, windows=windows, final=True))
    stages = (Stage(1, "", BEGAN, BEGAN + 9),)
    assert found.conclude("r", BEGAN + 9, told, stages, {}).verdict is verdict


def test_who_never_said_that_it_was_all_leaves_the_run_in_doubt() -> None:
    found = live(rules("requests > 0"))
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, told())], until=BEGAN + 1))
    verdict = found.conclude("r", BEGAN + 1, Circumstances(), (), {"a": "worker-0"})
    assert verdict.doubts == ("worker-0 didn't tell to the end what it counted",)


def test_of_what_nobody_told_to_the_end_no_rate_of_failures_is_certain() -> None:
    found = live(rules("failure_rate < 10%", "failures < 1"))
    failed = single.course([One(0, ("/a", "GET"), 1.0, failed=True)]).together[0].tally
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, failed)], until=BEGAN + 1))
    verdict = found.conclude("r", BEGAN + 1, Circumstances(), (), {"a": "worker-0"})
    assert [one.certain for one in verdict.judged] == [False, True]


@pytest.mark.parametrize(
    ("sentence", "standing_now"),
    [
        ("requests > 5", Standing.NOT_YET),
        ("requests == 5", Standing.NOT_YET),
        ("requests == 2", Standing.BROKEN),
        ("requests < 2", Standing.BROKEN),
        ("failures == 0", Standing.PASSED),
        ("p95 < 1s", Standing.NOT_YET),
        ('max of "/never" < 1s', Standing.NOT_YET),
        ("max < 1s within 10s", Standing.NOT_YET),
        ("requests_per_second > 100/s", Standing.BROKEN),
        ("max(cpu.usage_idle) > 1", Standing.NOT_YET),
    ],
)
def test_what_more_requests_can_mend_is_not_yet(sentence: str, standing_now: Standing) -> None:
    found = live(rules(sentence))
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, told(3))], until=BEGAN + 1))
    assert look(found, BEGAN + 1.5) == [standing_now]


def test_what_was_broken_of_a_whole_run_may_heal_and_of_a_stretch_may_not() -> None:
    found = live(rules("avg < 50ms", "max < 50ms for 2s"))
    windows = [(BEGAN + n, told(1, 100)) for n in range(2)]
    found.running.hear("a", Report("r", 1, windows=windows, until=BEGAN + 2))
    assert look(found, BEGAN + 2) == [Standing.BROKEN, Standing.BROKEN]
    later = [(BEGAN + n, told(9, 1)) for n in range(2, 30)]
    found.running.hear("a", Report("r", 2, windows=later, until=BEGAN + 30))
    assert look(found, BEGAN + 30) == [Standing.PASSED, Standing.BROKEN]


@pytest.mark.parametrize(("short_by", "count"), [(0.0007, 3), (0.01, 2)])
def test_a_stage_that_ends_with_the_run_has_its_last_second(short_by: float, count: int) -> None:
    found = live(rules("requests > 0 in stage 1"))
    windows = [(BEGAN + n, told()) for n in range(3)]
    found.running.hear("a", Report("r", 1, windows=windows, until=BEGAN + 3, final=True))
    stages = (Stage(1, "", BEGAN + 0.0007, BEGAN + 2.5 - short_by),)
    verdict = found.conclude("r", BEGAN + 2.5, Circumstances(), stages, {})
    assert [one.result.value for one in verdict.judged] == [count]


def test_the_end_of_a_run_begins_behind_its_warm_up() -> None:
    found = live(Thresholds(rules("requests < 1 in the last 10s").rules, 5))
    windows = [(BEGAN + n, told(10 ** min(n, 5))) for n in range(8)]
    found.running.hear("a", Report("r", 1, windows=windows, until=BEGAN + 8))
    look(found, BEGAN + 8)
    assert [one.result.value for one in found.judged] == [300_000]


RELATIVE = "p95 <= +10% of baseline"
CHECK = "swarmscope check tells, which knows the runs of the baseline"


@pytest.mark.parametrize(
    ("fail", "warn", "verdict", "said"),
    [
        (
            *(("max < 5s", RELATIVE), ("min < 5s",), Verdict.PASSED),
            f"Run r passed: 2 thresholds kept; left to `swarmscope check`: {RELATIVE}.",
        ),
        (
            *(("max < 5ms", RELATIVE), (), Verdict.FAILED),
            f"Run r failed: max < 5ms is broken: 10.0 ms; left to `swarmscope check`: {RELATIVE}.",
        ),
        (
            *(("max < 5s",), (RELATIVE,), Verdict.PASSED),
            f"Run r passed: 1 threshold kept; left to `swarmscope check`: {RELATIVE}.",
        ),
        (
            *((), (RELATIVE,), Verdict.PASSED),
            "Run r passed: none of its thresholds could be judged here; left to `swarmscope "
            f"check`: {RELATIVE}.",
        ),
        # Of what nobody looked at nothing passes.
        (
            *((RELATIVE,), ("max < 5s",), Verdict.INCONCLUSIVE),
            f"Run r is inconclusive: {RELATIVE} can't be told: {CHECK}.",
        ),
    ],
)
def test_a_verdict_is_about_what_is_relative_to_no_baseline(
    fail: Sequence[str], warn: Sequence[str], verdict: Verdict, said: str
) -> None:
    warned = (replace(one, severity=Severity.WARN) for one in rules(*warn).rules)
    found = live(Thresholds((*rules(*fail).rules, *warned)))
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, told())], until=inf, final=True))
    came_to = found.conclude("r", BEGAN + 1, Circumstances(), (), {})
    assert (came_to.verdict, came_to.sentence()) == (verdict, said)
    (left,) = (one for one in came_to.judged if one.sentence == RELATIVE)
    assert (standing(left, over=True), left.result.why) == (Standing.UNKNOWN, CHECK)


def test_dropped_iterations_are_told_while_the_run_goes_on() -> None:
    found = live(rules("dropped_arrivals < 5"))
    assert look(found, BEGAN + 1) == [Standing.NOT_YET]
    assert look(found, BEGAN + 2, Arrivals(10, 4)) == [Standing.PASSED]
    assert look(found, BEGAN + 3, Arrivals(10, 5)) == [Standing.BROKEN]


def test_a_test_is_ended_once_the_delay_is_over() -> None:
    found = live(rules("max < 5ms", abort=True, delay=30))
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, told())], until=BEGAN + 1))
    assert look(found, BEGAN + 2) == [Standing.BROKEN]
    assert found.breach(BEGAN + 29.9) is None
    broken = found.breach(BEGAN + 30)
    assert broken is not None
    assert broken.result.outcome is Outcome.BROKEN
    assert live(rules("max < 5ms")).breach(inf) is None


def test_what_ended_a_test_stays_broken_whatever_was_answered_later() -> None:
    found = live(rules("avg < 5ms"))
    found.running.hear("a", Report("r", 1, windows=[(BEGAN, told(3, 1))], until=inf, final=True))
    assert found.conclude("r", BEGAN + 1, Circumstances(), (), {}).verdict is Verdict.PASSED
    found.ended_by["avg < 5ms"] = "avg < 5ms is broken: 9.0 ms"
    assert found.conclude("r", BEGAN + 1, Circumstances(), (), {}).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("reason", "broken"),
    [
        ("max < 50ms of each endpoint (GET /b) is broken: 90 ms", {"/b"}),
        # Of an endpoint that isn't told any more, or of a version that named none.
        ("max < 50ms of each endpoint (GET /gone) is broken: 90 ms", {"/a", "/b"}),
        ("", {"/a", "/b"}),
    ],
)
def test_of_each_endpoint_the_one_is_broken_that_ended_the_test(
    reason: str, broken: set[str]
) -> None:
    """The others were told as broken by a value that keeps it, and as failures of a build."""
    found = live(rules("max of each endpoint < 50ms"))
    requests = [One(n, (name, "GET"), 10.0, failed=False) for n in range(20) for name in "ab"]
    play(found, [replace(one, endpoint=(f"/{one.endpoint[0]}", "GET")) for one in requests])
    found.ended_by[str(found.thresholds.rules[0].threshold)] = reason
    judged = found.conclude("r", STOP, Circumstances(), (), {}).judged
    assert {
        one.result.endpoint[0]
        for one in judged
        if one.result.endpoint and one.result.outcome is Outcome.BROKEN
    } == broken
    assert len(judged) == 2


@pytest.mark.parametrize(
    ("sentence", "standings"),
    [
        ("requests > 50 in the last 10s", "..++++"),
        ('requests of "/a" > 50 in the last 10s', "....++"),
        ("requests > 50 in stage 1 within 10s", "....++"),
        ("avg < 1ms in stage 1 within 10s", "....--"),
        ("requests > 500 in the last 10s", "....--"),
        ("requests_per_second >= 50/s in the last 10s", "....--"),
        ("requests_per_second > 50/s within 10s", "....--"),
        ("requests_per_second > 50/s in stage 1 in the last 10s", "....--"),
        ("requests_per_second > 5/s in the last 10s", "++++++"),
        ("requests_per_second < 5/s in the last 10s", "------"),
        ("failures < 9 in the last 10s", "++++++"),
        ("requests < 5 in the last 10s", "------"),
    ],
)
def test_what_is_asked_of_ten_seconds_breaks_nothing_in_the_first(
    sentence: str, standings: str
) -> None:
    """It ended a good run in its first second."""
    found = live(rules(sentence))
    told = [One(n // 10, ("/a", "GET"), 5.0, failed=False) for n in range(10 * SECONDS)]
    assert "".join(by_second(found, told, 12))[1::2] == standings


@pytest.mark.parametrize(
    ("sentence", "standings"),
    [
        ("p95 < 300ms", "...+++++++++"),
        ("p95 < 300ms in the last 10s", "...+++++++++"),
        ("p95 < 300ms in stage 1", "...+++++++++"),
        ("p95 < 300ms within 3s", "..----------"),
        ("p95 < 300ms for 3s", "++----------"),
    ],
)
def test_few_slow_requests_of_a_cold_begin_end_a_run_only_where_each_stretch_counts(
    sentence: str, standings: str
) -> None:
    found = live(rules(sentence))
    told = [One(at, ("/a", "GET"), 900.0, failed=False) for at in range(3) for _ in range(4)]
    told += [One(at, ("/a", "GET"), 5.0, failed=False) for at in range(3, 12) for _ in range(250)]
    assert "".join(by_second(found, told, 12)) == standings


@pytest.mark.parametrize(
    ("sentence", "standings"),
    [
        ("requests > 100 in stage 1", ".....--"),
        ('requests of "/a" > 100 in stage 1', ".....--"),
        ("requests > 20 in stage 1", "..+++++"),
        # It may come again.
        ('requests > 100 in stage "warm"', "......."),
    ],
)
def test_that_a_stage_had_too_few_requests_is_known_when_it_is_over(
    sentence: str, standings: str
) -> None:
    found = live(rules(sentence, abort=True))
    told = [One(n // 4, ("/a", "GET"), 5.0, failed=False) for n in range(4 * SECONDS)]

    def stages(now: float) -> tuple[Stage, ...]:
        warm = Stage(1, "warm", BEGAN, min(now, BEGAN + 15))
        return (warm, Stage(2, "", BEGAN + 16, now)) if now > BEGAN + 16 else (warm,)

    seen = ""
    for second, sign in enumerate(by_second(found, told, 20, stages)):
        seen += sign
        assert (found.breach(BEGAN + second + 1) is not None) is (sign == "-")
    assert seen[1::3] == standings


def test_an_endpoint_that_died_ends_a_test_that_wants_requests_of_it() -> None:
    """That none of them fail any more keeps no test from going on, and nothing green."""
    wants = 'requests_per_second of GET "/a" > 0.1/s in the last 10s'
    found = live(replace(rules(wants, abort=True), rules=(
        *rules(wants, abort=True).rules, *rules('failures of GET "/a" < 1 in the last 10s').rules
    )))  # fmt: skip
    died = [One(at, ("/a" if at < 20 else "/b", "GET"), 5.0, failed=False) for at in range(SECONDS)]
    play(found, died[:25])
    assert [standing(one, over=False) for one in found.judged] == [
        Standing.BROKEN,
        Standing.NOT_YET,
    ]
    breach = found.breach(STOP)
    assert breach is not None
    assert str(breach.rule.threshold) == wants
