"""The loop that sends: one path through the spool, whether the store is up or down."""

import gzip
import logging
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent.event import Event
from gevent.threadpool import ThreadPool

from swarmscope.delivery.accounts import Account
from swarmscope.delivery.answers import Answer, Kind, dropped_requests
from swarmscope.delivery.outbox import Outbox, Source
from swarmscope.delivery.writer import Writer
from swarmscope.points import requests_of
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Kept, SpoolError

log = logging.getLogger(__name__)

MAX_POINTS = 5_000
"""Lines in one write: what InfluxDB's documentation recommends."""
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 30.0
_HURRIED_DELAY = 0.5
_EMPTY_BODY = gzip.compress(b"", mtime=0)

T = TypeVar("T")


class _InterruptedError(Exception):
    """The store went away in the middle of isolating a line; all of the batch is sent again."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class Delivery:
    """Sends kept batches to the store, in the order in which they were kept.

    Disk and network each have one native thread: neither ever stops the event loop, and a slow
    answer doesn't stop windows from reaching the disk.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._disk = ThreadPool(1)
        self._network = ThreadPool(1)
        self._outbox = Outbox(settings)
        self._writer: Writer | None = None
        self._accounts: dict[str, Account] = defaultdict(Account)
        self._in_flight: set[int] = set()
        self._dropped_in_flight: dict[int, Kept] = {}
        self._wake = Event()
        self._hurry = Event()
        self._drained = Event()
        self._drained.set()
        self._trouble: Kind | None = None
        self._delay = 0.0
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
        for kept in dropped:
            if kept.id in self._in_flight:
                self._dropped_in_flight[kept.id] = kept
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

    def flush(self, seconds: float) -> bool:
        """Wait until all is sent, *seconds* at most; return whether it is."""
        self._hurry.set()
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
                self._back_off(Answer(Kind.RETRY))

    def _probe(self) -> None:
        # An empty write checks address, token and bucket, and stores nothing.
        answer = self._write(self._settings.bucket, _EMPTY_BODY)
        if answer.kind in (Kind.RETRY, Kind.REFUSED):
            self._say_trouble(answer)

    def _step(self) -> None:
        self._wake.clear()
        found = self._on_disk(lambda: self._outbox.next(MAX_POINTS))
        if found is None or not found[0].ours:
            self._drained.set()
        if found is None:
            self._wake.wait()
            return
        source, batches = found
        answer = self._send(source, batches)
        if answer.kind in (Kind.RETRY, Kind.REFUSED):
            self._say_trouble(answer)
            self._back_off(answer)
        else:
            self._say_recovered()

    def _write(self, bucket: str, body: bytes) -> Answer:
        def write() -> Answer:
            if self._writer is None:  # made where it is used: gevent ties sockets to a thread's hub
                self._writer = Writer(self._settings)
            return self._writer.write(bucket, body)

        answer: Answer = self._network.apply(write)
        return answer

    def _send(self, source: Source, batches: list[Kept]) -> Answer:
        if self._outbox.is_newest(source):
            self._in_flight = {kept.id for kept in batches}
        try:
            answer = self._write(batches[0].bucket, b"".join(kept.body for kept in batches))
            if answer.kind in (Kind.RETRY, Kind.REFUSED):
                self._settle_dropped()
                for kept in batches:
                    self._account_of(source, kept.run).points_retried += kept.points
                return answer
            outcome = self._outcome(batches, answer)
        except _InterruptedError as interrupted:
            self._settle_dropped()
            return interrupted.answer
        finally:
            self._in_flight = set()
        self._on_disk(lambda: self._outbox.forget(source, batches))
        self._dropped_in_flight.clear()
        for run, (taken, rejected) in outcome.items():
            account = self._account_of(source, run)
            account.taken(*taken)
            account.rejected(*rejected)
            source.requests += taken[0]
        return Answer(Kind.TAKEN)

    def _settle_dropped(self) -> None:
        for kept in self._dropped_in_flight.values():
            self._lose(kept)
        self._dropped_in_flight.clear()

    def _account_of(self, source: Source, run: str) -> Account:
        return self._accounts[run] if source.ours else Account()

    def _outcome(self, batches: list[Kept], answer: Answer) -> "Outcome":
        outcome: Outcome = defaultdict(lambda: ((0, 0), (0, 0)))
        for kept in batches:
            if answer.kind is Kind.TAKEN:
                _add(outcome, kept.run, taken=(kept.requests, kept.points))
            elif answer.kind is Kind.PARTLY and len(batches) == 1:
                self._settle_partly(outcome, kept.run, kept.lines(), answer)
            else:
                # What was stored of it lands on itself: sending it again is harmless.
                self._isolate(outcome, kept.run, kept.bucket, kept.lines())
        return outcome

    def _settle_partly(
        self, outcome: "Outcome", run: str, lines: list[str], answer: Answer
    ) -> None:
        log.warning(
            "The store dropped %d of %d points for good: %s. The rest is stored.",
            answer.dropped,
            len(lines),
            answer.message,
        )
        requests = dropped_requests(lines, answer)
        total = sum(map(requests_of, lines))
        _add(
            outcome,
            run,
            taken=(total - requests, len(lines) - answer.dropped),
            rejected=(requests, answer.dropped),
        )

    def _isolate(self, outcome: "Outcome", run: str, bucket: str, lines: list[str]) -> None:
        """Send *lines* in halves until the refused ones stand alone; count those as rejected."""
        body = gzip.compress(("\n".join(lines) + "\n").encode(), 1, mtime=0)
        answer = self._write(bucket, body)
        match answer.kind:
            case Kind.RETRY | Kind.REFUSED:
                raise _InterruptedError(answer)
            case Kind.TAKEN:
                _add(outcome, run, taken=(sum(map(requests_of, lines)), len(lines)))
            case Kind.PARTLY:
                self._settle_partly(outcome, run, lines, answer)
            case _ if len(lines) > 1:
                half = len(lines) // 2
                self._isolate(outcome, run, bucket, lines[:half])
                self._isolate(outcome, run, bucket, lines[half:])
            case _:
                log.warning("The store refused one point for good: %s", answer.message[:500])
                _add(outcome, run, rejected=(requests_of(lines[0]), 1))

    def _back_off(self, answer: Answer) -> None:
        self._delay = min(max(self._delay * 2, _FIRST_DELAY), _LONGEST_DELAY)
        # Jitter: a hundred workers must not return to a struggling store in step.
        delay = answer.retry_after or self._delay * random.uniform(0.5, 1.0)  # noqa: S311
        if self._hurry.wait(timeout=delay):
            gevent.sleep(min(delay, _HURRIED_DELAY))

    def _say_trouble(self, answer: Answer) -> None:
        if self._trouble is answer.kind:
            return
        self._trouble = answer.kind
        where, kept = self._settings.url, self._settings.spool_dir
        if answer.kind is Kind.REFUSED:
            log.warning(
                "The store at %s refused the write (%s: %s). The test runs on; windows are kept in "
                "%s. %s, and they are sent.",
                where,
                answer.status,
                answer.message,
                kept,
                self._remedy(answer.status),
            )
        else:
            log.warning(
                "The store at %s can't take data (%s). The test runs on; windows are kept in %s "
                "and sent when it answers. Check INFLUXDB_V2_URL, or start a store: "
                "swarmscope serve.",
                where,
                answer.message or answer.status,
                kept,
            )

    def _remedy(self, status: int | None) -> str:
        file = self._settings.token_file
        if file and status in (401, 403):
            return f"Put a token that may write to the bucket into {file}: it is read again"
        return _REMEDIES.get(status, "Check INFLUXDB_V2_URL")

    def _say_recovered(self) -> None:
        self._delay = 0.0
        if self._trouble is not None:
            self._trouble = None
            log.info("The store at %s takes data again; what was kept is sent.", self._settings.url)


Counts = tuple[int, int]
"""Requests and points."""
Outcome = dict[str, tuple[Counts, Counts]]
"""Run to what was taken and what was rejected of it."""

_REMEDIES: dict[int | None, str] = {
    401: "Set INFLUXDB_V2_TOKEN to a token that may write",
    403: "Give the token the right to write to the bucket",
    404: "Create the bucket, or correct INFLUXDB_V2_ORG and INFLUXDB_V2_BUCKET",
}


def _add(outcome: Outcome, run: str, *, taken: Counts = (0, 0), rejected: Counts = (0, 0)) -> None:
    before: Any = outcome[run]
    outcome[run] = (
        (before[0][0] + taken[0], before[0][1] + taken[1]),
        (before[1][0] + rejected[0], before[1][1] + rejected[1]),
    )
