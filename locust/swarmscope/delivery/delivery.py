"""The loop that sends: one path through the spool, whether the store is up or down."""

import gzip
import logging
from collections import defaultdict
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

import gevent
from gevent.event import Event
from gevent.threadpool import ThreadPool

from swarmscope.delivery.accounts import Account
from swarmscope.delivery.answers import Answer, Kind
from swarmscope.delivery.backoff import BackOff
from swarmscope.delivery.outbox import Lane, Outbox, Portion, Source
from swarmscope.delivery.outcome import Judge, Outcome, StoreLeftError
from swarmscope.delivery.trouble import Trouble
from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Kept, SpoolError

log = logging.getLogger(__name__)

MAX_POINTS = 5_000
"""Lines in one write: what InfluxDB's documentation recommends."""
SWEEP_S = 30.0
"""How often spools are looked for that other processes left."""
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 30.0
_HURRIED_DELAY = 0.5
_LONGEST_REST = 1.0
_EMPTY_BODY = gzip.compress(b"", mtime=0)

T = TypeVar("T")


class Delivery:
    """Sends kept batches to the store.

    Disk and network each have one native thread: neither ever stops the event loop, and a slow
    answer doesn't stop windows from reaching the disk.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._disk = ThreadPool(1)
        self._network = ThreadPool(1)
        self._outbox = Outbox(settings)
        self._writer: Writer | None = None
        self._judge = Judge(self._write)
        self._trouble = Trouble(settings)
        self._accounts: dict[str, Account] = defaultdict(Account)
        self._in_flight: set[tuple[Source, int]] = set()
        self._dropped_in_flight: list[Kept] = []
        self._wake = Event()
        self._hurry = Event()
        self._drained = Event()
        self._drained.set()
        self._back_off = BackOff(_FIRST_DELAY, _LONGEST_DELAY)
        self._sweep_due = monotonic() + SWEEP_S
        self._greenlet: gevent.Greenlet | None = None

    def account(self, run: str) -> Account:
        """Return what became of the requests of *run* so far."""
        return self._accounts[run]

    @property
    def spool_bytes(self) -> int:
        """Bytes that wait to be sent."""
        return self._outbox.own_bytes

    def start(self) -> None:
        """Open the spool, say at once if the store can't be reached, and send from now on."""
        self._on_disk(self._outbox.open)
        self._greenlet = gevent.spawn(self._run)

    def keep(self, batch: Batch) -> None:
        """Put *batch* on disk; when this returns it will be sent, or counted as lost."""
        account = self._accounts[batch.run]
        account.requests_seen += batch.requests
        self._drained.clear()
        try:
            dropped = self._on_disk(lambda: self._outbox.keep(batch))
        except SpoolError:
            log.exception("A window could neither be kept on disk nor in memory: it is lost.")
            account.lost(batch.requests, len(batch.lines))
            return
        # Once more: the sender may have seen an empty spool while this waited for the disk.
        self._drained.clear()
        for source, kept in dropped:
            if (source, kept.id) in self._in_flight:
                self._dropped_in_flight.append(kept)
            else:
                self._lose(kept)
        self._wake.set()

    def _lose(self, kept: Kept) -> None:
        account = self._accounts[kept.run]
        if not account.points_lost:
            log.warning(
                "The spool is full (SWARMSCOPE_SPOOL_MAX_BYTES): the oldest windows are dropped "
                "and counted as lost. Make the store reachable, or give the spool more room."
            )
        account.lost(kept.requests, kept.points)

    def lose(self, run: str, requests: int) -> None:
        """Count *requests* of *run* that were seen, and dropped before they became points."""
        account = self._accounts[run]
        account.requests_seen += requests
        account.lost(requests, 0)

    def flush(self, seconds: float) -> bool:
        """Wait until all is sent, *seconds* at most; return whether it is."""
        self._hurry.set()
        self._wake.set()
        try:
            return bool(self._drained.wait(timeout=seconds))
        finally:
            self._hurry.clear()

    def drained(self) -> None:
        """Wait until all is sent, however long that takes."""
        self._drained.wait()

    def close(self) -> None:
        """Stop sending; what waits stays in the spool for the next start."""
        if self._greenlet is not None:
            self._greenlet.kill()
        self._on_disk(self._outbox.close)

    def _on_disk(self, work: Callable[[], T]) -> T:
        result: T = self._disk.apply(work)
        return result

    def _run(self) -> None:
        self._probe()
        while True:
            try:
                self._step()
            except Exception:
                # Whatever it was, the data is on disk and the load must not notice.
                log.exception("Delivery failed; the batch is kept and tried again.")
                self._pause(Answer(Kind.RETRY))

    def _probe(self) -> None:
        # An empty write checks address, token and bucket, and stores nothing.
        answer = self._write(self._settings.bucket, _EMPTY_BODY)
        if answer.kind in (Kind.RETRY, Kind.REFUSED):
            self._trouble.say(answer)

    def _step(self) -> None:
        self._wake.clear()
        if monotonic() >= self._sweep_due:
            self._sweep_due = monotonic() + SWEEP_S
            self._on_disk(self._outbox.sweep)
        hurried = self._hurry.is_set()
        portion = self._on_disk(lambda: self._outbox.next(MAX_POINTS, hurried=hurried))
        for loss in self._outbox.losses():
            self._accounts[loss.run].lost(loss.requests, loss.points)
        if self._outbox.own_empty:
            self._drained.set()
        if portion is None:
            self._wake.wait(timeout=max(0.0, self._sweep_due - monotonic()))
            return
        began = monotonic()
        answer = self._send(portion)
        if answer.kind in (Kind.RETRY, Kind.REFUSED):
            self._trouble.say(answer)
            self._pause(answer)
            return
        self._back_off.reset()
        self._trouble.over()
        if portion.lane is not Lane.LIVE:
            # What an outage piled up on a hundred workers takes half of the store's time at most.
            self._hurry.wait(timeout=min(monotonic() - began, _LONGEST_REST))

    def _write(self, bucket: str, body: bytes) -> Answer:
        def write() -> Answer:
            if self._writer is None:  # made where it is used: gevent ties sockets to a thread's hub
                self._writer = Writer(self._settings)
            return self._writer.write(bucket, body)

        answer: Answer = self._network.apply(write)
        return answer

    def _send(self, portion: Portion) -> Answer:
        source, batches = portion.source, portion.batches
        self._in_flight = {(source, kept.id) for kept in batches}
        try:
            answer = self._write(batches[0].bucket, b"".join(kept.body for kept in batches))
            if answer.kind in (Kind.RETRY, Kind.REFUSED):
                self._settle_dropped()
                if source.leftover is None:
                    for kept in batches:
                        self._accounts[kept.run].points_retried += kept.points
                return answer
            outcome = self._judge.outcome(batches, answer)
        except StoreLeftError as left:
            self._settle_dropped()
            return left.answer
        finally:
            self._in_flight = set()
        # The store has them: no longer dropped, whatever happened meanwhile.
        dropped = {kept.id for kept in self._dropped_in_flight}
        self._dropped_in_flight.clear()
        kept_still = [kept for kept in batches if kept.id not in dropped]
        self._on_disk(lambda: self._outbox.forget(source, kept_still))
        self._settle(source, outcome)
        return Answer(Kind.TAKEN)

    def _settle(self, source: Source, outcome: Outcome) -> None:
        for run in outcome.runs:
            requests = outcome.taken_requests[run]
            refused, points = outcome.rejected_requests[run], outcome.rejected_points[run]
            if source.leftover:
                source.leftover.taken(requests)
                source.leftover.rejected(run, refused)
            else:
                self._accounts[run].taken(requests, outcome.taken_points[run])
                self._accounts[run].rejected(refused, points)

    def _settle_dropped(self) -> None:
        for kept in self._dropped_in_flight:
            self._lose(kept)
        self._dropped_in_flight.clear()

    def _pause(self, answer: Answer) -> None:
        delay = self._back_off.pause(answer)
        if self._hurry.wait(timeout=delay):
            gevent.sleep(min(delay, _HURRIED_DELAY))
