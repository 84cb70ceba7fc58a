"""What faults do to each request, and to the whole process."""

import asyncio
import gc
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from swarmscope.demo.cache import Cache

T = TypeVar("T")
LEAK_LIMIT = 256 * 2**20
"""Bytes: a demo must not end the programs beside it."""
PAUSE_SHARE = 0.1
"""Of the time from one pause to the next."""


class Strain:
    """The part of each request that no customer asked for."""

    def __init__(self) -> None:
        self.cpu_ms = 0.0
        self.failing_percent = 0.0
        self.leaked_kib = 0.0
        # One that grows, and not many: what lies between others' memory the system never gets back.
        self._held = bytearray()
        self._owed = 0.0

    def bear(self) -> None:
        """Compute and leak, as much as is asked for."""
        if self.cpu_ms:
            _compute(self.cpu_ms)
        size = int(self.leaked_kib * 2**10)
        if size and len(self._held) + size <= LEAK_LIMIT:
            # Written to: what is only reserved takes no memory.
            self._held += b"." * size

    def fails(self) -> bool:
        """Return whether this request is one of those that fail: of a hundred, exactly so many."""
        self._owed += self.failing_percent
        if self._owed < 100:
            return False
        self._owed -= 100
        return True

    def leak(self, kib: float) -> None:
        """Leak so much with each request from now on; 0 gives back what was leaked."""
        self.leaked_kib = kib
        if not kib:
            self._held = bytearray()


def _compute(ms: float) -> None:
    """Take *ms* of the processor, however busy that is with others."""
    until = time.thread_time() + ms / 1_000
    while time.thread_time() < until:
        sum(range(500))


class OneLock:
    """A lock around each job; none while it is held for 0 ms."""

    def __init__(self) -> None:
        self.held_ms = 0.0
        self.waiting = 0
        self._lock = threading.Lock()
        self._count = threading.Lock()

    def around(self, job: Callable[[sqlite3.Connection], T]) -> Callable[[sqlite3.Connection], T]:
        """Return *job* as one that has to have the lock first."""

        def run(connection: sqlite3.Connection) -> T:
            self._pass()
            return job(connection)

        return run if self.held_ms else job

    def _pass(self) -> None:
        self._wait(1)
        with self._lock:
            self._wait(-1)
            time.sleep(self.held_ms / 1_000)

    def _wait(self, change: int) -> None:
        with self._count:
            self.waiting += change


class Pauses:
    """Stands still again and again, and forgets the cache each time."""

    def __init__(self, cache: Cache) -> None:
        self.count = 0
        self._cache = cache
        self._task: asyncio.Task[None] | None = None

    def every(self, seconds: float) -> None:
        """Pause each so many *seconds*; 0: no more."""
        if self._task:
            self._task.cancel()
        self._task = asyncio.create_task(self._go_on(seconds)) if seconds else None

    async def _go_on(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.pause(seconds * PAUSE_SHARE)

    def pause(self, seconds: float) -> None:
        """Let nothing be answered for *seconds*, as while all garbage is collected."""
        self.count += 1
        self._cache.forget_all()
        gc.collect()
        # Of the thread on which all requests are read and answered.
        time.sleep(seconds)
