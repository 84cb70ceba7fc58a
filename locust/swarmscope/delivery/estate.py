"""The files of dead processes, as far as they are this user's own; what isn't is said, once."""

import logging
from collections.abc import Collection
from pathlib import Path

from swarmscope.settings import Settings
from swarmscope.spool.file import SpoolFile
from swarmscope.spool.folder import left_out

log = logging.getLogger(__name__)


class Estate:
    """Finds what was left."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._said: set[Path] = set()

    def take(self, limit: int, without: Collection[Path]) -> list[SpoolFile]:
        """Take over *limit* files, none of those *without*; where there is none, say why."""
        found = SpoolFile.orphans(self._settings.spool_dir, limit, without=without)
        if not found:
            self._say_left_out()
        return found

    def _say_left_out(self) -> None:
        for path, why in left_out(self._settings.spool_dir):
            if path not in self._said:
                self._said.add(path)
                log.warning(
                    "%s isn't taken for a spool of this user: %s. Nothing of it is read, sent or "
                    "changed. If it is yours, move it and its -wal to a folder of your own, and "
                    "name that in SWARMSCOPE_SPOOL_DIR; else remove it.",
                    path,
                    why,
                )

    def refuse(self, path: Path, error: Exception) -> None:
        """Say of the file at *path*, once, that it can't be used."""
        if path not in self._said:
            self._said.add(path)
            log.warning("%s It was left by another process and stays where it is.", error)
