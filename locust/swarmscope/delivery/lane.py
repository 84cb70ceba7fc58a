"""The way to one bucket: its own thread, pauses and messages, so that it holds up no other."""

import gzip
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import gevent
from gevent.event import Event

from swarmscope.delivery.accounts import Accounts
from swarmscope.delivery.backoff import BackOff
from swarmscope.delivery.native import NativeThread
from swarmscope.delivery.outbox import Origin, Outbox, Portion
from swarmscope.delivery.outcome import Bisection, StoreLeftError
from swarmscope.delivery.pace import Pace
from swarmscope.delivery.trouble import Trouble
from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.transport.write_api import Answer, AnswerKind

log = logging.getLogger(__name__)

MAX_POINTS = 5_000
"""Lines in one write: what InfluxDB's documentation recommends."""
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 30.0
_HURRIED_DELAY = 0.5
_LONGEST_REST = 1.0
PATIENCE = 6
"""Time-outs of a write after which it is given up, whatever it still waits for."""
_EMPTY_BODY = gzip.compress(b"", mtime=0)

T = TypeVar("T")


@dataclass(frozen=True)
class Shared:
    """What all lanes of a process have in common."""

    settings: Settings
    outbox: Outbox
    disk: NativeThread
    accounts: Accounts
    trouble: Trouble
    hurry: Event
    """Set while somebody waits for the last of what can be sent."""
    sweep: Event
    """Set to look at once for what dead processes left."""
    share: float
    """Where between two writes of a slow pace this process's are, from 0 to 1."""
    changed: Callable[[], None]
    """Called when a lane has come further."""
    wake_all: Callable[[], None]
    """Called when there may be something to send that wasn't there."""


class Lane:
    """Sends to *bucket* what waits for it."""

    def __init__(self, bucket: str, shared: Shared) -> None:
        self.bucket = bucket
        self.thread = NativeThread(f"network, bucket {bucket}")
        self.refused_at: float | None = None
        """When the last attempt began, if an operator has to repair something first."""
        self.paused_until = 0.0
        """Before which the store doesn't want to be asked, however great the hurry."""
        self.beat = monotonic()
        """When it last did anything, or will do anything next."""
        self.idle = False
        """Whether it has nothing to do."""
        self._shared = shared
        self._writer: Writer | None = None
        self._bisection = Bisection(self._write)
        self._back_off = BackOff(_FIRST_DELAY, _LONGEST_DELAY)
        self._hurried = BackOff(_HURRIED_DELAY, _HURRIED_DELAY)
        self._pace = Pace(bucket, shared.share)
        self._wake = Event()
        self._sending: Portion | None = None
        self._sent_leftover = False
        self._greenlet = gevent.spawn(self._run)

    def wake(self) -> None:
        """Look for something to send."""
        self._wake.set()

    def pace(self, seconds: float) -> None:
        """Send what is new each so many *seconds*, and at once up to 1."""
        self._pace.set(seconds)
        self.wake()

    @property
    def refused(self) -> bool:
        """Whether the store takes nothing for this bucket until somebody repairs something."""
        return self.refused_at is not None

    @property
    def finished(self) -> bool:
        """Whether nothing of this process's own waits, or is on its way."""
        sending = self._sending is not None and self._sending.source.leftover is None
        return not sending and not self._shared.outbox.own_batches(self.bucket)

    def hopeless(self, since: float, until: float) -> bool:
        """Whether nothing will be sent before *until*, as far as is known *since* then."""
        refused = self.refused_at is not None and self.refused_at >= since
        return refused or self.paused_until > until

    def close(self, *, wait: bool) -> None:
        """Stop sending."""
        self._greenlet.kill(block=wait)

    def _run(self) -> None:
        self._guarded(self._probe)
        while True:
            self._guarded(self._step)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            # Whatever it was, the data is on disk and the load must not notice.
            log.exception(
                "Delivery to the bucket %s failed; the batch is kept and tried again.", self.bucket
            )
            self._pause()

    def _probe(self) -> None:
        # An empty write checks address, token and bucket, and stores nothing.
        began = monotonic()
        answer = self._write(_EMPTY_BODY)
        if answer.kept:
            self._note_trouble(answer, began)
        elif self.refused:
            self._note_success()

    def _step(self) -> None:
        shared = self._shared
        self.beat = monotonic()
        self._wake.clear()
        hurried = shared.hurry.is_set()
        live = hurried or not self._pace.left()
        portion, losses = shared.disk.run(
            lambda: (
                shared.outbox.next(self.bucket, MAX_POINTS, hurried=hurried, live=live),
                shared.outbox.losses(),
            )
        )
        shared.accounts.lost_all(losses)
        if live and (portion is None or portion.origin is Origin.LIVE):
            self._pace.looked()
        if portion is None:
            self._rest()
            return
        began = monotonic()
        self._sending = portion
        try:
            answer = self._send(portion)
        finally:
            self._sending = None
        if answer.kept:
            self._note_trouble(answer, began)
            self._pause(answer.retry_after)
            return
        self._note_success()
        self._sent_leftover |= portion.origin is Origin.LEFTOVER
        if portion.origin is Origin.LIVE:
            self._pace.answered(monotonic() - began)
        else:
            # What an outage piled up on a hundred workers takes half of the store's time at most.
            shared.hurry.wait(timeout=min(monotonic() - began, _LONGEST_REST))

    def _rest(self) -> None:
        if self._sent_leftover:  # there is room for more of them
            self._sent_leftover = False
            self._shared.sweep.set()
        self._shared.changed()
        # Others may have left something for a bucket that is repaired, which nobody sees otherwise.
        again = self._back_off.pause() if self.refused else None
        due = self._pace.left()
        self.idle = True
        woken = self._wake.wait(
            timeout=min((t for t in (again, due) if t is not None), default=None)
        )
        self.beat = monotonic()
        self.idle = False
        if not woken and again is not None and (due is None or again <= due):
            self._probe()

    def _note_trouble(self, answer: Answer, began: float) -> None:
        self._note_refused(began if answer.kind is AnswerKind.REFUSED else None)
        self._shared.trouble.say(self.bucket, answer)
        self._shared.changed()

    def _note_success(self) -> None:
        self._note_refused(None)
        self._back_off.reset()
        self._shared.trouble.over(self.bucket)
        self._shared.changed()

    def _note_refused(self, at: float | None) -> None:
        was, self.refused_at = self.refused, at
        if self.refused is not was:
            # Leftovers for this bucket make room for others, or can be sent again.
            self._shared.sweep.set()

    def _pause(self, retry_after: float | None = None) -> None:
        delay = self._back_off.pause(retry_after)
        self.beat = monotonic() + delay
        if retry_after:
            self.paused_until = monotonic() + delay
            gevent.sleep(delay)
        elif self._shared.hurry.wait(timeout=delay):
            gevent.sleep(self._hurried.pause())

    def _write(self, body: bytes) -> Answer:
        seconds = PATIENCE * self._shared.settings.timeout_ms / 1_000

        def write() -> Answer:
            if self._writer is None:  # made where it is used: gevent ties sockets to a thread's hub
                self._writer = Writer(self._shared.settings)
            try:
                # The system resolves names in its own time, and a body may be taken in bit by bit.
                with gevent.Timeout(seconds):
                    return self._writer.write(self.bucket, body)
            except gevent.Timeout:
                return Answer(AnswerKind.RETRY, message=f"no whole answer within {seconds:.0f} s")

        answer = self.thread.run(write)
        self.beat = monotonic()
        return answer

    def _send(self, portion: Portion) -> Answer:
        shared, batches = self._shared, portion.batches
        try:
            answer = self._write(b"".join(kept.body for kept in batches))
            if not answer.kept:
                outcome = self._bisection.outcome(batches, answer)
        except StoreLeftError as left:
            answer = left.answer
        if answer.kept:
            shared.disk.run(lambda: shared.outbox.put_back(self.bucket))
            if portion.source.leftover is None:
                shared.accounts.retried(batches)
        else:
            # First: a leftover whose last batches these are is closed with what is known of it.
            shared.accounts.settle(outcome, portion.source.leftover)
            shared.disk.run(lambda: shared.outbox.forget(portion))
        if portion.source.broken:
            shared.wake_all()  # it has been replaced by now, and may hold something for others
        return answer
