"""What dead processes left for buckets that refuse: it stays where it is, and is bounded."""

import logging
from collections.abc import Collection
from pathlib import Path

from swarmscope.settings import Settings
from swarmscope.spool.file import SpoolFile

log = logging.getLogger(__name__)


class LeftAlone:
    """Files of which nothing can be sent now; nobody has them open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._buckets: dict[Path, frozenset[str]] = {}

    @property
    def paths(self) -> Collection[Path]:
        """Where they are."""
        return self._buckets.keys()

    def add(self, path: Path, buckets: frozenset[str]) -> None:
        """Leave the file at *path* alone, in which everything waits for *buckets*."""
        self._buckets[path] = buckets

    def keep_only(self, refused: frozenset[str]) -> None:
        """Forget those of which something can be sent by now."""
        self._buckets = {path: b for path, b in self._buckets.items() if b <= refused}

    def prune(self) -> None:
        """Let go of the oldest beyond what one process may keep, if nothing hangs on them.

        A bucket that nobody ever makes would fill the disk, run after run.
        """
        optional = self._settings.optional_buckets
        files = {path: _size_and_age(path) for path, b in self._buckets.items() if b <= optional}
        total, dropped = 0, 0
        for path, (size, _) in sorted(files.items(), key=lambda item: item[1][1], reverse=True):
            total += size
            if total > self._settings.spool_max_bytes and self._remove(path):
                dropped += 1
        if dropped:
            log.warning(
                "Spools of former processes are dropped (%d), the oldest: all that is in them "
                "waits for %s, which the store refuses, and together they take more room than "
                "SWARMSCOPE_SPOOL_MAX_BYTES. No request is missing, only points of whole minutes.",
                dropped,
                self._settings.bucket_long,
            )

    def _remove(self, path: Path) -> bool:
        del self._buckets[path]
        file = SpoolFile.take(path)
        if file is None:
            return False  # somebody else's by now
        file.release(remove=True)
        return True


def _size_and_age(path: Path) -> tuple[int, float]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0.0  # gone by now
    return status.st_size, status.st_mtime
