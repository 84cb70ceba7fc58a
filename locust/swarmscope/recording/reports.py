"""What a worker reports of its run to whoever merges those of all workers: collected, and packed.

A report is what was counted since the one before, and adds up with it. On its way to another
process it is packed as plain lists and numbers, which Locust's channel carries; `reading` unpacks
it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, TypeVar

from swarmscope import line_protocol
from swarmscope.recording.tally import Key, Tally

MOST = 50
"""Tallies in one message: packing more would take longer than a load generator may pause."""

WORKERS_A_SECOND = 20
"""Reports that a master takes each second; of more workers each reports less often."""
SLOWEST_S = 10

Packed = dict[str, Any]
Health = tuple[int, float, float, float]
"""A second since 1970, and of it a worker's CPU, percent of a core, its loop's lag and how far its
points stand from the master's clock, both ms."""
Dues = tuple[int, int, int]
"""Iterations that were due, of these dropped, and begun late."""
T = TypeVar("T")


def pace_of(workers: int) -> int:
    """Return how often each of so many *workers* should report, and write, s."""
    return min(SLOWEST_S, max(1, ceil(workers / WORKERS_A_SECOND)))


@dataclass(frozen=True)
class Report:
    """A message of a report."""

    run: str
    number: int
    windows: Sequence[tuple[int, Tally]] = ()
    """All endpoints together, by the start of the window."""
    start: int = 0
    """Of the span that the endpoints are of."""
    span: int = 0
    """How long the worker's spans are, s; 0 where it doesn't say."""
    endpoints: Sequence[tuple[Key, Tally]] = ()
    until: int = 0
    """The second up to which all windows were told of; 0 where more of the report follows."""
    spans_until: int = 0
    final: bool = False
    health: Sequence[Health] = ()
    arrivals: Dues = (0, 0, 0)


class Collector:
    """What came into a run's books since it was reported last.

    Endpoints are told of in spans of so many *seconds*.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self.pace: int | None = None
        """How often whoever merges wants to hear, s. None: nobody merges, nothing is collected."""
        self._windows: list[tuple[int, Tally]] = []
        self._spans: list[tuple[int, Mapping[Key, Tally]]] = []
        self._health: list[Health] = []
        self._arrivals: Dues = (0, 0, 0)
        self._until = 0
        self._due = 0.0
        self._told = 0
        self._number = 0
        self._final = False

    def window(self, start: int, together: Tally) -> None:
        """Take what all endpoints together had in the window that starts at *start*."""
        if self.pace:
            self._windows.append((start, together))

    def span(self, start: int, new: Mapping[Key, Tally]) -> None:
        """Take what is *new*, by endpoint, in the span whose first window starts at *start*."""
        if self.pace:
            self._spans.append((start, new))

    def health(self, second: int, fields: Mapping[str, Any]) -> None:
        """Take how the worker was in a *second*: the fields of its point."""
        if self.pace:
            names = ("cpu_percent", "loop_lag_ms", "clock_error_ms")
            cpu, lag, clock = (float(fields.get(name) or 0) for name in names)
            self._health = [*self._health[1 - MOST :], (second, cpu, lag, abs(clock))]

    def arrivals(self, fields: Mapping[str, Any]) -> None:
        """Take what became of iterations: the fields of their point."""
        if self.pace:
            due, dropped, late = self._arrivals
            more = [int(fields.get(name) or 0) for name in ("due", "dropped", "late")]
            self._arrivals = due + more[0], dropped + more[1], late + more[2]

    def closed(self, until: int) -> None:
        """Take note that all windows and spans that end at the second *until* were handed over."""
        self._until = until

    def due(self, now: float) -> bool:
        """Whether it is time for a report, at most once for each time that it is."""
        if not self.pace or now < self._due:
            return False
        self._due = now - now % self.pace + self.pace
        return True

    def take(self, run: str, *, final: bool = False) -> Iterator[Report]:
        """Yield the messages of a report of *run*; *final*: nothing more is expected to come."""
        if not self.pace:
            return
        windows, self._windows = self._windows, []
        spans, self._spans = self._spans, []
        until, self._final = self._until, self._final or final
        parts: list[dict[str, Any]] = [
            *({"windows": some} for some in _shared_out(windows)),
            *(
                {"start": start, "endpoints": some}
                for start, new in spans
                for some in _shared_out(list(new.items()))
            ),
        ]
        if not parts and until == self._told and not final:
            return
        self._told = until
        last: dict[str, Any] = {
            "until": until,
            "spans_until": until - until % self._seconds,
            "final": self._final,
        }
        last |= {"health": self._health, "arrivals": self._arrivals}
        self._health, self._arrivals = [], (0, 0, 0)
        for part in [*parts[:-1], {**(parts[-1] if parts else {}), **last}]:
            # Numbered: one that is lost on its way must not go unnoticed.
            self._number += 1
            yield Report(run, self._number, span=self._seconds, **part)


def _shared_out(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(items), MOST):
        yield items[begin : begin + MOST]


def pack(report: Report) -> Packed:
    """Return *report* as it is sent."""
    return {
        **vars(report),
        "windows": [[start, _pack(tally)] for start, tally in report.windows],
        "endpoints": [[*key, *_pack(tally)] for key, tally in report.endpoints],
        "health": [list(one) for one in report.health],
        "arrivals": list(report.arrivals),
    }


def _pack(tally: Tally) -> list[Any]:
    counts = tally.histogram
    length = line_protocol.in_range(tally.length)
    sums = [tally.count, tally.failures, tally.timed, tally.total]
    extremes = [tally.min, tally.max] if tally.timed else [0.0, 0.0]
    packed = [*sums, *extremes, length, list(counts), list(counts.values())]
    failed = tally.failed
    return [*packed, list(failed), list(failed.values())] if failed else packed
