"""Locust's own count of this process's requests: a witness that shares no code with ours.

Locust forgets on purpose: a worker's statistics start from zero after each report to the master,
all statistics do when a run starts or somebody resets them, and a master's hold its workers' too.
So what leaves `stats.total` is added up at the places where it leaves (`StatsEntry.reset`, which
reports and resets call; `RequestStats.clear_all`), and what reports of workers bring in
(`StatsEntry.extend`) is taken off. No request event is touched for it.

The methods are wrapped in their classes, and only the statistics of a witness are told apart: an
object of Locust's stays as it is, since locustfiles copy and pickle them.
"""

import functools
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from locust.env import Environment
from locust.stats import RequestStats, StatsEntry


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
            self._stats = stats
            self._watch(stats)
        return self.gone + int(self.total.num_requests)

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


@functools.cache
def _wrap_once() -> None:
    """Let Locust's classes tell the witnesses of what their statistics forget."""
    reset: Any = StatsEntry.reset
    extend: Any = StatsEntry.extend
    clear_all: Any = RequestStats.clear_all
    reset_all: Any = RequestStats.reset_all

    @functools.wraps(reset)
    def told_reset(self: StatsEntry) -> None:
        witness = _OF_TOTAL.get(self)
        if witness:
            witness.gone += self.num_requests
        reset(self)

    @functools.wraps(extend)
    def told_extend(self: StatsEntry, other: StatsEntry) -> None:
        witness = _OF_TOTAL.get(self)
        if witness:
            witness.gone -= other.num_requests
        extend(self, other)

    @functools.wraps(clear_all)
    def told_clear_all(self: RequestStats) -> None:
        witness = _OF_STATS.get(self)
        if witness:
            witness.gone += self.total.num_requests
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
