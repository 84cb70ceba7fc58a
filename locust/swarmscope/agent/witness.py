"""Locust's own count of this process's requests: a witness that shares no code with ours.

Locust forgets on purpose: a worker's statistics start from zero after each report to the master,
all statistics do when a run starts or somebody resets them, and a master's hold its workers' too.
So what leaves `stats.total` is added up at the places where it leaves (`StatsEntry.reset`, which
reports and resets call; `RequestStats.clear_all`), and what reports of workers bring in
(`StatsEntry.extend`) is taken off. No request event is touched for it.
"""

import functools
from collections.abc import Callable

from locust.env import Environment
from locust.stats import RequestStats, StatsEntry


class Witness:
    """Counts what Locust counted since this was made; *on_reset* is told of reset statistics."""

    def __init__(
        self, environment: Environment, on_reset: Callable[[], None] = lambda: None
    ) -> None:
        self._environment = environment
        self._on_reset = on_reset
        self._stats = environment.stats
        self._gone = 0
        """What is no longer in the statistics, less what isn't this process's own."""
        self._watch(self._stats)

    @property
    def requests(self) -> int:
        """Requests of this process so far, those included that were counted before this was made.

        As far as they were still in the statistics then. It never goes back.
        """
        stats = self._environment.stats
        if stats is not self._stats:
            # Somebody's own statistics from now on: what the old ones had stays counted.
            self._gone += self._stats.total.num_requests
            self._stats = stats
            self._watch(stats)
        return self._gone + int(self._stats.total.num_requests)

    def _watch(self, stats: RequestStats) -> None:
        clear_all, reset_all = stats.clear_all, stats.reset_all

        @functools.wraps(clear_all)
        def clear() -> None:
            self._gone += stats.total.num_requests
            clear_all()
            self._watch_total(stats.total)

        @functools.wraps(reset_all)
        def reset() -> None:
            reset_all()
            self._on_reset()

        stats.clear_all = clear  # type: ignore[method-assign]
        stats.reset_all = reset  # type: ignore[method-assign]
        self._watch_total(stats.total)

    def _watch_total(self, total: StatsEntry) -> None:
        reset_one: Callable[[], None] = total.reset
        extend_one = total.extend

        @functools.wraps(reset_one)
        def reset() -> None:
            self._gone += total.num_requests
            reset_one()

        @functools.wraps(extend_one)
        def extend(other: StatsEntry) -> None:
            self._gone -= other.num_requests
            extend_one(other)

        total.reset = reset  # type: ignore[method-assign]
        total.extend = extend  # type: ignore[method-assign]
