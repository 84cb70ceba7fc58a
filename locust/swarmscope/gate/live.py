"""A run that goes on, held against its thresholds by what its workers told so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from math import inf

from swarmscope import schema
from swarmscope.gate.certainty import UNTOLD, Known, is_certain, wants_more
from swarmscope.gate.course import SAME_S, Course, Endpoint, Stage, matches
from swarmscope.gate.evaluation import Outcome, Result, evaluated, unknown
from swarmscope.gate.judgement import ended_by, is_apart, of_arrivals
from swarmscope.gate.metrics import Counted, Unit
from swarmscope.gate.rolling import SHORTEST_S, Rolling
from swarmscope.gate.running import Running
from swarmscope.gate.spans import looked_at, spans_of
from swarmscope.gate.streaks import Streaks
from swarmscope.gate.threshold import SLIDING, Over, Threshold
from swarmscope.gate.thresholds_file import Rule, Severity, Thresholds
from swarmscope.gate.verdict import Judged, RunVerdict
from swarmscope.runs.arrivals import Arrivals
from swarmscope.runs.doubts import Circumstances, doubts_about
from swarmscope.words import count_of, were

_NOT_SEEN = "it is told when the run is over, from the store: the master sees requests alone"
_OF_OTHERS = "swarmscope check tells, which knows the runs of the baseline"
_TOO_LONG = "the run is longer than what the master holds of it: swarmscope check tells"
_STRETCHES = 4
"""Held of a run that is too long: twice as much as stretches are looked at."""
_NONE = Course(0, 0, ())


class Standing(StrEnum):
    """How a threshold stands."""

    PASSED = "passed"
    BROKEN = "broken"
    NOT_YET = "not yet"
    """Of a run that goes on: there is too little to tell, or it isn't reached."""
    UNKNOWN = "can't tell"
    """Of a run that is over."""


def standing(one: Judged, *, over: bool) -> Standing:
    """Return how a threshold stands in a run that goes on, or is *over*."""
    result = one.result
    if result.outcome is Outcome.KEPT:
        return Standing.PASSED
    if result.outcome is Outcome.BROKEN and (over or one.settled or not _may_heal(result)):
        return Standing.BROKEN
    return Standing.UNKNOWN if over else Standing.NOT_YET


def _may_heal(result: Result) -> bool:
    """Whether more requests alone can keep what is broken by now: at least so many, say.

    A percentile that few slow ones broke, those of a cold begin say, is told when there are enough.
    """
    return result.threshold.time.over is Over.RUN and (result.few or wants_more(result))


def _wants_so_many(result: Result) -> bool:
    """Whether less time than was asked for breaks it for no other reason than that."""
    threshold = result.threshold
    if isinstance(threshold.metric, Counted) and threshold.metric.unit is Unit.RATE:
        return threshold.limit.operator not in ("<", "<=")
    return wants_more(result)


class Live:
    """One run and its *thresholds*; *running* is what is known of it."""

    def __init__(self, thresholds: Thresholds, running: Running) -> None:
        self.thresholds = thresholds
        self.running = running
        self.judged: tuple[Judged, ...] = ()
        self._rolling: dict[int, Rolling] = {}
        self._placed = True
        """Whether no worker's clock was off, as far as is known."""
        self.ended_by: dict[str, str] = {}
        """The thresholds because of which the test was ended, and how they were broken."""

    def look(self, now: float, arrivals: Arrivals, stages: Sequence[Stage]) -> Iterator[Judged]:
        """Yield what each threshold comes to by *now*; `judged` has all of it afterwards."""
        found = []
        kinds = {False, *map(is_apart, self.thresholds.rules)}
        told = min(now, *(self.running.until(apart=apart) for apart in kinds))
        for number, rule in enumerate(self.thresholds.rules):
            settled = _is_over(rule.threshold, self._until(now, apart=is_apart(rule)), stages)
            for result in self._results(number, rule, now, arrivals, stages):
                found.append(replace(self._judged(rule, result), settled=settled))
                yield found[-1]
        self.judged = tuple(found)
        self.running.let_go(told - _STRETCHES * self._longest())

    def _longest(self) -> float:
        """Return how long the longest stretch is that any threshold is about."""
        each = [rule.threshold.time.seconds for rule in self.thresholds.rules]
        return max(SHORTEST_S, self.running.span, *each)

    def breach(self, now: float) -> Judged | None:
        """Return the broken threshold because of which the test is to be ended *now*, if any."""
        calm = self.running.began + self.thresholds.warm_up
        for one in self.judged:
            rule = one.rule
            due = rule.abort and now >= calm + rule.delay
            if due and standing(one, over=False) is Standing.BROKEN:
                return one
        return None

    def conclude(
        self,
        run: str,
        stopped: float,
        told: Circumstances,
        stages: Sequence[Stage],
        names: Mapping[str, str],
    ) -> RunVerdict:
        """Return the verdict on *run*, which was *stopped* then.

        *names* has the workers' own. What `swarmscope check` says later is the same.
        """
        self._placed = told.clock_error_ms <= schema.CLOCK_LIMIT_MS
        if self.running.short:
            self.running.end(stopped)
            results = (
                (rule, self._results(number, rule, inf, told.arrivals, stages))
                for number, rule in enumerate(self.thresholds.rules)
            )
        else:
            course = self.running.whole(stopped, stages)
            results = (
                (rule, self._of_all(rule, course, told.arrivals)) for rule in self.thresholds.rules
            )
        judged = tuple(
            self._judged(rule, result)
            for rule, some in results
            for result in ended_by(self.ended_by, some)
        )
        nothing = [] if self.running.requests else ["not one request is known of"]
        doubts = [*self.missing(names), *nothing, *doubts_about(told, self.thresholds.minded)]
        return RunVerdict(run, judged, tuple(doubts))

    def _of_all(self, rule: Rule, course: Course, arrivals: Arrivals) -> Iterator[Result]:
        if rule.threshold.limit.relative:
            yield unknown(rule.threshold, _OF_OTHERS)
        elif not rule.of_own_requests:
            yield unknown(rule.threshold, _NOT_SEEN)
        elif _is_of_arrivals(rule.threshold):
            yield of_arrivals(rule, arrivals)
        else:
            yield from evaluated(rule.threshold, course, self.thresholds.warm_up)

    def missing(self, names: Mapping[str, str]) -> Iterator[str]:
        """Yield what the master was never told, by whom; *names* are the workers' own."""
        for worker, count in self.running.lost.items():
            name = names.get(worker, worker)
            yield f"{count_of(count, 'report')} of {name} {were(count)} lost on the way"
        for worker in self.running.unfinished:
            if worker not in self.running.lost:
                yield f"{names.get(worker, worker)} didn't tell to the end what it counted"

    def _judged(self, rule: Rule, result: Result) -> Judged:
        # How many requests are missing of what wasn't told nobody knows.
        missing = UNTOLD if self.running.lost or self.running.unfinished else 0
        known = Known(1, missing, bool(self.thresholds.warm_up), self._placed)
        certain = is_certain(rule, result, known)
        return Judged(rule, result, certain, counts=not self._is_left(rule))

    def _is_left(self, rule: Rule) -> bool:
        """Whether the verdict does without *rule*: the master doesn't wait for other runs.

        Without any other that fails a run it would pass though nobody looked; a warning fails none.
        """
        if not rule.threshold.limit.relative or rule.severity is Severity.WARN:
            return rule.threshold.limit.relative
        return any(
            one.severity is Severity.FAIL and not one.threshold.limit.relative
            for one in self.thresholds.rules
        )

    def _results(
        self, number: int, rule: Rule, now: float, arrivals: Arrivals, stages: Sequence[Stage]
    ) -> Iterator[Result]:
        threshold, apart = rule.threshold, is_apart(rule)
        until = self._until(now, apart=apart)
        warm_up = self.thresholds.warm_up
        if not rule.of_own_requests or _is_of_arrivals(threshold):
            yield from self._of_all(rule, _NONE, arrivals)
        elif threshold.stage is not None:
            if self.running.short:
                yield unknown(threshold, _TOO_LONG)
            else:
                course = replace(self.running.course(until, apart=apart), stages=tuple(stages))
                yield from self._so_far(threshold, course, warm_up, apart=apart)
        elif threshold.time.over in SLIDING:
            if number not in self._rolling:
                kind = Streaks if threshold.time.over is Over.FOR else Rolling
                self._rolling[number] = kind(threshold, apart=apart)
            yield from self._rolling[number].results(self.running, until)
        elif threshold.time.over is Over.LAST:
            course = self.running.course(until, until - threshold.time.seconds, apart=apart)
            calm = self.running.start + warm_up
            yield from self._so_far(threshold, course, max(0, calm - course.start), apart=apart)
        else:
            yield from evaluated(threshold, self.running.summed(until, apart=apart))

    def _until(self, now: float, *, apart: bool) -> float:
        """Return up to when all have told, in whole windows: a clock may be ahead of the master's.

        Of a run that is over, its end.
        """
        told = self.running.until(apart=apart)
        if self.running.ended:
            return told
        step = self.running.step(apart=apart)
        return min(told, max(self.running.start, now // step * step))

    def _so_far(
        self, threshold: Threshold, course: Course, warm_up: float, *, apart: bool
    ) -> Iterator[Result]:
        """Yield what is known of a part of the run, which may go on."""
        early = not self.running.ended and _is_early(
            threshold, course, warm_up, self.running.step(apart=apart)
        )
        for result in evaluated(threshold, course, warm_up):
            broken = result.outcome is Outcome.BROKEN
            heals = result.few or (broken and _wants_so_many(result))
            if early and (threshold.time.over is Over.WITHIN or heals):
                nothing = unknown(threshold, f"{threshold.time.seconds} s aren't over yet")
                yield replace(nothing, endpoint=result.endpoint)
            else:
                yield result


def _is_over(threshold: Threshold, until: float, stages: Sequence[Stage]) -> bool:
    """Whether the stage is over that it is about, and all have told of it by then.

    One that is meant by its number comes once: when the next one is there it is over. A name may
    come again.
    """
    number = threshold.stage
    if not isinstance(number, int) or not any(one.number > number for one in stages):
        return False
    return all(one.stop <= until for one in stages if one.number == number)


def _is_early(threshold: Threshold, course: Course, warm_up: float, step: int) -> bool:
    """Whether what is asked for isn't as long yet as it is to be, and goes on."""
    spans = spans_of(threshold, course, warm_up)
    if isinstance(spans, str) or spans[-1][1] < course.stop - SAME_S:
        return False
    lasted = [stop - start for start, stop in looked_at(spans, threshold, course, step)]
    known = sum(lasted) if threshold.time.over is Over.LAST else max(lasted, default=0)
    return known < threshold.time.seconds


def _is_of_arrivals(threshold: Threshold) -> bool:
    return isinstance(threshold.metric, Counted) and threshold.metric.name == "dropped_arrivals"


def is_wanted(thresholds: Thresholds, endpoint: Endpoint) -> bool:
    """Whether any of *thresholds* is about *endpoint*, and not about all together."""
    return any(
        is_apart(rule) and matches(rule.threshold.scope, endpoint) for rule in thresholds.rules
    )
