"""Work on the store that another thread may call off."""

import threading

import duckdb


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
