"""Where the server that holds a store can be reached: a note beside the file."""

import json
import os
from pathlib import Path

from swarmscope.own_files import open_own

NOTE = "serve.json"


def announce(folder: Path, url: str) -> None:
    """Leave word that the store in *folder* is served at *url* by this process."""
    fresh = folder / f"{NOTE}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    with open(open_own(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w") as note:  # noqa: PTH123 - by its descriptor
        json.dump({"url": url, "pid": os.getpid()}, note)
    fresh.replace(folder / NOTE)


def withdraw(folder: Path) -> None:
    """Take the note away again."""
    (folder / NOTE).unlink(missing_ok=True)


def server_of(folder: Path, holder: int) -> str | None:
    """Return the URL at which the process *holder*, which has the file, says that it serves it.

    The token is sent there: so only from a note of this user's own, and of no other process. One
    that was killed leaves its note behind, and anybody may listen at its port by now.
    """
    try:
        with open(open_own(folder / NOTE, os.O_RDONLY), encoding="utf-8") as file:  # noqa: PTH123
            note = json.load(file)
        return str(note["url"]) if note["pid"] == holder else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
