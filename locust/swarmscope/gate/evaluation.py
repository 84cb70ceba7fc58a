"""Whether a run keeps a threshold: the value that was worst, and where that was."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from itertools import groupby
from math import ceil, floor

from swarmscope.gate.course import Course, Endpoint, Stage, Window, merged
from swarmscope.gate.metrics import Counted, quoted
from swarmscope.gate.stretches import Stretch, grid, sliding, summed
from swarmscope.gate.threshold import Over, Threshold
from swarmscope.gate.values import needed, value_of
from swarmscope.recording.tally import Tally

_SAME_S = 0.002
"""Answers have milliseconds, and a stage's length has more: whether it ends with the run is no
question of the rest."""

_OF_ALL_REQUESTS = ("requests", "requests_per_second")


class Outcome(StrEnum):
    """Of one threshold."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "can't tell"


@dataclass(frozen=True)
class Result:
    """What came of *threshold* for *endpoint*, or for all that it names together.

    *value* is the worst there was, in the metric's unit, of the stretch from *start* to *stop*, s
    since 1970; *why* says why nobody can tell, and else nothing.
    """

    threshold: Threshold
    outcome: Outcome
    endpoint: Endpoint | None = None
    value: float | None = None
    start: float | None = None
    stop: float | None = None
    why: str = ""
    beside: str = ""
    """How the value compares to those of other runs, where the threshold is about that; or that it
    stands for nothing that was written."""


def evaluate(threshold: Threshold, course: Course, warm_up: float = 0) -> list[Result]:
    """Hold *threshold* against *course* without its first *warm_up* seconds."""
    return list(evaluated(threshold, course, warm_up))


def evaluated(threshold: Threshold, course: Course, warm_up: float = 0) -> Iterator[Result]:
    """Yield what `evaluate` returns, one endpoint after the other: of hundreds it takes a while."""
    span, scope = span_of(threshold, course, warm_up), threshold.scope
    if isinstance(span, str):
        yield unknown(threshold, span)
    elif scope.text is None and not scope.each:
        yield _of(threshold, course, course.together, span)
    elif not (keys := course.named(scope)):
        yield unknown(threshold, never_named(scope.text or "", course.endpoints))
    elif scope.each:
        yield from _of_each(threshold, course, keys, span)
    else:
        together = merged(course.endpoints[key] for key in keys)
        yield _of(threshold, course, together, span)


def never_named(name: str, endpoints: Iterable[Endpoint]) -> str:
    """Say that no endpoint is called *name*, and which is called nearly so."""
    nearest = get_close_matches(name, sorted({key[0] for key in endpoints}), 1)
    perhaps = f": did you mean {quoted(nearest[0])}?" if nearest else ""
    return f"no request was made to such an endpoint{perhaps}"


def is_broken_by_none(threshold: Threshold) -> bool:
    """Whether a stretch without any request breaks it: it wants at least so many, say."""
    value = value_of(threshold.metric, Tally(), 1)
    return value is not None and not threshold.limit.holds(value)


def span_of(threshold: Threshold, course: Course, warm_up: float) -> tuple[float, float] | str:
    """Return which part of the run is meant, or why there is none."""
    start, stop = course.start + warm_up, course.stop
    if threshold.stage is not None:
        stages = [one for one in course.stages if _is(one, threshold.stage)]
        if not stages:
            return "the run had no such stage of its load"
        start, stop = max(start, stages[0].start), stages[-1].stop
    if threshold.time.over is Over.LAST:
        start = max(start, stop - threshold.time.seconds)
    if start >= stop:
        return "its warm-up is as long as all that is known of it"
    return start, stop


def whole_windows(span: tuple[float, float], course: Course, step: int) -> tuple[float, float]:
    """Return the part of *span* that whole windows of *step* s fill.

    What the run itself cuts holds nothing else; what a warm-up or a stage cuts may be of both.
    """
    start = ceil(span[0] / step) * step if span[0] > course.start + _SAME_S else span[0]
    stop = floor(span[1] / step) * step if span[1] < course.stop - _SAME_S else span[1]
    return start, stop


def _is(stage: Stage, wanted: str | int) -> bool:
    return wanted in (stage.number, stage.name)


def _of_each(
    threshold: Threshold, course: Course, keys: Sequence[Endpoint], span: tuple[float, float]
) -> Iterator[Result]:
    unasked = []
    for key in keys:
        windows = course.endpoints[key]
        result = replace(_of(threshold, course, windows, span), endpoint=key)
        # Of one that was only requested at another time nobody asked whether it keeps this.
        if _is_asked(course, windows, span) or result.outcome is Outcome.BROKEN:
            yield result
        else:
            unasked.append(result)
    if len(unasked) == len(keys):
        yield from unasked


def _is_asked(course: Course, windows: Sequence[Window], span: tuple[float, float]) -> bool:
    start, stop = whole_windows(span, course, _step(windows))
    return any(one.tally.count for one in _inside(windows, start, stop))


def _step(windows: Sequence[Window]) -> int:
    return max((window.seconds for window in windows), default=1)


def _inside(windows: Sequence[Window], start: float, stop: float) -> list[Window]:
    step = _step(windows)
    return [one for one in windows if start < one.start + step and one.start < stop]


def _of(
    threshold: Threshold, course: Course, windows: Sequence[Window], span: tuple[float, float]
) -> Result:
    step = _step(windows)
    start, stop = whole_windows(span, course, step)
    if start >= stop:
        return unknown(threshold, f"there is no whole window of {step} s in it")
    cells = grid(_inside(windows, start, stop), start, stop, step)
    asked = any(cell.tally.count for cell in cells)
    return of_requests(_of_cells(threshold, cells, step), asked)


def of_requests(result: Result, asked: bool) -> Result:
    """Return *result*, unless it was kept where nothing was *asked*: nobody knows of it, then.

    That none failed is no news where none was made; how many were made is known there, too.
    """
    metric, kept = result.threshold.metric, result.outcome is Outcome.KEPT
    if not kept or asked or (isinstance(metric, Counted) and metric.name in _OF_ALL_REQUESTS):
        return result
    return unknown(result.threshold, lacking(result.threshold))


def _of_cells(threshold: Threshold, cells: list[Stretch], step: int) -> Result:
    over, seconds = threshold.time.over, threshold.time.seconds
    if over is Over.FOR:
        # Of less than half a cell, which the run cuts, a rate tells nothing.
        cells = [one for one in cells if 2 * one.seconds >= step] or cells
        measured = [one for one in map(_measurement(threshold), cells) if one]
        if not measured:
            return unknown(threshold, lacking(threshold))
        return longest_streak(measured, seconds)
    if over in (Over.WITHIN, Over.FULL):
        stretches = list(sliding(cells, step, seconds, whole=over is Over.FULL))
        if not stretches:
            return unknown(threshold, f"the run was shorter than {seconds} s")
        return _worst(threshold, stretches)
    whole = Stretch(cells[0].start, cells[-1].stop, summed(cell.tally for cell in cells))
    return _worst(threshold, [whole])


def _worst(threshold: Threshold, stretches: Iterable[Stretch]) -> Result:
    """Return the worst of *stretches* that have enough requests."""
    measured = [one for one in map(_measurement(threshold), stretches) if one]
    return worst_of(measured) if measured else unknown(threshold, lacking(threshold))


def worst_of(measured: Iterable[Result]) -> Result:
    """Return the one of *measured* that lies the farthest on the wrong side of its limit."""
    return max(measured, key=_badness)


def _measurement(threshold: Threshold) -> Callable[[Stretch], Result | None]:
    least = needed(threshold.metric)

    def measure(stretch: Stretch) -> Result | None:
        value = value_of(threshold.metric, stretch.tally, stretch.seconds)
        if value is None or (least > 1 and stretch.tally.timed < least):
            return None
        return result_of(threshold, value, stretch.start, stretch.stop)

    return measure


def result_of(threshold: Threshold, value: float, start: float, stop: float) -> Result:
    """Return what a *value* of that time comes to."""
    outcome = Outcome.KEPT if threshold.limit.holds(value) else Outcome.BROKEN
    return Result(threshold, outcome, None, value, start, stop)


def _badness(result: Result) -> tuple[bool, float]:
    """How far a value lies on the wrong side of its limit, to compare with others of the same."""
    sign = {"<": 1, "<=": 1, ">": -1, ">=": -1}.get(result.threshold.limit.operator, 0)
    return result.outcome is Outcome.BROKEN, sign * (result.value or 0)


def worse(one: Result, other: Result) -> Result:
    """Return which of two results of the same threshold is worse; what is unknown is none."""
    known = [each for each in (one, other) if each.outcome is not Outcome.UNKNOWN]
    return max(known, key=_badness) if known else other


def lacking(threshold: Threshold) -> str:
    """Say why there is no value: of no request, or of too few."""
    least = needed(threshold.metric)
    if least == 1:
        return "there was no request to measure"
    where = "" if threshold.time.over in (Over.RUN, Over.LAST) else " in one such stretch"
    return (
        f"{threshold.metric} takes {least:,} requests, and there never were so many{where}: let "
        "the run last longer, or ask for a lower percentile"
    )


def longest_streak(measured: Sequence[Result], seconds: int) -> Result:
    """Return the longest stretch of cells of which each breaks it, or the worst cell if none does.

    A cell that has nothing to measure isn't there: it neither breaks the threshold nor ends a
    stretch.
    """
    streaks = groupby(measured, key=lambda one: one.outcome)
    broken = (list(streak) for outcome, streak in streaks if outcome is Outcome.BROKEN)
    longest: list[Result] = max(broken, key=_length, default=[])
    worst = worst_of(longest or measured)
    if not longest:
        return worst
    return replace(
        worst,
        outcome=Outcome.BROKEN if _length(longest) >= seconds else Outcome.KEPT,
        start=longest[0].start,
        stop=longest[-1].stop,
    )


def _length(streak: Sequence[Result]) -> float:
    return sum((one.stop or 0) - (one.start or 0) for one in streak)


def unknown(threshold: Threshold, why: str) -> Result:
    """Return that nobody can tell, and *why*."""
    return Result(threshold, Outcome.UNKNOWN, why=why)
