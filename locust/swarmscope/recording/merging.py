"""The reports of a run's workers, merged: the series of all of them, and the run's summaries.

Nothing here waits or writes. What workers report is held for a while, because more may come of it;
what becomes of it is asked for once a second.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from math import inf

from swarmscope.recording.endpoint import FOLDED
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.minutes import Minutes
from swarmscope.recording.points import NANOSECONDS
from swarmscope.recording.reading import OddReportError, Report, is_key
from swarmscope.recording.summary import Summary
from swarmscope.recording.tallies import AGGREGATED, add
from swarmscope.recording.tally import Key, Tally

SUMMARY_EVERY = 10
"""Seconds between two summaries."""
_PATIENCE_S = 2
"""How long beyond the pace of reports one that is late is waited for."""
_KEPT_S = 60
"""How long what was merged is held, for more that comes of it."""
_AHEAD_S = 300
"""How far beyond the present moment a window may lie: no clock is so wrong."""
_MOST_WINDOWS = 600
_MOST_TALLIES = 20_000
"""Held at most, of spans; the oldest go first."""
_NAMES = 2
"""How many times as many endpoints as a worker may have all of them may: they can differ."""


@dataclass(frozen=True)
class Course:
    """What is known of a run: lengths in s."""

    began_ns: int
    resolution: int
    span: int
    max_names: int
    """Endpoints that a worker tells apart."""
    merged: bool
    """Whether the series are wanted, not only the summaries."""
    minutes: bool
    """Whether those are, in minutes."""


class _Stretch:
    """What came in one window or span, by endpoint."""

    def __init__(self) -> None:
        self.tallies: dict[Key, Tally] = {}
        self.unwritten: set[Key] = set()
        self.unsettled: set[Key] = set()
        """Of these nothing is in the summary yet."""
        self.settling = False
        self.touched = 0.0


class _Stretches:
    """Windows or spans of *seconds* that more may come of."""

    def __init__(self, seconds: int, most: int) -> None:
        self.seconds = seconds
        self._most = most
        self.open: dict[int, _Stretch] = {}
        self._held = 0
        self._gone: tuple[int, int] | None = None

    def add(self, start: int, key: Key, tally: Tally, now: float) -> _Stretch | None:
        """Add *tally*; return where, or None: what was written of it is known no longer."""
        start -= start % self.seconds
        stretch = self.open.get(start)
        if stretch is None:
            gone = self._gone and self._gone[0] <= start <= self._gone[1]
            if gone or self._held >= 2 * self._most:
                return None
            stretch = self.open[start] = _Stretch()
        self._held += key not in stretch.tallies
        add(stretch.tallies, key, tally)
        stretch.unwritten.add(key)
        stretch.touched = now
        return stretch

    def due(self, until: float) -> list[tuple[int, _Stretch]]:
        """Return those that end by *until*, oldest first."""
        return [(s, self.open[s]) for s in sorted(self.open) if s + self.seconds <= until]

    @property
    def crowded(self) -> float:
        """Up to when all must be written and let go, because there is too much of it."""
        over = self._held - self._most
        for start in sorted(self.open) if over > 0 else ():
            over -= len(self.open[start].tallies)
            if over <= 0:
                return start + self.seconds
        return -inf

    def let_go(self, now: float) -> None:
        """Hold no longer what was written and of which nothing has come for a while."""
        crowded = self.crowded
        for start, stretch in list(self.open.items()):
            old = max(stretch.touched, start + self.seconds) < now - _KEPT_S
            if (old or start < crowded) and not (stretch.unwritten or stretch.unsettled):
                self._held -= len(self.open.pop(start).tallies)
                first, last = self._gone or (start, start)
                self._gone = min(first, start), max(last, start)


class Merger:
    """Merges the reports of one run.

    *lost* is told of each worker of which some didn't arrive, and how many, once; and *full*, once,
    of how many endpoints there can't be more.
    """

    def __init__(
        self,
        encoder: MergedEncoder,
        course: Course,
        lost: Callable[[str, int], None],
        full: Callable[[int], None],
    ) -> None:
        self._encoder = encoder
        self._course = course
        self._lost = lost
        self._full = full
        self._overfull = False
        self._windows = _Stretches(course.resolution, _MOST_WINDOWS)
        self._spans = _Stretches(course.span, _MOST_TALLIES)
        self._until: dict[str, tuple[float, float]] = {}
        """Of each worker the seconds up to which it told of all windows and spans."""
        self._numbers: dict[str, int] = {}
        self._broken: set[str] = set()
        self._keys: set[Key] = set()
        self._settled = 0
        """The end of the newest span that is in the summary."""
        self._summary = Summary(encoder, course.resolution)
        self._summarised = 0
        self._ended = False
        """Whether the newest summary that was written is one of the end."""
        self._minutes = Minutes(encoder)

    def heard_of(self, worker: str) -> bool:
        """Whether *worker* has reported anything."""
        return worker in self._numbers

    def over(self, present: Collection[str]) -> bool:
        """Whether all have said that nothing more will come: *present*, and who ever reported."""
        return all(self._told(worker)[0] == inf for worker in {*present, *self._numbers})

    def _told(self, worker: str) -> tuple[float, float]:
        return self._until.get(worker, (-inf, -inf))

    def hear(self, worker: str, report: Report, now: float) -> None:
        """Take a *report* of *worker*.

        Raises:
            OddReportError: It can't be one of this run.

        """
        if report.endpoints and report.span not in (0, self._course.span):
            # What longer ones hold would be counted before it was.
            raise OddReportError(
                f"its spans have {report.span} s, and the master's {self._course.span}: give all "
                "the same SWARMSCOPE_LATENCY_RESOLUTION"
            )
        endpoints = [(key, tally) for key, tally in report.endpoints if self._known(key)]
        starts = [report.start, *(start for start, _ in report.windows)]
        if max(starts) > now + _AHEAD_S:
            raise OddReportError("it is of a time to come")
        self._count(worker, report.number)
        for start, tally in report.windows:
            self._windows.add(start, AGGREGATED, tally, now)
            if start < self._settled:
                self._summary.reach(start)
        for key, tally in endpoints:
            self._add(report.start, key, tally, now)
        if report.until:
            known = self._told(worker)
            told = (inf, inf) if report.final else (report.until, report.spans_until)
            self._until[worker] = max(known[0], told[0]), max(known[1], told[1])

    def _count(self, worker: str, number: int) -> None:
        expected = self._numbers.get(worker, 0) + 1
        if number < expected:
            raise OddReportError("it came before")
        self._numbers[worker] = number
        if number > expected and worker not in self._broken:
            self._broken.add(worker)
            self._lost(worker, number - expected)

    def _known(self, key: Key) -> bool:
        """Whether *key* is merged: of too many, none is counted as another one's.

        What is missing is in no sum, by which boards see that the workers' own points say more.
        """
        if key in self._keys:
            return True
        if not is_key(key):
            raise OddReportError("an endpoint's name is impossible")
        most = _NAMES * self._course.max_names
        if len(self._keys) < most or key == FOLDED:
            self._keys.add(key)
            return True
        if not self._overfull:
            self._overfull = True
            self._full(most)
        return False

    def _add(self, start: int, key: Key, tally: Tally, now: float) -> None:
        span = self._spans.add(start, key, tally, now)
        if span is None or (span.settling and key not in span.unsettled):
            self._settle(start, key, tally)
        else:
            span.unsettled.add(key)

    def _settle(self, start: int, key: Key, tally: Tally) -> None:
        self._summary.add(key, tally)
        if self._course.minutes:
            self._minutes.add(start, key, tally)

    def lines(
        self, now: float, present: Collection[str], pace: int, *, over: bool = False
    ) -> Iterator[str]:
        """Yield what is due at *now*, when each of *present* should report at that *pace*.

        Empty lines are moments to let others run. *over*: nobody is waited for.
        """
        told = [self._told(worker) for worker in present]
        late = inf if over else now - pace - _PATIENCE_S
        windows, spans = (
            max(late, stretches.crowded, min((until[i] for until in told), default=late))
            for i, stretches in enumerate((self._windows, self._spans))
        )
        yield from self._window_lines(windows)
        yield from self._span_lines(spans)
        yield from self._settle_due(spans)
        for stretches in (self._windows, self._spans):
            stretches.let_go(now)

    def summary_lines(self, *, over: bool = False) -> Iterator[str]:
        """Yield the summary, if one is due after `lines`; *over*: also of less than a span."""
        every = max(SUMMARY_EVERY, self._course.span)
        due = over or self._settled // every > self._summarised // every
        # At the end once more, if nothing has come since: not all buckets have those from before.
        if due and (self._summary.changed or (over and not self._ended)):
            self._summarised, self._ended = self._settled, over
            yield from self._summary.lines()

    def minute_lines(self, *, over: bool = False) -> Iterator[str]:
        """Yield the minutes that are over and have something new; *over*: all that have."""
        yield from self._minutes.lines(inf if over else self._settled)

    def _window_lines(self, until: float) -> Iterator[str]:
        seconds = self._course.resolution
        for start, window in self._windows.due(until):
            wanted = window.unwritten and self._course.merged
            window.unwritten.clear()
            if wanted:
                tally = window.tallies[AGGREGATED]
                yield from self._encoder.merged(AGGREGATED, tally, seconds, start * NANOSECONDS)

    def _span_lines(self, until: float) -> Iterator[str]:
        seconds = self._course.span
        for start, span in self._spans.due(until):
            if not self._course.merged:
                span.unwritten.clear()
            while span.unwritten:
                key = span.unwritten.pop()
                tally, time_ns = span.tallies[key], self._time_of(start)
                yield from self._encoder.merged(key, tally, seconds, time_ns)

    def _time_of(self, span: int) -> int:
        """Return the time of the point of a *span*: in a range that begins with the run, too."""
        start, end = span * NANOSECONDS, (span + self._course.span) * NANOSECONDS
        began = self._course.began_ns
        return began if start < began < end else start

    def _settle_due(self, until: float) -> Iterator[str]:
        for start, span in self._spans.due(until):
            # From here on, what comes of an endpoint that is settled is added at once.
            span.settling = True
            while span.unsettled:
                key = span.unsettled.pop()
                self._settle(start, key, span.tallies[key])
                yield ""
            self._settled = max(self._settled, start + self._spans.seconds)
            self._reach(start)

    def _reach(self, span: int) -> None:
        end = span + self._spans.seconds
        # Of a worker that says nothing of its windows, the span's start is known to be covered.
        for start in [w for w in self._windows.open if span <= w < end] or [span]:
            self._summary.reach(start)
