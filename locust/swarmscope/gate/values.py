"""The value of a metric, from what was counted of some requests in some time."""

from collections import Counter
from collections.abc import Mapping
from math import ceil, log

from swarmscope.gate.metrics import Apdex, Counted, Metric, Percentile, Share
from swarmscope.recording import histogram
from swarmscope.recording.tally import Tally

_CONFIDENCE = 0.95
_CHANCE = 0.001
"""What is less probable than that chance doesn't explain."""


def value_of(metric: Metric, tally: Tally, seconds: float) -> float | None:
    """Return *metric* of the requests in *tally*, which ended within *seconds*, in its unit.

    None, where there is none: no request, or none with a response time.
    """
    if isinstance(metric, Percentile):
        return _percentile(tally, metric.percent / 100)
    if isinstance(metric, Apdex):
        return _apdex(tally, metric.target_ms)
    if isinstance(metric, Share):
        return _part(_succeeded_within(tally, metric.limit_ms), tally.count)
    if isinstance(metric, Counted):
        return _counted(metric.name, tally, seconds)
    raise TypeError(f"{metric} isn't a metric of requests")


def needed(metric: Metric) -> int:
    """Return how many requests it takes to tell *metric* of those that could have been made.

    So many that the longest of them is, with 95 % confidence, beyond the percentile: with fewer
    there may be none beyond it, and no interval reaches above it (Wilks, "Determination of sample
    sizes for setting tolerance limits", 1941). p95 takes 59, p99 299, p99.9 2,995.
    """
    if not isinstance(metric, Percentile):
        return 1
    share = metric.percent / 100
    return ceil(log(1 - _CONFIDENCE) / log(max(share, 1 - share)))


def is_surely_above(metric: Metric, tally: Tally, limit_ms: float) -> bool:
    """Whether so many of a few requests took longer that the percentile does, too."""
    if not isinstance(metric, Percentile) or not tally.timed:
        return False
    above = tally.timed if tally.min > limit_ms else surely_above(tally, limit_ms)
    return is_no_chance(metric, tally.timed, above)


def surely_above(tally: Tally, limit_ms: float) -> int:
    """Return how many requests took longer: of the limit's own bucket nobody knows which did."""
    buckets = tally.histogram.items()
    return sum(count for i, count in buckets if histogram.BOUNDS[i - 1] >= limit_ms)


def is_no_chance(metric: Percentile, of: int, many: int) -> bool:
    """Whether *many* or more *of* so many don't take longer by chance than a kept limit.

    Each would take longer with a probability of 5 %, of p95, at most: of *n* requests *k* or more
    do by the binomial distribution, whose tail is added up here, exactly.
    """
    probability = 1 - metric.percent / 100
    term, rest = (1 - probability) ** of, 1.0
    for one in range(many):
        rest -= term
        if rest < _CHANCE:
            return True
        term *= (of - one) / (one + 1) * probability / (1 - probability)
    return False


def _percentile(tally: Tally, share: float) -> float | None:
    if not tally.timed or not tally.histogram:
        return None
    return histogram.percentile(tally.histogram, share, (tally.min, tally.max))


def _counted(name: str, tally: Tally, seconds: float) -> float | None:
    timed = tally.timed
    values: Mapping[str, float | None] = {
        "avg": tally.total / timed if timed else None,
        "max": tally.max if timed else None,
        "min": tally.min if timed else None,
        "requests": float(tally.count),
        "failures": float(tally.failures),
        "failure_rate": _part(tally.failures, tally.count),
        "requests_per_second": tally.count / seconds if seconds > 0 else None,
    }
    return values[name]


def _part(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _apdex(tally: Tally, target_ms: float) -> float | None:
    """Return the Apdex score; what has no response time, and didn't fail, is in no score."""
    succeeded = _succeeded_within(tally, float("inf"))
    satisfied = _succeeded_within(tally, target_ms)
    tolerated = _succeeded_within(tally, 4 * target_ms)
    scored = succeeded + tally.failures
    return (satisfied + tolerated) / 2 / scored if scored else None


def _succeeded_within(tally: Tally, limit_ms: float) -> float:
    """Return how many requests succeeded, and took *limit_ms* at most.

    Failures that nobody told apart, beyond those that can have had no response time at all, are
    taken for the quickest (docs/decisions/025-response-ranges.md): it is the least that it can be.
    """
    failed = tally.failed or Counter()
    told = failed.total()
    unplaced = max(0, tally.failures - told - max(0, tally.count - tally.timed))
    within = _within(tally.histogram, limit_ms) - _within(failed, limit_ms) - unplaced
    return max(0.0, within)


def _within(counts: Mapping[int, int], limit_ms: float) -> float:
    """Return how many of *counts* are at most *limit_ms*; of its own bucket, a linear part."""
    whole = part = 0.0
    for i, count in counts.items():
        lower, upper = histogram.BOUNDS[i - 1], histogram.BOUNDS[i]
        if upper <= limit_ms:
            whole += count
        elif lower < limit_ms:
            part += count * (limit_ms - lower) / (upper - lower)
    return whole + part
