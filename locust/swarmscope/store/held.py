"""Where the server that holds a store can be reached: a note beside the file."""

import json
import os
from pathlib import Path

NOTE = "serve.json"


def announce(folder: Path, url: str) -> None:
    """Leave word that the store in *folder* is served at *url* by this process."""
    fresh = folder / f"{NOTE}.{os.getpid()}"
    fresh.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    fresh.replace(folder / NOTE)


def withdraw(folder: Path) -> None:
    """Take the note away again."""
    (folder / NOTE).unlink(missing_ok=True)


def server_of(folder: Path) -> str | None:
    """Return the URL in the note; a killed server leaves it behind, so it may be out of date."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return str(note["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
