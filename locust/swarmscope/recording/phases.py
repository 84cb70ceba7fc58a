"""How long the phases of requests took: noted where their client works, added up by endpoint.

A client notes in the greenlet in which it works, since it knows nothing of endpoints. The request
event, which is fired there too, says when its request began and how long it took, and takes what
was noted in between.
"""

from collections import deque
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

from swarmscope import schema
from swarmscope.line_protocol import Field
from swarmscope.recording.points import NANOSECONDS, Encoder, rounded
from swarmscope.recording.spans import Growing
from swarmscope.recording.tally import Key

LOOKUP, CONNECT, TLS, SENDING, WAITING = "lookup", "connect", "tls", "sending", "waiting"
BROKEN = "broken"
"""What can be noted; the last of what ended with an exception."""
PHASES = (CONNECT, TLS, WAITING, "receiving")
"""What is told."""
_MOST_MARKS = 64
"""In one greenlet. A request has three or four; those that nobody takes must not add up."""
_SLACK_S = 0.005
"""Between two clocks that tell of one moment."""

Spent = tuple[float, float, float, float]
"""On each of `PHASES`, ms."""
Mark = tuple[float, str, float]
"""When something began, s since the epoch, what it was, and how many seconds it took."""


class Marks:
    """What was noted in one greenlet, and is nobody's yet."""

    __slots__ = ("noted", "spent")

    def __init__(self) -> None:
        self.noted: deque[Mark] = deque(maxlen=_MOST_MARKS)
        self.spent = 0.0
        """Seconds that were ever noted: what encloses others takes theirs off its own."""

    def note(self, began: float, phase: str, seconds: float) -> None:
        """Note a *phase* that took so many *seconds* by itself."""
        self.noted.append((began, phase, seconds))
        self.spent += seconds

    def take(self, began: float, ended: float) -> list[Mark]:
        """Return what was noted of a request between these two moments; something is there.

        What is older stays: it may be of a request that isn't over, within which this one was made.
        """
        noted, first, last = list(self.noted), began - _SLACK_S, ended + _SLACK_S
        self.noted.clear()
        if noted[0][0] < first:
            self.noted.extend(mark for mark in noted if mark[0] < first)
            noted = [mark for mark in noted if mark[0] >= first]
        return noted if not noted or noted[-1][0] <= last else [m for m in noted if m[0] <= last]


class Sums:
    """What the phases of an endpoint's requests add up to, ms, and the longest of each."""

    __slots__ = ("connections", "longest", "requests", "totals")

    def __init__(self) -> None:
        self.requests = 0
        self.connections = 0
        self.totals: Spent = (0.0, 0.0, 0.0, 0.0)
        self.longest: Spent = (0.0, 0.0, 0.0, 0.0)

    def add(self, connections: int, spent: Spent) -> None:
        """Add a request that opened so many *connections* and *spent* so many ms on each phase."""
        self._add(1, connections, spent, spent)

    def merge(self, other: "Sums") -> None:
        """Add *other* to these."""
        self._add(other.requests, other.connections, other.totals, other.longest)

    def _add(self, requests: int, connections: int, totals: Spent, longest: Spent) -> None:
        self.requests += requests
        self.connections += connections
        a, b, c, d = self.totals
        self.totals = a + totals[0], b + totals[1], c + totals[2], d + totals[3]
        a, b, c, d = self.longest
        # Written out, as the sums: it is the load generator's time, once for each request.
        self.longest = (
            *(longest[0] if longest[0] > a else a, longest[1] if longest[1] > b else b),
            *(longest[2] if longest[2] > c else c, longest[3] if longest[3] > d else d),
        )

    def fields(self) -> dict[str, Field]:
        """Return them as a point has them."""
        told = {f"{phase}_ms": ms for phase, ms in zip(PHASES, self.totals, strict=True)}
        told |= {f"longest_{phase}_ms": ms for phase, ms in zip(PHASES, self.longest, strict=True)}
        counts: dict[str, Field] = {"requests": self.requests, "connections": self.connections}
        return counts | {name: rounded(ms) for name, ms in told.items()}


class Phases:
    """The phases of a run's requests on one worker.

    *marks* returns what was noted in the greenlet that asks. Whatever goes wrong here costs the
    phases alone: no more are recorded, which *warn* is told once.
    """

    def __init__(self, marks: Callable[[], Marks], warn: Callable[[str], None]) -> None:
        self._marks = marks
        self._warn = warn
        self._broken = False
        self._sums = Growing(Sums, Sums.merge)

    def add(
        self,
        _at: float,
        key: Key,
        _method: object,
        _name: object,
        ms: Any,
        _length: object,
        _exception: object,
        _response: object,
        _context: object,
        start_time: Any,
    ) -> None:
        """Take what was noted of a request, if anything was. Never raises."""
        if self._broken:
            return
        try:
            marks = self._marks()
            if marks.noted:
                self._add(key, marks, start_time, ms)
        except Exception as error:  # noqa: BLE001 - a user's numbers may do anything
            self._broken = True
            self._warn(
                f"Phases of requests are recorded no more ({type(error).__name__}: {error}). All "
                "else goes on; unset SWARMSCOPE_PHASES if this comes again."
            )

    def _add(self, key: Key, marks: Marks, start_time: Any, ms: Any) -> None:
        # Other protocols' events may say neither, and then nothing noted is theirs.
        if not isinstance(start_time, int | float) or not isinstance(ms, int | float):
            return
        if not isfinite(ms):
            return
        connections, connect, tls, waiting = 0, 0.0, 0.0, 0.0
        answered = False
        for _, phase, seconds in marks.take(start_time, start_time + ms / 1_000):
            if phase in {SENDING, WAITING}:
                waiting += 1_000 * seconds
                answered = answered or phase == WAITING
            elif phase in {LOOKUP, CONNECT}:
                connect += 1_000 * seconds
                connections += phase == CONNECT
            elif phase == TLS:
                tls += 1_000 * seconds
        # One that nobody answered has no phases: refused or timed out, its time says nothing of
        # where the others' goes.
        if answered:
            receiving = max(0.0, ms - connect - tls - waiting)
            self._sums.of(key).add(connections, (connect, tls, waiting, receiving))

    def lines(self, encoder: Encoder, start: int) -> Iterator[str]:
        """Yield `locust_phases` of what came since, for the span that begins at *start*."""
        name = schema.LOCUST_PHASES.name
        for key, whole in self._sums.take(start):
            yield encoder.of_endpoint(name, key, whole.fields(), start * NANOSECONDS)
