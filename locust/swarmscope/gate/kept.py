"""A verdict as the store keeps it: an event of its run, and a point for each threshold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from time import time_ns

from swarmscope import schema
from swarmscope.gate.evaluation import worse
from swarmscope.gate.live import Standing, standing
from swarmscope.gate.verdict import Judged, RunVerdict, Verdict, endpoint_in_words
from swarmscope.line_protocol import Field, line, series
from swarmscope.store.backend import NS_IN_MS
from swarmscope.store.question import Question, Reader

WORDS = {
    Verdict.PASSED: "passed",
    Verdict.WARNED: "warning",
    Verdict.FAILED: "failed",
    Verdict.INCONCLUSIVE: "inconclusive",
}
"""In a cell of a list there is room for one."""


def lines_of(reader: Reader, found: RunVerdict, began: int) -> list[str]:
    """Return the points of a verdict on a run that *began* then, ms since 1970.

    They take the place of older ones.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    return [
        verdict_line(found, EndedRun.told(reader, found.run)),
        *threshold_lines(found.run, found.judged, began, over=True),
    ]


@dataclass(frozen=True)
class EndedRun:
    """A *run* with tags of its *own* that *stopped* then, ms since 1970."""

    run: str
    own: Mapping[str, str]
    stopped: int

    @classmethod
    def told(cls, reader: Reader, run: str) -> "EndedRun":
        """Return what the store tells of *run*.

        Raises:
            StoreUnreachableError: the store doesn't answer, or refuses us.

        """
        told = reader.ask(Question("run_events", run))
        stops = [int(row["time"]) for row in told.records() if row["event"] == "stop"]
        asked = Question("run_tags", run, told.start, told.stop)
        known = [json.loads(row["tags"]) for row in reader.ask(asked).records()]
        own = {name: str(value) for one in known for name, value in one.items()}
        return cls(run, own, max(stops, default=told.stop - 1))

    def line(self, event: str, message: str, reasons: str) -> str:
        """Return an *event* of it: it stands where the run was stopped.

        One of a later time would make the run's range longer.
        """
        tags = {**self.own, "run": self.run, "worker": schema.MASTER, "event": event}
        fields = {"message": message, "reasons": reasons}
        return line(series(schema.LOCUST_RUN.name, tags), fields, self.stopped * NS_IN_MS)


def verdict_line(found: RunVerdict, run: EndedRun) -> str:
    """Return the event of a verdict on *run*."""
    return run.line("verdict", WORDS[found.verdict], found.sentence())


def threshold_lines(run: str, judged: Iterable[Judged], began: int, *, over: bool) -> list[str]:
    """Return a point for each threshold of a *run* that *began* then, ms, and is *over* or not."""
    worst: dict[str, list[Judged]] = {}
    for one in judged:
        worst.setdefault(f"{one.rule.severity} {one.rule.threshold}", []).append(one)
    some = list(worst.values())[: schema.MAX_THRESHOLDS]
    at = time_ns() // NS_IN_MS
    return [
        line(
            series(schema.LOCUST_THRESHOLD.name, {"run": run, "number": str(number)}),
            {**_fields(_worst(each, over=over), over=over), "judged_at": at},
            began * NS_IN_MS,
        )
        for number, each in enumerate(some, 1)
    ]


def _worst(each: Iterable[Judged], *, over: bool) -> Judged:
    order = (Standing.PASSED, Standing.NOT_YET, Standing.UNKNOWN, Standing.BROKEN)

    def rank(one: Judged) -> int:
        return order.index(standing(one, over=over))

    def of_two(one: Judged, other: Judged) -> Judged:
        if rank(one) != rank(other):
            return max(one, other, key=rank)
        return one if worse(other.result, one.result) is one.result else other

    return reduce(of_two, each)


def _fields(one: Judged, *, over: bool) -> dict[str, Field]:
    result, threshold = one.result, one.rule.threshold
    limit, scope = threshold.limit, threshold.scope
    # All of them each time: of a field that is left out the store has the older one.
    told: dict[str, Field] = {
        "threshold": one.sentence,
        "severity": str(one.rule.severity),
        "outcome": str(standing(one, over=over)),
        "value": float(result.value or 0),
        "shown": "" if result.value is None else one.value(),
        "endpoint": endpoint_in_words(result.endpoint) if result.endpoint else "",
        "why": result.why or one.assumed,
        "metric": str(threshold.metric),
        "operator": limit.operator,
        "unit": str(threshold.metric.unit),
        "scope": "named" if scope.text is not None else "each" if scope.each else "all",
        "name": scope.text or "",
        "method": scope.method,
        "certain": one.certain,
    }
    return told if limit.relative else {**told, "limit": float(limit.value)}
