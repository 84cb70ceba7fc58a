"""A run, held against its thresholds by Locust's own statistics alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import fsum

from swarmscope.errors import ConfigurationError
from swarmscope.gate.certainty import UNTOLD, Known, is_certain
from swarmscope.gate.course import matches
from swarmscope.gate.evaluation import (
    Result,
    evaluate,
    is_broken_by_none,
    lacking,
    never_named,
    of_requests,
    result_of,
    unknown,
)
from swarmscope.gate.locust_csv import History, Row, Statistics, history_of
from swarmscope.gate.metrics import Counted, Field, Percentile
from swarmscope.gate.threshold import Threshold
from swarmscope.gate.thresholds_file import Rule, Thresholds
from swarmscope.gate.values import is_no_chance, needed
from swarmscope.gate.verdict import Judged, RunVerdict, endpoint_in_words
from swarmscope.words import count_of, milliseconds

NOTE = (
    "These are Locust's own statistics, which nobody can audit: whether requests are missing, a "
    "load generator was saturated, or the load was another than was asked for, they don't say"
)
_BY_TIME = ("requests", "failures", "failure_rate", "requests_per_second", "avg")
"""What a history has of a part of a run: what can be taken off from what was counted later."""
_KNOWN = Known(0, UNTOLD)
"""Of a file that contradicts itself."""


def judge_csv(found: Statistics, thresholds: Thresholds) -> RunVerdict:
    """Return the verdict on the run of which *found* is all that there is.

    Raises:
        ConfigurationError: a threshold asks for what no file tells, or the history can't be used.

    """
    for rule in thresholds.rules:
        if rule.threshold.limit.relative:
            raise ConfigurationError(
                f"{rule.sentence} is relative to a baseline, and baselines are runs in a store.",
                data="Nothing was judged.",
                remedy="Judge a run in a store (without --csv), or give a value of its own.",
            )
    judging = _Judging(found, thresholds.warm_up)
    judged = tuple(
        Judged(rule, result, is_certain(rule, result, _KNOWN))
        for rule in thresholds.rules
        for result in judging.results(rule)
    )
    source = f"{found.path}, written by Locust"
    doubts = (*_doubts(found), *judging.doubts())
    return RunVerdict(found.name, judged, doubts, source, (NOTE,))


def _doubts(found: Statistics) -> Iterator[str]:
    together = found.together.requests
    if not together:
        yield "it has no request"
    apart = sum(row.requests for row in found.endpoints.values())
    if apart != together:
        yield (
            f"its endpoints have {count_of(apart, 'request')}, and {together:,} it says that they "
            "have together: a part of the file is missing, or was changed"
        )
    failed = sum(row.failures for row in found.endpoints.values())
    if apart == together and failed != found.together.failures:
        yield (
            f"its endpoints have {count_of(failed, 'failure')}, and {found.together.failures:,} it "
            "says that they have together: the file was changed"
        )
    for row in (found.together, *found.endpoints.values()):
        if row.failures > row.requests:
            yield (
                f"{endpoint_in_words(row.endpoint)} has {count_of(row.failures, 'failure')} of "
                f"{count_of(row.requests, 'request')}: some were logged without a request "
                "(`environment.stats.log_error`), or the file was changed"
            )


class _Judging:
    """Reads the history when the first threshold is of a part of the run."""

    def __init__(self, found: Statistics, warm_up: int) -> None:
        self._found, self._warm_up = found, warm_up
        self._history: History | None = None

    def doubts(self) -> Iterator[str]:
        """Yield why the history, if it was read, isn't all that these statistics are of.

        Locust writes both in one moment: at their end they say the same.
        """
        told, together = self._history, self._found.together
        if told and (told.requests, told.failures) != (together.requests, together.failures):
            yield (
                f"{self._found.history.name} ends with {count_of(told.requests, 'request')} and "
                f"{count_of(told.failures, 'failure')}, and {self._found.path.name} has "
                f"{together.requests:,} and {together.failures:,}: a part of it is missing, or "
                "they are of two runs"
            )

    def results(self, rule: Rule) -> Iterator[Result]:
        """Yield what comes of the threshold of *rule*."""
        threshold = rule.threshold
        why = _untold(threshold)
        if why:
            yield unknown(threshold, why)
        elif threshold.time.over or self._warm_up:
            yield from self._by_time(threshold)
        else:
            yield from _of_whole(threshold, self._found)

    def _by_time(self, threshold: Threshold) -> Iterator[Result]:
        metric, history = threshold.metric, self._found.history
        if not isinstance(metric, Counted) or metric.name not in _BY_TIME:
            part = "without its warm-up" if not threshold.time.over else "of parts of it"
            why = f"a CSV has it of the whole run, and nothing of {metric} {part}"
            yield unknown(threshold, why)
            return
        if not history.exists():
            yield unknown(threshold, f"{history}, which tells of parts of a run, isn't there")
            return
        if self._history is None:
            self._history = history_of(history)
        course = self._history.course
        scope = threshold.scope
        if (scope.text is not None or scope.each) and not course.endpoints:
            why = f"{history.name} has no endpoints: `locust --csv-full-history` writes them"
            yield unknown(threshold, why)
            return
        yield from evaluate(threshold, course, self._warm_up)


def _untold(threshold: Threshold) -> str:
    """Say what a CSV has nothing of, if the threshold is of it."""
    metric = threshold.metric
    if isinstance(metric, Field):
        return "a CSV has requests alone, and no other measurement"
    if not isinstance(metric, Counted | Percentile):
        return "a CSV doesn't say how many requests took how long, but for a few percentiles"
    if str(metric) == "dropped_arrivals":
        return "a CSV knows of no arrivals"
    if threshold.scope.tags:
        return "a CSV has no tags"
    return "a CSV knows of no stages" if threshold.stage is not None else ""


def _of_whole(threshold: Threshold, found: Statistics) -> Iterator[Result]:
    scope = threshold.scope
    if scope.text is None and not scope.each:
        yield _held(threshold, [found.together])
        return
    rows = [found.endpoints[key] for key in sorted(found.endpoints) if matches(scope, key)]
    if not rows:
        yield unknown(threshold, never_named(scope.text or "", found.endpoints))
    elif scope.each:
        # What had no request since --reset-stats is still there.
        wanted = is_broken_by_none(threshold)
        asked = [row for row in rows if row.requests or wanted] or rows
        yield from (replace(_held(threshold, [row]), endpoint=row.endpoint) for row in asked)
    else:
        yield _held(threshold, rows)


def _held(threshold: Threshold, rows: Sequence[Row]) -> Result:
    metric = threshold.metric
    if isinstance(metric, Percentile):
        return _percentile(threshold, metric, rows)
    assert isinstance(metric, Counted)  # noqa: S101 - nothing else is told
    value = _COUNTED[metric.name](rows)
    if value is None:
        return unknown(threshold, lacking(threshold))
    return of_requests(_whole(threshold, value), any(row.requests for row in rows))


def _whole(threshold: Threshold, value: float) -> Result:
    return replace(result_of(threshold, value, 0, 0), start=None, stop=None)


def _percentile(threshold: Threshold, metric: Percentile, rows: Sequence[Row]) -> Result:
    if len(rows) > 1:
        return unknown(threshold, "percentiles of several endpoints can't be put together")
    value = rows[0].percentiles.get(metric.percent)
    if rows[0].requests < needed(metric):
        if value is None or not _is_too_slow(threshold, metric, rows[0]):
            return unknown(threshold, lacking(threshold))
        few = f"of {count_of(rows[0].requests, 'request')} alone"
        return replace(_whole(threshold, value), beside=few, few=True)
    if value is None:
        there = ", ".join(f"p{percent:g}" for percent in rows[0].percentiles if percent < 100)
        return unknown(threshold, f"{metric} isn't in it: there are {there or 'no percentiles'}")
    least, most = value - _rounded_by(value), value + _rounded_by(value)
    if threshold.limit.holds(least) != threshold.limit.holds(most):
        why = (
            f"Locust rounds its percentiles: it is between {milliseconds(least)} and "
            f"{milliseconds(most)}"
        )
        return unknown(threshold, why)
    return _whole(threshold, value)


def _is_too_slow(threshold: Threshold, metric: Percentile, row: Row) -> bool:
    """Whether so many of a few requests are surely above the limit that chance doesn't explain it.

    All are if the shortest is; else so many as Locust counts from the longest down to a percentile.
    """
    limit = threshold.limit
    if limit.operator not in ("<", "<="):
        return False
    above = [row.requests] if row.min is not None and row.min > limit.value else [0]
    above += [
        # In whole numbers of millions: 100 * 0.57 is less than 57.
        row.requests - row.requests * round(percent * 10_000) // 1_000_000
        for percent, ms in row.percentiles.items()
        if ms - _rounded_by(ms) > limit.value
    ]
    return is_no_chance(metric, row.requests, max(above))


def _rounded_by(ms: float) -> float:
    """Return how far from *ms* what Locust rounds to it can be: it keeps two digits."""
    return 0.5 if ms < 100 else 5 if ms < 1_000 else 50 if ms < 10_000 else 500


def _mean(rows: Sequence[Row]) -> float | None:
    timed = [(row.requests, row.avg) for row in rows if row.avg is not None and row.requests]
    return fsum(n * avg for n, avg in timed) / sum(n for n, _ in timed) if timed else None


def _failure_rate(rows: Sequence[Row]) -> float | None:
    requests = sum(row.requests for row in rows)
    return sum(row.failures for row in rows) / requests if requests else None


_COUNTED: dict[str, Callable[[Sequence[Row]], float | None]] = {
    "requests": lambda rows: sum(row.requests for row in rows),
    "failures": lambda rows: sum(row.failures for row in rows),
    "failure_rate": _failure_rate,
    "requests_per_second": lambda rows: fsum(row.rate for row in rows),
    "avg": _mean,
    "min": lambda rows: min((row.min for row in rows if row.min is not None), default=None),
    "max": lambda rows: max((row.max for row in rows if row.max is not None), default=None),
}
