"""Where batches wait: this process's spool, memory when its disk fails, and what others left."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from swarmscope.delivery.leftover import Leftover
from swarmscope.errors import SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.spool import (
    IN_MEMORY,
    Batch,
    Kept,
    Load,
    Spool,
    SpoolCorruptError,
    SpoolError,
    salvage,
)
from swarmscope.spool_file import SpoolFile

log = logging.getLogger(__name__)

OVERFLOW_BYTES = 32 * 2**20
"""What may wait in memory while the spool's disk can't be written."""
_MOST_ADOPTED = 8
"""Spools of dead processes that are open at once; further ones are taken when these are sent."""


class Lane(Enum):
    """Where the next write comes from."""

    LIVE = auto()
    """What was kept since the last look: it never waits behind what an outage piled up."""
    BACKLOG = auto()
    """The oldest of this process's own."""
    LEFTOVER = auto()
    """The oldest of what dead processes left."""


_TURNS = (
    (Lane.LIVE, Lane.BACKLOG, Lane.LEFTOVER),
    (Lane.BACKLOG, Lane.LEFTOVER, Lane.LIVE),
    (Lane.LIVE, Lane.BACKLOG, Lane.LEFTOVER),
    (Lane.LEFTOVER, Lane.BACKLOG, Lane.LIVE),
)
"""Every second write is live, every fourth a leftover: neither starves the other."""
_HURRIED = (Lane.BACKLOG, Lane.LIVE, Lane.LEFTOVER)


@dataclass(eq=False)
class Source:
    """A spool that is sent from; *file* is its file, if it has one."""

    spool: Spool
    file: SpoolFile | None = None
    leftover: Leftover | None = None
    """What is known of it if another process left it; None: its runs' accounts are kept here."""
    looked: int = 0
    """The newest batch that the live lane took."""

    def close(self) -> None:
        """Close it; the file goes when nothing waits in it."""
        empty = self.spool.empty
        self.spool.close()
        if self.file:
            self.file.release(remove=empty)


@dataclass(frozen=True)
class Portion:
    """What one write sends."""

    source: Source
    batches: list[Kept]
    lane: Lane


@dataclass(frozen=True)
class Loss:
    """What is gone of one of this process's runs."""

    run: str
    requests: int
    points: int


class Outbox:
    """All that waits to be sent. Blocks on disk: use it in one thread of a pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: list[Source] = []
        self._adopted: list[Source] = []
        self._losses: list[Loss] = []
        self._turn = -1

    def open(self) -> None:
        """Open this process's spool and take over what dead processes left."""
        self._renew()
        self.sweep()

    def _renew(self) -> None:
        """Let new batches wait in a new file, or in memory when there can be none."""
        try:
            self._own.append(self._new_source())
        except SpoolError as error:
            self._fall_back(error)

    def _new_source(self, leftover: Leftover | None = None) -> Source:
        file = SpoolFile.create(self._settings.spool_dir, self._settings.host)
        try:
            return Source(Spool(file.path, self._settings.spool_max_bytes), file, leftover)
        except SpoolError:
            file.release(remove=True)
            raise

    def _fall_back(self, error: SwarmscopeError) -> None:
        log.warning(
            "%s The test runs on. Windows wait in memory (%d MiB at most) until they are sent: "
            "a killed process loses what waits there.",
            error,
            OVERFLOW_BYTES // 2**20,
        )
        # One at most, however often the disk comes and goes.
        memory = [source for source in self._own if source.file is None]
        self._own = [source for source in self._own if source.file is not None]
        self._own += memory or [Source(Spool(IN_MEMORY, OVERFLOW_BYTES))]

    def sweep(self) -> None:
        """Take over what was left by processes that died since, and go back to a repaired disk.

        Not only at the start: a worker that was scaled away while the store was down has no
        successor that starts.
        """
        if self._own[-1].file is None:
            try:
                self._own.append(self._new_source())
            except SpoolError:
                return  # as it was when that was said
            log.info("The spool's folder can be written: windows wait on disk from now on.")
        for orphan in SpoolFile.orphans(
            self._settings.spool_dir, _MOST_ADOPTED - len(self._adopted)
        ):
            self._adopt(orphan)

    def _adopt(self, orphan: SpoolFile) -> None:
        try:
            source = Source(Spool(orphan.path, self._settings.spool_max_bytes), orphan, Leftover())
        except SpoolCorruptError as error:
            log.warning("%s It was left by another process.", error)
            source = self._recovered(orphan, Leftover())
        except SpoolError as error:
            log.warning("%s It was left by another process and stays where it is.", error)
            orphan.release(remove=False)
            return
        if source.spool.empty:
            source.close()
        else:
            log.info("Another process left unsent windows in %s: sending them.", orphan.path)
            self._adopted.append(source)

    def _recovered(
        self,
        file: SpoolFile,
        leftover: Leftover | None,
        known: Mapping[str, Load] = MappingProxyType({}),
        forgotten: frozenset[int] = frozenset(),
    ) -> Source:
        """Set a damaged *file* aside; return what can be read of it as a source, count the rest.

        *known* is what waited in it, as far as that is known.
        """
        try:
            source = self._new_source(leftover)
        except SpoolError:
            source = Source(Spool(IN_MEMORY, OVERFLOW_BYTES), None, leftover)
        for kept in salvage(file.path, without=forgotten):
            for dropped in source.spool.keep(kept.batch()):
                self._lose(source, dropped.run, dropped.requests, dropped.points)
        saved = source.spool.waiting
        lost = 0
        for run, load in known.items():
            back = saved.get(run, Load(0, 0, 0))
            lost += load.requests - back.requests
            self._lose(source, run, load.requests - back.requests, load.points - back.points)
        log.warning(
            "The damaged spool is set aside as %s. %d windows of it can be read and are sent; %s.",
            file.set_aside(),
            sum(load.batches for load in saved.values()),
            f"{lost:,} requests are lost" if known else "how many requests are lost is not known",
        )
        return source

    def _lose(self, source: Source, run: str, requests: int, points: int) -> None:
        if source.leftover:
            source.leftover.lost(run, requests)
        elif requests or points:
            self._losses.append(Loss(run, requests, points))

    def losses(self) -> list[Loss]:
        """Return what was lost of this process's own, since the last call."""
        losses, self._losses = self._losses, []
        return losses

    def keep(self, batch: Batch) -> list[tuple[Source, Kept]]:
        """Keep *batch* until it is sent; return what had to be dropped for it."""
        newest = self._own[-1]
        try:
            return [(newest, kept) for kept in newest.spool.keep(batch)]
        except SpoolCorruptError as error:
            # It is recovered when its turn to be sent comes: now some of it may be on its way.
            log.warning("%s Windows wait in a new one from now on.", error)
            self._renew()
        except SpoolError as error:
            if newest.file is None:
                raise
            self._fall_back(error)
        newest = self._own[-1]
        return [(newest, kept) for kept in newest.spool.keep(batch)]

    def next(self, max_points: int, *, hurried: bool = False) -> Portion | None:
        """Return what to send now; when *hurried*, this process's own comes first."""
        self._turn += 1
        for lane in _HURRIED if hurried else _TURNS[self._turn % len(_TURNS)]:
            for source in self._sources(lane):
                batches = self._look(source, lane, max_points)
                if batches:
                    return Portion(source, batches, lane)
        return None

    def _sources(self, lane: Lane) -> list[Source]:
        if lane is Lane.LEFTOVER:
            return list(self._adopted)
        return self._own[-1:] if lane is Lane.LIVE else list(self._own)

    def _look(self, source: Source, lane: Lane, max_points: int) -> list[Kept]:
        after = source.looked if lane is Lane.LIVE else 0
        try:
            batches = source.spool.oldest(max_points, after=after)
        except SpoolCorruptError as error:
            log.warning("%s", error)
            self._replace(source)
            return []
        if lane is Lane.LIVE:
            source.looked = max((kept.id for kept in batches), default=after)
            return batches
        batches = self._whole(source, batches)
        if source.spool.empty:
            self._done(source)
        return batches

    def _whole(self, source: Source, batches: list[Kept]) -> list[Kept]:
        """Leave out, and count, what was damaged while it lay on the disk."""
        whole = [kept for kept in batches if kept.intact()]
        damaged = [kept for kept in batches if kept not in whole]
        if damaged:
            log.warning("%d windows in %s are damaged and lost.", len(damaged), source.spool.path)
            source.spool.forget(damaged)
            for kept in damaged:
                self._lose(source, kept.run, kept.requests, kept.points)
        if source.leftover:
            source.leftover.learn(whole)
        return whole

    def _replace(self, source: Source) -> None:
        """Go on with what can be read of *source*."""
        sources = self._adopted if source.leftover else self._own
        source.spool.close()
        place = sources.index(source)
        if source.file is None:  # in memory, nothing can be read again
            for run, load in source.spool.waiting.items():
                self._lose(source, run, load.requests, load.points)
            sources[place] = Source(Spool(IN_MEMORY, OVERFLOW_BYTES), None, source.leftover)
        else:
            sources[place] = self._recovered(
                source.file, source.leftover, source.spool.waiting, source.spool.forgotten
            )
        if sources[place].spool.empty:
            self._done(sources[place])

    def _done(self, source: Source) -> None:
        """Close *source*, in which nothing waits any more, unless new batches go to it."""
        if source.leftover:
            self._adopted.remove(source)
            log.info("Delivered %s.", source.leftover)
            for batch in source.leftover.amendments(self._settings.bucket):
                for _, dropped in self.keep(batch):
                    self._losses.append(Loss(dropped.run, dropped.requests, dropped.points))
        elif source is self._own[-1]:
            return
        else:
            self._own.remove(source)
        source.close()

    def forget(self, source: Source, batches: list[Kept]) -> None:
        """Delete *batches* of *source*."""
        source.spool.forget(batches)

    @property
    def own_empty(self) -> bool:
        """Whether nothing waits of this process's own."""
        return all(source.spool.empty for source in self._own)

    @property
    def own_bytes(self) -> int:
        """Bytes that wait of this process's own."""
        return sum(source.spool.bytes for source in self._own)

    def close(self) -> None:
        """Close everything; what waits in files stays for the next start."""
        for source in (*self._own, *self._adopted):
            source.close()
        self._own, self._adopted = [], []
