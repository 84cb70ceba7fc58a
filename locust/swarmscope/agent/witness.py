"""Locust's own count of this process's requests: a witness that shares no code with ours.

Locust forgets on purpose: a worker's statistics start from zero after each report to the master,
all statistics do when a run starts or somebody resets them, and a master's hold its workers' too.
So what leaves them is added up at the places where it leaves (`StatsEntry.reset`, which reports and
resets call; `RequestStats.clear_all`), and what reports of workers bring in (`StatsEntry.extend`)
is taken off. No request event is touched for it.

The methods are wrapped in their classes, and only the statistics of a witness are told apart: an
object of Locust's stays as it is, since locustfiles copy and pickle them.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from locust.env import Environment
from locust.stats import RequestStats, StatsEntry

Endpoint = tuple[Any, Any]
"""Name and method, as Locust's statistics have them."""


class Counts(NamedTuple):
    """Requests, and how many of them failed."""

    requests: int
    failures: int

    def plus(self, requests: int, failures: int) -> "Counts":
        """Return these and as many more."""
        return Counts(self.requests + requests, self.failures + failures)


NOTHING = Counts(0, 0)


class Reading(NamedTuple):
    """What Locust had counted at one moment: in all, and of each endpoint."""

    requests: int
    each: dict[Endpoint, Counts]


class Witness:
    """Counts what Locust counted since this was made; *on_reset* is told of reset statistics."""

    def __init__(
        self, environment: Environment, on_reset: Callable[[], None] = lambda: None
    ) -> None:
        self._environment = environment
        self.on_reset = on_reset
        self._stats = environment.stats
        self.total = environment.stats.total
        self.gone = 0
        """What is no longer in the statistics, less what isn't this process's own."""
        self._gone_of: dict[Endpoint, Counts] = {}
        """The same of each endpoint."""
        _wrap_once()
        self._watch(self._stats)

    @property
    def requests(self) -> int:
        """Requests of this process so far, those included that were counted before this was made.

        As far as they were still in the statistics then. It never goes back.
        """
        stats = self._environment.stats
        if stats is not self._stats or stats.total is not self.total:
            # Somebody's own statistics from now on: what the old ones had stays counted.
            self.gone += self.total.num_requests
            if stats is not self._stats:
                self.let_go(self._stats)
            self._stats = stats
            self._watch(stats)
        return self.gone + int(self.total.num_requests)

    def read(self) -> Reading:
        """Return what Locust counted so far, endpoint by endpoint: work for each one it knows."""
        requests = self.requests
        each = dict(self._gone_of)
        for endpoint, entry in self._stats.entries.items():
            before = each.get(endpoint, NOTHING)
            each[endpoint] = before.plus(entry.num_requests, entry.num_failures)
        return Reading(requests, each)

    def let_go(self, stats: RequestStats) -> None:
        """Keep what the entries of *stats* have counted: they are about to be forgotten."""
        for endpoint, entry in stats.entries.items():
            self.add(endpoint, entry.num_requests, entry.num_failures)

    def add(self, endpoint: Endpoint, requests: int, failures: int) -> None:
        """Keep what an entry counted that is about to be forgotten; below 0, take it off."""
        self._gone_of[endpoint] = self._gone_of.get(endpoint, NOTHING).plus(requests, failures)

    def _watch(self, stats: RequestStats) -> None:
        _OF_STATS[stats] = self
        self.watch_total(stats.total)

    def watch_total(self, total: StatsEntry) -> None:
        """Count by *total* from now on, which begins at what it has."""
        _OF_TOTAL.pop(self.total, None)
        self.total = total
        _OF_TOTAL[total] = self


_OF_STATS: "WeakKeyDictionary[RequestStats, Witness]" = WeakKeyDictionary()
_OF_TOTAL: "WeakKeyDictionary[StatsEntry, Witness]" = WeakKeyDictionary()


def _move(entry: StatsEntry, requests: int, failures: int) -> None:
    """Tell whoever counts by *entry* that so many leave it; below 0, that they come in."""
    witness = _OF_TOTAL.get(entry)
    if witness:
        witness.gone += requests
        return
    stats = entry.stats
    endpoint = entry.name, entry.method
    # A copy of an entry, or one that was put aside, is nobody's.
    if stats is not None and stats.entries.get(endpoint) is entry:
        witness = _OF_STATS.get(stats)
        if witness:
            witness.add(endpoint, requests, failures)


@functools.cache
def _wrap_once() -> None:
    """Let Locust's classes tell the witnesses of what their statistics forget."""
    reset: Any = StatsEntry.reset
    extend: Any = StatsEntry.extend
    clear_all: Any = RequestStats.clear_all
    reset_all: Any = RequestStats.reset_all

    @functools.wraps(reset)
    def told_reset(self: StatsEntry) -> None:
        _move(self, self.num_requests, self.num_failures)
        reset(self)

    @functools.wraps(extend)
    def told_extend(self: StatsEntry, other: StatsEntry) -> None:
        _move(self, -other.num_requests, -other.num_failures)
        extend(self, other)

    @functools.wraps(clear_all)
    def told_clear_all(self: RequestStats) -> None:
        witness = _OF_STATS.get(self)
        if witness:
            witness.gone += self.total.num_requests
            witness.let_go(self)
        clear_all(self)
        if witness:
            witness.watch_total(self.total)

    @functools.wraps(reset_all)
    def told_reset_all(self: RequestStats) -> None:
        reset_all(self)
        witness = _OF_STATS.get(self)
        if witness:
            witness.on_reset()

    StatsEntry.reset = told_reset  # type: ignore[method-assign]
    StatsEntry.extend = told_extend  # type: ignore[method-assign]
    RequestStats.clear_all = told_clear_all  # type: ignore[method-assign]
    RequestStats.reset_all = told_reset_all  # type: ignore[method-assign]
