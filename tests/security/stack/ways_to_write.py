"""Runs inside a container, in a folder where everybody may write: each way to change something."""

import ctypes
import errno
import fcntl
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_REFUSED = (errno.EACCES, errno.ENOSYS, errno.EFBIG)
"""By the filter, and by the limit of a file's size."""
_OPENAT2 = 437
_SETXATTR_BY_FD = b"user.x"
_AT_FDCWD = -100
_LIBRARY = ctypes.CDLL(None, use_errno=True)


def opened(name: str, flags: int) -> None:
    os.close(os.open(name, flags | os.O_NONBLOCK, 0o666))


def changed(name: str, change: Callable[[int], object]) -> None:
    """Open it in the one way that is left, and do that to it."""
    number = os.open(name, os.O_WRONLY | os.O_NONBLOCK)
    try:
        change(number)
    finally:
        os.close(number)


def by_openat2() -> None:
    how = (ctypes.c_uint64 * 3)(os.O_WRONLY | os.O_CREAT, 0o666, 0)
    if _LIBRARY.syscall(_OPENAT2, _AT_FDCWD, b"by-openat2", how, ctypes.sizeof(how)) < 0:
        raise OSError(ctypes.get_errno(), "openat2")


def punched(number: int) -> None:
    """Make a hole, as FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE does."""
    if _LIBRARY.fallocate(number, 3, ctypes.c_long(0), ctypes.c_long(1)) < 0:
        raise OSError(ctypes.get_errno(), "fallocate")


def of_a_read_file(change: Callable[[int], object]) -> None:
    """Do it to what is open for reading only."""
    number = os.open("file", os.O_RDONLY)
    try:
        change(number)
    finally:
        os.close(number)


TRIES: dict[str, Callable[[], object]] = {
    "write": lambda: changed("file", lambda number: os.write(number, b"y")),
    "append": lambda: changed("file", lambda number: os.pwrite(number, b"y", 2)),
    "cut": lambda: changed("file", lambda number: os.ftruncate(number, 0)),
    "punch": lambda: changed("file", punched),
    "copy": lambda: changed(
        "file", lambda number: of_a_read_file(lambda other: os.sendfile(number, other, 0, 1))
    ),
    "read-and-write": lambda: opened("file", os.O_RDWR),
    "both-bits": lambda: opened("file", os.O_WRONLY | os.O_RDWR),
    "empty": lambda: opened("file", os.O_RDONLY | os.O_TRUNC),
    "make": lambda: opened("made", os.O_RDONLY | os.O_CREAT),
    "without-a-name": lambda: opened(".", os.O_WRONLY | os.O_TMPFILE),
    "openat2": by_openat2,
    "pipe-both-ways": lambda: opened("pipe", os.O_RDWR),
    "terminals": lambda: opened("/dev/ptmx", os.O_RDWR),
    "folder": lambda: Path("folder").mkdir(),
    "new-pipe": lambda: os.mkfifo("new-pipe"),
    "link": lambda: os.link("file", "second"),
    "symbolic-link": lambda: Path("symbolic").symlink_to("file"),
    "rename": lambda: Path("file").rename("renamed"),
    "remove": lambda: Path("file").unlink(),
    "remove-a-folder": lambda: Path("empty").rmdir(),
    "shorten": lambda: os.truncate("file", 0),
    "rights": lambda: Path("file").chmod(0o4755),
    "rights-of-a-read-file": lambda: of_a_read_file(lambda number: os.fchmod(number, 0o4755)),
    "owner": lambda: os.chown("file", os.getuid(), os.getgid()),
    "owner-of-a-read-file": lambda: of_a_read_file(
        lambda number: os.fchown(number, os.getuid(), os.getgid())
    ),
    "times": lambda: os.utime("file"),
    "attribute": lambda: os.setxattr("file", _SETXATTR_BY_FD, b"y"),
    "lock": lambda: of_a_read_file(lambda number: fcntl.flock(number, fcntl.LOCK_EX)),
    "lock-of-a-part": lambda: of_a_read_file(lambda number: fcntl.lockf(number, fcntl.LOCK_SH)),
    "read": lambda: Path("file").read_text(),
}


def outcome(do: Callable[[], object]) -> str:
    try:
        do()
    except OSError as error:
        # Whatever else is in the way would be in the way without the filter, too.
        return "refused" if error.errno in _REFUSED else f"failed ({error})"
    return "done"


if __name__ == "__main__":
    # What a write beyond the limit brings besides the error.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.stdout.write("\n".join(f"{name}:{outcome(do)}" for name, do in TRIES.items()))
