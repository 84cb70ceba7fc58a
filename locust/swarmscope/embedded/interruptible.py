"""Work on the store that another thread may call off."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

QUESTION_S = 50.0
"""How long a store may look for an answer."""
_AGAIN_S = 0.05
"""How often work is called off: it may be about to begin another query."""


class Interruptible:
    """A connection whose work `call_off` ends.

    But not while a transaction ends: whether it was done would not be known, and the writer's
    memory of the file goes by that.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.cursor = cursor
        self.ending = threading.Lock()
        """Held while a transaction ends."""

    def call_off(self) -> None:
        """Have what is done now fail, unless that is a transaction's end."""
        if self.ending.acquire(blocking=False):
            try:
                self.cursor.interrupt()
            finally:
                self.ending.release()

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Have what is done in the block fail when it takes longer than *seconds*."""
        done = threading.Event()

        def watch() -> None:
            pause = seconds
            while not done.wait(pause):
                self.call_off()
                pause = _AGAIN_S

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield
        finally:
            done.set()
            watching.join()
