"""Where batches wait: this process's spool, memory when its disk fails, and what others left."""

import logging
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto

from swarmscope.delivery.adopted import Adopted
from swarmscope.delivery.source import OVERFLOW_BYTES, Loss, Source, recovered
from swarmscope.errors import SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Kept, SpoolCorruptError, SpoolError
from swarmscope.words import count_of

log = logging.getLogger(__name__)

_NONE: frozenset[str] = frozenset()


class Origin(Enum):
    """Where the next write comes from."""

    LIVE = auto()
    """What was kept since the last look: it never waits behind what an outage piled up."""
    BACKLOG = auto()
    """The oldest of this process's own that was live once, and couldn't be sent then."""
    LEFTOVER = auto()
    """The oldest of what dead processes left."""


_TURNS = (
    (Origin.LIVE, Origin.BACKLOG, Origin.LEFTOVER),
    (Origin.BACKLOG, Origin.LEFTOVER, Origin.LIVE),
    (Origin.LIVE, Origin.BACKLOG, Origin.LEFTOVER),
    (Origin.LEFTOVER, Origin.BACKLOG, Origin.LIVE),
)
"""Every second write is live, every fourth a leftover: neither starves the other."""
_HURRIED = (Origin.BACKLOG, Origin.LIVE, Origin.LEFTOVER)


@dataclass(frozen=True)
class Portion:
    """What one write sends: batches of one bucket."""

    source: Source
    batches: list[Kept]
    origin: Origin


class Outbox:
    """All that waits to be sent, whatever bucket it is for.

    Blocks on disk: use it in one thread of a pool, except where it says that any may ask.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: list[Source] = []
        self._adopted = Adopted(settings, self._amend)
        self._losses: list[Loss] = []
        self._turns: Counter[str] = Counter()

    def open(self) -> None:
        """Open this process's spool and take over what dead processes left."""
        self._renew()
        while self.sweep():
            pass

    def _renew(self) -> None:
        """Let new batches wait in a new file, or in memory when there can be none."""
        try:
            self._own.append(Source.on_disk(self._settings))
        except SpoolError as error:
            self._fall_back(error)

    def _fall_back(self, error: SwarmscopeError) -> None:
        log.warning(
            "%s The test runs on. Windows wait in memory (%d MiB at most) until they are sent: "
            "a killed process loses what waits there.",
            error,
            OVERFLOW_BYTES // 2**20,
        )
        # One at most, however often the disk comes and goes.
        memory = [source for source in self._own if source.file is None]
        files = [source for source in self._own if source.file is not None]
        self._own = files + (memory or [Source.in_memory()])

    def sweep(self, refused: frozenset[str] = _NONE) -> bool:
        """Take over what was left by processes that died since, and go back to a repaired disk.

        Not only at the start: a worker that was scaled away while the store was down has no
        successor that starts. What waits for none but *refused* buckets is left where it is. Some
        files at once: return whether there may be more, so that windows get to the disk meanwhile.
        """
        self._check()
        if self._own[-1].file is None:
            try:
                self._own.append(Source.on_disk(self._settings))
            except SpoolError:
                return False  # as it was when that was said
            log.info("The spool's folder can be written: windows wait on disk from now on.")
        return self._adopted.take_over(refused)

    def _lose(self, source: Source, losses: list[Loss]) -> None:
        for loss in losses:
            if source.leftover:
                source.leftover.lost(loss.run, loss.requests)
            else:
                self._losses.append(loss)

    def losses(self) -> list[Loss]:
        """Return what was lost of this process's own, since the last call."""
        losses, self._losses = self._losses, []
        return losses

    def keep(self, batch: Batch, expendable: frozenset[str] = _NONE) -> list[Kept]:
        """Keep *batch* until it is sent; return what had to be dropped for it.

        Batches for *expendable* buckets are dropped before all others.
        """
        newest = self._own[-1]
        try:
            return newest.keep(batch, expendable)
        except SpoolCorruptError as error:
            log.warning("%s Windows wait in a new one from now on.", error)
            newest.broken = True
            self._replace_broken()
            if self._own[-1].broken:  # some of it is on its way
                self._renew()
        except SpoolError as error:
            if newest.file is None:
                raise
            self._fall_back(error)
        try:
            return self._own[-1].keep(batch, expendable)
        except SpoolError as error:  # whatever it is, it goes on: memory is out of its reach
            self._fall_back(error)
        return self._own[-1].keep(batch, expendable)

    def next(
        self, bucket: str, max_points: int, *, hurried: bool = False, live: bool = True
    ) -> Portion | None:
        """Return what to send to *bucket* now; when *hurried*, this process's own comes first.

        What was kept since the last look only if *live*; where it is more than *max_points*, the
        rest is backlog from now on.
        It counts as being sent until `forget`, `put_back` or the next call for this bucket.
        """
        self.put_back(bucket)
        turn = self._turns[bucket] % len(_TURNS)
        self._turns[bucket] += 1
        before = self._all
        for origin in _HURRIED if hurried else _TURNS[turn]:
            if origin is Origin.LIVE and not live:
                continue
            for source in self._sources(origin):
                batches = self._look(source, origin, bucket, max_points, hurried=hurried)
                if batches:
                    source.flying[bucket] = frozenset(kept.id for kept in batches)
                    return Portion(source, batches, origin)
        if self._all != before:  # what was damaged is replaced by now: nobody else would look again
            return self.next(bucket, max_points, hurried=hurried, live=live)
        return None

    def _sources(self, origin: Origin) -> list[Source]:
        if origin is Origin.LEFTOVER:
            return list(self._adopted.sources)
        return self._own[-1:] if origin is Origin.LIVE else list(self._own)

    def _look(
        self, source: Source, origin: Origin, bucket: str, max_points: int, *, hurried: bool
    ) -> list[Kept]:
        live = origin is Origin.LIVE
        looked = source.looked.get(bucket, 0)
        # What nobody looked at yet is no backlog: it may have to wait until more can go with it.
        bounded = origin is Origin.BACKLOG and source is self._own[-1] and not hurried
        try:
            batches = source.spool.oldest(
                bucket,
                max_points,
                after=looked if live else 0,
                up_to=looked if bounded else None,
            )
        except SpoolCorruptError as error:
            self._note_damage(source, error)
            self._replace_broken()
            return []
        except SpoolError as error:
            if not source.unreadable:
                log.warning("%s What waits there is tried again; all else is sent.", error)
            source.unreadable = True
            return []
        source.unreadable = False
        if live:
            source.looked[bucket] = source.spool.newest(bucket)
            return batches
        batches = self._whole(source, batches)
        self._close_if_done(source)
        return batches

    def _check(self) -> None:
        """Rescue what somebody cut off: of what waits for a store that is away, nobody asks."""
        for source in self._all:
            try:
                source.spool.check()
            except SpoolCorruptError as error:
                self._note_damage(source, error)
        self._replace_broken()

    def _note_damage(self, source: Source, error: SpoolError) -> None:
        if not source.broken:
            log.warning("%s", error)
        source.broken = True

    def _whole(self, source: Source, batches: list[Kept]) -> list[Kept]:
        """Leave out, and count, what was damaged while it lay on the disk."""
        whole = [kept for kept in batches if kept.intact()]
        damaged = [kept for kept in batches if kept not in whole]
        if damaged:
            log.warning(
                "What is damaged in %s is lost: %s.",
                source.spool.path,
                count_of(len(damaged), "window"),
            )
            source.spool.forget(damaged)
            self._lose(source, [Loss(kept.run, kept.requests, kept.points) for kept in damaged])
        if source.leftover:
            source.leftover.learn(whole)
        return whole

    def _replace_broken(self) -> None:
        """Go on with what can be read of damaged sources of which nothing is being sent."""
        for sources in (self._own, self._adopted.sources):
            for place, source in enumerate(sources):
                if source.broken and not any(source.flying.values()):
                    sources[place] = self._replaced(source)
        for source in self._all:
            self._close_if_done(source)

    def _replaced(self, source: Source) -> Source:
        if source.file is not None:
            new, losses = recovered(self._settings, source.file, source.leftover, source.spool)
        else:  # in memory, nothing can be read again
            new = Source.in_memory(source.leftover)
            source.spool.close()
            waiting = source.spool.waiting.items()
            losses = [Loss(run, load.requests, load.points) for (_, run), load in waiting]
        self._lose(new, losses)
        return new

    def _close_if_done(self, source: Source) -> None:
        """Close *source* when nothing waits in it any more, unless new batches go to it."""
        if not source.spool.empty or source is self._own[-1]:
            return
        if source.leftover:
            log.info("Delivered %s.", source.leftover)
            self._adopted.finish(source)
        else:
            self._own.remove(source)
            source.close()

    def _amend(self, source: Source) -> None:
        if source.leftover:
            for batch in source.leftover.amendments(self._settings.bucket):
                for gone in self.keep(batch):
                    self._losses.append(Loss(gone.run, gone.requests, gone.points))

    def forget(self, portion: Portion) -> None:
        """Delete the batches of *portion*: the store has them, or refused them for good."""
        portion.source.spool.forget(portion.batches)
        self.put_back(portion.batches[0].bucket)

    @property
    def _all(self) -> tuple[Source, ...]:
        return (*self._own, *self._adopted.sources)

    def put_back(self, bucket: str) -> None:
        """Note that nothing for *bucket* is being sent now."""
        for source in self._all:
            source.flying.pop(bucket, None)
        self._replace_broken()

    @property
    def buckets(self) -> set[str]:
        """The buckets for which something waits. Any thread may ask."""
        return {bucket for source in self._all for bucket in source.spool.buckets}

    def own_batches(self, bucket: str) -> int:
        """Return how many batches of this process wait for *bucket*. Any thread may ask."""
        return sum(source.spool.batches(bucket) for source in tuple(self._own))

    @property
    def own_bytes(self) -> int:
        """Bytes that wait of this process's own. Any thread may ask."""
        return sum(source.spool.bytes for source in tuple(self._own))

    def close(self) -> None:
        """Close everything; what waits stays in files for the next start."""
        for source in self._all:
            source.flying.clear()
        self._check()
        for source in self._all:
            if source.file is None:
                source.save(self._settings)
            source.close()
        self._own.clear()
        self._adopted.sources.clear()
