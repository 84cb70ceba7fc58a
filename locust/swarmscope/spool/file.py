"""The files of spools: whose each is, which nobody sends from any more, and what damage left."""

import fcntl
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

from swarmscope.own_files import open_own
from swarmscope.spool import Kept, SpoolError, told
from swarmscope.spool.database import opened
from swarmscope.spool.folder import SUFFIX, own_folder, spools, strangeness
from swarmscope.spool.schema import NotASpoolError, careful
from swarmscope.spool.spool import whole


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
        with told(folder):
            safe = "".join(c if c.isalnum() or c in "-." else "_" for c in host)[:64]
            name = f"{safe}-{os.getpid()}-{uuid4().hex[:8]}{SUFFIX}"
            path = own_folder(folder) / name
            lock = _lock(path)
            if lock is None:  # a new name, so nobody else can hold it
                raise SpoolError(f"The new spool {path} is locked by another process.")
            file = cls(path, lock)
            try:
                # SQLite gives its other files the permissions of this one.
                os.close(open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            except OSError:
                file.release(remove=True)
                raise
        return file

    @classmethod
    def orphans(
        cls, folder: Path, limit: int = 1_000, *, without: Collection[Path] = ()
    ) -> list["SpoolFile"]:
        """Take over *limit* of this user's files in *folder* whose process is gone.

        Those at a path in *without* are left alone.
        """
        found: list[SpoolFile] = []
        for path in spools(folder):
            if len(found) >= limit:
                break
            if path in without:
                continue
            file = cls.take(path)
            if file:
                found.append(file)
        return found

    @classmethod
    def take(cls, path: Path) -> "SpoolFile | None":
        """Take over the file at *path*, unless its process lives or it is gone."""
        with suppress(OSError):  # removed by its owner since somebody looked
            lock = _lock(path)
            if lock is None:
                return None
            if path.exists() and not strangeness(path):
                return cls(path, lock)
            # its owner was just done with it, and the lock may be a new file of ours
            Path(f"{path}.lock").unlink(missing_ok=True)
            os.close(lock)
        return None

    def set_aside(self) -> Path:
        """Rename a damaged file, so that nobody takes it for a spool again; return where it is.

        Where nothing can be renamed any more, it stays where it is.
        """
        aside = self.path.with_suffix(".corrupt")
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{self.path}{suffix}").rename(f"{aside}{suffix}")
        self._give_up(".lock")
        return aside if aside.exists() else self.path

    def release(self, *, remove: bool) -> None:
        """Give the file up: removed when it is empty, left for the next start when it is not."""
        self._give_up(*("", "-wal", "-shm", ".lock") if remove else ())

    def _give_up(self, *suffixes: str) -> None:
        for suffix in suffixes:
            with suppress(OSError):  # of a folder that can't be written: the next start looks again
                Path(f"{self.path}{suffix}").unlink()
        os.close(self._lock)


def salvage(path: Path, *, among: Collection[int] | None = None) -> Iterator[Kept]:
    """Yield what can still be read whole of a damaged file: of the ids *among*, where known."""
    with (
        suppress(sqlite3.Error, NotASpoolError),
        closing(opened(path)) as db,
        careful(db, path),
    ):
        yield from whole(db, _ids(db) if among is None else sorted(among))


def _ids(db: sqlite3.Connection) -> list[int]:
    ids: list[int] = []
    with suppress(sqlite3.Error):
        # One by one: those before the damaged page are known when it is met.
        for (row_id,) in db.execute("SELECT id FROM batch ORDER BY id"):
            if ids and row_id <= ids[-1]:
                break  # its pages lead to one another: there would be no end
            ids.append(row_id)
    return ids


def _lock(path: Path) -> int | None:
    # A file of its own: SQLite's locks on the database are lost when any descriptor of it closes.
    lock = open_own(f"{path}.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
