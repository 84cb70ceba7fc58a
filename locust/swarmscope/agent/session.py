"""One run on one worker: when it begins and ends, and what is said of it meanwhile."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic, time

from gevent.lock import RLock

from swarmscope import schema
from swarmscope.agent.books import Books, Reports, Timing
from swarmscope.agent.clock import Offset
from swarmscope.agent.identity import Identity
from swarmscope.agent.locust_count import Late, LocustCount, Looks
from swarmscope.agent.users import Told
from swarmscope.delivery import Account, Delivery
from swarmscope.line_protocol import Field
from swarmscope.logs.stream import Stream
from swarmscope.recording.points import NANOSECONDS, Encoder
from swarmscope.recording.transactions import Transactions
from swarmscope.recording.user_errors import UserErrors
from swarmscope.recording.window import Recorder
from swarmscope.settings import Settings

log = logging.getLogger(__name__)

TOTALS_EVERY = 10
"""Seconds between two points of a run's totals."""
_LOOKS = 3
"""How often the end is tried to be told, if more comes while it is."""


class Session:
    """The requests of one run on this worker.

    Its windows are held until the run's identity is known; then they go to *delivery*. If each
    request is wanted by itself, its line goes to *stream*, too. *locust* counts the same requests,
    as Locust does. A *quiet* one isn't written of before it has had one: a master seldom makes any.
    *reports* are told what its points are made of, and *timing* says when users should begin.
    """

    def __init__(
        self,
        settings: Settings,
        delivery: Delivery,
        locust: LocustCount,
        *,
        stream: Stream | None = None,
        quiet: bool = False,
        reports: Reports | None = None,
        timing: Timing | None = None,
        clock: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        self._settings = settings
        self._delivery = delivery
        self._locust = locust
        self._looks = Looks()
        self._quiet = quiet
        self._reports = reports
        self.recorder = Recorder(
            resolution=settings.resolution,
            max_names=settings.max_names,
            template_names=settings.template_names,
            warn=log.warning,
            clock=clock,
            wall=wall,
        )
        self._books = Books(
            settings, delivery, self.recorder, stream, reports=reports, timing=timing
        )
        self._began = self.recorder.now()
        self._totals_due = self._began + TOTALS_EVERY
        self._users = Told()
        self._corrected = 0.0
        # A tick lets others run while it works: the end of the run must wait for what it holds.
        self._busy = RLock()
        self.ended = False
        self.marked = False
        """Whether the marker stands that says that nothing more will come."""
        self.gap = False
        """Whether requests may have been made that nobody here heard of."""
        self._may_mark = False
        self._owed = False
        """Whether a marker was taken back that must be written anew."""

    def identify(self, identity: Identity, offset: Offset) -> None:
        """Take the identity under which all points of this session are written.

        Nothing of it was sent before: the last moment at which its clock can be corrected by what
        is known of its *offset* from the master's.
        """
        self._corrected = offset.correction(self.recorder.offset)
        if self._corrected:
            self.recorder.correct(self._corrected)
            self._began -= self._corrected
            self._totals_due -= self._corrected
            log.warning(
                "This machine's clock is %.0f ms %s the master's: the times of this run's points "
                "are corrected by that. Synchronise the machines' clocks (chrony, ntpd).",
                abs(self._corrected) * 1000,
                "ahead of" if self._corrected > 0 else "behind",
            )
        self._books.identify(identity)

    @property
    def identity(self) -> Identity | None:
        """Under which all of it is written; None until that is known."""
        return self._books.identity

    @property
    def record(self) -> Callable[..., object]:
        """The handler of Locust's request event, itself: a call in between would cost."""
        return self._books.record

    @property
    def user_errors(self) -> UserErrors:
        """What the users' own code let out."""
        return self._books.user_errors

    @property
    def transactions(self) -> Transactions:
        """Journeys that users time."""
        return self._books.transactions

    @property
    def account(self) -> Account:
        """What became of the requests so far."""
        return self._books.account

    def begin(self) -> None:
        """Note that the run starts now."""
        self.recorder.anchor()
        self._began = self.recorder.now()
        self._totals_due = self._began + TOTALS_EVERY

    def leave(self) -> Late:
        """Note that the next request is another session's; return what Locust may count yet."""
        return self._locust.leave(self.recorder)

    def tick(self, users: Mapping[str, int], health: Mapping[str, Field]) -> None:
        """Keep what was closed since the last tick.

        *users* by class and *health* are written each second while the run goes on.
        """
        with self._busy:
            self.recorder.close_due()
            self._looks.at(self._locust.look)
            self._keep_closed(users, health)
            self._report()

    def _keep_closed(self, users: Mapping[str, int], health: Mapping[str, Field]) -> bool:
        """Keep the closed windows; return whether there were any."""
        return self._books.keep_closed(users, lambda more: self._beside(more, users, health))

    def _beside(
        self, requests: int, users: Mapping[str, int], health: Mapping[str, Field]
    ) -> list[str]:
        """Return what is kept with the windows of so many *requests*.

        This worker's point counts them: were it killed now, nobody else would.
        """
        encoder = self._books.encoder
        if encoder is None or (self.ended and not requests):
            return []
        if self.ended:
            return [self._worker_point(encoder, health, self._books.now_ns(), requests)]
        # After it comes nothing of a window that ended by then: where a tick was late, more ended.
        closed = self.recorder.until + self._settings.resolution - 1
        second = min(int(self.recorder.now()), closed)
        lines = [
            line
            for then, counts in self._users.until(second, users)
            for line in encoder.users(counts, "count", then)
        ]
        if requests or not self.untold:
            lines.append(self._worker_point(encoder, health, second * NANOSECONDS, requests))
            if self._reports:
                self._reports.health(second, health)
        if self.recorder.now() >= self._totals_due:
            self._totals_due += TOTALS_EVERY
            lines += self._totals()
        return lines

    def _totals(self) -> list[str]:
        return self._books.total_lines(self.recorder.now() - self._began)

    @property
    def untold(self) -> bool:
        """Whether there is nothing to tell of this process."""
        heard = self.account.requests_seen or self.recorder.counted
        return self._quiet and not (heard or self._locust.has_anything)

    def clock_fields(self, offset: Offset) -> Mapping[str, Field]:
        """Return what `locust_worker` says of this session's clock."""
        return offset.fields(self.recorder.offset, self._corrected)

    def _worker_point(
        self,
        encoder: Encoder,
        fields: Mapping[str, Field],
        at: int,
        requests: int = 0,
        *,
        final: bool = False,
    ) -> str:
        """Return what is said of this worker, with so many *requests* that nobody counted yet."""
        account = replace(self.account, requests_seen=self.account.requests_seen + requests)
        counters = {**vars(account), "requests_pending": account.requests_pending}
        counters["spool_bytes"] = self._delivery.spool_bytes
        counters |= self._locust.fields(final=final)
        return encoder.point(
            schema.LOCUST_WORKER.name,
            {"host": self._settings.host},
            {**fields, **counters, "final": final},
            at,
        )

    def finish(self, users: Mapping[str, int], health: Mapping[str, Field]) -> None:
        """Keep all that is left of the run and its totals; the users have stopped."""
        with self._busy:
            self._keep_rest(users, health)
            self.ended = True
            self._keep_sums(users)

    def catch_up(
        self, users: Mapping[str, int], health: Mapping[str, Field], *, early: bool = False
    ) -> bool:
        """Keep what came after the end, with new totals and marker; return whether anything did.

        Requests of teardown code, and of a user whose answer came late. Those of a window that
        isn't over only if *early*: each window that is closed before its time moves the next.
        """
        with self._busy:
            if not self.ended or self.identity is None:
                return False
            if not self._keep_rest(users, health, early=early) and not self._owed:
                return False
            self._keep_sums(users)
            if self._may_mark:
                self._mark_when_still(users, health, early=early)
            return True

    def _keep_rest(
        self, users: Mapping[str, int], health: Mapping[str, Field], *, early: bool = True
    ) -> bool:
        if early:
            self.recorder.close()
        else:
            self.recorder.close_due()
        kept = self._keep_closed(users, health)
        changed = self._looks.at(lambda: self._locust.compare(self.recorder))
        return kept or changed

    def _keep_sums(self, users: Mapping[str, int]) -> None:
        self._books.keep_open(sum(users.values()))
        self._books.keep(self._totals())
        self._report()

    def _report(self) -> None:
        if self._reports and self.identity:
            self._reports.tell(self.identity.run, self.recorder.now(), final=self.ended)

    def mark_final(self, users: Mapping[str, int], health: Mapping[str, Field]) -> None:
        """Write the marker that tells the audit that nothing more of this worker will come.

        With all that came since the end; where more comes all the time, `catch_up` does it later.
        """
        with self._busy:
            self._may_mark = True
            self._mark_when_still(users, health, early=True)

    def _mark_when_still(
        self, users: Mapping[str, int], health: Mapping[str, Field], *, early: bool
    ) -> None:
        self._owed = True
        for _ in range(_LOOKS if early else 1):
            if self._keep_rest(users, health, early=early):
                self._keep_sums(users)
            # Others ran while that was kept. From here to the marker nobody does.
            if not self.recorder.counted and not self._looks.at(self._locust.has_more):
                self._mark(health, final=not self.gap and not self._looks.failed)
                return

    def take_back(
        self, users: Mapping[str, int], health: Mapping[str, Field], *, for_good: bool = False
    ) -> None:
        """Say that more came after the marker, and keep it; *for_good*: nobody will mark it anew.

        `catch_up` does otherwise.
        """
        with self._busy:
            # Before it is kept: it may take a while.
            self._mark(health, final=False)
            if self._keep_rest(users, health):
                self._books.keep_open(sum(users.values()))
                self._mark(health, final=False)
                self._report()
            self._owed = not for_good

    def _mark(self, health: Mapping[str, Field], *, final: bool) -> None:
        encoder = self._books.encoder
        if encoder is None:
            return
        # Before it is kept: whatever is requested meanwhile takes it back.
        self.marked, self._owed = final, False
        if not self.untold:
            at = self._books.now_ns()
            self._books.keep([self._worker_point(encoder, health, at, final=final)])
