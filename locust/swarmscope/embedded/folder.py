"""The folder of an embedded store: what is in it is for its user alone, as a token says."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from swarmscope.errors import StoreUnreachableError
from swarmscope.own_files import (
    WIDE,
    NoPermissionsError,
    NotOwnError,
    is_own_folder,
    make_private,
    oddity,
)

log = logging.getLogger(__name__)

DATA = Path(".swarmscope")
"""Where nobody names another: it is never anything else's folder."""
FILE_NAME = "swarmscope.duckdb"
_SPILLED = ".tmp"
"""A folder, for what doesn't fit into memory."""
_PARTS = ("", ".wal", ".wal.checkpoint", ".wal.recovery", _SPILLED)
"""What DuckDB opens for a store, by the end of its name."""


def keep_private() -> None:
    """Let nobody else read what this process writes from now on."""
    os.umask(WIDE)


def own_name() -> str:
    """Return what this user's folder is called in one that others may write to."""
    return f"swarmscope-store-{os.geteuid()}"


def make_folder(named: Path) -> Path:
    """Return the folder for a store, made where it wasn't there: its user's alone.

    It is *named* itself, which keeps its permissions if it is there, because it may be a project;
    or one in it where others may write there: DuckDB writes through the links that they put in the
    place of its files.

    Raises:
        StoreUnreachableError: it can't be made, or somebody else made it.

    """
    try:
        if named.name == DATA.name and not _is_own_link(named):
            return close_folder(named)
        named.mkdir(mode=0o700, parents=True, exist_ok=True)
        return named if is_own_folder(named.stat()) else _inside(named)
    except NotOwnError as error:
        raise StoreUnreachableError(
            f"The data folder {error.filename} can't be used: {error.strerror}.",
            data="Nothing in it was opened or changed.",
            remedy="Name a folder of your own with --data.",
        ) from error
    except OSError as error:
        raise StoreUnreachableError(
            f"The data folder {named} can't be made ({error.strerror}).",
            remedy="Make it writable for this user, or name another one with --data.",
        ) from error


def close_folder(folder: Path) -> Path:
    """Make *folder*, or let nobody else into it; return it.

    Raises:
        NotOwnError: somebody else made it, or it is a link.
        OSError: it can't be made.

    """
    try:
        make_private(folder)
    except NoPermissionsError:
        _warn(folder)
    return folder


def find_folder(named: Path) -> Path:
    """Return where the store is that `make_folder` made a folder for.

    Without one of this user's own, *named* may hold somebody else's: who names it may read it.
    """
    mine = named / own_name()
    try:
        is_inside = is_own_folder(mine.lstat()) and not is_own_folder(named.stat())
    except OSError:  # it isn't there, or nobody lets us look: who opens it will say so
        return named
    return mine if is_inside and (mine / FILE_NAME).is_file() else named


def owner_of(folder: Path) -> int | None:
    """Return the other user who made *folder*, or the store in it; None if it is this one's."""
    owners = {path.lstat().st_uid for path in (folder, folder / FILE_NAME)}
    return next(iter(owners - {os.geteuid()}), None)


def check_regular(folder: Path) -> None:
    """Refuse to read where a store's file is a pipe, which would be waited for without an end.

    Raises:
        StoreUnreachableError: one is.

    """
    for part in _PARTS:
        path = folder / f"{FILE_NAME}{part}"
        if path.exists() and not path.is_file() and part != _SPILLED:
            raise StoreUnreachableError(
                f"{path} isn't a regular file, as a store's are.",
                data="Nothing was read or changed.",
                remedy="Name another store with --data, or a running server.",
            )


def check_files(folder: Path, known: os.stat_result) -> None:
    """Close a store's files to others, and refuse to write where one isn't this user's own.

    Raises:
        StoreUnreachableError: somebody else may have had a hand in one, or put another folder in
            the place of the one that is *known*.

    """
    if not folder.exists() or not os.path.samestat(folder.stat(), known):
        raise StoreUnreachableError(
            f"{folder} isn't the folder any more in which the store was opened.",
            data="Nothing more is stored; what was acknowledged before is, wherever it lies now.",
            remedy="See who moved it, and start anew where nobody else may: chmod go-w the folder "
            "above it, or chmod +t.",
        )
    for part in _PARTS:
        path = folder / f"{FILE_NAME}{part}"
        why = _strangeness(path)
        if why:
            raise StoreUnreachableError(
                f"{path} isn't taken for a file of this user's store: {why}.",
                data="Nothing was changed.",
                remedy="Move it elsewhere, or name another folder with --data.",
            )
        _close(path)


def _strangeness(path: Path) -> str:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return ""
    if path.suffix == _SPILLED and stat.S_ISDIR(status.st_mode):
        # Whatever links are in it: DuckDB follows none of there that lead elsewhere.
        return "" if status.st_uid == os.geteuid() else "another user made it"
    return oddity(status)


def _inside(named: Path) -> Path:
    mine = named / own_name()
    try:
        make_private(mine)
    except NoPermissionsError:
        with suppress(OSError):  # there may be something in it
            mine.rmdir()
        _warn(named)
        return named
    left = named / FILE_NAME
    if not (mine / FILE_NAME).exists() and left.exists() and not _strangeness(left):
        raise StoreUnreachableError(
            f"Others may write to {named}, and put links in the place of your store's files there.",
            data="The store is as it was.",
            remedy=f"Take that right away (chmod go-w {named}), move {left.name} to {mine}, or "
            "name another folder with --data.",
        )
    log.warning("Others may write to %s: the store is in %s, for you alone.", named, mine)
    return mine


def _is_own_link(path: Path) -> bool:
    """Whether *path* is a link of this user, who knows where it leads."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISLNK(status.st_mode) and status.st_uid == os.geteuid()


def _close(path: Path) -> None:
    """Take from others what former versions let them do with *path*."""
    with suppress(FileNotFoundError):
        status = path.lstat()
        if status.st_mode & WIDE:
            with suppress(PermissionError):  # a file system without permissions: looked at below
                path.chmod(stat.S_IMODE(status.st_mode) & ~WIDE)
            if path.lstat().st_mode & WIDE:
                _warn(path)


def _warn(path: Path) -> None:
    log.warning("Others may read %s, and write to it: its file system can't keep them out.", path)
