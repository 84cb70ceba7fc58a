"""The verdict on a run: passed, with a warning, failed, or that nobody can tell; and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from swarmscope.errors import ExitCode
from swarmscope.gate.certainty import wants_more
from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.metrics import Field, Share, Unit
from swarmscope.gate.thresholds_file import Rule, Severity
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.runs.doubts import Shortfall
from swarmscope.words import count_of, digits_apart, milliseconds, percent, some_of


class Verdict(StrEnum):
    """What a run ends with."""

    PASSED = "passed"
    WARNED = "passed with a warning"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """Neither passed nor failed: nobody can tell."""

    @property
    def exit_code(self) -> ExitCode:
        """What a command ends with."""
        codes = {Verdict.FAILED: ExitCode.LIMIT_BROKEN, Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE}
        return codes.get(self, ExitCode.FINE)


@dataclass(frozen=True)
class Judged:
    """What came of one *rule*, in one line for each endpoint that it is about."""

    rule: Rule
    result: Result
    certain: bool
    """Whether it is known, whatever else is doubtful."""
    counts: bool = True
    """Whether the verdict hangs on it: not where it is left to `swarmscope check`."""
    settled: bool = False
    """Whether all of what it is about is over, while its run goes on."""

    @property
    def sentence(self) -> str:
        """The threshold as it was typed, on one line."""
        return " ".join(self.rule.sentence.split())

    @property
    def of(self) -> str:
        """What it is of, as people write it."""
        if self.result.endpoint:
            return endpoint_in_words(self.result.endpoint)
        metric = self.rule.threshold.metric
        if isinstance(metric, Field):
            return f"{metric.measurement}.{metric.field}"
        return self.rule.threshold.scope.in_words()

    @property
    def assumed(self) -> str:
        """What nobody wrote, where the value stands for that."""
        return self.result.beside if isinstance(self.rule.threshold.metric, Field) else ""

    @property
    def budget_used(self) -> float | None:
        """Of an objective, how much of what may go wrong did: 1 is all of it."""
        threshold, value = self.rule.threshold, self.result.value
        if not isinstance(threshold.metric, Share) or value is None:
            return None
        return (1 - value) / (1 - threshold.limit.value)

    def value(self) -> str:
        """Return what was measured, as a person reads it."""
        limit = self.rule.threshold.limit
        unit = self.rule.threshold.metric.unit
        told = shown(self.result.value, unit, None if limit.relative else limit.value)
        if self.budget_used is None:
            return told
        return f"{told} ({percent(100 * self.budget_used, 100)} of its error budget)"


@dataclass(frozen=True)
class RunVerdict:
    """The verdict on *run*: what each threshold came to, and the *doubts* about all of them.

    *source* is where its numbers were read, and *notes* are what must be known of it. *shared*:
    another run has its id, and whose failures they are nobody knows.
    """

    run: str
    judged: tuple[Judged, ...]
    doubts: tuple[str, ...]
    source: str = ""
    notes: tuple[str, ...] = ()
    shared: bool = False

    @property
    def verdict(self) -> Verdict:
        """What all of it comes to.

        What is certain to have failed has, whatever is doubtful; else a doubt decides.
        """
        broken = [one for one in self.judged if one.result.outcome is Outcome.BROKEN]
        failed = [one for one in broken if one.rule.severity is Severity.FAIL]
        if any(one.certain for one in failed):
            return Verdict.FAILED
        if not all(isinstance(one, Shortfall) for one in self.doubts):
            return Verdict.INCONCLUSIVE
        if self.doubts:  # so many requests more of the run might have brought
            failed = [one for one in failed if not wants_more(one.result)]
        if failed:
            return Verdict.FAILED
        if self.doubts or self._unknown(Severity.FAIL):
            return Verdict.INCONCLUSIVE
        return Verdict.WARNED if broken or self._unknown(Severity.WARN) else Verdict.PASSED

    def _unknown(self, severity: Severity) -> list[Judged]:
        return [
            one
            for one in self.judged
            if one.counts
            and one.rule.severity is severity
            and one.result.outcome is Outcome.UNKNOWN
        ]

    def sentence(self) -> str:
        """Return the verdict in one sentence, with its first reason."""
        left = [one.sentence for one in self.judged if not one.counts]
        why = f": {count_of(len(self.judged) - len(left), 'threshold')} kept"
        if left and len(left) == len(self.judged):
            why = ": none of its thresholds could be judged here"
        deciding, others = self.reasons(Severity.FAIL), self.reasons(Severity.WARN)
        reasons = deciding or others
        if reasons:
            why = f": {reasons[0]}"
        more = [(len(reasons) - 1, "further reason"), (len(others) if deciding else 0, "warning")]
        rest = " and ".join(count_of(n, noun) for n, noun in more if n > 0)
        told = f"{_said(self.verdict)}{why}{f' (and {rest})' if rest else ''}"
        without = f"; left to `swarmscope check`: {', '.join(some_of(left, 1))}" if left else ""
        return f"Run {self.run} {told}{without}."

    def reasons(self, severity: Severity) -> list[str]:
        """Return what keeps it from passing, what decides first, or what is only warned of."""
        told = [one for one in self.judged if one.counts and one.rule.severity is severity]
        broken, unknown = (
            [reason_of(one) for one in told if one.result.outcome is outcome]
            for outcome in (Outcome.BROKEN, Outcome.UNKNOWN)
        )
        if severity is Severity.WARN:
            return [*broken, *unknown]
        if self.verdict is Verdict.INCONCLUSIVE:
            return [*self.doubts, *unknown, *broken]
        # Of one that is kept nothing is certain: more of what is missing may break it.
        certain = [
            reason_of(one) for one in told if one.certain and one.result.outcome is Outcome.BROKEN
        ]
        return [*certain, *(one for one in broken if one not in certain), *unknown, *self.doubts]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it; values in the units of their metrics."""
        return {
            "run": self.run,
            "source": self.source,
            "verdict": self.verdict,
            "exit_code": self.verdict.exit_code,
            "sentence": self.sentence(),
            "doubts": list(self.doubts),
            "notes": list(self.notes),
            "thresholds": [_json(one) for one in self.judged],
        }


def _said(verdict: Verdict) -> str:
    return "is inconclusive" if verdict is Verdict.INCONCLUSIVE else str(verdict)


def reason_of(one: Judged) -> str:
    """Say what of a threshold keeps a run from passing."""
    endpoint = one.result.endpoint
    where = f" ({endpoint_in_words(endpoint)})" if endpoint else ""
    if one.result.outcome is Outcome.UNKNOWN:
        return f"{one.sentence}{where} can't be told: {one.result.why}"
    beside = f", {one.result.beside}" if one.result.beside else ""
    return f"{one.sentence}{where} is broken: {one.value()}{beside}"


def assumptions(found: RunVerdict) -> list[str]:
    """Return each threshold that is kept by what nobody wrote: its name may be mistyped."""
    kept = (one for one in found.judged if one.result.outcome is Outcome.KEPT and one.assumed)
    return [f"{one.sentence} is kept: {one.value()}, {one.assumed}" for one in kept]


def endpoint_in_words(endpoint: Sequence[str]) -> str:
    """Return method and name, as people write them."""
    name, method = endpoint
    return f"{method} {name}".strip()


def endpoint_or_all(endpoint: Sequence[str]) -> str:
    """Return the same, also of all endpoints together."""
    return "all endpoints" if endpoint == AGGREGATED else endpoint_in_words(endpoint)


def _json(one: Judged) -> dict[str, Any]:
    result, threshold = one.result, one.rule.threshold
    return {
        "threshold": one.sentence,
        "severity": one.rule.severity,
        "outcome": result.outcome,
        "endpoint": result.endpoint and endpoint_in_words(result.endpoint),
        "value": result.value,
        "unit": threshold.metric.unit,
        "error_budget_used": one.budget_used,
        "from": result.start,
        "to": result.stop,
        "why": result.why,
        "beside": result.beside,
        "certain": one.certain,
    }


def shown(value: float | None, unit: Unit, limit: float | None = None) -> str:
    """Return *value*, in *unit*, as a person reads it, and can tell from its *limit*."""
    if value is None:
        return "unknown"
    if unit is Unit.TIME:
        return milliseconds(value, limit)
    if unit is Unit.SHARE:
        return percent(100 * value, None if limit is None else 100 * limit)
    if unit is Unit.COUNT:
        return f"{value:,.{digits_apart(value, limit, 0)}f}"
    digits = digits_apart(value, limit, 4, lambda number, n: float(f"{number:.{n}g}"))
    return f"{value:,.{digits}g}{'/s' if unit is Unit.RATE else ''}"
