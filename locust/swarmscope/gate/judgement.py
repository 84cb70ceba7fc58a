"""A run, held against its thresholds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import ceil, floor

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.gate.certainty import UNTOLD, Known, is_certain
from swarmscope.gate.course import Course, Window
from swarmscope.gate.evaluation import (
    Outcome,
    Result,
    evaluated,
    is_broken_by_none,
    unknown,
)
from swarmscope.gate.field_evaluation import evaluate_field
from swarmscope.gate.fields import MISTYPED, Fields
from swarmscope.gate.metrics import ADDED, Apdex, Counted, Field, Share, Tags
from swarmscope.gate.source import Apart, Requests, begin
from swarmscope.gate.spans import Span, looked_at, spans_of
from swarmscope.gate.threshold import SLIDING, Threshold, Which
from swarmscope.gate.thresholds_file import Rule, Thresholds
from swarmscope.gate.verdict import Judged, RunVerdict, endpoint_in_words
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Tally
from swarmscope.runs.arrivals import Arrivals
from swarmscope.runs.audit import Audit
from swarmscope.runs.doubts import Circumstances, circumstances_of, doubts_given
from swarmscope.store.question import Question, Reader
from swarmscope.words import count_of

Results = Callable[[Rule], Iterable[Result]]
"""What a run comes to by a rule."""
_MOST_NAMED = 10
"""Endpoints that are asked for one by one: of more it is quicker to ask for all."""


def judge(reader: Reader, found: Audit, thresholds: Thresholds) -> RunVerdict:
    """Return the verdict on the run that was audited.

    Raises:
        ConfigurationError: a threshold asks for what isn't told here.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    _refuse_unnamed(thresholds)
    sources = _Sources(reader, found.run, found.began, found.arrivals, thresholds)
    results, others = sources.results, None
    if any(rule.threshold.limit.relative for rule in thresholds.rules):
        # Statistics are for who compares: a master that judges its run while it goes on doesn't.
        from swarmscope.gate.others import Others  # noqa: PLC0415

        others = Others(reader, found.run, thresholds, partial(_sources, reader, thresholds))
        results = partial(others.results, own=sources.results)
    told = circumstances_of(reader, found)
    known = _known(found, told, thresholds)
    events = reader.ask(Question("run_events", found.run)).records()
    because = {row["subject"]: row["message"] for row in events if row["event"] == "abort"}
    judged = [
        Judged(rule, result, not found.shared and is_certain(rule, result, known))
        for rule in thresholds.rules
        for result in ended_by(because, results(rule))
    ]
    doubts = tuple(doubts_given(found, told, thresholds.minded))
    notes = (*(others.notes(judged) if others else ()), *notes_of(found, told))
    return RunVerdict(found.run, tuple(judged), doubts, reader.where, notes, shared=found.shared)


def _known(found: Audit, told: Circumstances, thresholds: Thresholds) -> Known:
    # What a worker had that never said its last words nobody knows.
    untold = found.running or not all(one.final for one in found.accounts)
    missing = UNTOLD if untold else found.missing
    placed = told.clock_error_ms <= schema.CLOCK_LIMIT_MS
    return Known(found.stored, missing, bool(thresholds.warm_up), placed)


def notes_of(found: Audit, told: Circumstances) -> Iterator[str]:
    """Yield what must be known of the run that was audited, whatever its thresholds are about."""
    if told.cut_short:
        yield from told.cut_short.notes()
    if found.user_errors:
        yield (
            f"the locustfile's own code let out {count_of(found.user_errors, 'exception')}, which "
            "are no failed requests: what would have come behind was not requested"
        )


def ended_by(because: Mapping[str, str], results: Iterable[Result]) -> Iterator[Result]:
    """Yield *results* as of a run that was ended *because* of those thresholds, if of any.

    What was answered afterwards, or was never requested, doesn't mend what was broken then. Of each
    endpoint the one is meant that the reason names; where it names none of them, all are.
    """
    some = list(results)
    culprits = [one.endpoint for one in some if _is_named(one, because)]
    for result in some:
        ended = str(result.threshold) in because
        if ended and (not culprits or result.endpoint in culprits):
            yield replace(result, outcome=Outcome.BROKEN, why="")
        else:
            yield result


def _is_named(result: Result, because: Mapping[str, str]) -> bool:
    where = f" ({endpoint_in_words(result.endpoint)}) is broken: " if result.endpoint else ""
    return bool(where) and where in (because.get(str(result.threshold)) or "")


def _refuse_unnamed(thresholds: Thresholds) -> None:
    relative = [rule for rule in thresholds.rules if rule.threshold.limit.relative]
    if relative and not thresholds.baseline:
        raise ConfigurationError(
            f"{relative[0].sentence} is relative to a baseline, and none is named.",
            data="Nothing was judged.",
            remedy="Name it: --baseline main, or baseline: main in the file of thresholds.",
        )


def _sources(reader: Reader, thresholds: Thresholds, run: str, began: int) -> Results:
    # Iterations that were dropped are compared with no other run's.
    return _Sources(reader, run, began, Arrivals(), thresholds).results


class _Sources:
    """What thresholds are held against, each part of it read when the first asks for it."""

    def __init__(
        self, reader: Reader, run: str, began: int, arrivals: Arrivals, thresholds: Thresholds
    ) -> None:
        self._reader, self._run, self._began = reader, run, began
        self._arrivals, self._thresholds = arrivals, thresholds
        self._begun: dict[Tags, tuple[Course, Requests]] = {}
        self._fields = Fields(reader, run, self._begin(())[0])

    def results(self, rule: Rule) -> Iterator[Result]:
        """Yield what comes of the threshold of *rule*."""
        threshold, scope = rule.threshold, rule.threshold.scope
        metric = threshold.metric
        if isinstance(metric, Counted) and metric.name == "dropped_arrivals":
            yield of_arrivals(rule, self._arrivals)
        elif isinstance(metric, Field):
            yield self._of_field(threshold, metric)
        elif scope.tags and not self._begin(scope.tags)[1].counts():
            why = self._fields.lack(schema.LOCUST_STATS.name, "count", scope.tags)
            yield unknown(threshold, why)
        elif is_apart(rule):
            yield from self._of_endpoints(threshold)
        else:
            yield from self._of_all(threshold)

    def _of_all(self, threshold: Threshold) -> Iterator[Result]:
        course, requests = self._begin(threshold.scope.tags)
        warm_up = self._thresholds.warm_up
        spans = spans_of(threshold, course, warm_up)
        if isinstance(threshold.metric, Counted) or isinstance(spans, str):
            windows = requests.counts()
        elif threshold.time.over in SLIDING:
            windows = requests.together()
        else:
            nothing = (Window(0, requests.length("window_sums"), Tally()),)
            windows = self._pieces(threshold, spans, AGGREGATED[0]).get(AGGREGATED, nothing)
        yield from evaluated(threshold, replace(course, together=windows), warm_up)

    def _of_field(self, threshold: Threshold, field: Field) -> Result:
        samples = self._fields.samples(field)
        beside = ""
        if not samples:
            why = self._fields.lack(field.measurement, field.field, field.tags)
            silent = field.aggregate in ADDED and self._fields.is_silent(field)
            if not (silent and field.or_zero):
                meant = silent and MISTYPED not in why
                hint = f" (if that means 0, write {replace(field, or_zero=True)})" if meant else ""
                return unknown(threshold, f"{why}{hint}")
            beside = f"taken for 0: {why}"
        course, _ = self._begin(())
        found = evaluate_field(threshold, field, samples, course, self._thresholds.warm_up)
        return replace(found, beside=beside)

    def _of_endpoints(self, threshold: Threshold) -> Iterator[Result]:
        scope, warm_up = threshold.scope, self._thresholds.warm_up
        course, requests = self._begin(scope.tags)
        spans = spans_of(threshold, course, warm_up)
        if isinstance(spans, str):
            yield unknown(threshold, spans)
            return
        exact = scope.text if scope.which is Which.NAME and self._names_few() else None
        found = replace(course, endpoints=self._apart(threshold, spans, exact))
        if not found.named(scope) or (scope.each and is_broken_by_none(threshold)):
            # It was requested at another time, or what has another name may be meant.
            found = replace(found, endpoints={**requests.names(), **found.endpoints})
        yield from evaluated(threshold, found, warm_up)

    def _apart(self, threshold: Threshold, spans: Sequence[Span], name: str | None) -> Apart:
        if threshold.time.over in SLIDING:
            return self._begin(threshold.scope.tags)[1].endpoints(name)
        found = self._pieces(threshold, spans, name)
        return {key: windows for key, windows in found.items() if key != AGGREGATED}

    def _pieces(self, threshold: Threshold, spans: Sequence[Span], name: str | None) -> Apart:
        """Return what is in *spans*, each in one piece: where its windows are isn't asked for."""
        course, requests = self._begin(threshold.scope.tags)
        together = name == AGGREGATED[0]
        step = requests.length("window_sums" if together else "endpoint_window_buckets")
        failed = isinstance(threshold.metric, Apdex | Share)
        found: Apart = {}
        for start, stop in looked_at(spans, threshold, course, step):
            first, last = floor(start / step) * step, ceil(stop / step) * step
            for key, windows in requests.of(first, last, name, failed=failed).items():
                found[key] = (*found.get(key, ()), *windows)
        return found

    def _names_few(self) -> bool:
        rules = [one.threshold.scope for one in self._thresholds.rules if is_apart(one)]
        names = {scope.text for scope in rules if scope.which is Which.NAME and scope.text}
        return len(names) <= _MOST_NAMED

    def _begin(self, tags: Tags) -> tuple[Course, Requests]:
        """Return the course of the run, and who reads its requests with these *tags*."""
        if tags not in self._begun:
            course, requests = begin(self._reader, self._run, self._began, tags)
            # However long some of its workers had requests.
            self._begun[tags] = (self._begin(())[0] if tags else course), requests
        return self._begun[tags]


def is_apart(rule: Rule) -> bool:
    """Whether it is about single endpoints."""
    return rule.threshold.scope.text is not None or rule.threshold.scope.each


def of_arrivals(rule: Rule, arrivals: Arrivals) -> Result:
    """Return what comes of a *rule* of dropped arrivals."""
    if not arrivals.due:
        why = "no user of the run says when it should begin (arrival_rate, constant_pacing)"
        return Result(rule.threshold, Outcome.UNKNOWN, why=why)
    kept = rule.threshold.limit.holds(arrivals.dropped)
    return Result(
        rule.threshold, Outcome.KEPT if kept else Outcome.BROKEN, value=float(arrivals.dropped)
    )
