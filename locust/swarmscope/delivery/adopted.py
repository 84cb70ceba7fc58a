"""The spools of dead processes that are open now, to be sent beside this process's own."""

import logging
from collections.abc import Callable
from pathlib import Path

from swarmscope.delivery.alone import LeftAlone
from swarmscope.delivery.estate import Estate
from swarmscope.delivery.leftover import Leftover
from swarmscope.delivery.source import Source, recovered
from swarmscope.settings import Settings
from swarmscope.spool import Spool, SpoolCorruptError, SpoolError
from swarmscope.spool.file import SpoolFile

log = logging.getLogger(__name__)

MOST_ADOPTED = 8
"""Spools that are open at once; further ones are taken when these are sent."""


class Adopted:
    """Takes them over, as many as are sent at a time, and gives up what can't be sent now.

    Whatever is given up is handed to *amend* first: its accounts may need a correction.
    """

    def __init__(self, settings: Settings, amend: Callable[[Source], None]) -> None:
        self.sources: list[Source] = []
        self._settings = settings
        self._amend = amend
        self._alone = LeftAlone(settings)
        self._estate = Estate(settings)
        self._unreadable: set[Path] = set()

    def take_over(self, refused: frozenset[str]) -> bool:
        """Open some of what was left; return whether there may be more.

        What waits for none but *refused* buckets is left where it is.
        """
        for source in list(self.sources):
            self._leave_alone(source, refused)
        self._alone.keep_only(refused)
        orphans = self._estate.take(
            MOST_ADOPTED - len(self.sources), {*self._alone.paths, *self._unreadable}
        )
        for orphan in orphans:
            self._adopt(orphan, refused)
        if not orphans:
            self._unreadable.clear()
            self._alone.prune()
        return bool(orphans)

    def _adopt(self, orphan: SpoolFile, refused: frozenset[str]) -> None:
        leftover = Leftover()
        try:
            spool = Spool(orphan.path, self._settings.spool_max_bytes, found=True)
            source = Source(spool, orphan, leftover)
        except SpoolCorruptError as error:
            log.warning("%s It was left by another process.", error)
            source, losses = recovered(self._settings, orphan, leftover, None)
            for loss in losses:
                leftover.lost(loss.run, loss.requests)
        except SpoolError as error:
            self._estate.refuse(orphan.path, error)
            self._unreadable.add(orphan.path)
            orphan.release(remove=False)
            return
        if source.spool.empty:
            source.close()
            return
        self.sources.append(source)
        if not self._leave_alone(source, refused):
            log.info("Another process left unsent windows in %s: sending them.", orphan.path)

    def _leave_alone(self, source: Source, refused: frozenset[str]) -> bool:
        """Give up one of which nothing can be sent now: it mustn't keep others waiting."""
        buckets = frozenset(source.spool.buckets)
        if not source.file or not buckets or buckets - refused or any(source.flying.values()):
            return False
        self._alone.add(source.file.path, buckets)
        self.finish(source)
        return True

    def finish(self, source: Source) -> None:
        """Close *source*: all of it is sent, or waits for what comes later."""
        self.sources.remove(source)
        self._amend(source)
        source.close()
