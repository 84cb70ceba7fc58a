"""Thresholds relative to a baseline: what a run came to, beside what others of it came to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from swarmscope.gate.course import Endpoint
from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.metrics import COUNTED, FAILURES, Counted
from swarmscope.gate.threshold import Limit, Over, Threshold
from swarmscope.inference.comparison import Answer, CountSample, Difference, Sample, compare
from swarmscope.words import change

Ask = Callable[[Threshold], Iterable[Result]]
"""Holds a threshold against one run."""
Value = float | tuple[int, int]
"""Of one run: a metric, or failures and requests."""
Values = Mapping[Endpoint | None, Value]
_MUST_SEE = 0.2
"""A change of so much, or of twice what is allowed, must be seen: else nobody can tell."""


@dataclass(frozen=True)
class Compared:
    """The runs of a *baseline*, and earlier ones that tell of the noise between runs."""

    baseline: str
    base: Sequence[Ask]
    history: Sequence[Ask] = ()


def held_against(
    threshold: Threshold, ask: Ask, others: Compared, confidence: float
) -> list[Result]:
    """Hold a relative *threshold* against the run that *ask* asks, and *others*.

    It is broken where the run is worse than them, by more than it may be, and not by chance: of all
    endpoints that it names, with *confidence*.
    """
    found = {one.endpoint: one for one in ask(_plain(threshold))}
    new = _values(threshold, ask)
    base = [_values(threshold, one) for one in others.base]
    history = [_values(threshold, one) for one in others.history]
    samples = {
        endpoint: _sample(threshold, endpoint, base, [new], history)
        for endpoint in found
        if endpoint in new and any(endpoint in one for one in base)
    }
    differences = compare(samples, margin=_margin(threshold.limit), confidence=confidence)
    return [
        _result(threshold, one, differences.get(endpoint), others.baseline)
        for endpoint, one in found.items()
    ]


def _margin(limit: Limit) -> float:
    """Return by how much more one side has than the other where a run just meets *limit*."""
    return limit.value if limit.value >= 0 else 1 / (1 + limit.value) - 1


def _plain(threshold: Threshold) -> Threshold:
    """Return it with a limit that everything keeps: what is asked for is its value."""
    return replace(threshold, limit=Limit("<=", inf))


def _counts_failures(threshold: Threshold) -> bool:
    # Of the worst minute of each run a count is no sample of all requests.
    whole = threshold.time.over in (Over.RUN, Over.LAST)
    return whole and str(threshold.metric) in FAILURES


def _values(threshold: Threshold, ask: Ask) -> Values:
    plain = _plain(threshold)
    if not _counts_failures(threshold):
        return {one.endpoint: one.value for one in ask(plain) if one.value is not None}
    failures, requests = (
        {
            one.endpoint: round(one.value)
            for one in ask(replace(plain, metric=Counted(name, COUNTED[name])))
            if one.value is not None
        }
        for name in ("failures", "requests")
    )
    return {key: (failures.get(key, 0), count) for key, count in requests.items()}


def _sample(
    threshold: Threshold,
    endpoint: Endpoint | None,
    base: Sequence[Values],
    new: Sequence[Values],
    history: Sequence[Values],
) -> Sample | CountSample:
    if _counts_failures(threshold):
        return CountSample(_pairs(base, endpoint), _pairs(new, endpoint), _pairs(history, endpoint))
    return Sample(
        _floats(base, endpoint),
        _floats(new, endpoint),
        _floats(history, endpoint),
        more_is_worse=threshold.limit.operator.startswith("<"),
    )


def _floats(side: Sequence[Values], endpoint: Endpoint | None) -> tuple[float, ...]:
    values = (one[endpoint] for one in side if endpoint in one)
    return tuple(value for value in values if not isinstance(value, tuple))


def _pairs(side: Sequence[Values], endpoint: Endpoint | None) -> tuple[tuple[int, int], ...]:
    values = (one[endpoint] for one in side if endpoint in one)
    return tuple(value for value in values if isinstance(value, tuple))


def _result(threshold: Threshold, new: Result, told: Difference | None, baseline: str) -> Result:
    own = replace(new, threshold=threshold)
    if new.outcome is Outcome.UNKNOWN:
        return own
    if told is None:
        why = f"no run of {baseline} has it"
        return replace(own, outcome=Outcome.UNKNOWN, why=why)
    changed = change(told.ratio, told.low, told.high)
    beside = f"{changed} against {baseline}, {told.method}".strip()
    outcome = _outcome(threshold.limit, told)
    why = "" if outcome is not Outcome.UNKNOWN else _why(told, beside)
    return replace(own, outcome=outcome, why=why, beside=beside)


def _outcome(limit: Limit, told: Difference) -> Outcome:
    wants_better = (limit.value < 0) == limit.operator.startswith("<") and limit.value != 0
    if told.answer is Answer.BETTER:
        return Outcome.KEPT
    if told.answer is Answer.WORSE:
        return Outcome.BROKEN
    if told.answer is Answer.SAME:
        return Outcome.BROKEN if wants_better else Outcome.KEPT
    seen = told.low is not None and told.high is not None
    if wants_better or not seen:
        return Outcome.UNKNOWN
    return Outcome.KEPT if _would_be_seen(limit, told) else Outcome.UNKNOWN


def _would_be_seen(limit: Limit, told: Difference) -> bool:
    """Whether a change for the worse that is too much would have shown."""
    most = max(_MUST_SEE, 2 * _margin(limit))
    return told.shows(most, more_is_worse=limit.operator.startswith("<"))


def _why(told: Difference, beside: str) -> str:
    return f"{beside}: it takes {told.why}" if told.ratio is not None and told.why else told.why
