"""The shop's cache: answers that are kept in memory for a while."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

LIFETIME_S = 30.0
MOST = 2_000
"""Entries: whoever asks for made-up categories must not fill the memory."""


class Cache:
    """Entries that are forgotten *lifetime_s* seconds after they were put there.

    Nobody waits for another who fetches the same: when all are forgotten at once, all are fetched
    at once. That is what makes a cache's expiry visible.
    """

    def __init__(
        self, lifetime_s: float = LIFETIME_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.hits = 0
        self.misses = 0
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._kept)

    def get(self, key: Hashable) -> Any:
        """Return what is kept under *key*, and None where nothing is."""
        with self._lock:
            until, value = self._kept.get(key, (0.0, None))
            if self._clock() < until:
                self.hits += 1
                return value
            self.misses += 1
            return None

    def put(self, key: Hashable, value: Any) -> None:
        """Keep *value*; where there are too many, the oldest goes."""
        with self._lock:
            self._kept.pop(key, None)
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (self._clock() + self._lifetime_s, value)

    def forget_all(self) -> None:
        """Forget all entries."""
        with self._lock:
            self._kept.clear()
