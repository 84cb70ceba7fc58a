"""How long a process's greenlets keep each other waiting: whose, and how long in each second."""

import functools
import gc
from time import perf_counter, thread_time, time
from typing import Any

import greenlet

OURS = "swarmscope."
_FULL = 2
"""The oldest generation: a collection looks at everything there is."""

Took = tuple[float, float]
"""By the clock and by the thread's CPU, ms."""


class Stretches:
    """How long greenlets ran before they let others: in each second the longest, ms.

    By the clock, and by this thread's CPU: another process may have had the processor meanwhile. A
    full collection of garbage is whoever's greenlet it happens in, and the worker's because of
    what the worker keeps: it counts as ours.
    """

    def __init__(self) -> None:
        self.ours: dict[int, Took] = {}
        self.others: dict[int, Took] = {}
        self.collections: list[float] = []
        self._running: dict[int, Took] | None = None
        self._began = _now()
        self._collecting = _now()

    def begin(self) -> None:
        """Look from now on, in this thread."""
        greenlet.settrace(self._on_switch)
        gc.callbacks.append(self._on_collection)

    def end(self) -> None:
        """Look no more."""
        greenlet.settrace(None)
        gc.callbacks.remove(self._on_collection)

    def notes(self) -> dict[str, list[Any]]:
        """Return what was seen, in the order of its seconds."""
        longest = {"ours": self.ours, "others": self.others}
        each: dict[str, list[Any]] = {who: list(seen.values()) for who, seen in longest.items()}
        return {**each, "collections": self.collections}

    def _on_switch(self, _event: str, between: tuple[Any, Any]) -> None:
        """Note how long the greenlet ran that lets another run now."""
        if self._running is not None:
            self._note(self._running, _since(self._began))
        # Whose the next one is must be seen now: when it has ended it has forgotten what it ran.
        run = getattr(between[1], "_run", None)
        # The hub has nothing to run: it waits for what comes.
        self._running = None if run is None else self.ours if _of_ours(run) else self.others
        self._began = _now()

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        """Note how long a full collection of garbage takes."""
        if info["generation"] != _FULL:
            return
        if phase == "start":
            self._collecting = _now()
            return
        took = _since(self._collecting)
        self.collections.append(took[1])
        self._note(self.ours, took)

    @staticmethod
    def _note(seconds: dict[int, Took], took: Took) -> None:
        second = int(time())
        known = seconds.get(second, (0.0, 0.0))
        seconds[second] = (max(known[0], took[0]), max(known[1], took[1]))


def _of_ours(run: Any) -> bool:
    while isinstance(run, functools.partial):
        run = run.func
    return str(getattr(run, "__module__", "")).startswith(OURS)


def _now() -> Took:
    return perf_counter() * 1_000, thread_time() * 1_000


def _since(then: Took) -> Took:
    now = _now()
    return now[0] - then[0], now[1] - then[1]
