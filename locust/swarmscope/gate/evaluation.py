"""Whether a run keeps a threshold: the value that was worst, and where that was."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from itertools import groupby

from swarmscope.gate.course import SAME_S, Course, Endpoint, Window, merged
from swarmscope.gate.metrics import Counted, Unit, quoted
from swarmscope.gate.spans import Span, looked_at, spans_of
from swarmscope.gate.stretches import Stretch, grid, joined, sliding
from swarmscope.gate.threshold import Over, Threshold
from swarmscope.gate.values import is_surely_above, needed, value_of
from swarmscope.recording.tally import Tally
from swarmscope.words import count_of

OF_ALL_REQUESTS = ("requests", "requests_per_second")


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
    """How the value compares to those of other runs, where the threshold is about that; that it
    stands for nothing that was written; or of how much less time, or of how few requests it is."""
    few: bool = False
    """Whether it is broken by fewer requests than its metric takes."""


def evaluate(threshold: Threshold, course: Course, warm_up: float = 0) -> list[Result]:
    """Hold *threshold* against *course* without its first *warm_up* seconds."""
    return list(evaluated(threshold, course, warm_up))


def evaluated(threshold: Threshold, course: Course, warm_up: float = 0) -> Iterator[Result]:
    """Yield what `evaluate` returns, one endpoint after the other: of hundreds it takes a while."""
    spans, scope = spans_of(threshold, course, warm_up), threshold.scope
    if isinstance(spans, str):
        yield unknown(threshold, spans)
    elif scope.text is None and not scope.each:
        yield _of(threshold, course, course.together, spans)
    elif not (keys := course.named(scope)):
        yield unknown(threshold, never_named(scope.text or "", course.endpoints))
    elif scope.each:
        yield from _of_each(threshold, course, keys, spans)
    else:
        together = merged(course.endpoints[key] for key in keys)
        yield _of(threshold, course, together, spans)


def never_named(name: str, endpoints: Iterable[Endpoint]) -> str:
    """Say that no endpoint is called *name*, and which is called nearly so."""
    nearest = get_close_matches(name, sorted({key[0] for key in endpoints}), 1)
    perhaps = f": did you mean {quoted(nearest[0])}?" if nearest else ""
    return f"no request was made to such an endpoint{perhaps}"


def is_broken_by_none(threshold: Threshold) -> bool:
    """Whether a stretch without any request breaks it: it wants at least so many, say."""
    value = value_of(threshold.metric, Tally(), 1)
    return value is not None and not threshold.limit.holds(value)


def _of_each(
    threshold: Threshold, course: Course, keys: Sequence[Endpoint], spans: Sequence[Span]
) -> Iterator[Result]:
    unasked = []
    for key in keys:
        parts = _parts(threshold, course, course.endpoints[key], spans)
        result = replace(_of_parts(threshold, parts, _step(course.endpoints[key])), endpoint=key)
        # Of one that was only requested at another time nobody asked whether it keeps this.
        if _is_asked(parts) or result.outcome is Outcome.BROKEN:
            yield result
        else:
            unasked.append(result)
    if len(unasked) == len(keys):
        yield from unasked


def _of(
    threshold: Threshold, course: Course, windows: Sequence[Window], spans: Sequence[Span]
) -> Result:
    return _of_parts(threshold, _parts(threshold, course, windows, spans), _step(windows))


def _step(windows: Sequence[Window]) -> int:
    return max((window.seconds for window in windows), default=1)


def _parts(
    threshold: Threshold, course: Course, windows: Sequence[Window], spans: Sequence[Span]
) -> list[list[Stretch]]:
    """Return the cells of each part of the run that is looked at."""
    step = _step(windows)
    return [
        grid(_inside(windows, start, stop, step), start, stop, step)
        for start, stop in looked_at(spans, threshold, course, step)
    ]


def _inside(windows: Sequence[Window], start: float, stop: float, step: int) -> list[Window]:
    return [one for one in windows if start < one.start + step and one.start < stop]


def _is_asked(parts: Sequence[Sequence[Stretch]]) -> bool:
    return any(cell.tally.count for cells in parts for cell in cells)


def _of_parts(threshold: Threshold, parts: Sequence[list[Stretch]], step: int) -> Result:
    if not parts:
        return unknown(threshold, f"there is no whole window of {step} s in it")
    return of_requests(_of_cells(threshold, parts, step), _is_asked(parts))


def of_requests(result: Result, asked: bool) -> Result:
    """Return *result*, unless it was kept where nothing was *asked*: nobody knows of it, then.

    That none failed is no news where none was made; how many were made is known there, too.
    """
    metric, kept = result.threshold.metric, result.outcome is Outcome.KEPT
    if not kept or asked or (isinstance(metric, Counted) and metric.name in OF_ALL_REQUESTS):
        return result
    return unknown(result.threshold, lacking(result.threshold))


def _of_cells(threshold: Threshold, parts: Sequence[list[Stretch]], step: int) -> Result:
    over, seconds = threshold.time.over, threshold.time.seconds
    if over is Over.FOR:
        # A stretch ends with its part: in what lies between the load was another.
        held = [_held(threshold, cells, step) for cells in parts]
        told = [longest_streak(some, seconds) for some in held if some]
        return worst_of(told) if told else unknown(threshold, lacking(threshold))
    if over is Over.FULL:
        whole = [one for cells in parts for one in sliding(cells, step, seconds, whole=True)]
        return (
            _worst(threshold, whole) if whole else unknown(threshold, _no_whole(threshold, parts))
        )
    if over is Over.WITHIN:
        return _worst(threshold, _within(threshold, parts, step))
    return _worst(threshold, [joined(cell for cells in parts for cell in cells)])


def _held(threshold: Threshold, cells: Sequence[Stretch], step: int) -> list[Result]:
    """Return what each of *cells* comes to; of less than half a one a rate tells nothing."""
    half = _at_least_half(cells, step) or cells
    return _measured(threshold, _telling(threshold, half, step) or half)


def _measured(threshold: Threshold, stretches: Iterable[Stretch]) -> list[Result]:
    """Return what each of *stretches* comes to that has enough requests, or few slow ones."""
    return [one for one in map(_measurement(threshold), stretches) if one]


def cell_by_cell(
    threshold: Threshold, course: Course, windows: Sequence[Window], warm_up: float
) -> tuple[list[Result], bool]:
    """Return what each whole window comes to, and whether anything was requested in any.

    Of what the run cuts, what tells as much.
    """
    spans, step = spans_of(threshold, course, warm_up), _step(windows)
    parts = [] if isinstance(spans, str) else _parts(threshold, course, windows, spans)
    half = _at_least_half((one for cells in parts for one in cells), step)
    return _measured(threshold, _telling(threshold, half, step)), _is_asked(parts)


def _at_least_half(cells: Iterable[Stretch], step: int) -> list[Stretch]:
    return [one for one in cells if one.seconds >= step / 2]


def _within(
    threshold: Threshold, parts: Sequence[Sequence[Stretch]], step: int
) -> Sequence[Stretch]:
    """Return each stretch of the *parts*; where none is as long as it takes, each part."""
    seconds = threshold.time.seconds
    each = (one for cells in parts for one in sliding(cells, step, seconds, whole=False))
    return _telling(threshold, each, seconds) or [*map(joined, parts)]


def _telling(threshold: Threshold, stretches: Iterable[Stretch], seconds: int) -> list[Stretch]:
    return [one for one in stretches if _tells(threshold, one, seconds)]


def _tells(threshold: Threshold, stretch: Stretch, seconds: int) -> bool:
    """Whether a *stretch* of *seconds* that the run may cut tells anything.

    In a part of it there are fewer requests: that says nothing about whether there would have been
    as many as there must be, but too many are too many. A rate is told, unless a moment was all
    that there was.
    """
    metric, limit = threshold.metric, threshold.limit
    if not isinstance(metric, Counted) or stretch.seconds >= seconds - SAME_S:
        return True
    if metric.unit is Unit.RATE:
        return stretch.seconds >= seconds / 2
    if metric.unit is not Unit.COUNT or limit.operator in ("<", "<="):
        return True
    count = value_of(metric, stretch.tally, stretch.seconds)
    return limit.operator == "==" and count is not None and count > limit.value


def _no_whole(threshold: Threshold, parts: Sequence[Sequence[Stretch]]) -> str:
    longest = max(cells[-1].stop - cells[0].start for cells in parts)
    if longest < threshold.time.seconds:
        return too_short(threshold)
    return f"no whole {threshold.time.seconds} s of it begin and end where its windows do"


def too_short(threshold: Threshold) -> str:
    """Say that there is no whole stretch in what was to be looked at."""
    what = "run" if threshold.stage is None else "stage"
    return f"the {what} was shorter than {threshold.time.seconds} s"


def _worst(threshold: Threshold, stretches: Iterable[Stretch]) -> Result:
    """Return the worst of *stretches* that have enough requests."""
    found = _measured(threshold, stretches)
    return worst_of(found) if found else unknown(threshold, lacking(threshold))


def worst_of(measured: Iterable[Result]) -> Result:
    """Return the one of *measured* that lies the farthest on the wrong side of its limit."""
    return max(measured, key=_badness)


def _measurement(threshold: Threshold) -> Callable[[Stretch], Result | None]:
    least = needed(threshold.metric)

    def measure(stretch: Stretch) -> Result | None:
        value = value_of(threshold.metric, stretch.tally, stretch.seconds)
        timed = stretch.tally.timed
        few = 1 < least > timed
        if value is None or (few and not _is_too_slow(threshold, value, stretch)):
            return None
        found = result_of(threshold, value, stretch.start, stretch.stop)
        cut = threshold.time.over is Over.WITHIN and round(stretch.seconds) < threshold.time.seconds
        beside = [f"in {stretch.seconds:.3g} s alone"] if cut else []
        beside += [f"of {count_of(timed, 'request')} alone"] if few else []
        return replace(found, beside=", ".join(beside), few=few)

    return measure


def _is_too_slow(threshold: Threshold, value: float, stretch: Stretch) -> bool:
    """Whether *stretch* breaks it though it has fewer requests than it takes to tell a percentile.

    Under a load that waits for its answers there are few where these are slow.
    """
    limit = threshold.limit
    if limit.operator not in ("<", "<=") or limit.holds(value):
        return False
    return is_surely_above(threshold.metric, stretch.tally, limit.value)


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
