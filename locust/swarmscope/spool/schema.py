"""The table of a spool, and how a file is read that another process left: it can hold anything.

A view that never ends has the name of a table as well, and a trigger runs when a row is deleted.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TABLE = """batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    run TEXT NOT NULL,
    requests INTEGER NOT NULL,
    points INTEGER NOT NULL,
    body BLOB NOT NULL  -- one gzip member: members joined are one valid gzip body
)"""
CREATE = f"CREATE TABLE IF NOT EXISTS {_TABLE}"
_INDEX = "batch_by_bucket"
_CREATE_INDEX = f"CREATE INDEX {_INDEX} ON batch (bucket)"
"""It holds each row's id, too: the oldest of a bucket are found whatever waits for another."""
_NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
COLUMNS = "id, bucket, run, requests, points, body"
_OURS = {
    ("table", "batch", f"CREATE TABLE {_TABLE}"),
    ("table", "sqlite_sequence", "CREATE TABLE sqlite_sequence(name,seq)"),
    ("index", _INDEX, _CREATE_INDEX),
}
"""All that the schema of a spool's file holds; those of a former version have no index."""
_CAREFUL = (
    "PRAGMA query_only=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
_STEPS = 50_000
"""Of SQLite's, between two looks at how many there were."""
_LEAST = 100
"""Looks that any file is worth."""
_BYTES = 25_000
"""Bytes of a file that are worth a look more: a row of ours has 70 at least, and takes 40 steps."""


class NotASpoolError(Exception):
    """A database, and none of ours."""


@contextmanager
def careful(db: sqlite3.Connection, path: Path | str) -> Iterator[bool]:
    """Let *db*, the file at *path*, only be read, and no longer than a spool of its size takes.

    Yield whether the table is there: a process may die before it is.

    Raises:
        NotASpoolError: it holds more than that table, something else of its name, or no end.

    """
    parts = (Path(f"{path}{end}") for end in ("", "-wal"))
    size = sum(part.stat().st_size for part in parts if part.exists())
    looks = iter(range(_LEAST + size // _BYTES))
    db.set_progress_handler(lambda: next(looks, None) is None, _STEPS)
    for pragma in _CAREFUL:
        db.execute(pragma)
    try:
        yield _is_ours(db)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            raise NotASpoolError("reading it takes longer than a spool of its size") from error
        raise
    finally:
        db.set_progress_handler(None, 0)
        db.execute("PRAGMA query_only=OFF")


def _is_ours(db: sqlite3.Connection) -> bool:
    """Whether *db* holds the table; nothing but its index may be beside it."""
    found = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    for one in found:
        if one not in _OURS:
            raise NotASpoolError(f"it holds the {one[0]} {one[1]!r}, as no spool does")
    return bool(found)


def index(db: sqlite3.Connection) -> None:
    """Make the index of *db*, unless its disk has no room: without it, all is found later.

    That of a damaged file may leave out rows, which nobody would send: it is made anew. One that is
    whole stays as it is: the age of what others left is that of its file.
    """
    if _is_indexed(db):
        return
    db.execute("BEGIN")
    try:
        db.execute(f"DROP INDEX IF EXISTS {_INDEX}")
        db.execute(_CREATE_INDEX)
        db.execute("COMMIT")
    except sqlite3.Error as error:
        with suppress(sqlite3.Error):  # where there is no room, SQLite did that itself
            db.execute("ROLLBACK")
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF not in _NO_ROOM or code == sqlite3.SQLITE_IOERR_SHORT_READ:
            raise


def _is_indexed(db: sqlite3.Connection) -> bool:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_INDEX,)).fetchone():
        return False
    rows = db.execute("SELECT count(*) FROM batch NOT INDEXED").fetchone()
    named = db.execute(f"SELECT count(bucket) FROM batch INDEXED BY {_INDEX}").fetchone()  # noqa: S608 - our own words
    return bool(rows == named)
