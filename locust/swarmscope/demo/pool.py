"""A bounded pool of threads, each with its own connection: the shop's bottleneck, on purpose."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE_S = 2.0
"""Seconds that a job waits for a connection."""
KEPT_EACH = 100
"""One of so many jobs keeps its connection, while any does."""


class PoolFullError(Exception):
    """As many jobs wait as may wait; this one was not taken."""


class PoolTimeoutError(Exception):
    """No connection became free in time."""


class Pool:
    """*workers* threads that run jobs in the order of their arrival; *queue_limit* may wait.

    Response times under load are service time plus the wait in this queue: it is what the demo
    is there to show.
    """

    def __init__(
        self,
        database: Path,
        *,
        workers: int,
        queue_limit: int,
        patience_s: float = PATIENCE_S,
        kept_each: int = KEPT_EACH,
    ) -> None:
        self.workers = workers
        self.queue_limit = queue_limit
        self.refused = 0
        self.timed_out = 0
        self.longest_queue = 0
        self._database = database
        self._patience_s = patience_s
        self._inside = 0
        self._lock = threading.Lock()
        self._local = threading.local()
        self._kept_each = kept_each
        self._kept_s = 0.0
        self._until_kept = kept_each
        self._all_back = threading.Event()
        self._threads = ThreadPoolExecutor(workers, "shop", initializer=self._connect)

    @property
    def busy(self) -> int:
        """Threads that have a job, or keep their connection after it."""
        return min(self._inside, self.workers)

    @property
    def waiting(self) -> int:
        """Jobs that no thread has taken up yet."""
        return self._inside - self.busy

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Return what *job* returns for one of the connections, when its turn has come.

        Raises:
            PoolFullError: the queue is full.
            PoolTimeoutError: its turn didn't come in time.

        """
        with self._lock:
            if self._inside >= self.workers + self.queue_limit:
                self.refused += 1
                raise PoolFullError
            self._inside += 1
            self.longest_queue = max(self.longest_queue, self.waiting)
        answer: Future[T] = Future()
        place = self._threads.submit(self._serve, job, answer)
        # The thread counts itself out: a client that hangs up must not free a place still taken.
        place.add_done_callback(self._leave)
        coming = asyncio.wrap_future(answer)
        done, _ = await asyncio.wait({coming}, timeout=self._patience_s)
        # What has begun can't be cancelled, and is waited for.
        if not done and place.cancel():
            self.timed_out += 1
            raise PoolTimeoutError
        return await coming

    def keep(self, seconds: float) -> None:
        """Let one of many jobs give its connection back so late; 0: all come back at once."""
        with self._lock:
            self._kept_s = seconds
        if seconds:
            self._all_back.clear()
        else:
            self._all_back.set()

    def close(self) -> None:
        """Wait for the jobs under way and end the threads."""
        self.keep(0)
        self._threads.shutdown()

    def _serve(self, job: Callable[[sqlite3.Connection], T], answer: "Future[T]") -> None:
        try:
            result = job(self._local.connection)
        except Exception as error:  # noqa: BLE001  # whose it is: who waits for the answer raises it
            answer.set_exception(error)
        else:
            answer.set_result(result)
        kept_s = self._keeps()
        if kept_s:
            self._all_back.wait(kept_s)

    def _keeps(self) -> float:
        with self._lock:
            if not self._kept_s:
                return 0.0
            self._until_kept -= 1
            if self._until_kept > 0:
                return 0.0
            self._until_kept = self._kept_each
            return self._kept_s

    def _leave(self, _: "Future[Any]") -> None:
        with self._lock:
            self._inside -= 1

    def _connect(self) -> None:
        # Autocommit: transactions are begun by name, where they are needed.
        connection = sqlite3.connect(self._database, isolation_level=None, timeout=10.0)
        connection.execute("PRAGMA foreign_keys = ON")
        # A demo's orders needn't survive a power cut, and slow disks would drown the queue.
        connection.execute("PRAGMA synchronous = OFF")
        self._local.connection = connection
