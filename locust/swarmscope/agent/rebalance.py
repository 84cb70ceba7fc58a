"""Gives every worker its share of the users when workers come or go during a run.

Locust plans that itself: its dispatcher shares the users out anew for each worker that joins or
leaves. But it sends the plan only while it takes itself for idle, and after the first such plan it
never does again: `UsersDispatcher._dispatcher` (2.47) returns from a rebalance with its
`_dispatch_in_progress` still set. From then on users of workers that left are gone, and workers
that joined stay idle: 40 users over 2, 8 and then 3 workers are 26 in the end, and 16 with
`--enable-rebalancing`, which knows nothing of workers that leave.

The plan waits all the while, marked by `_rebalance`. So the master's own `start` with the target
that is set anyway sends it, in one step: orders to workers are absolute numbers. The dispatcher
must stay the same one, since a new one begins at no users at all, and knows no user classes that a
LoadTestShape picked. That is also why workers which are dead for a minute are taken off the list
here: Locust would throw its dispatcher away for them and start from zero in the middle of a run.

`--enable-rebalancing` is switched off once this watches. With it Locust waits a second for each
worker that joins, in the greenlet that reads the heartbeats: six workers that join at once make it
take all others for missing, and end the test when no worker is left (seen: 0 users for 6 s).

What tells that users are missing is the waiting plan, never the number of users: that may be below
the target for good, when users end themselves (`StopUser`) or when only `fixed_count` ones exist.
"""

import logging
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import gevent
import locust
from locust import runners
from locust.runners import STATE_MISSING, STATE_RUNNING, MasterRunner

from swarmscope.words import count_of

if TYPE_CHECKING:
    from locust.dispatch import UsersDispatcher

log = logging.getLogger(__name__)

_PATIENCE = 3
"""Ticks (seconds) until a plan is sent though workers still come or go, and until a worker that
reports ready is told again: its order was lost."""
_BEFORE_REMOVAL = 5
"""Heartbeats left until Locust itself would remove a dead worker."""


class Rebalancer:
    """Watches the runs of *runner*; *tell* is called with a sentence when it steps in."""

    def __init__(self, runner: MasterRunner, tell: Callable[[str], None]) -> None:
        self._runner = runner
        self._tell = tell
        self._roster: frozenset[str] = frozenset()
        self._waited = 0
        self._idle: dict[str, int] = {}
        self._sending: gevent.Greenlet | None = None
        self._usable = True
        # Or the end of `start` would set the state of a run that stops meanwhile to running.
        runner.environment.events.test_stopping.add_listener(self._on_stopping)

    def tick(self) -> None:
        """Send what the dispatcher forgot; once a second while a run goes on."""
        if not self._usable:
            return
        try:
            self._watch()
        except AttributeError as error:
            # Most of what is used here is private to Locust, and may change.
            self._usable = False
            log.warning(
                "Locust %s distributes its users in a way that swarmscope doesn't know (%s): it "
                "leaves that alone. Look at the number of users after workers came or went.",
                locust.__version__,
                error,
            )

    def _watch(self) -> None:
        runner = self._runner
        before = self._roster
        self._roster = frozenset(n.id for n in runner.clients.all if n.state != STATE_MISSING)
        settled = runner.state == STATE_RUNNING and runner.spawning_completed
        sending = self._sending is not None and not self._sending.dead
        dispatcher = runner._users_dispatcher
        if not (settled and self._roster and runner.target_user_count and dispatcher) or sending:
            return
        self._switch_off_locusts_own()
        self._remove_dead()
        self._reconcile(dispatcher)
        overlooked = self._overlooked()
        self._waited = self._waited + 1 if _forgotten(dispatcher) else 0
        # Workers mostly come and go in bunches, and each plan moves users: wait for the last.
        if (self._waited and (before == self._roster or self._waited >= _PATIENCE)) or overlooked:
            self._waited = 0
            self._sending = gevent.spawn(self._send)

    def _switch_off_locusts_own(self) -> None:
        options = self._runner.environment.parsed_options
        if options is not None and self._runner.rebalancing_enabled():
            options.enable_rebalancing = False
            log.info(
                "swarmscope shares the users out when workers come or go: --enable-rebalancing is "
                "switched off, because with it Locust misses heartbeats while workers join."
            )

    def _remove_dead(self) -> None:
        for node in self._runner.clients.missing:
            if node.heartbeat <= runners.HEARTBEAT_DEAD_INTERNAL + _BEFORE_REMOVAL:
                del self._runner.clients[node.id]
                log.info("Worker %s is removed from Locust's list: it was not heard of.", node.id)

    def _reconcile(self, dispatcher: "UsersDispatcher") -> None:
        """Make the dispatcher plan for the workers that there are, each of them once.

        One that was missed and comes back with another message than a heartbeat is not told to it,
        and keeps its users beyond the target; one that reports ready twice has two shares.
        """
        planned = Counter(node.id for node in dispatcher._worker_nodes)
        for node in list(dispatcher._worker_nodes):
            if node.id not in self._roster or planned[node.id] > 1:
                dispatcher.remove_worker(node)
        planned = Counter(node.id for node in dispatcher._worker_nodes)
        for worker in sorted(self._roster - planned.keys()):
            dispatcher.add_worker(self._runner.clients[worker])

    def _overlooked(self) -> bool:
        """Whether a worker waits for users that there are enough of."""
        ready = [node.id for node in self._runner.clients.ready]
        self._idle = {worker: self._idle.get(worker, 0) + 1 for worker in ready}
        if self._runner.target_user_count < len(self._roster):
            return False
        return any(ticks % _PATIENCE == 0 for ticks in self._idle.values())

    def _send(self) -> None:
        runner = self._runner
        environment = runner.environment
        users, workers = runner.target_user_count, len(self._roster)
        sentence = f"{count_of(users, 'user')} shared out over {count_of(workers, 'worker')} again"
        log.info("%s: workers came or went.", sentence)
        self._tell(sentence)
        # --reset-stats means the end of the ramp-up, not this.
        reset, environment.reset_stats = environment.reset_stats, False
        try:
            runner.start(users, runner.spawn_rate)
        except Exception:
            log.exception("Sharing out the users failed; it is tried again when workers change.")
        finally:
            environment.reset_stats = reset

    def _on_stopping(self, **_: object) -> None:
        if self._sending is not None:
            self._sending.kill()


def _forgotten(dispatcher: "UsersDispatcher") -> bool:
    """Whether a plan waits that nobody will send: a ramp that goes on takes it along itself."""
    short = dispatcher._current_user_count != dispatcher._target_user_count
    return dispatcher._rebalance and not (dispatcher.dispatch_in_progress and short)
