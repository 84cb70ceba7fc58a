"""The spool: every closed window is on disk before it is sent, and leaves when the store has it.

SQLite in WAL mode with ``synchronous=NORMAL``: a commit is a write without an fsync, which a killed
process survives; only a machine that loses power can lose the last moments.
"""

import fcntl
import gzip
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from swarmscope.errors import SwarmscopeError

SUFFIX = ".spool"
IN_MEMORY = ":memory:"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    run TEXT NOT NULL,
    requests INTEGER NOT NULL,
    points INTEGER NOT NULL,
    body BLOB NOT NULL  -- one gzip member: members joined are one valid gzip body
)
"""


class SpoolError(SwarmscopeError):
    """The spool's file can't be used."""


@dataclass(frozen=True)
class Batch:
    """The lines of one closed window (or of one bucket of it) and what they stand for."""

    bucket: str
    run: str
    requests: int
    lines: list[str]


@dataclass(frozen=True)
class Kept:
    """A batch as it lies in the spool; *body* is gzip-compressed line protocol."""

    id: int
    bucket: str
    run: str
    requests: int
    points: int
    body: bytes

    def lines(self) -> list[str]:
        """Return the lines of the batch."""
        # not splitlines(), which also splits at separators that names may hold
        return gzip.decompress(self.body).decode().removesuffix("\n").split("\n")


class Spool:
    """A bounded queue of batches on disk.

    Every method blocks on I/O: call them in a thread pool, never in the event loop, and always in
    the same thread.

    Raises:
        SpoolError: the file can't be written, is full or corrupt.

    """

    def __init__(self, path: Path | str, max_bytes: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._forgotten: set[int] = set()
        with _told(path):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(_SCHEMA)
            self.bytes: int = self._sum("length(body)")

    def _sum(self, what: str) -> int:
        (total,) = self._db.execute(f"SELECT coalesce(sum({what}), 0) FROM batch").fetchone()  # noqa: S608 - our own words
        return int(total)

    def keep(self, batch: Batch) -> list[Kept]:
        """Put *batch* on disk; on return it survives a crash.

        A full spool drops its oldest batches; they are returned, to be counted as lost.
        """
        # Level 1: level 9 takes seven times as long for a seventh fewer bytes.
        body = gzip.compress(("\n".join(batch.lines) + "\n").encode(), 1, mtime=0)
        with _told(self.path), self._transaction():
            dropped = self._make_room(len(body))
            self._db.execute(
                "INSERT INTO batch (bucket, run, requests, points, body) VALUES (?, ?, ?, ?, ?)",
                (batch.bucket, batch.run, batch.requests, len(batch.lines), body),
            )
        self.bytes += len(body) - sum(len(kept.body) for kept in dropped)
        return dropped

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # the first error is the one to tell
                self._db.execute("ROLLBACK")
            raise

    def _make_room(self, size: int) -> list[Kept]:
        dropped: list[Kept] = []
        excess = self.bytes + size - self._max_bytes
        if excess > 0:
            for kept in self._rows("ORDER BY id"):
                if excess <= 0:
                    break
                dropped.append(kept)
                excess -= len(kept.body)
            self._db.executemany("DELETE FROM batch WHERE id = ?", [(k.id,) for k in dropped])
        return dropped

    def _rows(self, rest: str, *parameters: object) -> Iterator[Kept]:
        for row in self._db.execute(
            f"SELECT id, bucket, run, requests, points, body FROM batch {rest}",  # noqa: S608 - ours
            parameters,
        ):
            yield Kept(*row)

    def oldest(self, max_points: int) -> list[Kept]:
        """Return the oldest batches of one bucket, up to *max_points* points but at least one."""
        chosen: list[Kept] = []
        points = 0
        with _told(self.path):
            for kept in self._rows("WHERE bucket = ? ORDER BY id", self._oldest_bucket()):
                if kept.id in self._forgotten:
                    continue
                points += kept.points
                if chosen and points > max_points:
                    break
                chosen.append(kept)
        return chosen

    def _oldest_bucket(self) -> str | None:
        for row_id, bucket in self._db.execute("SELECT id, bucket FROM batch ORDER BY id"):
            if row_id not in self._forgotten:
                return str(bucket)
        return None

    def forget(self, batches: list[Kept]) -> None:
        """Delete *batches*: the store has them, or they are counted as lost.

        A full disk refuses even that. They are then skipped, and deleted with the next that
        succeeds; should this process die first, they are sent again and land on themselves.
        """
        self.bytes -= sum(len(kept.body) for kept in batches)
        self._forgotten.update(kept.id for kept in batches)
        with suppress(sqlite3.Error):
            with self._transaction():
                rows = [(row_id,) for row_id in self._forgotten]
                self._db.executemany("DELETE FROM batch WHERE id = ?", rows)
            self._forgotten.clear()

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._db.close()


@contextmanager
def _told(path: Path | str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise SpoolError(
            f"The spool {path} can't be used: {error}.",
            remedy="Free disk space, or set SWARMSCOPE_SPOOL_DIR to a folder that can be written.",
        ) from error


class SpoolFile:
    """A spool's file with a lock, so that of all processes only its owner sends from it."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def create(cls, folder: Path, host: str) -> "SpoolFile":
        """Make a new file in *folder*, for this process.

        Raises:
            SpoolError: the folder can't be made or written.

        """
        with _told(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            safe = "".join(c if c.isalnum() or c in "-." else "_" for c in host)[:64]
            path = folder / f"{safe}-{os.getpid()}-{uuid4().hex[:8]}{SUFFIX}"
            lock = _lock(path)
        if lock is None:  # a new name, so nobody else can hold it
            raise SpoolError(f"The new spool {path} is locked by another process.")
        return cls(path, lock)

    @classmethod
    def orphans(cls, folder: Path) -> list["SpoolFile"]:
        """Take over the files in *folder* whose process is gone."""
        found = []
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            with suppress(OSError):  # removed by its owner since we looked
                lock = _lock(path)
                if lock is not None:
                    found.append(cls(path, lock))
        return found

    def release(self, *, remove: bool) -> None:
        """Give the file up: removed when it is empty, left for the next start when it is not."""
        if remove:
            for suffix in ("", "-wal", "-shm", ".lock"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        os.close(self._lock)


def _lock(path: Path) -> int | None:
    # A file of its own: SQLite's locks on the database are lost when any descriptor of it closes.
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
