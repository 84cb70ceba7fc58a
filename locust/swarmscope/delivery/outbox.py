"""Where batches wait: this process's spool, memory when its disk fails, and what others left."""

import logging
from dataclasses import dataclass

from swarmscope.errors import SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.spool import IN_MEMORY, Batch, Kept, Spool, SpoolError, SpoolFile

log = logging.getLogger(__name__)

OVERFLOW_BYTES = 32 * 2**20
"""What may wait in memory while the spool's disk can't be written."""


@dataclass
class Source:
    """A spool that is sent from; *file* is its file, if it has one."""

    spool: Spool
    file: SpoolFile | None = None
    ours: bool = True
    """Whether its batches belong to runs of this process, whose accounts are kept here."""
    requests: int = 0
    """Requests delivered from it, to say so at the end of what another process left."""

    def close(self) -> None:
        """Close it; the file goes when nothing waits in it."""
        empty = not self.spool.oldest(1)
        self.spool.close()
        if self.file:
            self.file.release(remove=empty)


class Outbox:
    """All that waits to be sent. Blocks on disk: use it in one thread of a pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: list[Source] = []
        self._adopted: list[Source] = []

    def open(self) -> None:
        """Open this process's spool and take over what dead processes left."""
        folder = self._settings.spool_dir
        try:
            file = SpoolFile.create(folder, self._settings.host)
            spool = Spool(file.path, self._settings.spool_max_bytes)
            self._own.append(Source(spool, file))
        except SpoolError as error:
            self._fall_back(error)
            return
        for orphan in SpoolFile.orphans(folder):
            self._adopt(orphan)

    def _adopt(self, orphan: SpoolFile) -> None:
        try:
            spool = Spool(orphan.path, self._settings.spool_max_bytes)
            waiting = spool.oldest(1)
        except SpoolError as error:
            aside = orphan.path.with_suffix(".corrupt")
            orphan.path.rename(aside)
            orphan.release(remove=True)
            log.warning("%s It was left by another process and is set aside as %s.", error, aside)
            return
        source = Source(spool, orphan, ours=False)
        if waiting:
            log.info("Another process left unsent windows in %s: sending them.", orphan.path)
            self._adopted.append(source)
        else:
            source.close()

    def _fall_back(self, error: SwarmscopeError) -> None:
        log.warning(
            "%s The test runs on. Windows wait in memory (%d MiB at most) until they are sent: "
            "a killed process loses what waits there.",
            error,
            OVERFLOW_BYTES // 2**20,
        )
        self._own.append(Source(Spool(IN_MEMORY, OVERFLOW_BYTES)))

    def keep(self, batch: Batch) -> list[Kept]:
        """Keep *batch* until it is sent; return what had to be dropped for it."""
        try:
            return self._own[-1].spool.keep(batch)
        except SpoolError as error:
            if self._own[-1].file is None:
                raise
            self._fall_back(error)
            return self._own[-1].spool.keep(batch)

    def next(self, max_points: int) -> tuple[Source, list[Kept]] | None:
        """Return the oldest batches to send: this process's own first, then what others left."""
        for source in (*self._own, *self._adopted):
            batches = source.spool.oldest(max_points)
            if batches:
                return source, batches
            if not source.ours:
                self._finish(source)
        return None

    def _finish(self, source: Source) -> None:
        self._adopted.remove(source)
        source.close()
        log.info("Delivered %d requests that another process left.", source.requests)

    def forget(self, source: Source, batches: list[Kept]) -> None:
        """Delete *batches* of *source*."""
        source.spool.forget(batches)

    def is_newest(self, source: Source) -> bool:
        """Whether *source* is the one that new batches go to, and that drops old ones for them."""
        return bool(self._own) and source is self._own[-1]

    @property
    def own_bytes(self) -> int:
        """Bytes that wait of this process's own."""
        return sum(source.spool.bytes for source in self._own)

    def close(self) -> None:
        """Close everything; what waits in files stays for the next start."""
        for source in (*self._own, *self._adopted):
            source.close()
        self._own, self._adopted = [], []
