"""Where this user's spool lies when nobody says otherwise."""

import os
import stat
import tempfile
from pathlib import Path


def spool_dir() -> Path:
    """Return the folder for spools.

    In this user's home, where no other can be first and a restart removes nothing; in the folder
    for temporary files where there is no home: in containers, for users of services.
    """
    state = _state()
    return state if state and _may_make(state) else _temporary()


def spool_dirs() -> list[Path]:
    """Return all folders that `spool_dir` can name, and those that it did in former versions."""
    state = _state()
    former = _everybodys() / "swarmscope-spool"
    return [*([state] if state else []), _temporary(), former]


def own_name() -> str:
    """Return what this user's folder is called in one of everybody's."""
    return f"swarmscope-spool-{os.geteuid()}"


def _temporary() -> Path:
    return _everybodys() / own_name()


def _everybodys() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:  # nowhere can be written to: who tries it will say so
        return Path("/tmp")  # noqa: S108 - a name; what is there is looked at before it is used


def _state() -> Path | None:
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        base, state = (named.parent, named) if named.is_absolute() else _of_home()
        return state / "swarmscope" / "spool" if base.is_dir() else None
    except (OSError, RuntimeError):  # a user without a home, or one where nobody lets us look
        return None


def _of_home() -> tuple[Path, Path]:
    home = Path.home()
    return home, home / ".local" / "state"


def _may_make(folder: Path) -> bool:
    """Whether *folder* is, or would be made, in one of this user's: `sudo` keeps a home's name."""
    try:
        above = next(one for one in (folder, *folder.parents) if one.exists())
        status = above.stat()
    except OSError:  # nobody lets us look
        return False
    ours = status.st_uid == os.geteuid() and not status.st_mode & stat.S_IWOTH
    return ours and os.access(above, os.W_OK | os.X_OK)
