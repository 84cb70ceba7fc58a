"""Which parts of a run a threshold is about, and what of them its windows can tell.

A run that goes on and one that is over are asked alike: nothing here looks at requests.
"""

from collections.abc import Sequence
from math import ceil, floor

from swarmscope.gate.course import SAME_S, Course, Stage
from swarmscope.gate.threshold import Over, Threshold

Span = tuple[float, float]
"""From when until when, s since 1970."""


def spans_of(threshold: Threshold, course: Course, warm_up: float) -> list[Span] | str:
    """Return which parts of the run are meant, or why there is none.

    A stage whose name comes again has several: what lies between them is another stage's.
    """
    start, stop = course.start + warm_up, course.stop
    if start >= stop:
        known = "its warm-up is as long as all that is known of it"
        return known if warm_up else "no time of it is known"
    if threshold.stage is None:
        return [(start, stop)]
    stages = [one for one in course.stages if _is(one, threshold.stage)]
    if not stages:
        return "the run had no such stage of its load"
    # What is known of a run that goes on may not reach as far as its stages.
    spans = [(max(start, one.start), min(stop, one.stop)) for one in stages]
    behind = " behind the warm-up" if warm_up else ""
    return [span for span in spans if span[0] < span[1]] or f"no time of it is known{behind}"


def looked_at(
    spans: Sequence[Span], threshold: Threshold, course: Course, step: int = 0
) -> list[Span]:
    """Return what of *spans* windows of *step* s tell of, of their end alone if that is asked for.

    Where it begins no window may: it is looked at from the begin of the one that it cuts, so that
    it is never less than what was asked for. Without a *step*, all times are known.
    """
    if step:
        whole = (whole_windows(span, course, step) for span in spans)
        spans = [span for span in whole if span[0] < span[1]]
    if spans and threshold.time.over is Over.LAST:
        since = spans[-1][1] - threshold.time.seconds
        since = floor(since / step) * step if step else since
        spans = [(max(since, start), stop) for start, stop in spans if stop > since]
    return list(spans)


def whole_windows(span: Span, course: Course, step: int) -> Span:
    """Return the part of *span* that whole windows of *step* s fill.

    What the run itself cuts holds nothing else; what a warm-up or a stage cuts may be of both.
    """
    start = ceil(span[0] / step) * step if span[0] > course.start + SAME_S else span[0]
    stop = floor(span[1] / step) * step if span[1] < course.stop - SAME_S else span[1]
    return start, stop


def _is(stage: Stage, wanted: str | int) -> bool:
    return wanted in (stage.number, stage.name)
