"""What the thresholds of a run, and the doubts about it, come to."""

import json
from dataclasses import replace

import pytest
from tests.unit.gate import verdicts
from tests.unit.gate.verdicts import (
    BROKEN,
    CERTAIN,
    DOUBT,
    GET_A,
    KEPT,
    UNKNOWN,
    UNSURE,
    WARNED,
    judged,
    verdict,
)

from swarmscope.errors import ExitCode
from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.markdown import markdown
from swarmscope.gate.metrics import Unit
from swarmscope.gate.sentences import read
from swarmscope.gate.table import table
from swarmscope.gate.thresholds_file import Rule, Severity
from swarmscope.gate.verdict import Judged, Verdict, shown
from swarmscope.runs.doubts import Shortfall

SHORT = (Shortfall("it was ended after 0:00:03 of 0:10:00"),)
TOO_FEW = judged(Outcome.BROKEN, sentence="requests > 1000")


@pytest.mark.parametrize(
    ("each", "doubts", "wanted", "code"),
    [
        ((KEPT,), (), Verdict.PASSED, ExitCode.FINE),
        ((KEPT, WARNED), (), Verdict.WARNED, ExitCode.FINE),
        ((KEPT, UNSURE), (), Verdict.WARNED, ExitCode.FINE),
        ((KEPT, BROKEN), (), Verdict.FAILED, ExitCode.LIMIT_BROKEN),
        ((BROKEN, WARNED), (), Verdict.FAILED, ExitCode.LIMIT_BROKEN),
        ((KEPT, UNKNOWN), (), Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((BROKEN, UNKNOWN), (), Verdict.FAILED, ExitCode.LIMIT_BROKEN),
        ((CERTAIN, UNKNOWN), (), Verdict.FAILED, ExitCode.LIMIT_BROKEN),
        ((KEPT,), DOUBT, Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((WARNED,), DOUBT, Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((BROKEN,), DOUBT, Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((CERTAIN,), DOUBT, Verdict.FAILED, ExitCode.LIMIT_BROKEN),
        # Less load than was asked for: what it broke, more of it would have broken as well.
        ((KEPT,), SHORT, Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((KEPT, WARNED), SHORT, Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((BROKEN,), SHORT, Verdict.FAILED, ExitCode.LIMIT_BROKEN),
        ((BROKEN,), (*SHORT, *DOUBT), Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((TOO_FEW,), SHORT, Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ((TOO_FEW,), (), Verdict.FAILED, ExitCode.LIMIT_BROKEN),
    ],
)
def test_what_it_comes_to(
    each: tuple[Judged, ...], doubts: tuple[str, ...], wanted: Verdict, code: ExitCode
) -> None:
    found = verdict(*each, doubts=doubts)
    assert (found.verdict, found.verdict.exit_code) == (wanted, code)


@pytest.mark.parametrize(
    ("each", "doubts", "sentence"),
    [
        ((KEPT, KEPT), (), "Run r passed: 2 thresholds kept."),
        ((replace(KEPT, certain=True),), (), "Run r passed: 1 threshold kept."),
        (
            (KEPT, BROKEN, WARNED),
            (),
            "Run r failed: p95 < 300ms is broken: 423 ms (and 1 warning).",
        ),
        (
            (WARNED, UNKNOWN, BROKEN),
            DOUBT,
            "Run r is inconclusive: a load generator was saturated (and 2 further reasons and 1 "
            "warning).",
        ),
        (
            (WARNED, UNKNOWN),
            (),
            "Run r is inconclusive: p95 < 300ms can't be told: there was no request to measure "
            "(and 1 warning).",
        ),
        ((WARNED,), (), "Run r passed with a warning: p95 < 300ms is broken: 423 ms."),
        (
            (UNKNOWN,),
            (),
            "Run r is inconclusive: p95 < 300ms can't be told: there was no request to measure.",
        ),
        (
            (BROKEN,),
            DOUBT,
            "Run r is inconclusive: a load generator was saturated (and 1 further reason).",
        ),
        (
            (CERTAIN,),
            DOUBT,
            "Run r failed: failures < 10 is broken: 423 (and 1 further reason).",
        ),
    ],
)
def test_it_is_one_sentence_with_its_first_reason(
    each: tuple[Judged, ...], doubts: tuple[str, ...], sentence: str
) -> None:
    assert verdict(*each, doubts=doubts).sentence() == sentence


def test_a_threshold_is_told_as_it_was_typed() -> None:
    one = judged(Outcome.BROKEN, sentence="p95  <\n0.4s")
    assert "p95 < 0.4s is broken" in verdict(one).sentence()
    assert "p95 &lt; 0.4s" in markdown(verdict(one))
    assert table(verdict(one))[0].startswith("FAIL  p95 < 0.4s")


def test_programs_get_all_of_it() -> None:
    one = judged(Outcome.BROKEN, endpoint=GET_A)
    told = json.loads(json.dumps(verdict(one, doubts=DOUBT).to_json()))
    assert (told["verdict"], told["exit_code"], told["doubts"]) == ("inconclusive", 5, [*DOUBT])
    assert (told["source"], told["notes"]) == ("", [])
    assert told["thresholds"] == [
        {
            "threshold": "p95 < 300ms",
            "severity": "fail",
            "outcome": "broken",
            "endpoint": "GET /a|*<b>*",
            "value": 423.0,
            "unit": "ms",
            "error_budget_used": None,
            "from": 60,
            "to": None,
            "why": "",
            "beside": "",
            "certain": False,
        }
    ]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, Unit.TIME, "unknown"),
        (1_234.5, Unit.TIME, "1,234 ms"),
        (0.0123, Unit.SHARE, "1.2 %"),
        (1_234, Unit.COUNT, "1,234"),
        (12.345, Unit.RATE, "12.35/s"),
        (0.9, Unit.INDEX, "0.9"),
    ],
)
def test_a_value_is_shown_with_its_unit(value: float | None, unit: Unit, text: str) -> None:
    assert shown(value, unit) == text


def test_a_value_that_is_just_its_limit_is_shown_as_that() -> None:
    assert shown(100 * 0.007 / 100, Unit.SHARE, 0.7 / 100) == "0.7 %"
    assert shown(199 / 20_000, Unit.SHARE, 0.995 / 100) == "0.995 %"


@pytest.mark.parametrize(
    ("sentence", "value", "text"),
    [
        ("avg <= 300ms", 300.0004, "300.0004 ms"),
        ("avg <= 300ms", 300.0, "300 ms"),
        ("avg <= 300.4ms", 300.45, "300.45 ms"),
        ("avg < 300ms", 299.9996, "299.9996 ms"),
        ("avg >= 100ms", 99.97, "99.97 ms"),
        ("failure_rate <= 0.5%", 0.0050004, "0.50004 %"),
        ("failure_rate == 0%", 0.000004, "0.0004 %"),
        ("failure_rate < 1%", 0.02, "2 %"),
        ("99% under 300ms", 0.98999, "98.999 % (100.1 % of its error budget)"),
        ("apdex(500ms) >= 0.9", 0.89999, "0.89999"),
        ("requests_per_second < 12.35/s", 12.3456, "12.346/s"),
        ("avg(cpu.usage_user) < 75", 75.00000001, "75.00000001"),
        ("p95 <= +10% of baseline", 300.04, "300 ms"),
    ],
)
def test_a_value_can_be_told_from_its_limit(sentence: str, value: float, text: str) -> None:
    """It was "avg <= 300ms is broken: 300 ms"."""
    threshold = read(sentence)
    rule = Rule(threshold, Severity.FAIL, sentence)
    outcome = Outcome.KEPT if threshold.limit.holds(value) else Outcome.BROKEN
    assert Judged(rule, Result(threshold, outcome, value=value), certain=False).value() == text


@pytest.mark.parametrize(
    ("sentence", "value", "used", "text"),
    [
        ("99% under 300ms", 0.995, 0.5, "99.5 % (50 % of its error budget)"),
        ("99% under 300ms", 1.0, 0.0, "100 % (0 % of its error budget)"),
        ("99.9% under 300ms", 0.9, 100.0, "90 % (10,000 % of its error budget)"),
        ("p95 < 300ms", 12.0, None, "12.0 ms"),
    ],
)
def test_an_objective_says_how_much_of_what_may_go_wrong_did(
    sentence: str, value: float, used: float | None, text: str
) -> None:
    threshold = read(sentence)
    result = Result(threshold, Outcome.KEPT, value=value)
    one = Judged(Rule(threshold, Severity.FAIL, sentence), result, certain=False)
    assert one.budget_used == (None if used is None else pytest.approx(used))
    assert one.value() == text
    (told,) = verdict(one).to_json()["thresholds"]
    assert told["error_budget_used"] == one.budget_used
    assert text.partition(" (")[2] in markdown(verdict(one))


def test_each_kind_is_there() -> None:
    assert {one.result.outcome for one in vars(verdicts).values() if isinstance(one, Judged)} == {
        *Outcome
    }
