"""What the shop tells of itself, as a service's own metrics do: each second a value of each."""

import gc
import time
from collections.abc import Callable

import psutil

from swarmscope.demo.parts import Parts


class Gauges:
    """Reads the gauges of a shop; counts are told as how many there were a second since before."""

    def __init__(
        self,
        parts: Parts,
        connections: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._connections = connections
        self._process = psutil.Process()
        self._clock = clock
        self._before = self.totals()
        self._at = clock()

    def totals(self) -> dict[str, float]:
        """Return what was counted since the shop opened."""
        parts = self._parts
        return {
            "requests": parts.traffic.answered,
            "errors": parts.traffic.failed,
            "pool_timeouts": parts.pool.timed_out,
            "pool_refused": parts.pool.refused,
            "cache_hits": parts.cache.hits,
            "cache_misses": parts.cache.misses,
            "payment_timeouts": parts.payments.timed_out,
            "gc_collections": sum(each["collections"] for each in gc.get_stats()),
            "cpu_seconds": sum(self._process.cpu_times()[:2]),
        }

    def levels(self) -> dict[str, float]:
        """Return what is so now."""
        parts = self._parts
        return {
            "requests_in_flight": parts.traffic.in_flight,
            "open_connections": self._connections(),
            "pool_in_use": parts.pool.busy,
            "pool_waiting": parts.pool.waiting,
            "lock_waiting": parts.lock.waiting,
            "cache_entries": len(parts.cache),
            "payments_in_flight": parts.payments.under_way,
            "rss_bytes": self._process.memory_info().rss,
        }

    def read(self) -> dict[str, float]:
        """Return all of them, as they are written to the store."""
        now, at = self.totals(), self._clock()
        seconds = max(at - self._at, 1e-3)
        rates = {name: (now[name] - before) / seconds for name, before in self._before.items()}
        self._before, self._at = now, at
        cpu = rates.pop("cpu_seconds")
        told = {f"{name}_per_second": rate for name, rate in rates.items()}
        return {**self.levels(), **told, "cpu_percent": 100 * cpu}
