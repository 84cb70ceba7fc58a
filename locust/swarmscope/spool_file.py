"""The files of spools: whose each is, which nobody sends from any more, and what damage left."""

import fcntl
import os
import sqlite3
import stat
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

from swarmscope.settings import SPOOL_DIR
from swarmscope.spool import COLUMNS, Kept, SpoolError, told

SUFFIX = ".spool"


def ensure_folder(folder: Path) -> None:
    """Make *folder* where it isn't there.

    Where everybody may write, the default one may have been put there by somebody else, who could
    read what is measured, or have other files of this user overwritten by way of links.

    Raises:
        SpoolError: it is not this user's own.
        OSError: it can't be made.

    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_trusted(folder):
        raise SpoolError(
            f"The spool's folder {folder} was made by another user, or is a link.",
            remedy="Set SWARMSCOPE_SPOOL_DIR to a folder of your own.",
        )


def _is_trusted(folder: Path) -> bool:
    if folder != SPOOL_DIR:
        return True  # whoever named it knows whose it is
    try:
        found = folder.lstat()
    except OSError:
        return False  # it isn't there, or where nobody lets us look
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


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
            ensure_folder(folder)
            safe = "".join(c if c.isalnum() or c in "-." else "_" for c in host)[:64]
            path = folder / f"{safe}-{os.getpid()}-{uuid4().hex[:8]}{SUFFIX}"
            lock = _lock(path)
        if lock is None:  # a new name, so nobody else can hold it
            raise SpoolError(f"The new spool {path} is locked by another process.")
        return cls(path, lock)

    @classmethod
    def orphans(
        cls, folder: Path, limit: int = 1_000, *, without: Collection[Path] = ()
    ) -> list["SpoolFile"]:
        """Take over *limit* of the files in *folder* whose process is gone.

        Those at a path in *without* are left alone.
        """
        found: list[SpoolFile] = []
        if not _is_trusted(folder):
            return found
        for path in sorted(folder.glob(f"*{SUFFIX}")):
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
            if path.exists():
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


def salvage(path: Path, *, without: Collection[int] = ()) -> Iterator[Kept]:
    """Yield what can still be read whole of a damaged file, except for the ids in *without*."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as db:
        ids: list[int] = []
        with suppress(sqlite3.Error):
            # One by one: those before the damaged page are known when it is met.
            ids.extend(row_id for (row_id,) in db.execute("SELECT id FROM batch ORDER BY id"))
        for row_id in ids:
            with suppress(sqlite3.Error, TypeError):
                row = db.execute(f"SELECT {COLUMNS} FROM batch WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 - our own words
                if row is not None and row_id not in without and Kept(*row).intact():
                    yield Kept(*row)


def _lock(path: Path) -> int | None:
    # A file of its own: SQLite's locks on the database are lost when any descriptor of it closes.
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
