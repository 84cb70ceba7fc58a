"""What lines are written to: a file of this user's own, a pipe, or the terminal.

A name in a folder of everybody's may be a link that somebody put there, to a file of this user.
"""

import errno
import os
import re
import stat
from pathlib import Path

from swarmscope.own_files import NotOwnError, open_own, opened_folder

_DESCRIPTOR = re.compile(r"/dev/(?:stdout|stderr)|/(?:dev|proc/self)/fd/(?P<number>\d+)")
"""Links of the system's to what this process has open, whatever that is."""
_NAMED = {"/dev/stdout": 1, "/dev/stderr": 2}


def is_stream(path: Path) -> bool:
    """Whether *path* is no file but a pipe or a terminal: all processes share it."""
    if _DESCRIPTOR.fullmatch(str(path)):
        return True
    try:
        return _flows(path.lstat())
    except OSError:  # it isn't there yet: it will be a file
        return False


def open_target(path: Path) -> tuple[int, bool]:
    """Open *path* to append to it; return its descriptor, and whether it is a stream.

    Raises:
        NotOwnError: it is a link, or somebody else's, or the way there is.
        OSError: it can't be opened.

    """
    known = _DESCRIPTOR.fullmatch(str(path))
    if known:
        # Not by its name: what it leads to may be a socket, which has none.
        return os.dup(int(known["number"] or _NAMED[str(path)])), True
    with opened_folder(path.parent, make=True) as folder:
        if is_stream(path):
            return _open_stream(path, folder), True
        return open_own(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, folder=folder), False


def _open_stream(path: Path, folder: int) -> int:
    flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        file = os.open(path.name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "nobody reads this pipe", str(path)) from error
        raise
    status = os.fstat(file)
    if not _flows(status) or status.st_uid not in (os.geteuid(), 0):
        os.close(file)
        raise NotOwnError(f"it belongs to another user (uid {status.st_uid})", path)
    return file


def _flows(status: os.stat_result) -> bool:
    return stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode)
