"""Whether a run keeps a threshold of a field: of numbers that somebody wrote now and then."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import ceil, floor, fsum

from swarmscope.gate import metrics
from swarmscope.gate.course import Course
from swarmscope.gate.evaluation import (
    Outcome,
    Result,
    longest_streak,
    result_of,
    too_short,
    unknown,
    worst_of,
)
from swarmscope.gate.metrics import ADDED, Field, Percentile, written_tags
from swarmscope.gate.samples import ENOUGH, Sample, inside, silence, step_of
from swarmscope.gate.spans import Span, looked_at, spans_of
from swarmscope.gate.threshold import Over, Threshold
from swarmscope.gate.values import needed
from swarmscope.words import count_of


def evaluate_field(
    threshold: Threshold, field: Field, samples: Sequence[Sample], course: Course, warm_up: float
) -> Result:
    """Hold a *threshold* of *field* against its *samples*: of none at all `ADDED` are 0."""
    spans = spans_of(threshold, course, warm_up)
    if isinstance(spans, str):
        return unknown(threshold, spans)
    spans = looked_at(spans, threshold, course)
    found = _evaluated(threshold, field, samples, spans)
    if found.outcome is Outcome.UNKNOWN or field.aggregate in ADDED:
        return found
    return _unless_silent(found, field, samples, spans, (course.start, course.stop))


def _unless_silent(
    found: Result, field: Field, samples: Sequence[Sample], spans: Sequence[Span], run: Span
) -> Result:
    """Return *found*, unless it was kept while nobody knows what would have been written.

    A machine that is full writes nothing. Of swarmscope's own points the audit tells that.
    """
    if field.is_own:
        return found
    some = inside(samples, spans)
    if len(some) < ENOUGH:
        lasted = fsum(to - at for at, to in spans)
        covered = some[-1].time - some[0].time + step_of(some)
        few = f"of {count_of(len(some), 'value')} alone" if 2 * covered < lasted else ""
        return replace(found, beside=few)
    silent = silence(samples, spans, run) if found.outcome is Outcome.KEPT else None
    if silent is None:
        return found
    seconds, series = silent
    lasted_for = f"{seconds / 60:,.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
    tags = written_tags(json.loads(series).items()) if series else ""
    of = f" of {field.measurement}{tags}" if tags else ""
    why = f"there is no value{of} for {lasted_for}: whoever wrote it had stopped"
    return unknown(found.threshold, why)


def _evaluated(
    threshold: Threshold, field: Field, samples: Sequence[Sample], spans: Sequence[Span]
) -> Result:
    parts = [(inside(samples, [span]), span) for span in spans]
    if not any(some for some, _ in parts) and field.aggregate not in ADDED:
        return unknown(threshold, "it has no value in that time")
    step = step_of(samples) or 1
    if threshold.time.over is Over.FOR:
        # A stretch ends with its part: in what lies between the load was another.
        held = [list(_held(threshold, field, some, span, step)) for some, span in parts]
        streaks = [longest_streak(some, threshold.time.seconds) for some in held if some]
        return _worst(threshold, field, streaks)
    if threshold.time.over in (Over.WITHIN, Over.FULL):
        return _of_stretches(threshold, field, parts, step)
    value = _value(field, threshold, [one for some, _ in parts for one in some])
    start, stop = spans[0][0], spans[-1][1]
    told = [] if value is None else [result_of(threshold, value, start, stop)]
    return _worst(threshold, field, told)


def _of_stretches(
    threshold: Threshold, field: Field, parts: Sequence[tuple[Sequence[Sample], Span]], step: int
) -> Result:
    if threshold.time.over is Over.FULL:
        seconds = threshold.time.seconds
        parts = [(some, span) for some, span in parts if seconds <= span[1] - span[0]]
        if not parts:
            return unknown(threshold, too_short(threshold))
    told = [r for part in parts for r in _sliding(threshold, field, *part, step)]
    return _worst(threshold, field, told)


def _worst(threshold: Threshold, field: Field, measured: Sequence[Result]) -> Result:
    if measured:
        return worst_of(measured)
    where = "" if threshold.time.over in (Over.RUN, Over.LAST) else " in one such stretch"
    return unknown(
        threshold,
        f"{field.aggregate} takes {_least(field):,} values, and there never were so many{where}",
    )


def _sliding(
    threshold: Threshold,
    field: Field,
    samples: Sequence[Sample],
    span: Span,
    step: int,
) -> Iterator[Result]:
    """Yield what each stretch comes to that begins *step* seconds after another, and the last.

    Of long ones, a sixtieth of their length after another: more of them tell nothing more.
    """
    start, stop = span
    step = max(step, threshold.time.seconds // 60)
    last = max(start, stop - threshold.time.seconds)
    times = [one.time for one in samples]
    begins = [start + i * step for i in range(ceil((last - start) / step))]
    for begin in (*begins, last):
        end = min(stop, begin + threshold.time.seconds)
        some = samples[bisect_left(times, begin) : bisect_left(times, end)]
        value = _value(field, threshold, some)
        if value is not None:
            yield result_of(threshold, value, begin, end)


def _held(
    threshold: Threshold,
    field: Field,
    samples: Iterable[Sample],
    span: Span,
    step: int,
) -> Iterator[Result]:
    """Yield what each *step* seconds come to: a value stands until the next, or for two steps.

    Whoever measures each ten seconds does so now a little sooner, now a little later: a step may
    have none, and the next one two.
    """
    cells = {at: list(some) for at, some in groupby(samples, lambda one: floor(one.time / step))}
    if field.aggregate in ADDED:
        # Where nothing was counted nothing is written.
        every = range(floor(span[0] / step), ceil(span[1] / step))
        if threshold.limit.operator in (">", ">="):
            # What the span cuts has a part of what must be there.
            every = range(ceil(span[0] / step), floor(span[1] / step)) or every
        cells = {at: cells.get(at, []) for at in every}
    told = [
        result_of(threshold, value, max(span[0], at * step), span[1])
        for at, some in cells.items()
        if (value := _value(field, threshold, some)) is not None
    ]
    ends = [*(one.start or 0 for one in told), span[1]][1:]
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
