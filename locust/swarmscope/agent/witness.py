"""Locust's own count of this process's requests: a witness that shares no code with ours.

Locust forgets on purpose: a worker's statistics start from zero after each report to the master,
all statistics do when a run starts or somebody resets them, and a master's hold its workers' too.
So what leaves them is added up at the places where it leaves (`StatsEntry.reset`, which reports and
resets call; `RequestStats.clear_all`), and what reports of workers bring in (`StatsEntry.extend`)
is taken off. No request event is touched for it.

The methods are wrapped in their classes, and only the statistics of a witness are told apart: an
object of Locust's stays as it is, since locustfiles copy and pickle them. Nothing here may raise:
Locust's own calls go on behind it.
"""

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple
from weakref import WeakSet

from locust.env import Environment
from locust.stats import RequestStats, StatsEntry

from swarmscope.agent.contained import contained

Endpoint = tuple[Any, Any]
"""Name and method, as Locust's statistics have them."""


class Counts(NamedTuple):
    """Requests, and how many of them failed."""

    requests: int
    failures: int

    def plus(self, requests: int, failures: int) -> "Counts":
        """Return these and as many more."""
        return Counts(self.requests + requests, self.failures + failures)

    def minus(self, other: "Counts") -> "Counts":
        """Return these less *other*."""
        return self.plus(-other.requests, -other.failures)

    def above(self, other: "Counts") -> "Counts":
        """Return how many more of each there are than in *other*."""
        return Counts(
            max(0, self.requests - other.requests), max(0, self.failures - other.failures)
        )


NOTHING = Counts(0, 0)


class Reading(NamedTuple):
    """What Locust had counted at one moment: in all, and of each endpoint."""

    total: Counts
    each: dict[Endpoint, Counts]


class Witness:
    """Counts what Locust counted since this was made; *on_reset* is told of reset statistics."""

    def __init__(
        self, environment: Environment, on_reset: Callable[[], None] = lambda: None
    ) -> None:
        self._environment = environment
        self.on_reset = on_reset
        self._stats = environment.stats
        self._total = environment.stats.total
        self._gone = NOTHING
        """What is no longer in the statistics, less what isn't this process's own."""
        self._gone_of: dict[Endpoint, Counts] = {}
        """The same of each endpoint."""
        _wrap_once()
        _WITNESSES.add(self)

    @property
    def total(self) -> Counts:
        """Requests of this process so far, those included that were counted before this was made.

        As far as they were still in the statistics then. It never goes back.
        """
        stats = self._environment.stats
        if stats is not self._stats or stats.total is not self._total:
            # Somebody's own statistics from now on: what the old ones had stays counted.
            self._follow(stats)
        return self._gone.plus(*_counts(self._total))

    def read(self) -> Reading:
        """Return what Locust counted so far, endpoint by endpoint: work for each one it knows."""
        total = self.total
        each = dict(self._gone_of)
        # In one step: a native thread may add to them.
        for endpoint, entry in list(self._stats.entries.items()):
            each[endpoint] = each.get(endpoint, NOTHING).plus(*_counts(entry))
        return Reading(total, each)

    def _follow(self, stats: RequestStats) -> None:
        old = self._stats
        # A copy (`copy.deepcopy`) goes on from what its original had counted, and has its age.
        copied = stats.total.start_time == self._total.start_time
        kept = _counts(stats.total) if copied else NOTHING
        if stats.total is not self._total:
            self._gone = self._gone.plus(*_counts(self._total).above(kept))
        if stats.entries is not old.entries:
            for endpoint, entry in list(old.entries.items()):
                other = stats.entries.get(endpoint) if copied else None
                kept = NOTHING if other is None else _counts(other)
                self._add(endpoint, _counts(entry).above(kept))
        self._stats, self._total = stats, stats.total

    def before_clear(self, stats: RequestStats) -> None:
        """Keep what *stats* have counted, if they are one's own: it is about to be forgotten."""
        if stats is self._stats:
            self._gone = self._gone.plus(*_counts(self._total))
            for endpoint, entry in list(stats.entries.items()):
                self._add(endpoint, _counts(entry))

    def on_cleared(self, stats: RequestStats) -> None:
        """Count by their new total, if *stats* are one's own."""
        if stats is self._stats:
            self._total = stats.total

    def on_moved(self, entry: StatsEntry, counts: Counts) -> None:
        """Keep what *entry* counted that is about to go, if it is one's own; below 0, that comes.

        A copy of an entry, or one that was put aside, is nobody's.
        """
        if entry is self._total:
            self._gone = self._gone.plus(*counts)
        elif entry.stats is self._stats:
            endpoint = entry.name, entry.method
            with suppress(TypeError):  # no key, so that it isn't among them
                if self._stats.entries.get(endpoint) is entry:
                    self._add(endpoint, counts)

    def on_reset_all(self, stats: RequestStats) -> None:
        """Tell of it, if *stats* are one's own."""
        if stats is self._stats:
            self.on_reset()

    def _add(self, endpoint: Endpoint, counts: Counts) -> None:
        if any(counts):
            self._gone_of[endpoint] = self._gone_of.get(endpoint, NOTHING).plus(*counts)


_WITNESSES: "WeakSet[Witness]" = WeakSet()
"""One, as a rule: a process has as many as it has Environments."""


def _counts(entry: StatsEntry) -> Counts:
    return Counts(entry.num_requests, entry.num_failures)


@contained
def _leave(entry: StatsEntry) -> None:
    """Tell whoever counts by *entry* that what it has is about to go."""
    for witness in list(_WITNESSES):
        witness.on_moved(entry, _counts(entry))


@contained
def _come_in(entry: StatsEntry, other: StatsEntry) -> None:
    """Tell whoever counts by *entry* that what *other* has is about to come in."""
    for witness in list(_WITNESSES):
        witness.on_moved(entry, NOTHING.minus(_counts(other)))


@contained
def _about_to_clear(stats: RequestStats) -> None:
    for witness in list(_WITNESSES):
        witness.before_clear(stats)


@functools.cache
def _wrap_once() -> None:
    """Let Locust's classes tell the witnesses of what their statistics forget."""
    reset: Any = StatsEntry.reset
    extend: Any = StatsEntry.extend
    clear_all: Any = RequestStats.clear_all
    reset_all: Any = RequestStats.reset_all

    @functools.wraps(reset)
    def told_reset(self: StatsEntry) -> None:
        _leave(self)
        reset(self)

    @functools.wraps(extend)
    def told_extend(self: StatsEntry, other: StatsEntry) -> None:
        _come_in(self, other)
        extend(self, other)

    @functools.wraps(clear_all)
    def told_clear_all(self: RequestStats) -> None:
        _about_to_clear(self)
        clear_all(self)
        for witness in list(_WITNESSES):
            witness.on_cleared(self)

    @functools.wraps(reset_all)
    def told_reset_all(self: RequestStats) -> None:
        reset_all(self)
        for witness in list(_WITNESSES):
            witness.on_reset_all(self)

    StatsEntry.reset = told_reset  # type: ignore[method-assign]
    StatsEntry.extend = told_extend  # type: ignore[method-assign]
    RequestStats.clear_all = told_clear_all  # type: ignore[method-assign]
    RequestStats.reset_all = told_reset_all  # type: ignore[method-assign]
