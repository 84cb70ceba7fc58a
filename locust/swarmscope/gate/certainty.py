"""What of a run is certain, whatever is doubtful of it."""

import re
from dataclasses import dataclass

from swarmscope import schema
from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.metrics import Counted, Field, Unit
from swarmscope.gate.threshold import Limit, Scope, Threshold
from swarmscope.gate.thresholds_file import Rule

UNTOLD = 2**62
"""Requests that are missing: nobody knows how many."""
_COUNTS = ("requests", "failures", "dropped_arrivals")
_TIME = re.compile(r"(^|_)(time|wait|ms)$|^(avg|min|max|p\d+)$")


@dataclass(frozen=True)
class Known:
    """What is known of the *requests* of a run, and so many more are *missing*."""

    requests: int
    missing: int = 0
    warmed_up: bool = False
    """Whether a warm-up is left out of what is judged."""
    placed: bool = True
    """Whether it is known which second each belongs to: no worker's clock was off."""


def is_certain(rule: Rule, result: Result, known: Known) -> bool:
    """Whether a broken *rule* is broken whatever is doubtful of the run, and whatever is missing.

    Requests and failures that were seen were there; those that nobody knows of may all have
    succeeded. What a machine's metric reached or a counter grew by it did, whoever made the load.
    """
    threshold, value = rule.threshold, result.value
    if result.outcome is not Outcome.BROKEN or threshold.limit.relative or value is None:
        return False
    # What ended its run counts as broken, also where the rest of the run mended it.
    if threshold.limit.holds(value) or (not known.placed and _hangs_on_clocks(threshold, known)):
        return False
    return _is_settled(threshold, value, known)


def wants_more(result: Result) -> bool:
    """Whether more of the run alone can mend it: it wants so many requests, say."""
    threshold, limit = result.threshold, result.threshold.limit
    if not isinstance(threshold.metric, Counted) or threshold.metric.unit is not Unit.COUNT:
        return False
    return limit.operator in (">", ">=", "!=") or (
        limit.operator == "==" and (result.value or 0) < limit.value
    )


def _hangs_on_clocks(threshold: Threshold, known: Known) -> bool:
    """Whether it is of a part of the run: a worker's clock tells what is in it."""
    metric = threshold.metric
    if isinstance(metric, Field) and not metric.is_own:
        return False
    if isinstance(metric, Counted) and metric.name == "dropped_arrivals":
        return False
    return bool(threshold.time.over) or threshold.stage is not None or known.warmed_up


def _is_settled(threshold: Threshold, value: float, known: Known) -> bool:
    """Whether nothing that is missing can mend a *value* that breaks its threshold."""
    metric, limit = threshold.metric, threshold.limit
    if isinstance(metric, Field):
        if _is_response_time(metric):
            return False
        down = metric.aggregate == "min" and _is_below(limit, value)
        return down or (metric.aggregate in ("max", "increase") and _is_above(limit, value))
    if not isinstance(metric, Counted) or not _is_above(limit, value):
        return False
    return metric.name in _COUNTS or (
        metric.name == "failure_rate" and _is_certain_rate(threshold, value, known)
    )


def _is_response_time(metric: Field) -> bool:
    """Whether a field of our own is of response times, of which a generator's own are a part.

    How late that one was itself, and how far its clock was off, it was.
    """
    own = metric.is_own and metric.measurement != schema.LOCUST_WORKER.name
    return own and _TIME.search(metric.field) is not None


def _is_certain_rate(threshold: Threshold, value: float, known: Known) -> bool:
    # Of a part nobody knows how many of those that are missing belong to it.
    part = threshold.time.over or threshold.stage is not None or threshold.scope != Scope()
    if part or (known.warmed_up and known.missing):
        return False
    all_there_were = max(1, known.requests + known.missing)
    return value * known.requests / all_there_were > threshold.limit.value


def _is_above(limit: Limit, value: float) -> bool:
    """Whether *value* breaks its limit where more of it can't mend it."""
    return limit.operator in ("<", "<=") or (limit.operator == "==" and value > limit.value)


def _is_below(limit: Limit, value: float) -> bool:
    """Whether *value* breaks its limit where less of it can't mend it."""
    return limit.operator in (">", ">=") or (limit.operator == "==" and value < limit.value)
