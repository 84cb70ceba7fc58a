"""Thresholds relative to a baseline: what a run came to, beside what others of it came to."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, log

from swarmscope.gate.course import Endpoint
from swarmscope.gate.evaluation import OF_ALL_REQUESTS, Outcome, Result, lacking, unknown
from swarmscope.gate.metrics import COUNTED, FAILURES, Counted
from swarmscope.gate.threshold import Limit, Over, Threshold
from swarmscope.inference.comparison import Answer, CountSample, Difference, Sample, compare
from swarmscope.words import change, count_of

Ask = Callable[[Threshold], Iterable[Result]]
"""Holds a threshold against one run."""
Value = float | tuple[int, int]
"""Of one run: a metric, or failures and requests."""
Values = Mapping[Endpoint | None, Value]
_ANY = Limit(">=", -inf)
_MUST_SEE = 0.2
"""A change of so much, or of twice what is allowed, must be seen: else nobody can tell."""
ODD = 5
"""One of so many runs before may be without an endpoint, as by a fault of its own: else one such
run would let it be missing for good."""


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
    gone = _of_gone(threshold, ask, others, confidence, _missed(threshold, found, new, base))
    if gone and threshold.scope.each:
        found.pop(None, None)  # that there is none is told of each
    drops = _drops_none(threshold)
    told = [key for key, one in found.items() if key not in gone and not (drops and one.value == 0)]
    samples = {
        endpoint: _sample(threshold, endpoint, base, [new], history)
        for endpoint in told
        if endpoint in new and any(endpoint in one for one in base)
    }
    differences = compare(samples, margin=_margin(threshold.limit), confidence=confidence)
    results = (
        _result(threshold, found[key], differences.get(key), others.baseline) for key in told
    )
    return [*results, *gone.values()] or [unknown(threshold, lacking(threshold))]


def _missed(
    threshold: Threshold,
    found: Mapping[Endpoint | None, Result],
    new: Values,
    base: Sequence[Values],
) -> list[Endpoint | None]:
    """Return the endpoints that runs before have requests of, and the new one has none of."""
    had = Counter(key for one in base for key in one)
    always = {key for key, runs in had.items() if runs >= len(base) - len(base) // ODD}
    if threshold.scope.each:
        always.discard(None)
    wants_count = _counts_requests(threshold)
    return sorted(
        (key for key in always if not new.get(key) and (wants_count or key not in found)),
        key=lambda key: key or ("", ""),
    )


def _of_gone(
    threshold: Threshold,
    ask: Ask,
    others: Compared,
    confidence: float,
    missed: Sequence[Endpoint | None],
) -> dict[Endpoint | None, Result]:
    """Return what comes of endpoints that are *missed*.

    As without a baseline, none keeps a limit but one on how many requests there are, and breaks
    what wants requests of it.
    """
    everything = replace(threshold.scope, text=None, method="", each=False)
    requests = replace(_plain(threshold), metric=Counted("requests", COUNTED["requests"]))
    if not missed or not any(one.value for one in ask(replace(requests, scope=everything))):
        return {}  # there is nothing of the run itself, as where it never had that stage
    counts = [_numbers(requests, one) for one in others.base]
    found = {}
    for key in missed:
        least = round(sorted(one.get(key, 0) for one in counts)[len(counts) // ODD])
        if (one := _gone(threshold, key, least, others.baseline, confidence)) is not None:
            found[key] = one
    return found


def _gone(
    threshold: Threshold, endpoint: Endpoint | None, least: int, baseline: str, confidence: float
) -> Result | None:
    """Return what comes of an *endpoint* without a request; None, where there is nothing to say.

    Runs of the *baseline* have at *least* so many, but for odd ones.
    """
    if not _counts_requests(threshold):
        why = f"no request was made to it, and runs of {baseline} have some: if that is meant, "
        return Result(
            threshold, Outcome.UNKNOWN, endpoint, why=f"{why}{baseline} has to begin anew"
        )
    if threshold.limit.operator.startswith("<"):
        return None if threshold.scope.each else Result(threshold, Outcome.KEPT, endpoint, 0.0)
    if least < -log(1 - confidence):  # by chance there may be none where there are so few
        return None
    beside = f"-100 % against {baseline}, runs of which have {count_of(least, 'request')}"
    return Result(threshold, Outcome.BROKEN, endpoint, 0.0, beside=f"{beside} or more")


def _margin(limit: Limit) -> float:
    """Return by how much more one side has than the other where a run just meets *limit*."""
    return limit.value if limit.value >= 0 else 1 / (1 + limit.value) - 1


def _plain(threshold: Threshold) -> Threshold:
    """Return it with a limit that everything keeps: what is asked for is its worst value.

    But no request is asked for as what breaks it, where some are wanted: else it isn't told.
    """
    if threshold.limit.operator.startswith("<"):
        return replace(threshold, limit=Limit("<=", inf))
    return replace(threshold, limit=Limit(">", 0) if _counts_requests(threshold) else _ANY)


def _drops_none(threshold: Threshold) -> bool:
    """Whether an endpoint without a request, one among others, is as if it weren't there.

    It may have been requested at another time, and those before have it now and then.
    """
    return threshold.scope.each and _counts_requests(threshold)


def _counts_requests(threshold: Threshold) -> bool:
    return str(threshold.metric) in OF_ALL_REQUESTS


def _counts_failures(threshold: Threshold) -> bool:
    # Of the worst minute of each run a count is no sample of all requests.
    whole = threshold.time.over in (Over.RUN, Over.LAST)
    return whole and str(threshold.metric) in FAILURES


def _values(threshold: Threshold, ask: Ask) -> Values:
    plain = _plain(threshold)
    if not _counts_failures(threshold):
        values = _numbers(plain, ask)
        return {k: v for k, v in values.items() if v} if _drops_none(threshold) else values
    failures, requests = (
        {
            one.endpoint: round(one.value)
            for one in ask(replace(plain, metric=Counted(name, COUNTED[name])))
            if one.value is not None
        }
        for name in ("failures", "requests")
    )
    return {key: (failures.get(key, 0), count) for key, count in requests.items()}


def _numbers(threshold: Threshold, ask: Ask) -> Mapping[Endpoint | None, float]:
    return {one.endpoint: one.value for one in ask(threshold) if one.value is not None}


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
