"""A bounded pool of threads, each with its own connection: the shop's bottleneck, on purpose."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class PoolFullError(Exception):
    """As many jobs wait as may wait; this one was not taken."""


class Pool:
    """*workers* threads that run jobs in the order of their arrival; *queue_limit* may wait.

    Response times under load are service time plus the wait in this queue: it is what the demo
    is there to show.
    """

    def __init__(self, database: Path, *, workers: int, queue_limit: int) -> None:
        self.workers = workers
        self.queue_limit = queue_limit
        self.refused = 0
        self.longest_queue = 0
        self._database = database
        self._inside = 0
        self._lock = threading.Lock()
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(workers, "shop", initializer=self._connect)

    @property
    def busy(self) -> int:
        """Threads that have a job."""
        return min(self._inside, self.workers)

    @property
    def waiting(self) -> int:
        """Jobs that no thread has taken up yet."""
        return self._inside - self.busy

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Return what *job* returns for one of the connections, when its turn has come.

        Raises:
            PoolFullError: the queue is full.

        """
        with self._lock:
            if self._inside >= self.workers + self.queue_limit:
                self.refused += 1
                raise PoolFullError
            self._inside += 1
            self.longest_queue = max(self.longest_queue, self.waiting)
        future = self._threads.submit(lambda: job(self._local.connection))
        # The thread counts itself out: a client that hangs up must not free a place still taken.
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Wait for the jobs under way and end the threads."""
        self._threads.shutdown()

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
