"""What DuckDB keeps in memory of the store's file: all that it ever wrote there, or read.

Up to its limit, which has to be one that a large question can do with; so an hour of a test took
40 MB of the load generator's memory, and the next hour as much. The system keeps what is used of a
file anyway, and gives it up when somebody needs the room.

And it keeps 150 bytes of each buffer that a question ever had, in the queues of what to give up
first: up to 32,768 in each of six, 25 kB of a question. Only who gives all up looks through them.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

MEMORY_LIMIT = "1GB"
"""For questions, in all. DuckDB would take 80 % of the machine."""
CONFIG: dict[str, str | list[str]] = {
    "memory_limit": MEMORY_LIMIT,
    # It alone may be changed later: nothing else lets DuckDB forget anything.
    "allowed_configs": ["memory_limit"],
}
MOST = 24 * 2**20
"""Bytes of the file that may be kept while nobody asks."""
_LEFT = 8 * 2**20
"""What is left of them: the newest, which is asked for next."""
MOST_LEFT_BEHIND = 20_000
"""Buffers of questions that are gone, and in the queues still."""
_LITTLE = 4 * 2**20
"""Bytes that aren't in the file yet, just after a checkpoint: these have to go to another one."""
_LOOK_EVERY = 50
"""Writes. A look takes 0.7 ms, and to forget takes up to 25 ms."""
_HELD = """
SELECT
    coalesce(sum(memory_usage_bytes), 0)::BIGINT,
    coalesce(sum(memory_usage_bytes) FILTER (tag = 'BASE_TABLE'), 0)::BIGINT,
    -- The first two hold what tables are made of.
    (
        SELECT coalesce(sum(dead_nodes), 0)::BIGINT
        FROM duckdb_eviction_queues()
        WHERE queue_index > 1
    )
FROM duckdb_memory()
"""
_log = logging.getLogger(__name__)


class Cache:
    """Lets DuckDB forget, between two questions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._askers = 0
        self._writes = 0
        self._said = False

    @contextmanager
    def asked(self) -> Iterator[None]:
        """While somebody asks, nothing is forgotten: the question could fail for want of memory."""
        with self._lock:
            self._askers += 1
        try:
            yield
        finally:
            with self._lock:
                self._askers -= 1

    def after_write(self, writer: duckdb.DuckDBPyConnection) -> None:
        """Now and then look how much is kept; too much of it is forgotten, the oldest first.

        What was written is stored, whatever comes of this.
        """
        self._writes += 1
        if self._writes >= _LOOK_EVERY:
            with self._lock:
                # Else after the next write: on a busy machine somebody asks most of the time.
                if not self._askers:
                    self._writes = 0
                    self._look(writer)

    def _look(self, writer: duckdb.DuckDBPyConnection) -> None:
        try:
            _shrink(writer)
        except duckdb.Error as error:
            # Said once: the next looks would say the same for as long as the store is served.
            if not self._said:
                self._said = True
                _log.warning(
                    "The store can't forget what it keeps in memory (%s). All that is written is "
                    "stored; it may take up to %s. Starting it anew frees that.",
                    str(error).partition("\n")[0].rstrip("."),
                    MEMORY_LIMIT,
                )


def _shrink(writer: duckdb.DuckDBPyConnection) -> None:
    ((held, of_file, left_behind),) = writer.execute(_HELD).fetchall()
    if left_behind > MOST_LEFT_BEHIND and held - of_file <= _LITTLE:
        _forget(writer, 1024)
    elif of_file > MOST:
        # What isn't in the file yet stays: that would have to go to another file.
        _forget(writer, held - of_file + _LEFT)


def _forget(writer: duckdb.DuckDBPyConnection, down_to: int) -> None:
    # Where less can be forgotten than is asked for, all of that is, and the limit stays.
    with suppress(duckdb.OutOfMemoryException):
        writer.execute(f"SET memory_limit = '{down_to // 1024}KiB'")
    writer.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
