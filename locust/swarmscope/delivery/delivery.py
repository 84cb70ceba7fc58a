"""Delivery as the rest of the program sees it: what is kept is sent, or accounted for."""

import logging
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic

import gevent
from gevent.event import Event

from swarmscope.delivery.accounts import Account, Accounts
from swarmscope.delivery.lane import Lane, Shared
from swarmscope.delivery.late import LastWord
from swarmscope.delivery.native import NativeThread
from swarmscope.delivery.outbox import Outbox
from swarmscope.delivery.trouble import Trouble
from swarmscope.delivery.watchdog import Watchdog
from swarmscope.settings import Settings
from swarmscope.spool import Batch, SpoolError

log = logging.getLogger(__name__)

SWEEP_S = 30.0
"""How often spools are looked for that other processes left."""
_OPTIONAL_S = 2.0
"""How long the end waits for what nothing hangs on, once all else is sent."""
_LAST_DISK_S = 5.0
_LATE_S = 5.0
"""How long a process that is closed waits for what it has to say all the same."""


class Delivery:
    """Sends kept batches to the store, each bucket's on a lane of its own.

    The disk and each lane have a native thread: none ever stops the event loop, and a slow answer
    stops neither windows from reaching the disk nor those for another bucket from being sent.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._disk = NativeThread("disk")
        self._outbox = Outbox(settings)
        self._accounts = Accounts()
        self._sweep = Event()
        self._hurry = Event()
        self._hurried = 0
        self._keeping = 0
        self._closed = False
        self._waiting: set[Event] = set()
        self._shared = Shared(
            settings,
            self._outbox,
            self._disk,
            self._accounts,
            Trouble(settings),
            hurry=self._hurry,
            sweep=self._sweep,
            share=random.random(),  # noqa: S311 - no secret
            changed=self._ring,
            wake_all=self._wake_all,
        )
        self._lanes: dict[str, Lane] = {}
        self._pace_s = 1.0
        self._watchdog: Watchdog | None = None
        self._sweeper: gevent.Greenlet | None = None

    def account(self, run: str) -> Account:
        """Return what became of the requests of *run* so far."""
        return self._accounts.of(run)

    def take_replayed(self) -> set[str]:
        """Return the runs of which something came late since the last call: from dead processes."""
        replayed, self._accounts.replayed = self._accounts.replayed, set()
        return replayed

    @property
    def spool_bytes(self) -> int:
        """Bytes that wait to be sent."""
        return self._outbox.own_bytes

    def start(self) -> None:
        """Open the spool, say at once if the store can't be reached, and send from now on."""
        self._disk.run(self._outbox.open)
        for bucket in {self._settings.bucket, *self._settings.optional_buckets}:
            self._lane(bucket)
        self._wake_all()
        self._sweeper = gevent.spawn(self._sweep_for_ever)
        self._watchdog = Watchdog(self._settings, self._disk, lambda: list(self._lanes.values()))

    def _lane(self, bucket: str) -> Lane:
        if bucket not in self._lanes:
            self._lanes[bucket] = Lane(bucket, self._shared)
            self._lanes[bucket].pace(self._pace_s)
        return self._lanes[bucket]

    def pace(self, seconds: float) -> None:
        """Send several *seconds* in one write from now on, until the next `flush`.

        As many workers as there are of a large run cost the store half as much. Each window still
        goes to the disk at once. Up to 1 is what it is by itself: what is kept is sent. To say the
        same again changes nothing.
        """
        if seconds != self._pace_s:
            self._set_pace(seconds)

    def _set_pace(self, seconds: float) -> None:
        self._pace_s = seconds
        for lane in self._lanes.values():
            lane.pace(seconds)

    def keep(self, batch: Batch) -> None:
        """Put *batch* on disk; when this returns it will be sent, or counted as lost.

        After `close` it has one attempt, and a file for whoever starts next.
        """
        if self._closed:
            self._say_late(batch)
            return
        self._accounts.seen(batch)
        expendable = self._refused & self._settings.optional_buckets
        self._keeping += 1
        try:
            dropped = self._disk.run(lambda: self._outbox.keep(batch, expendable))
        except SpoolError:
            log.exception("A window could neither be kept on disk nor in memory: it is lost.")
            self._accounts.of(batch.run).lost(batch.requests, len(batch.lines))
            return
        finally:
            self._keeping -= 1
        self._accounts.dropped(dropped)
        self._lane(batch.bucket).wake()

    @property
    def _refused(self) -> frozenset[str]:
        return frozenset(bucket for bucket, lane in self._lanes.items() if lane.refused)

    def lose(self, run: str, requests: int) -> None:
        """Count *requests* of *run* that were seen, and dropped before they became points."""
        account = self._accounts.of(run)
        account.requests_seen += requests
        account.lost(requests, 0)

    def flush(self, seconds: float) -> bool:
        """Wait until all is sent that may be, *seconds* at most; return whether nothing waits.

        A bucket that refuses what it is sent is tried once more, and not waited for. Those that
        nothing hangs on are waited for a moment, and aren't asked for in the answer. A run is over
        by then: what comes later is sent at once, whatever `pace` was asked for.
        """
        self._set_pace(1.0)
        began = monotonic()
        until = began + seconds
        with self._hurrying():
            self._await(lambda: self._sent(self._required, began, until), until)
            moment = min(until, monotonic() + _OPTIONAL_S)
            self._await(lambda: self._sent(self._lanes.values(), began, moment), moment)
        return self._all_sent()

    @contextmanager
    def _hurrying(self) -> Iterator[None]:
        self._hurried += 1
        self._hurry.set()
        self._wake_all()
        try:
            yield
        finally:
            self._hurried -= 1
            if not self._hurried:
                self._hurry.clear()

    @property
    def _required(self) -> list[Lane]:
        optional = self._settings.optional_buckets
        return [lane for bucket, lane in self._lanes.items() if bucket not in optional]

    def _sent(self, lanes: Iterable[Lane], since: float, until: float) -> bool:
        return not self._keeping and all(
            lane.finished or lane.hopeless(since, until) for lane in lanes
        )

    def _all_sent(self) -> bool:
        return not self._keeping and all(lane.finished for lane in self._required)

    def _await(self, condition: Callable[[], bool], until: float | None = None) -> None:
        bell = Event()
        self._waiting.add(bell)
        try:
            while not condition():
                bell.clear()
                if not bell.wait(None if until is None else max(0.0, until - monotonic())):
                    return
        finally:
            self._waiting.discard(bell)

    def _ring(self) -> None:
        for bell in self._waiting:
            bell.set()

    def drained(self) -> None:
        """Wait until all is sent that the accounts hang on, however long that takes."""
        self._await(self._all_sent)

    def _wake_all(self) -> None:
        for bucket in self._outbox.buckets:
            self._lane(bucket)
        for lane in list(self._lanes.values()):
            lane.wake()

    def _sweep_for_ever(self) -> None:
        while True:
            self._sweep.wait(timeout=SWEEP_S)
            self._sweep.clear()
            try:
                while self._disk.run(partial(self._outbox.sweep, self._refused)):
                    pass
            except Exception:
                log.exception("What other processes left can't be looked at now.")
            self._wake_all()

    def abandon(self) -> None:
        """Send nothing more, in a forked child: what waits is its parent's, and so is the file."""
        self._stop(wait=False)

    def _stop(self, *, wait: bool) -> None:
        if self._sweeper is not None:
            self._sweeper.kill(block=wait)
        if self._watchdog is not None:
            self._watchdog.close(wait=wait)
        for lane in self._lanes.values():
            lane.close(wait=wait)

    def _say_late(self, batch: Batch) -> None:
        taken = False
        word = LastWord(self._settings, batch)
        # On the thread that is there: a process that ends may not be given another.
        with gevent.Timeout(_LATE_S, False):
            taken = self._disk.run(word.send)
        if taken:
            return
        fate = (
            f"It is kept in {self._settings.spool_dir}; whoever starts next with this folder sends "
            f"it. Audit the run again then: swarmscope audit {batch.run}"
            if word.kept
            else "It could be kept nowhere, and is lost."
        )
        log.warning(
            "The store didn't take within %.0f s what run %s has to say after its end: its "
            "audit may call it complete, and more was requested. %s",
            _LATE_S,
            batch.run,
            fate,
        )

    def close(self) -> None:
        """Stop sending; what waits stays in the spool for the next start."""
        self._closed = True
        self._stop(wait=True)
        for bucket in self._settings.optional_buckets:
            left = self._outbox.own_batches(bucket)
            if left:
                log.warning(
                    "What waits for the bucket %s (batches: %d) could not be sent. It is kept in "
                    "%s; whoever starts next with this folder sends it when the store takes it.",
                    bucket,
                    left,
                    self._settings.spool_dir,
                )
        # A disk that hangs must not keep the process from ending: what is in the file stays there.
        with gevent.Timeout(_LAST_DISK_S, False):
            self._disk.run(self._outbox.close)
