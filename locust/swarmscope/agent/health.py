"""The load generator's own health: a saturated one measures itself."""

from time import monotonic

import gevent
import psutil

_BEAT = 0.1
_SHORTEST_S = 0.5
"""The system counts a process's CPU in steps of 10 ms: over less than this they are no share."""


class GeneratorHealth:
    """CPU, memory and event-loop lag of this process."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only sets the starting point
        self._measured = monotonic()
        self._cpu = 0.0
        self._lag = 0.0
        self._greenlet = gevent.spawn(self._watch)

    def _watch(self) -> None:
        while True:
            due = monotonic() + _BEAT
            gevent.sleep(_BEAT)
            self._lag = max(self._lag, monotonic() - due)

    def take(self) -> dict[str, float | int]:
        """Return the fields of `locust_worker` since the last call."""
        lag, self._lag = self._lag, 0.0
        return {
            "cpu_percent": self._cpu_percent(),
            "rss_bytes": int(self._process.memory_info().rss),
            "loop_lag_ms": max(0.0, lag * 1000),
        }

    def _cpu_percent(self) -> float:
        # Two ticks may come one right after the other, when the first was late or a run begins.
        if monotonic() - self._measured >= _SHORTEST_S:
            self._measured = monotonic()
            self._cpu = float(self._process.cpu_percent())
        return self._cpu

    def close(self) -> None:
        """Stop watching."""
        self._greenlet.kill()
