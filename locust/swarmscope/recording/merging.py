"""The reports of a run's workers, merged: the series of all of them, and the run's summaries.

Nothing here waits or writes. What workers report is held for a while, because more may come of it;
what becomes of it is asked for once a second.

What is written is never short of what the workers had up to its moment: it reaches as far as all
of them have told. Boards compare counts as well, but of all together: what one worker told, and
could not write yet, would make up for what another wrote, and nobody heard of. So from where
something is missing on nothing is written any more, and boards see that it ends there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import inf

from swarmscope.recording.endpoint import FOLDED
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.minutes import Minutes
from swarmscope.recording.points import NANOSECONDS
from swarmscope.recording.reading import is_key
from swarmscope.recording.reports import Report
from swarmscope.recording.stretches import Stretches
from swarmscope.recording.summary import Summary
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key, Tally
from swarmscope.recording.watermarks import Watermarks

SUMMARY_EVERY = 10
"""Seconds between two summaries."""
_PATIENCE = 60
"""Looks, of one a second, for which a worker may be silent beyond the pace of its reports."""
_AHEAD_S = 300
"""How far beyond the present moment a window may lie: no clock is so wrong."""
_MOST_WINDOWS = 600
_MOST_TALLIES = 20_000
"""Held at most, of spans; twice as many while somebody is waited for."""
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


@dataclass(frozen=True)
class Alarms:
    """Whom to tell why no more is merged of a run: one of them, once."""

    lost: Callable[[str, int], None]
    """Of a worker so many reports didn't arrive."""
    elsewhere: Callable[[str, int], None]
    """A worker had told of the run so many times before it was heard of here."""
    silent: Callable[[list[str]], None]
    """These workers have told nothing for too long, or of something long gone."""
    full: Callable[[int], None]
    """There are more than so many endpoints."""
    odd: Callable[[str, str, str], None]
    """A worker reported what can't be merged: why, and what helps."""


class Merger:
    """Merges the reports of one run."""

    def __init__(self, encoder: MergedEncoder, course: Course, alarms: Alarms) -> None:
        self._encoder = encoder
        self._course = course
        self._alarms = alarms
        self._short = False
        """Whether something is missing for good."""
        self._windows = Stretches(course.resolution, _MOST_WINDOWS)
        self._spans = Stretches(course.span, _MOST_TALLIES)
        self._watermarks = Watermarks()
        self._keys: set[Key] = set()
        self._settled = 0
        """The end of the newest span that is in the summary."""
        self._summary = Summary(encoder, course.resolution)
        self._summarised = 0
        self._ended = False
        """Whether the newest summary that was written is one of the end."""
        self._minutes = Minutes(encoder)

    def expect(self, workers: Iterable[str]) -> None:
        """Wait for *workers* from now on: they take part in the run."""
        self._watermarks.expect(workers)

    def expects(self, worker: str) -> bool:
        """Whether *worker* takes part in the run, or ever did."""
        return self._watermarks.expects(worker)

    @property
    def over(self) -> bool:
        """Whether nobody is waited for: all have said that it was all, or something is missing."""
        return self._short or self._watermarks.over

    @property
    def unfinished(self) -> list[str]:
        """Which workers are waited for."""
        return [] if self._short else self._watermarks.unfinished

    def hear(self, worker: str, report: Report, now: float) -> None:
        """Take a *report* of *worker*.

        Raises:
            OddReportError: It came before.

        """
        if self._short:
            return
        # First: the next one's number must not say that this one was lost.
        before, missing = self._watermarks.take_number(worker, report.number)
        if missing:
            self._give_up()
            (self._alarms.lost if before else self._alarms.elsewhere)(worker, missing)
            return
        odd = self._odd(report, now)
        if odd:
            self._give_up()
            self._alarms.odd(worker, *odd)
            return
        self._keys.update(key for key, _ in report.endpoints if key != FOLDED)
        most = _NAMES * self._course.max_names
        if len(self._keys) > most:
            # None is counted as another one's: its points would say what another name says.
            self._give_up()
            self._alarms.full(most)
            return
        if not self._take(report, now):
            self._give_up()
            self._alarms.silent([worker])
            return
        self._watermarks.reach(worker, report)

    def _odd(self, report: Report, now: float) -> tuple[str, str] | None:
        """Return why *report* can't be merged, and what helps; None of one that can be."""
        if report.endpoints and report.span not in (0, self._course.span):
            # What longer ones hold would be counted before it was.
            return (
                f"its spans have {report.span} s, and the master's {self._course.span}",
                "Give master and workers the same SWARMSCOPE_LATENCY_RESOLUTION.",
            )
        if not all(key in self._keys or is_key(key) for key, _ in report.endpoints):
            return (
                "an endpoint's name is impossible",
                "Let only workers with the master's version of swarmscope reach its port.",
            )
        starts = [report.start, *(start for start, _ in report.windows)]
        if max(starts) > now + _AHEAD_S:
            return "it is of a time to come", "Synchronise the machines' clocks (chrony, ntpd)."
        return None

    def _give_up(self) -> None:
        self._short = True
        self._windows.clear()
        self._spans.clear()

    def _take(self, report: Report, now: float) -> bool:
        """Add what *report* tells; return whether what was written can still hold it."""
        for start, tally in report.windows:
            if self._windows.add(start, AGGREGATED, tally, now) is None and self._course.merged:
                return False
            if start < self._settled:
                self._summary.reach(start)
        return all(self._add(report.start, key, tally, now) for key, tally in report.endpoints)

    def _add(self, start: int, key: Key, tally: Tally, now: float) -> bool:
        span = self._spans.add(start, key, tally, now)
        if span is None or (span.settling and key not in span.unsettled):
            self._settle(start, key, tally)
        else:
            span.unsettled.add(key)
        return span is not None or not self._course.merged

    def _settle(self, start: int, key: Key, tally: Tally) -> None:
        self._summary.add(key, tally)
        if self._course.minutes:
            self._minutes.add(start, key, tally)

    def lines(self, now: float, pace: int) -> Iterator[str]:
        """Yield what is due at *now*, when each worker should report at that *pace*.

        Empty lines are moments to let others run.
        """
        silent = [] if self._short else self._watermarks.look(_PATIENCE + pace)
        if silent:
            self._give_up()
            self._alarms.silent(silent)
        if self._short:
            return
        windows, spans = self._watermarks.until
        yield from self._window_lines(windows)
        yield from self._span_lines(spans)
        yield from self._settle_due(spans)
        for stretches in (self._windows, self._spans):
            stretches.let_go(now)

    def summary_lines(self) -> Iterator[str]:
        """Yield the summary, if one is due after `lines`; at the end also of less than a span."""
        if self._short:
            return
        over = self._watermarks.over
        every = max(SUMMARY_EVERY, self._course.span)
        due = over or self._settled // every > self._summarised // every
        # At the end once more, if nothing has come since: not all buckets have those from before.
        if due and (self._summary.changed or (over and not self._ended)):
            self._summarised, self._ended = self._settled, over
            yield from self._summary.lines()

    def minute_lines(self) -> Iterator[str]:
        """Yield the minutes that are over and have something new; at the end all that have."""
        if not self._short:
            yield from self._minutes.lines(inf if self._watermarks.over else self._settled)

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
