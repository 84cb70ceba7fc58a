"""The spool: every closed window is on disk before it is sent, and leaves when the store has it.

SQLite in WAL mode with ``synchronous=NORMAL``: a commit is a write without an fsync, which a killed
process survives; only a machine that loses power can lose the last moments. The file is this
process's alone (`database`).
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from swarmscope.spool.database import CutOffError, Extent, opened
from swarmscope.spool.errors import told
from swarmscope.spool.packing import intact, packed, unpacked
from swarmscope.spool.schema import COLUMNS, CREATE, careful, index

_DELETE = "DELETE FROM batch WHERE id = ?"
_IDS = "SELECT id FROM batch NOT INDEXED"
"""From the table itself, whatever an index says."""
_LAST_ID = 2**63 - 1
_MAX_BODY = 4 * 2**20
"""Compressed bytes of one write, unless a single batch is larger."""


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
        return unpacked(self.body)

    def batch(self) -> Batch:
        """Return it as it was before it was kept."""
        return Batch(self.bucket, self.run, self.requests, self.lines())

    def intact(self) -> bool:
        """Whether the body is what was kept."""
        return intact(self.body)


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

    *found* is to be said of a file that another process left: it is looked at before it is used.

    Raises:
        SpoolError: the file can't be written, is full or corrupt, or is no spool.

    """

    def __init__(self, path: Path | str, max_bytes: int, *, found: bool = False) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._forgotten: set[int] = set()
        self._ids: set[int] = set()
        self._batches: Counter[str] = Counter()
        self._newest: dict[str, int] = {}
        self.bytes = 0
        self.waiting: dict[tuple[str, str], Load] = {}
        """What waits, by bucket and run."""
        with told(path):
            self._db = opened(path)
            try:
                if found:
                    with careful(self._db, path) as filled:
                        if filled:
                            self._sum_up()
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=NORMAL")
                self._db.execute(CREATE)
                index(self._db)
                if not found:
                    self._sum_up()
                self._extent = Extent(path)
            except BaseException:
                self._db.close()
                raise

    def _sum_up(self) -> None:
        for bucket, run, bytes_, newest, *load in self._db.execute(
            "SELECT bucket, run, sum(length(body)), max(id), sum(requests), sum(points), count(*) "
            "FROM batch NOT INDEXED GROUP BY bucket, run"
        ):
            self.bytes += bytes_
            self._newest[bucket] = max(newest, self.newest(bucket))
            self.waiting[bucket, run] = Load(*load)
            self._batches[bucket] += load[-1]
        self._ids.update(row_id for (row_id,) in self._db.execute(_IDS))

    def keep(
        self,
        batch: Batch,
        *,
        spared: Collection[int] = (),
        expendable: Collection[str] = (),
    ) -> list[Kept]:
        """Put *batch* on disk; on return it survives a crash.

        A full spool drops its oldest batches; they are returned, to be counted as lost. Those of
        *expendable* buckets go before all others, this one included; those with *spared* ids stay:
        they are being sent.
        """
        row = (batch.bucket, batch.run, batch.requests, len(batch.lines), packed(batch.lines))
        with told(self.path), self._transaction():
            new = self._db.execute(
                "INSERT INTO batch (bucket, run, requests, points, body) VALUES (?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            kept = Kept(new or 0, *row)
            dropped = self._make_room(kept, spared, expendable)
        self._count(kept, 1)
        for gone in dropped:
            self._count(gone, -1)
        return dropped

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self.waiting

    def batches(self, bucket: str) -> int:
        """Return how many batches wait for *bucket*. Never blocks, and any thread may ask."""
        return self._batches.get(bucket, 0)

    @property
    def buckets(self) -> list[str]:
        """The buckets for which something waits. Never blocks, and any thread may ask."""
        return [bucket for bucket, batches in tuple(self._batches.items()) if batches]

    def newest(self, bucket: str) -> int:
        """Return the id of the newest batch that was ever kept for *bucket*; 0 if there is none."""
        return self._newest.get(bucket, 0)

    def _count(self, kept: Kept, sign: int) -> None:
        (self._ids.add if sign > 0 else self._ids.discard)(kept.id)
        self._newest[kept.bucket] = max(kept.id, self.newest(kept.bucket))
        self.bytes += sign * len(kept.body)
        self._batches[kept.bucket] += sign
        key = kept.bucket, kept.run
        before = self.waiting.get(key, Load(0, 0, 0))
        after = Load(
            before.requests + sign * kept.requests,
            before.points + sign * kept.points,
            before.batches + sign,
        )
        if after.batches > 0:
            self.waiting[key] = after
        else:
            self.waiting.pop(key, None)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._extent.check()
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # the first error is the one to tell
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._extent.learn()

    def _make_room(
        self, new: Kept, spared: Collection[int], expendable: Collection[str]
    ) -> list[Kept]:
        dropped: list[Kept] = []
        excess = self.bytes + len(new.body) - self._max_bytes
        if excess > 0:
            for kept in self._droppable(new, expendable):
                if excess <= 0:
                    break
                # What a full disk wouldn't delete is stored: it takes no room, nor can it be lost.
                if kept.id not in spared and kept.id not in self._forgotten:
                    dropped.append(kept)
                    excess -= len(kept.body)
            self._db.executemany(_DELETE, [(kept.id,) for kept in dropped])
        return dropped

    def _droppable(self, new: Kept, expendable: Collection[str]) -> Iterator[Kept]:
        for bucket in expendable:
            yield from self._rows("WHERE bucket = ? ORDER BY id", bucket)
        for kept in self._rows("WHERE id < ? ORDER BY id", new.id):
            if kept.bucket not in expendable:
                yield kept

    def _rows(self, rest: str, *parameters: object) -> Iterator[Kept]:
        for row in self._db.execute(
            f"SELECT {COLUMNS} FROM batch {rest}",  # noqa: S608 - our own words
            parameters,
        ):
            yield Kept(*row)

    def oldest(
        self, bucket: str, max_points: int, *, after: int = 0, up_to: int | None = None
    ) -> list[Kept]:
        """Return the oldest batches of *bucket*, up to *max_points* points but at least one.

        Only those with an id beyond *after*, and none beyond *up_to*.
        """
        chosen: list[Kept] = []
        points = size = 0
        if not self.batches(bucket):
            return chosen
        with told(self.path):
            self._extent.check()
            for kept in self._rows(
                "WHERE bucket = ? AND id > ? AND id <= ? ORDER BY id",
                bucket,
                after,
                _LAST_ID if up_to is None else up_to,
            ):
                if kept.id in self._forgotten:
                    continue
                points += kept.points
                size += len(kept.body)
                if chosen and (points > max_points or size > _MAX_BODY):
                    break
                chosen.append(kept)
        return chosen

    def check(self) -> None:
        """Look whether somebody cut the file off.

        Raises:
            SpoolCorruptError: somebody did.

        """
        with told(self.path):
            self._extent.check()

    def rescued(self) -> Iterator[Kept]:
        """Yield what can be read whole of what waits; what the disk lost may be in memory yet."""
        return whole(self._db, sorted(self._ids))

    @property
    def ids(self) -> frozenset[int]:
        """Batches that wait."""
        return frozenset(self._ids)

    def forget(self, batches: list[Kept]) -> None:
        """Delete *batches*: the store has them, or they are counted as lost.

        A full disk refuses even that. They are then skipped, and deleted with the next that
        succeeds; should this process die first, they are sent again and land on themselves.
        """
        for kept in batches:
            if kept.id not in self._forgotten:
                self._forgotten.add(kept.id)
                self._count(kept, -1)
        with suppress(sqlite3.Error, CutOffError):
            with self._transaction():
                rows = [(row_id,) for row_id in self._forgotten]
                self._db.executemany(_DELETE, rows)
            self._forgotten.clear()

    def close(self) -> bool:
        """Close the file; what is in it stays. Return whether that is nothing but what is stored.

        Looked up, not counted: whoever deletes the file on a wrong count loses data.
        """
        try:
            ids = {row_id for (row_id,) in self._db.execute(_IDS)}
        except sqlite3.Error:
            return False
        finally:
            self._db.close()
        return ids <= self._forgotten


def whole(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[Kept]:
    """Yield those of *ids* that can be read whole of a damaged *db*, one by one."""
    for row_id in ids:
        with suppress(sqlite3.Error, TypeError):
            row = db.execute(f"SELECT {COLUMNS} FROM batch WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 - our own words
            if row is not None and Kept(*row).intact():
                yield Kept(*row)
