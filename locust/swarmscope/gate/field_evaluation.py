"""Whether a run keeps a threshold of a field: of numbers that somebody wrote now and then."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import ceil, floor, fsum

from swarmscope.gate import metrics
from swarmscope.gate.course import Course
from swarmscope.gate.evaluation import (
    Result,
    longest_streak,
    result_of,
    span_of,
    unknown,
    worst_of,
)
from swarmscope.gate.metrics import ADDED, Field, Percentile
from swarmscope.gate.samples import Sample, step_of
from swarmscope.gate.threshold import Over, Threshold
from swarmscope.gate.values import needed


def evaluate_field(
    threshold: Threshold, field: Field, samples: Sequence[Sample], course: Course, warm_up: float
) -> Result:
    """Hold a *threshold* of *field* against its *samples*: of none at all `ADDED` are 0."""
    span = span_of(threshold, course, warm_up)
    if isinstance(span, str):
        return unknown(threshold, span)
    start, stop = span
    inside = [one for one in samples if start <= one.time < stop]
    if not inside and field.aggregate not in ADDED:
        return unknown(threshold, "it has no value in that time")
    seconds, step = threshold.time.seconds, step_of(samples) or 1
    if threshold.time.over is Over.FULL and seconds > stop - start:
        return unknown(threshold, f"the run was shorter than {seconds} s")
    if threshold.time.over is Over.FOR:
        measured = list(_held(threshold, field, inside, span, step))
        return _told(threshold, field, measured) or longest_streak(measured, seconds)
    if threshold.time.over in (Over.WITHIN, Over.FULL):
        measured = list(_sliding(threshold, field, inside, span, step))
    else:
        value = _value(field, threshold, inside)
        measured = [] if value is None else [result_of(threshold, value, start, stop)]
    return _told(threshold, field, measured) or worst_of(measured)


def _told(threshold: Threshold, field: Field, measured: Sequence[Result]) -> Result | None:
    if measured:
        return None
    where = "" if threshold.time.over in (Over.RUN, Over.LAST) else " in one such stretch"
    return unknown(
        threshold,
        f"{field.aggregate} takes {_least(field):,} values, and there never were so many{where}",
    )


def _sliding(
    threshold: Threshold,
    field: Field,
    inside: Sequence[Sample],
    span: tuple[float, float],
    step: int,
) -> Iterator[Result]:
    """Yield what each stretch comes to that begins *step* seconds after another, and the last.

    Of long ones, a sixtieth of their length after another: more of them tell nothing more.
    """
    start, stop = span
    step = max(step, threshold.time.seconds // 60)
    last = max(start, stop - threshold.time.seconds)
    times = [one.time for one in inside]
    begins = [start + i * step for i in range(ceil((last - start) / step))]
    for begin in (*begins, last):
        end = min(stop, begin + threshold.time.seconds)
        some = inside[bisect_left(times, begin) : bisect_left(times, end)]
        value = _value(field, threshold, some)
        if value is not None:
            yield result_of(threshold, value, begin, end)


def _held(
    threshold: Threshold,
    field: Field,
    inside: Iterable[Sample],
    span: tuple[float, float],
    step: int,
) -> Iterator[Result]:
    """Yield what each *step* seconds come to: a value stands until the next, or for two steps.

    Whoever measures each ten seconds does so now a little sooner, now a little later: a step may
    have none, and the next one two.
    """
    cells = {at: list(some) for at, some in groupby(inside, lambda one: floor(one.time / step))}
    if field.aggregate in ADDED:
        # Where nothing was counted nothing is written.
        cells = {at: cells.get(at, []) for at in range(floor(span[0] / step), ceil(span[1] / step))}
    told = [
        result_of(threshold, value, max(span[0], at * step), span[1])
        for at, some in cells.items()
        if (value := _value(field, threshold, some)) is not None
    ]
    ends = [one.start or 0 for one in told[1:]] + [span[1]]
    for one, until in zip(told, ends, strict=True):
        yield replace(one, stop=min(until, (one.start or 0) + 2 * step, span[1]))


def _value(field: Field, threshold: Threshold, some: Sequence[Sample]) -> float | None:
    """Return what the field's aggregate makes of *some* values, or None of too few."""
    if field.aggregate in ADDED:
        return fsum(one.value for one in some)
    if len(some) < _least(field):
        return None
    if field.aggregate == "last":
        newest = {one.series: one.value for one in some}
        return worst_of(result_of(threshold, value, 0, 0) for value in newest.values()).value
    values = [one.value for one in some]
    if field.aggregate == "avg":
        return fsum(values) / len(values)
    if field.aggregate in ("max", "min"):
        return max(values) if field.aggregate == "max" else min(values)
    return _percentile(sorted(values), _percent(field) / 100)


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Return the least value that *share* of all don't exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _percent(field: Field) -> float:
    metric = metrics.named(field.aggregate)
    assert isinstance(metric, Percentile)  # noqa: S101 - no sentence has another
    return metric.percent


def _least(field: Field) -> int:
    return 1 if field.aggregate in metrics.AGGREGATES else needed(Percentile(_percent(field)))
