"""The spool: every closed window is on disk before it is sent, and leaves when the store has it.

SQLite in WAL mode with ``synchronous=NORMAL``: a commit is a write without an fsync, which a killed
process survives; only a machine that loses power can lose the last moments.
"""

import gzip
import sqlite3
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from swarmscope.errors import SwarmscopeError

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
_COLUMNS = "id, bucket, run, requests, points, body"
_DAMAGE = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite calls a file whose content is wrong; our own statements are never."""
_MAX_BODY = 4 * 2**20
"""Compressed bytes of one write, unless a single batch is larger."""
_CHUNK = 2**16


class SpoolError(SwarmscopeError):
    """The spool's file can't be used."""


class SpoolCorruptError(SpoolError):
    """The file can be read, but what is in it is damaged."""


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

    def batch(self) -> Batch:
        """Return it as it was before it was kept."""
        return Batch(self.bucket, self.run, self.requests, self.lines())

    def intact(self) -> bool:
        """Whether the body is what was kept: SQLite doesn't notice a flipped bit.

        InfluxDB answers a damaged body with 500, as if it would pass: it would be sent for ever.
        """
        stream, left = zlib.decompressobj(16 + zlib.MAX_WBITS), self.body
        try:
            while left and not stream.eof:
                stream.decompress(left, _CHUNK)  # in pieces: never the whole of a large one
                left = stream.unconsumed_tail
        except zlib.error:
            return False
        return stream.eof


@dataclass(frozen=True)
class Load:
    """How much waits, or was lost, of one run."""

    requests: int
    points: int
    batches: int


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
        with told(path):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(_SCHEMA)
            self.bytes = 0
            self.waiting: dict[str, Load] = {}
            for run, bytes_, *load in self._db.execute(
                "SELECT run, sum(length(body)), sum(requests), sum(points), count(*) FROM batch "
                "GROUP BY run"
            ):
                self.bytes += bytes_
                self.waiting[run] = Load(*load)

    def keep(self, batch: Batch) -> list[Kept]:
        """Put *batch* on disk; on return it survives a crash.

        A full spool drops its oldest batches; they are returned, to be counted as lost.
        """
        # Level 1: level 9 takes seven times as long for a seventh fewer bytes.
        body = gzip.compress(("\n".join(batch.lines) + "\n").encode(), 1, mtime=0)
        with told(self.path), self._transaction():
            dropped = self._make_room(len(body))
            self._db.execute(
                "INSERT INTO batch (bucket, run, requests, points, body) VALUES (?, ?, ?, ?, ?)",
                (batch.bucket, batch.run, batch.requests, len(batch.lines), body),
            )
        self.bytes += len(body)
        self._count(batch.run, batch.requests, len(batch.lines), 1)
        self._leave(dropped)
        return dropped

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self.waiting

    def _count(self, run: str, requests: int, points: int, batches: int) -> None:
        before = self.waiting.get(run, Load(0, 0, 0))
        after = Load(before.requests + requests, before.points + points, before.batches + batches)
        if after.batches > 0:
            self.waiting[run] = after
        else:
            self.waiting.pop(run, None)

    def _leave(self, batches: list[Kept]) -> None:
        for kept in batches:
            self.bytes -= len(kept.body)
            self._count(kept.run, -kept.requests, -kept.points, -1)

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
            f"SELECT {_COLUMNS} FROM batch {rest}",  # noqa: S608 - our own words
            parameters,
        ):
            yield Kept(*row)

    def oldest(self, max_points: int, *, after: int = 0) -> list[Kept]:
        """Return the oldest batches of one bucket, up to *max_points* points but at least one.

        Only those with an id beyond *after*.
        """
        chosen: list[Kept] = []
        points = size = 0
        with told(self.path):
            rows = self._rows(
                "WHERE bucket = ? AND id > ? ORDER BY id", self._oldest_bucket(after), after
            )
            for kept in rows:
                if kept.id in self._forgotten:
                    continue
                points += kept.points
                size += len(kept.body)
                if chosen and (points > max_points or size > _MAX_BODY):
                    break
                chosen.append(kept)
        return chosen

    def _oldest_bucket(self, after: int) -> str | None:
        for row_id, bucket in self._db.execute(
            "SELECT id, bucket FROM batch WHERE id > ? ORDER BY id", (after,)
        ):
            if row_id not in self._forgotten:
                return str(bucket)
        return None

    @property
    def forgotten(self) -> frozenset[int]:
        """Batches that a full disk refused to delete."""
        return frozenset(self._forgotten)

    def forget(self, batches: list[Kept]) -> None:
        """Delete *batches*: the store has them, or they are counted as lost.

        A full disk refuses even that. They are then skipped, and deleted with the next that
        succeeds; should this process die first, they are sent again and land on themselves.
        """
        self._leave(batches)
        self._forgotten.update(kept.id for kept in batches)
        with suppress(sqlite3.Error):
            with self._transaction():
                rows = [(row_id,) for row_id in self._forgotten]
                self._db.executemany("DELETE FROM batch WHERE id = ?", rows)
            self._forgotten.clear()

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._db.close()


def salvage(path: Path, *, without: Collection[int] = ()) -> Iterator[Kept]:
    """Yield what can still be read whole of a damaged file, except for the ids in *without*."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as db:
        ids: list[int] = []
        with suppress(sqlite3.Error):
            # One by one: those before the damaged page are known when it is met.
            ids.extend(row_id for (row_id,) in db.execute("SELECT id FROM batch ORDER BY id"))
        for row_id in ids:
            with suppress(sqlite3.Error, TypeError):
                row = db.execute(f"SELECT {_COLUMNS} FROM batch WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 - our own words
                if row is not None and row_id not in without and Kept(*row).intact():
                    yield Kept(*row)


@contextmanager
def told(path: Path | str) -> Iterator[None]:
    """Say of every error inside that it is one of the spool at *path*."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 0)
        damaged = code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_IOERR_SHORT_READ
        raise (SpoolCorruptError if damaged else SpoolError)(
            f"The spool {path} can't be used: {error}.",
            remedy="Free disk space, or set SWARMSCOPE_SPOOL_DIR to a folder that can be written.",
        ) from error
