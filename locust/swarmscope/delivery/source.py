"""The spools that are sent from: this process's own, in memory or on disk, and what others left."""

import logging
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from swarmscope.delivery.leftover import Leftover
from swarmscope.settings import Settings
from swarmscope.spool import IN_MEMORY, Batch, Kept, Load, Spool, SpoolError
from swarmscope.spool.file import SpoolFile, salvage
from swarmscope.words import are, count_of

log = logging.getLogger(__name__)

OVERFLOW_BYTES = 32 * 2**20
"""What may wait in memory while the spool's disk can't be written."""


@dataclass(eq=False)
class Source:
    """A spool that is sent from; *file* is its file, if it has one."""

    spool: Spool
    file: SpoolFile | None = None
    leftover: Leftover | None = None
    """What is known of it if another process left it; None: its runs' accounts are kept here."""
    looked: dict[str, int] = field(default_factory=dict)
    """By bucket, the newest batch that was there when live ones were looked for."""
    flying: dict[str, frozenset[int]] = field(default_factory=dict)
    """By bucket, the batches that are being sent: they are neither dropped nor read anew."""
    broken: bool = False
    """It is damaged, and replaced as soon as nothing of it is being sent."""
    unreadable: bool = False
    """That it can't be read at present was said."""

    @classmethod
    def in_memory(cls, leftover: Leftover | None = None) -> "Source":
        """Return one that needs no disk."""
        return cls(Spool(IN_MEMORY, OVERFLOW_BYTES), None, leftover)

    @classmethod
    def on_disk(cls, settings: Settings, leftover: Leftover | None = None) -> "Source":
        """Return one with a new file.

        Raises:
            SpoolError: there can be none.

        """
        file = SpoolFile.create(settings.spool_dir, settings.host)
        try:
            return cls(Spool(file.path, settings.spool_max_bytes), file, leftover)
        except SpoolError:
            file.release(remove=True)
            raise

    def keep(self, batch: Batch, expendable: frozenset[str]) -> list[Kept]:
        """Keep *batch*; return what had to be dropped for it."""
        return self.spool.keep(
            batch,
            spared=frozenset[int]().union(*self.flying.values()),
            expendable=expendable,
        )

    def save(self, settings: Settings) -> None:
        """Put what waits in memory on disk: the last moment at which that is possible."""
        if self.spool.empty:
            return
        try:
            saved = Source.on_disk(settings)
            for bucket in self.spool.buckets:
                while batches := self.spool.oldest(bucket, sys.maxsize):
                    for kept in batches:
                        saved.spool.keep(kept.batch())
                    self.spool.forget(batches)
        except SpoolError as error:
            lost = sum(load.requests for load in self.spool.waiting.values())
            log.warning(
                "%s What waited in memory is lost with this process: %s.",
                error,
                count_of(lost, "request"),
            )
            return
        saved.close()

    def close(self) -> None:
        """Close it; the file goes when nothing is in it that isn't stored."""
        finished = self.spool.close()
        if self.file:
            self.file.release(remove=finished)

    def discard(self) -> None:
        """Close it, and remove its file with whatever is in it."""
        self.spool.close()
        if self.file:
            self.file.release(remove=True)


@dataclass(frozen=True)
class Loss:
    """What is gone of one of this process's runs."""

    run: str
    requests: int
    points: int


def recovered(
    settings: Settings, file: SpoolFile, leftover: Leftover | None, damaged: Spool | None
) -> tuple[Source, list[Loss]]:
    """Set a damaged *file* aside; return what can be read of it as a source, and what is gone.

    *damaged* is its spool, where it could be opened before; it is closed.
    """
    try:
        source = Source.on_disk(settings, leftover)
    except SpoolError:
        source = Source.in_memory(leftover)
    waited = dict(damaged.waiting) if damaged else {}
    dropped: list[Kept] = []
    for kept in _readable(file, damaged):
        try:
            dropped += source.spool.keep(kept.batch())
        except SpoolError:  # by now its disk is full, or this one is damaged, too
            source, gone = _moved(settings, source, kept)
            dropped += gone
    if damaged is None:
        losses = [Loss(kept.run, kept.requests, kept.points) for kept in dropped]
    else:
        losses = _missing(waited, source.spool.waiting)
    aside = file.set_aside()
    log.warning(
        "The damaged spool %s %s. What can be read of it (windows: %d) %s; %s.",
        "is set aside as" if aside.exists() else "is gone:",
        aside,
        sum(load.batches for load in source.spool.waiting.values()),
        "is sent" if source.file else "waits in memory until it is sent",
        _told(losses) if damaged else "how many requests are lost is not known",
    )
    return source, losses


def _moved(settings: Settings, source: Source, more: Kept) -> tuple[Source, list[Kept]]:
    """Return another source with what is in *source* and *more*, and what was dropped for it."""
    try:
        return _filled(Source.on_disk(settings, source.leftover), source, more)
    except SpoolError:
        return _filled(Source.in_memory(source.leftover), source, more)


def _filled(new: Source, source: Source, more: Kept) -> tuple[Source, list[Kept]]:
    dropped: list[Kept] = []
    try:
        for kept in chain(source.spool.rescued(), [more]):
            dropped += new.spool.keep(kept.batch())
    except SpoolError:
        new.discard()
        raise
    source.discard()
    return new, dropped


def _told(losses: list[Loss]) -> str:
    lost = sum(loss.requests for loss in losses)
    return f"{count_of(lost, 'request')} {are(lost)} lost" if losses else "nothing is lost"


def _readable(file: SpoolFile, damaged: Spool | None) -> Iterator[Kept]:
    """Yield what can be read of *file*: by who has it open, then of what is on the disk."""
    if damaged is None:
        yield from salvage(file.path)
        return
    left = set(damaged.ids)
    for kept in damaged.rescued():
        left.discard(kept.id)
        yield kept
    damaged.close()
    if left:
        yield from salvage(file.path, among=left)


def _missing(
    waited: Mapping[tuple[str, str], Load], back: Mapping[tuple[str, str], Load]
) -> list[Loss]:
    # All that had been put there is known: what doesn't wait again is lost, the dropped included.
    none = Load(0, 0, 0)
    return [
        Loss(run, load.requests - found.requests, load.points - found.points)
        for (bucket, run), load in waited.items()
        if load != (found := back.get((bucket, run), none))
    ]
