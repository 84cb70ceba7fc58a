"""The folder of an embedded store: what is in it is for its user alone, as a token says."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from swarmscope.errors import StoreUnreachableError
from swarmscope.own_files import WIDE, is_own_folder

log = logging.getLogger(__name__)

DATA = Path(".swarmscope")
"""Where nobody names another: it is never anything else's folder."""


def keep_private() -> None:
    """Let nobody else read what this process writes from now on."""
    os.umask(WIDE)


def make_folder(folder: Path) -> None:
    """Make *folder*, with whatever is in it, its user's alone.

    One that somebody named and that is there already keeps its permissions: it may be a project.

    Raises:
        StoreUnreachableError: it can't be made.

    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.name == DATA.name and stat.S_ISDIR(folder.lstat().st_mode):
            _close(folder)
        if not is_own_folder(folder.stat()):
            log.warning(
                "Others may write to %s: they can take the store away, or put another in its "
                "place. Nobody else can read it. Take that right away (chmod go-w), or name "
                "another folder with --data.",
                folder,
            )
    except OSError as error:
        raise StoreUnreachableError(
            f"The data folder {folder} can't be made ({error.strerror}).",
            remedy="Make it writable for this user, or name another one with --data.",
        ) from error


def close_to_others(*files: Path) -> None:
    """Take from others what former versions let them do with *files*."""
    for file in files:
        with suppress(FileNotFoundError):
            if stat.S_ISREG(file.lstat().st_mode):
                _close(file)


def _close(path: Path) -> None:
    status = path.stat()
    if status.st_uid == os.geteuid() and status.st_mode & WIDE:
        with suppress(PermissionError):  # a file system without permissions: looked at below
            path.chmod(stat.S_IMODE(status.st_mode) & ~WIDE)
        if path.stat().st_mode & WIDE:
            log.warning("Others may read %s: its file system can't keep them out.", path)
