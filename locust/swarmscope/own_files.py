"""Files and folders of this user's own, where other users of the machine may lay traps.

A link in a folder of everybody's leads to any file that this user may write; a file of somebody
else's says what he likes.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

WIDE = stat.S_IRWXG | stat.S_IRWXO
"""What others may do."""
_WRITE = stat.S_IWGRP | stat.S_IWOTH


class NotOwnError(OSError):
    """A file or folder in which somebody else may have had a hand; *strerror* says why."""

    def __init__(self, why: str, path: Path | str) -> None:
        super().__init__(errno.EPERM, why, str(path))


class NoPermissionsError(NotOwnError):
    """A folder of this user's on a file system that keeps nobody out: FAT, some network shares."""


def is_own_folder(status: os.stat_result) -> bool:
    """Whether nobody else may put anything into this folder."""
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    return ours and not status.st_mode & _WRITE


def oddity(status: os.stat_result) -> str:
    """Say what makes of a file none of this user's own; nothing if it is one."""
    if stat.S_ISLNK(status.st_mode):
        return "it is a link"
    if not stat.S_ISREG(status.st_mode):
        return "it isn't a regular file"
    if status.st_uid != os.geteuid():
        return f"it belongs to another user (uid {status.st_uid})"
    # Whoever may not write a file can give it another name all the same, on some systems.
    return "it has a second name, a hard link" if status.st_nlink > 1 else ""


def open_own(path: Path | str, flags: int, mode: int = 0o600) -> int:
    """Open *path*, with *mode* where it is made: for its owner only.

    Raises:
        NotOwnError: it isn't this user's own, or a link.
        OSError: it can't be opened.

    """
    # Not to block: a pipe waits for its other end.
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file = os.open(path, flags, mode)
    except OSError as error:
        # Systems differ in how they say that.
        if Path(path).is_symlink():
            raise NotOwnError("it is a link", path) from error
        raise
    why = oddity(os.fstat(file))
    if why:
        os.close(file)
        raise NotOwnError(why, path)
    return file


def check_way(path: Path) -> None:
    """Refuse a *path* that leads through a link of another user: he chose where that is.

    Raises:
        NotOwnError: it does.

    """
    for folder in path.absolute().parents:
        try:
            status = folder.lstat()
        except OSError:  # it isn't there, or nobody lets us look: who opens the file will say so
            continue
        if stat.S_ISLNK(status.st_mode) and status.st_uid not in (0, os.geteuid()):
            raise NotOwnError(f"{folder} is a link of another user (uid {status.st_uid})", path)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file, which takes the place of *path* at the end of the block, unless that fails.

    Nobody sees half of it, or can have made it before; what is at *path*, a link too, is replaced
    and not written to.

    Raises:
        NotOwnError: the way there is another user's.
        OSError: it can't be made, or not take that place; what is at *path* is as it was.

    """
    check_way(path)
    # Not after *path*: whoever knows the name can be there first, and a long one may have no room.
    fresh = path.with_name(f".swarmscope-{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(fresh, flags, 0o666)  # the umask says who may read it
    try:
        with open(file, "wb") as opened:  # noqa: PTH123 - by its descriptor
            yield opened
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):  # it may be gone; what went wrong first is what is to be said
            fresh.unlink()
        raise


def make_private(folder: Path) -> None:
    """Make *folder*, or make sure that it is this user's own, and let nobody else in.

    Raises:
        NotOwnError: somebody else made it, or it is a link.
        NoPermissionsError: its file system can't close it to others.
        OSError: it can't be made.

    """
    # The one above by itself: parents are made with what the umask leaves, which may be all.
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if stat.S_ISLNK(status.st_mode) or status.st_uid != os.geteuid():
        raise NotOwnError("it was made by another user, or is a link", folder)
    if status.st_mode & WIDE:
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            with suppress(PermissionError):  # how some of those without permissions say so
                os.fchmod(file, 0o700)
            if os.fstat(file).st_mode & WIDE:
                raise NoPermissionsError("its file system keeps no permissions", folder)
        finally:
            os.close(file)
