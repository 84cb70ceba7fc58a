"""Files and folders of this user's own, where other users of the machine may lay traps.

A link in a folder of everybody's leads to any file that this user may write; a file of somebody
else's says what he likes.
"""

import errno
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

WIDE = stat.S_IRWXG | stat.S_IRWXO
"""What others may do."""
_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ONE_PART = os.O_CLOEXEC | (
    os.O_PATH | os.O_NOFOLLOW
    if hasattr(os, "O_PATH")
    else getattr(os, "O_SYMLINK", os.O_NOFOLLOW) | os.O_NONBLOCK
)
"""Opens what has a name, a link itself too; on Linux also where one may pass and not look."""
_MOST_LINKS = 40
"""As the kernel follows."""


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


def open_own(path: Path | str, flags: int, mode: int = 0o600, *, folder: int | None = None) -> int:
    """Open *path*, with *mode* where it is made: for its owner only.

    In *folder*, where others own folders on the way: the one that `opened_folder` opened.

    Raises:
        NotOwnError: it isn't this user's own, or a link.
        OSError: it can't be opened.

    """
    # Not to block: a pipe waits for its other end.
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    name = path if folder is None else Path(path).name
    try:
        file = os.open(name, flags, mode, dir_fd=folder)
    except OSError as error:
        error.filename = str(path)
        # Systems differ in how they say that.
        if _is_link(name, folder):
            raise NotOwnError("it is a link", path) from error
        raise
    why = oddity(os.fstat(file))
    if why:
        os.close(file)
        raise NotOwnError(why, path)
    return file


def _is_link(name: Path | str, folder: int | None) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


@contextmanager
def opened_folder(folder: Path, *, make: bool = False) -> Iterator[int]:
    """Open *folder* for the block, through no link of another user: he chose where that leads.

    What is done in it is done by the descriptor: whoever owns a folder on the way can exchange
    what is in it at any time: a name leads elsewhere the next time. *make*: where it isn't there.

    Raises:
        NotOwnError: such a link is on the way.
        OSError: it isn't there, or can't be opened or made.

    """
    way = _Way(folder)
    try:
        way.go(make=make)
        yield way.at
    finally:
        os.close(way.at)


class _Way:
    """The way to a folder, one part after the other, each seen as it is opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = [*reversed(folder.absolute().parts[1:])]
        self._reached = Path("/")
        self._links = 0
        self.at = os.open("/", _ONE_PART)

    def go(self, *, make: bool) -> None:
        """Open all of it, the last part as `at`."""
        while self._parts:
            try:
                step = self._open(self._parts[-1], make=make)
            except OSError as error:
                error.filename = str(self._folder)
                raise
            try:
                self._take(step)
            finally:
                os.close(step)
        if not stat.S_ISDIR(os.fstat(self.at).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self._folder))

    def _open(self, name: str, *, make: bool) -> int:
        try:
            return os.open(name, _ONE_PART, dir_fd=self.at)
        except FileNotFoundError:
            if not make:
                raise
        with suppress(FileExistsError):  # another process made it
            os.mkdir(name, dir_fd=self.at)
        return os.open(name, _ONE_PART, dir_fd=self.at)

    def _take(self, step: int) -> None:
        name, status = self._parts.pop(), os.fstat(step)
        if not stat.S_ISLNK(status.st_mode):
            self._move(step, self._reached / name)
            return
        if status.st_uid not in (0, os.geteuid()):
            link = self._reached / name
            raise NotOwnError(
                f"{link} is a link of another user (uid {status.st_uid})", self._folder
            )
        self._links += 1
        if self._links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(self._folder))
        # Of the link that was opened, where the system has a way to; else of the one with its name.
        pinned = hasattr(os, "O_PATH")
        to = Path(os.readlink("" if pinned else name, dir_fd=step if pinned else self.at))
        self._parts += reversed(to.parts)
        if to.is_absolute():
            self._parts.pop()
            root = os.open("/", _ONE_PART)
            self._move(root, Path("/"))
            os.close(root)

    def _move(self, to: int, reached: Path) -> None:
        os.dup2(to, self.at, inheritable=False)
        self._reached = reached


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file, which takes the place of *path* at the end of the block, unless that fails.

    Nobody sees half of it, or can have made it before; what is at *path*, a link too, is replaced
    and not written to.

    Raises:
        NotOwnError: the way there is another user's.
        OSError: it can't be made, or not take that place; what is at *path* is as it was.

    """
    # Not after *path*: whoever knows the name can be there first, and a long one may have no room.
    fresh = f".swarmscope-{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with opened_folder(path.parent) as folder:
        file = os.open(fresh, flags, 0o666, dir_fd=folder)  # the umask says who may read it
        try:
            with open(file, "wb") as opened:  # noqa: PTH123 - by its descriptor
                yield opened
            os.replace(fresh, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):  # it may be gone; what went wrong first is what is to be said
                os.unlink(fresh, dir_fd=folder)
            raise


@contextmanager
def scratch_folder(folder: int, path: Path) -> Iterator[Path]:
    """Make a folder for the block in the opened *folder*, which is *path*, and return its name.

    On Linux that leads to it whatever becomes of the names on the way.

    Raises:
        NotOwnError: who may rename what is in *folder* put another there.
        OSError: it can't be made.

    """
    named = _lasting(folder, path)
    # Not compared with this user's number: network shares show another.
    with tempfile.TemporaryFile(dir=named) as mine:
        owner = os.fstat(mine.fileno()).st_uid
    with tempfile.TemporaryDirectory(dir=named, prefix=".swarmscope-") as made:
        pinned = os.open(made, _ONE_PART)
        try:
            if os.fstat(pinned).st_uid != owner:
                raise NotOwnError("another user put a folder of his own in it", path)
            yield _lasting(pinned, Path(made))
        finally:
            os.close(pinned)


def _lasting(folder: int, path: Path) -> Path:
    lasting = Path(f"/proc/self/fd/{folder}")
    return lasting if lasting.is_dir() else path


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
    if _of_this_user(folder).st_mode & WIDE:
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            with suppress(PermissionError):  # how some of those without permissions say so
                os.fchmod(file, 0o700)
            if os.fstat(file).st_mode & WIDE:
                raise NoPermissionsError("its file system keeps no permissions", folder)
        finally:
            os.close(file)


def check_usable(folder: Path, *, private: bool) -> None:
    """Make sure, without making anything, that files can be made in *folder*, if need be with it.

    *private*: as `make_private` would have it. Whether its file system can close it to others shows
    only when that is tried.

    Raises:
        NotOwnError: somebody else made it, or it is a link.
        OSError: it can't be made, or not be written to.

    """
    if private and os.path.lexists(folder):
        _of_this_user(folder)
    above = next(one for one in (folder, *folder.parents) if _is_there(one))
    if not above.is_dir():
        code = errno.EEXIST if above == folder else errno.ENOTDIR
    elif os.statvfs(above).f_flag & os.ST_RDONLY:
        code = errno.EROFS
    elif not os.access(above, os.W_OK | os.X_OK):
        code = errno.EACCES
    else:
        return
    raise OSError(code, os.strerror(code), str(folder))


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _of_this_user(folder: Path) -> os.stat_result:
    status = folder.lstat()
    if stat.S_ISLNK(status.st_mode) or status.st_uid != os.geteuid():
        raise NotOwnError("it was made by another user, or is a link", folder)
    return status
