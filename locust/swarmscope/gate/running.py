"""The course of a run that goes on, from what its workers report to whoever leads them.

Nothing here waits or asks a store. What is held against thresholds is whole: it reaches as far as
all workers that are there have told. One that left without its last words holds up nobody.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import ceil, inf, isinf

from swarmscope.gate.course import Course, Endpoint, Stage, Window, ends, reaching
from swarmscope.recording.reports import Report
from swarmscope.recording.tally import Key, Tally

_MOST = 20_000
"""Tallies that are held: of an hour's seconds, and of a hundred endpoints' spans."""
_ALL = 2**40
"""Seconds that no run lasts: one window that holds all of it."""
_ESCAPED = re.compile(r"\\([,= ])")
_TOGETHER: Endpoint = ("", "")


@dataclass
class _Teller:
    """How far one worker has told of windows and spans, and what of it was lost on the way."""

    number: int = 0
    lost: int = 0
    windows: float = -inf
    spans: float = -inf
    gone: bool = False

    @property
    def final(self) -> bool:
        return isinf(self.windows) and self.windows > 0


class _Series:
    """The windows of one endpoint, or of all together."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.windows: dict[int, Tally] = {}
        """Those that are held."""
        self.whole = Tally()
        """Those behind the warm-up that are over."""
        self.whole_to = -inf

    def put(self, start: int, tally: Tally, behind: float) -> bool:
        """Add *tally*; return whether it is of a window that wasn't held before."""
        start -= start % self.seconds
        new = start not in self.windows
        self.windows.setdefault(start, Tally()).merge(tally)
        if behind <= start < self.whole_to:
            self.whole.merge(tally)
        return new

    def reach(self, until: float, behind: float) -> None:
        """Count as over what ends by *until*, behind a warm-up that ends at *behind*."""
        if until <= self.whole_to:
            return
        for start, tally in self.windows.items():
            if max(behind, self.whole_to) <= start and start + self.seconds <= until:
                self.whole.merge(tally)
        self.whole_to = until - until % self.seconds if until < inf else inf

    def let_go(self, before: float) -> int:
        """Hold no longer what ended by *before*, and is in the sums; return how many windows."""
        last = min(before, self.whole_to) - self.seconds
        old = [start for start in self.windows if start <= last]
        for start in old:
            del self.windows[start]
        return len(old)


class Running:
    """What is known of a run that *began* then, s since 1970.

    It is recorded in windows of *seconds*; those of endpoints, of which only those *wanted* are
    held, are *span* s long. The run's first *warm_up* seconds are in no sum.
    """

    def __init__(
        self,
        began: float,
        seconds: int,
        span: int,
        wanted: Callable[[Endpoint], bool] = lambda _: True,
        warm_up: int = 0,
    ) -> None:
        self.began = began
        self.span = span
        self._wanted = wanted
        self.warm_up = warm_up
        self._tellers: dict[str, _Teller] = {}
        self._together = _Series(seconds)
        self._endpoints: dict[Key, _Series | None] = {}
        """None of those that aren't wanted."""
        self._held = 0
        self._first = inf
        """When the first window began that was told of."""
        self._ended: float | None = None
        self.requests = 0
        """All that were told of."""
        self.short = False
        """Whether what was told first is held no longer."""

    def expect(self, workers: Collection[str]) -> None:
        """Note that *workers* take part, and that none else is there any more."""
        for worker in workers:
            self._tellers.setdefault(worker, _Teller())
        for worker, teller in self._tellers.items():
            teller.gone = worker not in workers

    def hear(self, worker: str, report: Report) -> bool:
        """Take a *report* of *worker*; return whether it is one that didn't come before."""
        teller = self._tellers.setdefault(worker, _Teller())
        if report.number <= teller.number:
            return False
        teller.lost += report.number - teller.number - 1
        teller.number = report.number
        for start, tally in report.windows:
            self.requests += tally.count
            self._first = min(self._first, start)
            self._held += self._together.put(start, tally, self._behind(self._together))
        for key, tally in report.endpoints:
            series = self._series(key)
            if series:
                self._held += series.put(report.start, tally, self._behind(series))
        windows, spans = (inf, inf) if report.final else (report.until, report.spans_until)
        teller.windows, teller.spans = max(teller.windows, windows), max(teller.spans, spans)
        return True

    def _series(self, key: Key) -> _Series | None:
        if key not in self._endpoints:
            wanted = self._wanted(_readable(key))
            self._endpoints[key] = _Series(self.span) if wanted else None
        return self._endpoints[key]

    def _behind(self, series: _Series) -> float:
        """Return when the warm-up is over: what it cuts is left out."""
        step = series.seconds
        return ceil((self.start + self.warm_up) / step) * step if self.warm_up else -inf

    @property
    def start(self) -> float:
        """When the run began: windows that lie wholly before are a part of it."""
        before = self._first + self._together.seconds <= self.began
        return self._first if before else self.began

    def end(self, stopped: float) -> None:
        """Note that the run was *stopped* then: what its end cuts is all that there was of it."""
        self._ended = ends(_windows(self._together), self.began, stopped)[1]

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of it."""
        return self._ended is not None

    def until(self, *, apart: bool) -> float:
        """Return up to when all that are there have told, of endpoints *apart* or of all together.

        Of a run that nobody told of, its begin; of one that is over, no end, and its end where that
        is known.
        """
        return self._told(apart=apart) if self._ended is None else self._ended

    def step(self, *, apart: bool) -> int:
        """Return how long the windows are of endpoints *apart*, or of all together, s."""
        return self.span if apart else self._together.seconds

    def _told(self, *, apart: bool) -> float:
        told = [
            one.spans if apart else one.windows for one in self._tellers.values() if not one.gone
        ]
        step = self.step(apart=apart)
        until = min(told, default=-inf)
        return max(self.began, until - until % step if abs(until) < inf else until)

    @property
    def over(self) -> bool:
        """Whether all that are there have said that it was all."""
        return self._told(apart=False) == inf

    @property
    def lost(self) -> Mapping[str, int]:
        """How many reports of which worker never came; one that left may have had another."""
        return {
            worker: one.lost + (one.gone and not one.final)
            for worker, one in self._tellers.items()
            if one.lost or (one.gone and not one.final)
        }

    @property
    def unfinished(self) -> list[str]:
        """Which workers haven't said that it was all."""
        return [worker for worker, one in self._tellers.items() if not one.final]

    def summed(self, stop: float, *, apart: bool) -> Course:
        """Return the run up to *stop* without its warm-up, each endpoint in one window."""
        some = self._all_of(apart=apart)
        for series in some.values():
            series.reach(inf if stop == self._ended else stop, self._behind(series))
        # Of what is one window from end to end nothing is cut.
        windows = {
            key: (Window(0, _ALL, series.whole),) if series.whole.count else ()
            for key, series in some.items()
        }
        start = max((self._behind(series) for series in some.values()), default=-inf)
        return self._course(max(self.start, start), stop, windows)

    def requested(self, stop: float) -> set[Endpoint]:
        """Return the endpoints that were requested behind the warm-up, up to *stop*."""
        found = self.summed(stop, apart=True).endpoints
        return {key for key, windows in found.items() if any(one.tally.count for one in windows)}

    def course(self, stop: float, since: float = -inf, *, apart: bool) -> Course:
        """Return the windows between *since* and *stop* that are held; the begin is no later."""
        step = self.step(apart=apart)
        since = since // step * step if since > self.start else -inf
        windows = {
            key: tuple(
                Window(start, step, series.windows[start])
                for start in sorted(series.windows)
                if since <= start and (start + step <= stop or stop == self._ended)
            )
            for key, series in self._all_of(apart=apart).items()
        }
        return self._course(max(self.start, since), stop, windows)

    def whole(self, stopped: float, stages: Iterable[Stage]) -> Course:
        """Return all of a run that was *stopped* then, as a store would tell it."""
        windows = {key: _windows(series) for key, series in self._all_of(apart=True).items()}
        together = _windows(self._together)
        start, stop = ends(together, self.began, stopped)
        stages = reaching(stages, (self.began, stopped), (start, stop))
        return Course(start, stop, together, {**self._names(), **windows}, stages)

    def _course(
        self, start: float, stop: float, windows: Mapping[Endpoint, tuple[Window, ...]]
    ) -> Course:
        # Where nothing was requested windows are as long.
        none = (Window(0, self.span, Tally()),)
        apart = {key: some or none for key, some in windows.items() if key != _TOGETHER}
        return Course(start, stop, windows.get(_TOGETHER, ()), {**self._names(), **apart})

    def _all_of(self, *, apart: bool) -> dict[Endpoint, _Series]:
        if not apart:
            return {_TOGETHER: self._together}
        return {_readable(key): one for key, one in self._endpoints.items() if one}

    def _names(self) -> dict[Endpoint, tuple[Window, ...]]:
        return {_readable(key): () for key in self._endpoints}

    def let_go(self, before: float) -> None:
        """Hold no longer what ended *before* then, if there is too much; all have told of that."""
        if self._held <= _MOST:
            return
        for series in (self._together, *filter(None, self._endpoints.values())):
            series.reach(before, self._behind(series))
            gone = series.let_go(before)
            self._held -= gone
            self.short = self.short or gone > 0


def _windows(series: _Series) -> tuple[Window, ...]:
    return tuple(
        Window(start, series.seconds, series.windows[start]) for start in sorted(series.windows)
    )


def _readable(key: Key) -> Endpoint:
    """Return *key* as whoever reads its tags has it."""
    name, method = (_ESCAPED.sub(r"\1", text) for text in key)
    return name, method
