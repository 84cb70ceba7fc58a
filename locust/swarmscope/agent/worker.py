"""The part of the listener that measures: on a worker, or in a process that does it all.

On a master too: what its setup and teardown code requests is Locust's to count, and ours.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

import gevent
from gevent.event import Event
from locust.runners import MasterRunner, Runner

from swarmscope.agent.afterwards import after_the_end, after_the_run, in_a_child
from swarmscope.agent.clock import Offset
from swarmscope.agent.front import Place
from swarmscope.agent.health import GeneratorHealth
from swarmscope.agent.identity import Identity
from swarmscope.agent.locust_count import Late, LocustCount, without
from swarmscope.agent.reporting import Reporting
from swarmscope.agent.session import Session
from swarmscope.agent.witness import Reading, Witness
from swarmscope.delivery import Delivery
from swarmscope.line_protocol import Field
from swarmscope.load.runs import run_of, timed
from swarmscope.load.schedule import Share
from swarmscope.logs.stream import Stream
from swarmscope.recording.reports import Report
from swarmscope.settings import Settings
from swarmscope.words import are, count_of

log = logging.getLogger(__name__)

_ASKED_OFTEN = 30
"""Seconds after which a worker stops waiting for the name of its run."""
_TAKE_BACK_S = 1.0
"""How long a request that comes after the end waits until the store knows of it."""
_MARKER_S = 1.0
"""Seconds that the final marker may take to reach the disk."""


class WorkerAgent:
    """Records this process's requests, run after run.

    *ask* asks the master which run it is, and *report* tells whoever merges what was counted;
    *make_up* is what helps when no answer comes. The *early*
    requests came before anything listened here, and *forgotten* more of which nothing is known.
    """

    def __init__(
        self,
        runner: Runner,
        settings: Settings,
        delivery: Delivery,
        witness: Witness,
        *,
        ask: Callable[[], None],
        report: Callable[[Report], None],
        make_up: Callable[[], Identity],
        early: Sequence[Mapping[str, Any]] = (),
        forgotten: int = 0,
        stream: Stream | None = None,
    ) -> None:
        self._runner = runner
        self._settings = settings
        self._delivery = delivery
        self._witness = witness
        self._ask = ask
        self._report = report
        self._pace: int | None = None
        self._make_up = make_up
        self._told_users: Mapping[str, int] = {}
        self._asked = 0
        self._health = GeneratorHealth()
        self._offset = Offset()
        self._next: Identity | None = None
        self._used: set[str] = set()
        self._stream = stream
        # Requests that a locustfile makes before the run starts belong to that run.
        self._session = self._new_session(without(witness.read(), early, forgotten))
        self._session.recorder.shed(forgotten)
        for request in early:
            self._session.record(**request)
        self._place = Place(runner.environment, self._session.record)
        self._running = False
        self._spent = False
        self._unfinished: set[Session] = set()
        self._finished = Event()
        self._finished.set()

    def record_user_error(
        self, user_class: str, exception: BaseException, tb: TracebackType | None
    ) -> None:
        """Count what the code of a user let out."""
        self._session.user_errors.record(user_class, exception, tb)

    def _new_session(self, since: Reading, late: Late | None = None) -> Session:
        self._reporting = Reporting(self._settings.latency_resolution, self._report)
        self._reporting.pace = self._pace
        environment = self._runner.environment
        session = Session(
            self._settings,
            self._delivery,
            LocustCount(self._witness, since, late),
            stream=self._stream,
            quiet=isinstance(self._runner, MasterRunner),
            reports=self._reporting,
            timing=run_of(environment) if timed(environment) else None,
        )
        run_of(environment).transactions = session.transactions
        return session

    @property
    def identity(self) -> Identity | None:
        """Who this worker is in the run that goes on or ended last."""
        return self._session.identity

    @property
    def unnamed(self) -> bool:
        """Whether a run goes on whose name isn't known yet."""
        return self._running and self._session.identity is None

    def now(self) -> float:
        """Return the time by which this run's points are written, s since the epoch."""
        return self._session.recorder.now()

    def on_reading(self, sent: float | None, reading: Mapping[str, Any]) -> None:
        """Take in the master's clock; *sent* is when this worker asked for it, if it did."""
        self._offset.add(sent, reading)
        if sent is not None and not self._offset.settled:
            self._ask()

    def on_pace(self, pace: int | None) -> None:
        """Take how often whoever merges wants to hear of the run, s; None: nobody merges."""
        self._pace = self._reporting.pace = pace
        self._keep_pace()

    def _keep_pace(self) -> None:
        # Only while a run goes on: what comes after it is sent at once.
        if self._running:
            self._delivery.pace(self._pace or 1)

    def on_shares(self, shares: Mapping[str, Share]) -> None:
        """Take which part of each class's arrivals is this worker's."""
        run_of(self._runner.environment).take_shares(shares)

    def on_identity(self, identity: Identity) -> None:
        """Take the identity of the run that goes on or comes next."""
        if identity.run in self._used:
            return
        if self.unnamed:
            self._identify(identity)
        else:
            self._next = identity

    def _identify(self, identity: Identity) -> None:
        self._asked = 0
        self._used.add(identity.run)
        self._next = None
        self._session.identify(identity, self._offset)

    def on_start(self) -> None:
        """Begin a run: Locust's test_start event."""
        if self._running:
            return
        if self._spent:
            # Not only once it has ended: its last windows may still be on their way to the disk.
            self._spent = False
            before = self._session
            late = before.leave()
            self._session = self._new_session(self._witness.read(), late)
            self._give_place(self._session.record, before)
            gevent.spawn(before.catch_up, self._users, self._health_fields(), early=True)
        self._running = True
        self._keep_pace()
        self._session.begin()
        if self._next:
            self._identify(self._next)
        # Also where the name is known: the master learns that this worker takes part.
        self._ask()

    def on_stop(self) -> None:
        """End the run: Locust's test_stop event, when the users have stopped. Never blocks."""
        if self.unnamed:
            self._identify(self._make_up())
        if self._running:
            self._running = False
            self._spent = True
            self._unfinished.add(self._session)
            self._finished.clear()
            gevent.spawn(self._finish, self._session)

    def tick(self) -> None:
        """Keep what was closed; once a second."""
        if self._place.hold():
            self._note_gap(self._session)
        if self._session.ended:
            self._session.catch_up(self._users, self._health_fields())
        elif self._running:
            if self.unnamed:
                self._find_name()
            self._session.tick(self._users, self._health_fields())
        self._tell_users()

    def _tell_users(self) -> None:
        """Tell the master of users that wait for arrivals, where their number changed."""
        users = run_of(self._runner.environment).users
        if self._running and users != self._told_users:
            self._told_users = users
            self._ask()

    def _give_place(self, handler: Callable[..., Any], before: Session) -> None:
        """Let *handler* listen, in the place of *before*'s."""
        if self._place.give_to(handler):
            self._note_gap(before)

    def _note_gap(self, session: Session) -> None:
        session.gap = True
        if session.marked:
            gevent.spawn(session.take_back, self._users, self._health_fields(), for_good=True)

    def _find_name(self) -> None:
        self._asked += 1
        if self._asked < _ASKED_OFTEN:
            self._ask()
        else:
            self._identify(self._make_up())

    @property
    def _users(self) -> Mapping[str, int]:
        # A master's are its workers', which tell of them themselves.
        quiet = isinstance(self._runner, MasterRunner)
        return {} if quiet else self._runner.user_classes_count

    def _health_fields(self) -> dict[str, Field]:
        return {**self._health.take(), **self._session.clock_fields(self._offset)}

    def _finish(self, session: Session) -> None:
        try:
            session.finish(self._users, self._health_fields())
            if session is self._session:
                late = after_the_run(session, lambda: self._take_back(session), _TAKE_BACK_S)
                self._give_place(late, session)
            delivered = self._delivery.flush(self._settings.flush_timeout)
            session.mark_final(self._users, self._health_fields())
        finally:
            # Whatever went wrong, the process may exit, unless another run's end still flushes.
            self._unfinished.discard(session)
            if not self._unfinished:
                self._finished.set()
        if not session.untold:
            log.info("Run %s on %s: %s.", *self._who(session), session.account)
        if not delivered:
            log.warning(
                "What is pending is kept in %s and sent when the store answers, by this process or "
                "the next that starts with this folder.",
                self._settings.spool_dir,
            )
            self._delivery.drained()
            session.mark_final(self._users, self._health_fields())

    def _take_back(self, session: Session) -> None:
        session.take_back(self._users, self._health_fields())
        self._delivery.flush(_TAKE_BACK_S)

    def _who(self, session: Session) -> tuple[str, str]:
        identity = session.identity
        return (identity.run, identity.worker) if identity else ("(never named)", "this worker")

    def end(self) -> None:
        """End the run if one goes on, and wait for its last flush: the process is about to exit."""
        self.on_stop()
        # A little longer than the flush in `_finish`, so that its marker is kept as well.
        self._finished.wait(timeout=self._settings.flush_timeout + _MARKER_S)

    def catch_up(self) -> bool:
        """Write what teardown code requested since `end`; return whether it did."""
        return self._session.catch_up(self._users, self._health_fields(), early=True)

    def give_up(self) -> None:
        """Take the final marker back: somebody still requests, and nobody will write it."""
        log.warning(
            "Requests are still made while this process exits: what is kept of them is sent, "
            "and the run stays without its final marker, because more is missing. Stop what "
            "your locustfile started before Locust quits (events.quitting)."
        )
        self._session.take_back(self._users, self._health_fields(), for_good=True)

    def close(self, belied: Callable[[], None], said: Event) -> None:
        """Listen no more; *belied* is called if a marker has to be taken back afterwards.

        While that is said of the run, *said* is clear.
        """
        outside = 0 if self._spent else self._session.recorder.counted
        if outside:
            log.warning(
                "%s outside of any run %s not recorded: no test was started in this process since.",
                count_of(outside, "request"),
                are(outside),
            )
        fields = self._health_fields()
        late = after_the_end(self._place, self._session, fields, belied, said)
        if self._place.give_to(late):
            self._session.gap = True
            self._session.take_back(self._users, self._health_fields(), for_good=True)
        self._health.close()

    def abandon(self) -> None:
        """Record no more, in a forked child: nobody there writes it down."""
        self._place.give_to(in_a_child(self._place))
