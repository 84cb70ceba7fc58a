"""How a spool's file is opened, so that nothing done to it from outside ends or deceives a process.

SQLite keeps the index of its journal in a file that is mapped into memory, `-shm`: who cuts that
off kills whoever has it open by a SIGBUS. Where one process has a file to itself, SQLite keeps the
index in that one's own memory.
"""

import ctypes
import os
import sqlite3
from pathlib import Path
from weakref import WeakSet

IN_MEMORY = ":memory:"
_WAL_HEADER = 32
"""Bytes at the begin of the journal: random for each time that it is written anew."""
_OTHERS_S = 1.0
"""How long is waited for whoever has a file open that another process left."""


class CutOffError(Exception):
    """Somebody else took away some of a file that is in use."""


class _Connection(sqlite3.Connection):
    """One that can be referred to weakly."""


_OPEN: WeakSet[_Connection] = WeakSet()


def opened(path: Path | str) -> sqlite3.Connection:
    """Open the database at *path* for this process alone, mapping none of it into memory."""
    db = sqlite3.connect(
        path,
        isolation_level=None,
        check_same_thread=False,
        timeout=_OTHERS_S,
        factory=_Connection,
    )
    _OPEN.add(db)
    # before anything of it is read: later, there would be an index in a file already
    db.execute("PRAGMA locking_mode=EXCLUSIVE")
    db.execute("PRAGMA mmap_size=0")
    return db


def _leave_to_parent() -> None:
    """Let no connection be closed in a forked child, not even when its interpreter ends.

    SQLite believes there that it holds its parent's lock, and would remove the parent's journal.
    """
    for db in _OPEN:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(db))


os.register_at_fork(after_in_child=_leave_to_parent)


class Extent:
    """What the files of an open spool reach to, as long as nobody else cuts them off.

    SQLite doesn't look: it answers from its own memory, and goes on writing behind the gap, where
    the next process finds nothing.
    """

    def __init__(self, path: Path | str) -> None:
        # Without its lock others would take it for a dead process's.
        parts = () if path == IN_MEMORY else ("", "-wal", ".lock")
        self._paths = [f"{path}{part}" for part in parts]
        self.learn()

    def learn(self) -> None:
        """Remember how the files are, after this process wrote to them."""
        self._known = [_reach(path) for path in self._paths]

    def check(self) -> None:
        """Compare the files with how they were left.

        Raises:
            CutOffError: one is shorter, gone, or another.

        """
        for path, known in zip(self._paths, self._known, strict=True):
            size, begin = _reach(path)
            if size < known[0] or begin != known[1]:
                raise CutOffError(path)


def _reach(path: str) -> tuple[int, bytes]:
    """Return the size of the file at *path*, and of a journal how it begins."""
    try:
        size = os.stat(path).st_size  # noqa: PTH116 - quicker: five times a window
        return size, _begin(path) if size and path.endswith("-wal") else b""
    except OSError:
        return -1, b""


def _begin(path: str) -> bytes:
    # Of the journal only: SQLite's locks on the database are lost when any descriptor of it closes.
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.read(file, _WAL_HEADER)
    finally:
        os.close(file)
