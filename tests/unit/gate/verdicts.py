"""Verdicts of each kind, made by hand."""

from dataclasses import replace

from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.sentences import read
from swarmscope.gate.thresholds_file import Rule, Severity
from swarmscope.gate.verdict import Judged, RunVerdict

GET_A = ("/a|*<b>*", "GET")


def judged(
    outcome: Outcome,
    severity: Severity = Severity.FAIL,
    sentence: str = "p95 < 300ms",
    *,
    certain: bool = False,
    endpoint: tuple[str, str] | None = None,
) -> Judged:
    threshold = read(sentence)
    why = "there was no request to measure" if outcome is Outcome.UNKNOWN else ""
    value = None if why else 423.0
    result = Result(threshold, outcome, endpoint, value, None if why else 60, why=why)
    return Judged(Rule(threshold, severity, sentence), result, certain)


def verdict(*each: Judged, doubts: tuple[str, ...] = ()) -> RunVerdict:
    return RunVerdict("r", each, doubts)


KEPT = judged(Outcome.KEPT)
BROKEN, UNKNOWN = judged(Outcome.BROKEN), judged(Outcome.UNKNOWN)
WARNED, UNSURE = (judged(outcome, Severity.WARN) for outcome in (Outcome.BROKEN, Outcome.UNKNOWN))
CERTAIN = judged(Outcome.BROKEN, sentence="failures < 10", certain=True)
NOBODY = "taken for 0: nobody wrote a measurement ordrs while it went on"
_SUM = judged(Outcome.KEPT, sentence="sum(ordrs.lost or 0) == 0")
ASSUMED = replace(_SUM, result=replace(_SUM.result, value=0.0, beside=NOBODY))
DOUBT = ("a load generator was saturated",)
