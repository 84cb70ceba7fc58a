"""The store's file: one writer, any number of readers, nothing acknowledged that isn't kept."""

import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from swarmscope import schema
from swarmscope.embedded import tables
from swarmscope.embedded.cache import CONFIG, Cache
from swarmscope.embedded.checks import check_format, check_tables, check_views, no_store
from swarmscope.embedded.deletion import Doomed, delete
from swarmscope.embedded.folder import FILE_NAME, check_files, make_folder
from swarmscope.embedded.index import MAX_SERIES, Index, WriteSet
from swarmscope.embedded.interruptible import Interruptible
from swarmscope.embedded.parser import Key, parse
from swarmscope.errors import StoreBusyError, StoreUnreachableError, SwarmscopeError

BUCKETS = (schema.BUCKET, schema.BUCKET_LONG)
_HOLDER = re.compile(r"held in (?P<program>\S+) \(PID (?P<pid>\d+)\)")
# A store beside a load generator must not eat its memory.
_CONFIG = {
    **CONFIG,
    # What doesn't fit in there goes to disk: up to 90 % of what is free, if nobody said otherwise.
    "max_temp_directory_size": "2GB",
    # A file of somebody else's may hold views in place of tables: they must not read files of this
    # user, which a server would hand out, nor load anything.
    "enable_external_access": "false",
    "lock_configuration": "true",
}
_NOBODY_ELSE = nullcontext()


class UnknownBucketError(SwarmscopeError):
    """A bucket that this store doesn't have."""


class StoreFailedError(StoreUnreachableError):
    """The disk or the database failed in the middle of a write."""


class Written(NamedTuple):
    """What became of a write."""

    stored: int
    dropped: int
    complaint: str
    """Why the first point that was not stored whole was not, in InfluxDB's words."""


class Database(AbstractContextManager["Database", None]):
    """A store opened for writing; it is closed by `close` or as a context manager.

    Raises:
        StoreBusyError: another process holds the file.
        StoreUnreachableError: the folder or the file can't be used.

    """

    def __init__(
        self, folder: Path, buckets: Iterable[str] = BUCKETS, *, max_series: int = MAX_SERIES
    ) -> None:
        self.buckets = frozenset(buckets)
        self._max_series = max_series
        self._writing = threading.Lock()
        self._cache = Cache()
        self.folder = make_folder(folder)
        """*folder*, or the one in it that nobody else may write to."""
        self.path = self.folder / FILE_NAME
        self._looked_at = self.folder.stat()
        self._open()

    def _open(self) -> None:
        check_files(self.folder, self._looked_at)
        self._connection = connect(self.path, read_only=False)
        self._writer = self._connection.cursor()
        try:
            # Once more, before anything is written: it takes a moment to open them.
            check_files(self.folder, self._looked_at)
            check_views(self._writer, self.path)
            for statement in tables.CREATE:
                self._writer.execute(statement)
            check_format(self._writer, self.path)
            check_tables(self._writer, self.path)
            self._index = _read_index(self._writer, self._max_series)
        except duckdb.Error as error:
            self._connection.close()
            raise no_store(self.path, _first_line(error)) from error
        except StoreUnreachableError:
            self._connection.close()
            raise

    def write(self, bucket: str, body: str, precision: str = "ns") -> Written:
        """Store the points of *body*; on return they survive a crash.

        Raises:
            ParseError: a line can't be read; nothing is stored.
            UnknownBucketError: there is no such bucket; nothing is stored.
            StoreFailedError: the disk or the database failed; nothing is stored.

        """
        self._check_bucket(bucket)
        points = parse(body, precision, time.time_ns(), self._index.texts.get)
        with self._writing:
            batch = WriteSet(self._index, bucket)
            try:
                for point in points:
                    batch.add(point)
                self._commit(batch)
            except BaseException:
                batch.undo()
                raise
            batch.remember()
            self._cache.after_write(self._writer)
        return Written(len(points) - batch.dropped, batch.dropped, batch.complaint)

    def delete(self, doomed: Doomed) -> None:
        """Delete points; series without any make room for others.

        Raises:
            UnknownBucketError: there is no such bucket.
            StoreFailedError: the disk or the database failed; nothing is deleted.

        """
        with self.cursor() as cursor:
            self.delete_with(Interruptible(cursor), doomed)

    def delete_with(self, interruptible: Interruptible, doomed: Doomed) -> None:
        """Do the same with a connection of the caller's, who may call it off.

        Raises:
            UnknownBucketError: there is no such bucket.
            StoreFailedError: it was called off, or the database failed; nothing is deleted.

        """
        self._check_bucket(doomed.bucket)
        with self._writing:
            meant = {
                series.id: key
                for (bucket, key), series in self._index.series.items()
                if doomed.means(bucket, key)
            }
            if not meant:
                return
            undone = "Nothing of this deletion is done"
            cursor, ending = interruptible.cursor, interruptible.ending
            with self._transaction(cursor, "delete from", undone, ending):
                gone = delete(cursor, list(meant), doomed)
            for number in gone:
                self._index.forget_series(doomed.bucket, meant[number])

    def _check_bucket(self, name: str) -> None:
        if name not in self.buckets:
            raise UnknownBucketError(f'bucket "{name}" not found')

    def _commit(self, batch: WriteSet) -> None:
        if not (batch.appended or batch.rewritten):
            return
        with self._transaction(self._writer, "write to", "Nothing of this write is stored"):
            _append(self._writer, "series", batch.new_series)
            _append(self._writer, "fields", batch.new_fields)
            _append(self._writer, "points", batch.appended)
            if batch.rewritten:
                # After the append: a point may land on one of its own batch.
                with self._writer.appender(
                    "points", action="delete", key=list(tables.POINT_KEY)
                ) as doomed:
                    doomed.append_rows(batch.rewritten)
                _append(self._writer, "points", batch.rewritten.values())

    @contextmanager
    def _transaction(
        self,
        cursor: duckdb.DuckDBPyConnection,
        what: str,
        otherwise: str,
        ending: AbstractContextManager[Any] = _NOBODY_ELSE,
    ) -> Iterator[None]:
        try:
            cursor.begin()
            yield
            with ending:
                cursor.commit()
        except duckdb.Error as error:
            with ending:
                self._recover(cursor)
            raise StoreFailedError(
                f"The store could not {what} {self.path}: {_first_line(error)}.",
                data=f"{otherwise}; what was acknowledged before is.",
                remedy="Look at the disk's free space and permissions; then send it again.",
            ) from error

    def _recover(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Leave the failed transaction; after a fatal error the file is opened anew."""
        try:
            cursor.rollback()
            self._writer.execute("FROM store_format")
        except duckdb.Error:
            self._connection.close()
            self._open()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a connection for reading: it sees each write whole or not at all."""
        with self._cache.asked(), self._connection.cursor() as cursor:
            yield cursor

    def close(self) -> None:
        """Put everything into the one file and let go of it."""
        with self._writing:
            self._connection.close()

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the file at *path*.

    Raises:
        StoreBusyError: another process holds it.
        StoreUnreachableError: it can't be opened.

    """
    try:
        return duckdb.connect(str(path), read_only=read_only, config=dict(_CONFIG))
    except duckdb.Error as error:
        holder = _HOLDER.search(str(error))
        if holder:
            raise StoreBusyError(
                f"{path} is held by process {holder['pid']} ({holder['program']}).",
                data="Nothing was changed.",
                remedy="Use the server that is already running, stop it, or name another "
                "folder with --data.",
                holder=int(holder["pid"]),
            ) from error
        raise StoreUnreachableError(
            f"The store's file {path} can't be opened: {_first_line(error)}.",
            data="Nothing was changed.",
            remedy="Check that this user may read and write it, or name another folder "
            "with --data.",
        ) from error


def _read_index(connection: duckdb.DuckDBPyConnection, max_series: int) -> Index:
    index = Index(max_series)
    newest = dict(
        connection.execute("SELECT series, max(time) FROM points GROUP BY series").fetchall()
    )
    for number, bucket, measurement, tags in connection.execute(
        "SELECT id, bucket, measurement, tags FROM series"
    ).fetchall():
        key = Key(measurement, tuple(sorted(tags.items())))
        index.know_series(number, bucket, key, newest.get(number))
    for number, bucket, measurement, name, kind in connection.execute(
        "SELECT id, bucket, measurement, name, type FROM fields"
    ).fetchall():
        index.know_field(number, bucket, measurement, name, kind)
    return index


def _append(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[Any, ...]]
) -> None:
    rows = list(rows)
    if rows:
        with connection.appender(table) as appender:
            appender.append_rows(rows)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
