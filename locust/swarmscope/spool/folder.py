"""The folder of a user's spools: his own, whatever others do in the one that was named."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from swarmscope.own_files import NotOwnError, check_usable, is_own_folder, make_private, oddity
from swarmscope.settings import places
from swarmscope.spool import SpoolError

SUFFIX = ".spool"
_PARTS = ("", "-wal", "-shm", "-journal", ".lock")
"""What belongs to a spool, by the end of its name."""
_MOST = 10_000
"""Names that are looked at in a folder that others can fill."""


def own_folder(named: Path) -> Path:
    """Return the folder for new spools, made where it wasn't there.

    It is *named* itself, or one in it where others may write there: who can read what is measured
    can also put there what would be sent, or links to files of this user.

    Raises:
        SpoolError: it is somebody else's.
        OSError: it can't be made.

    """
    folder = named
    if named != places.spool_dir():
        named.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_trusted(named, named):
            return named
        folder = named / places.own_name()
    with _judged(folder):
        make_private(folder)
    return folder


def usable_folder(named: Path) -> Path:
    """Return the folder for new spools as `own_folder` does, and make nothing.

    Raises:
        SpoolError: it is somebody else's.
        OSError: it can't be made, or not be written to.

    """
    folder = named
    if named != places.spool_dir():
        if not named.exists() or _is_trusted(named, named):
            check_usable(named, private=False)
            return named
        if not named.is_dir():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(named))
        folder = named / places.own_name()
    with _judged(folder):
        check_usable(folder, private=True)
    return folder


@contextmanager
def _judged(folder: Path) -> Iterator[None]:
    try:
        yield
    except NotOwnError as error:
        raise SpoolError(
            f"The spool's folder {folder} can't be used: {error.strerror}.",
            data="Nothing in it is read, sent or changed.",
            remedy="Set SWARMSCOPE_SPOOL_DIR to a folder of your own.",
        ) from error


def spools(named: Path) -> Iterator[Path]:
    """Yield the spools of this user, also where they are made when others may write to *named*.

    Where none is named, all places of this and of former versions are looked at.
    """
    for folder in _of_user(named):
        if _is_trusted(folder, named):
            yield from (path for path in _listed(folder) if not strangeness(path))


def left_out(named: Path) -> Iterator[tuple[Path, str]]:
    """Yield what `spools` leaves out although it looks like one of this user's, and why."""
    for folder in _of_user(named):
        trusted = _is_trusted(folder, named)
        for path in _listed(folder, None if trusted else _MOST):
            why = strangeness(path)
            if trusted and why:
                yield path, why
            elif not trusted and not why:
                yield path, f"others may write to {folder}"


def strangeness(path: Path) -> str:
    """Say why *path* isn't a spool that this user made; nothing where it may be one."""
    for part in _PARTS:
        try:
            why = oddity(os.lstat(f"{path}{part}"))
        except FileNotFoundError:
            continue
        except OSError as error:  # of a disk that fails
            return f"it can't be looked at ({error.strerror})"
        if why:
            return why
    return ""


def _of_user(named: Path) -> list[Path]:
    if named == places.spool_dir():
        return places.spool_dirs()
    return [named, named / places.own_name()]


def _is_trusted(folder: Path, named: Path) -> bool:
    # Who named a link knows where it leads.
    follow = folder == named != places.spool_dir()
    try:
        return is_own_folder(folder.stat(follow_symlinks=follow))
    except OSError:  # it isn't there, or where nobody lets us look
        return False


def _listed(folder: Path, most: int | None = None) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            names = [one.name for one in islice(found, most) if one.name.endswith(SUFFIX)]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]
