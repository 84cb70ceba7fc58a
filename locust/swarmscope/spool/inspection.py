"""A spool seen by who only looks: no file is made, changed or removed, and nothing is kept locked.

SQLite is no mere reader of what a killed process left. It makes an index beside the journal; where
the last one closes a file, it writes the journal into it and removes it.
"""

import ctypes
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from swarmscope.own_files import open_own
from swarmscope.spool.errors import told
from swarmscope.spool.schema import careful


@contextmanager
def ownerless(path: Path) -> Iterator[bool]:
    """Say whether no process has the spool at *path*; if so, none takes it during the block."""
    try:
        lock = open_own(f"{path}.lock", os.O_RDWR)
    except FileNotFoundError:  # a spool without a lock is anybody's, until its next start
        yield path.exists()
        return
    except OSError:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = True
    except BlockingIOError:
        free = False
    try:
        yield free and path.exists()
    finally:
        os.close(lock)


def waiting(path: Path) -> list[tuple[str, int]]:
    """Return the runs of which something waits in the file at *path*, with their requests.

    Raises:
        SpoolError: it can't be read, or is no spool.

    """
    with told(path), _view(path) as db, careful(db, path) as filled:
        rows = db.execute("SELECT run, sum(requests) FROM batch GROUP BY run") if filled else ()
        return [(str(run), int(requests)) for run, requests in rows]


@contextmanager
def _view(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"file:{quote(str(path))}?mode=ro"
    if _size(path) == 0:  # its journal, if it has one, belongs to no page of it
        journal = False
    else:
        _refuse_if_open(address)
        journal = _size(Path(f"{path}-wal")) > 0
    if not journal:
        with closing(sqlite3.connect(f"{address}&immutable=1", uri=True)) as db:
            yield db
        return
    # Without locks, which it can't have on a file that it only reads, the index is in memory.
    db = sqlite3.connect(f"{address}&vfs=unix-none", uri=True)
    try:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        yield db
    finally:
        if _would_remove_journal(db):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(db))  # never closed
        else:
            db.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _refuse_if_open(address: str) -> None:
    """Raise SQLite's error where another has the file open, or it is no database."""
    with closing(sqlite3.connect(address, uri=True)) as db:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            # That lock takes a file that may be written to: nobody else has it, and that's enough.
            if error.sqlite_errorcode != sqlite3.SQLITE_IOERR_LOCK:
                raise


def _would_remove_journal(db: sqlite3.Connection) -> bool:
    """Whether closing *db* takes the journal away: where nothing in it can be read.

    What can be read would be written into the file first, which fails: it is open for reading.
    """
    try:
        db.execute("PRAGMA wal_checkpoint")
    except sqlite3.Error:
        return False
    return True
