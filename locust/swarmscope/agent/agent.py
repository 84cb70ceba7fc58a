"""Ties the measuring and the leading part to Locust's events and messages."""

import atexit
import functools
import logging
import os
import weakref
from math import inf
from time import monotonic, time
from typing import Any

import gevent
from gevent.event import Event
from locust import log as locust_log
from locust.env import Environment
from locust.runners import Runner, WorkerRunner

from swarmscope.agent import identity
from swarmscope.agent.contained import contained
from swarmscope.agent.duets import Duets
from swarmscope.agent.early import EARLY
from swarmscope.agent.garbage import set_aside
from swarmscope.agent.identity import Identity
from swarmscope.agent.interrupts import INTERRUPTS
from swarmscope.agent.mishaps import Mishaps
from swarmscope.agent.neighbours import only_of, settle_in
from swarmscope.agent.outlets import open_stream
from swarmscope.agent.roles import role_of
from swarmscope.agent.target import Target
from swarmscope.agent.turns import politely
from swarmscope.agent.users import end_users, run_goes_on
from swarmscope.agent.verdicts import look_at_thresholds, refuse_mistyped
from swarmscope.agent.witness import Witness
from swarmscope.agent.worker import WorkerAgent
from swarmscope.delivery import Delivery
from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings
from swarmscope.words import are, count_of

log = logging.getLogger(__name__)

_ASK_EVERY = 5
_MERGED_S = 0.5
"""How much of a second is over when what was told of the one before is merged."""
_LAST_LOOKS = 3
"""How often a closing process looks for further requests of its own."""
_QUIET_S = 0.25
"""How long it must have made none, if it made some after its end."""
_LAST_FLUSH_S = 2.0
"""How long a closing process waits for what was requested after its end."""
_LAST_WORDS_S = 10.0
"""How long a process that is closed waits for a marker that is taken back."""
_ATTRIBUTE = "_swarmscope_agent"


def attach(environment: Environment) -> "Agent":
    """Record what happens in *environment*, from now on and for all its runs.

    Call it once its runner exists, and before a run starts: of one that goes on already, what was
    requested before is missing, and that is said. Calling it again changes nothing. Needs no more
    than this on a master, a worker or a local runner; settings come from the process's environment.

    Raises:
        ConfigurationError: *environment* has no runner yet; or it has no web UI, and the file
            of thresholds that its runs are to be judged by can't be used, or isn't named, or nobody
            can tell whether their verdict is to be the exit code.

    """
    agent: Agent | None = getattr(environment, _ATTRIBUTE, None)
    if agent is None:
        if environment.runner is None:
            raise ConfigurationError(
                "There is no runner in this Environment to record.",
                data="Nothing is recorded.",
                remedy="Call environment.create_local_runner() or its like before attach(); "
                "run_single_user() has none, because it is for debugging: use the locust command.",
            )
        settings, errors = Settings.tolerant()
        leads, headless = not isinstance(environment.runner, WorkerRunner), not environment.web_ui
        if leads and headless:
            refuse_mistyped(errors)
        for error in errors:
            log.error("%s", error if error.data else f"{error} The default is used.")
        if leads:
            look_at_thresholds(settings, headless=headless)
        settle_in(environment, settings)
        agent = Agent(environment, environment.runner, settings)
        setattr(environment, _ATTRIBUTE, agent)
    return agent


def _abandon(agent: "weakref.ref[Agent]") -> None:
    """Leave everything of *agent* to the parent: gevent's greenlets go on in a forked child."""
    here = agent()
    if here is not None:
        here.abandon()


class Agent:
    """One Locust process in its runs: *worker* measures, and its role is to lead or to follow."""

    def __init__(self, environment: Environment, runner: Runner, settings: Settings) -> None:
        self._environment = environment
        self._runner = runner
        self._settings = settings
        self._delivery = Delivery(settings)
        self._stream = open_stream(settings)
        self._ended: Event | None = None
        self._closing = False
        self._stopping = False
        self._begun = False
        self._pid = os.getpid()
        self._all_said = Event()
        self._all_said.set()
        self._role = role_of(environment, runner, settings, self._delivery)
        early, over = EARLY.take()
        witness = Witness(environment, contained(self._role.on_reset))
        self._missed = max(0, witness.total.requests - len(early) - over)
        # Of a run that goes on they are missing; of none, nobody's.
        missed = self._missed if run_goes_on(runner) else 0
        self.worker = WorkerAgent(
            runner,
            settings,
            self._delivery,
            witness,
            ask=contained(self._role.ask),
            report=contained(self._role.report),
            make_up=self._make_up,
            early=early,
            forgotten=over + missed,
            stream=self._stream,
        )
        self._mishaps = Mishaps(environment, self.worker.record_user_error)
        self._look_at_target = contained(Target(environment).look)
        self._look_at_target()
        self._duets = Duets(environment, settings)
        # It waits for the disk, so that users may spawn meanwhile: requests must count by now.
        self._delivery.start()
        INTERRUPTS.watch()
        self._listen()
        self._last_tick = Event()
        self._ticker = gevent.spawn(self._tick_for_ever)
        # Programs that run Locust as a library fire no quit event, and whoever listens to it
        # behind us may still make requests.
        atexit.register(self.close)
        os.register_at_fork(after_in_child=functools.partial(_abandon, weakref.ref(self)))

    def _listen(self) -> None:
        events = self._environment.events
        events.test_start.add_listener(contained(only_of(self._environment, self._on_start)))
        events.test_stopping.add_listener(contained(only_of(self._environment, self._on_stopping)))
        events.test_stop.add_listener(contained(only_of(self._environment, self._on_stop)))
        if self._settings.exit_code:
            # The others are called before it: Locust's own order is the reverse.
            events.quitting._handlers.insert(0, contained(self._on_quitting))
        # Before any other: Locust's own ends the test.
        quitting = only_of(self._environment, self._role.on_quitting)
        events.quitting.add_listener(contained(quitting))
        events.quit.add_listener(contained(self._on_quit))
        if self._role.listen(self.worker):
            self._on_start()

    def _on_start(self) -> None:
        # What was logged before belongs to no run, or to the last one.
        self._flush_logs()
        self._begun = True
        self._stopping = False
        self._look_at_target()
        set_aside()
        self._duets.begin()
        self._role.begin(self.worker)
        self.worker.on_start()

    def _catch_start(self) -> None:
        """Begin the run that goes on, if its test_start came before we listened.

        As where a program attaches late, or from within a listener of test_start.
        """
        if run_goes_on(self._runner):
            log.warning(
                "swarmscope was attached when the test had started: %s. Attach before it starts, "
                "once the runner exists.",
                f"{count_of(self._missed, 'request')} from before {are(self._missed)} not recorded"
                if self._missed
                else "what was requested since then is recorded",
            )
            self._on_start()

    def _on_stopping(self) -> None:
        self._stopping = True
        self._role.on_stopping()

    def _on_stop(self) -> None:
        if not self._stopping:
            return  # the end of a run that was overtaken by this one
        INTERRUPTS.finish(self._stop)

    def _stop(self) -> None:
        self._role.on_stop()
        self.worker.on_stop()

    def _on_quitting(self, **_: Any) -> None:
        """Make the verdict Locust's exit code, which it settles before it has ended the test."""
        if isinstance(self._runner, WorkerRunner) or not self._begun:
            return
        try:
            self._runner.quit()
            self._end()
        finally:
            # Also where that broke down: what nobody judged is no success.
            self._settle_exit_code()

    def _settle_exit_code(self) -> None:
        code, theirs = self._role.exit_code, self._environment.process_exit_code
        # A locustfile's own reason to fail stays one, and so does what broke down in Locust.
        if code or (code == 0 and not theirs and not locust_log.unhandled_greenlet_exception):
            self._environment.process_exit_code = code

    def _on_quit(self, **_: Any) -> None:
        self._end()

    def _tick_for_ever(self) -> None:
        ticks = 0
        while True:
            # By the clock of the run's windows, which may be corrected. A little past the full
            # second: the window that ended there is closed then.
            if self._last_tick.wait(timeout=1.02 - self.worker.now() % 1):
                return
            ticks += 1
            self._tick(ticks)
            # What workers tell of that window comes in between.
            if self._last_tick.wait(timeout=max(0.0, _MERGED_S - self.worker.now() % 1)):
                return
            self._merge()

    @contained
    def _tick(self, ticks: int) -> None:
        began = self.worker.now()
        if not self._begun:
            self._catch_start()
        self._role.tick()
        self.worker.tick()
        if ticks % _ASK_EVERY == 0:
            self._role.ask()
        self._flush_logs(until=began)

    @contained
    def _merge(self) -> None:
        self._role.merge()

    def _flush_logs(self, until: float = inf) -> None:
        if self._stream is None or self.worker.unnamed:
            return
        identity = self.worker.identity
        run, worker = (identity.run, identity.worker) if identity else ("", self._role.unnamed)
        # Records have the machine's clock; they are drawn beside points that have the run's.
        ahead = time() - self.worker.now() if identity else 0.0
        for _ in politely(self._stream.flush(run, worker, ahead=ahead, until=until)):
            pass

    def _make_up(self) -> Identity:
        client_id = str(getattr(self._runner, "client_id", "local"))
        name = identity.orphan(client_id, self._settings, self._environment)
        log.warning(
            "The master doesn't name the run: it seems to have no swarmscope listener. What this "
            "worker measures is written as run %s. Give the master the same locustfiles.",
            name.run,
        )
        return name

    def abandon(self) -> None:
        """Do nothing more, in a forked child."""
        self._ticker.kill(block=False)
        self._role.abandon()
        self._delivery.abandon()
        self.worker.abandon()

    def close(self) -> None:
        """End the run, flush, and stop; waits `SWARMSCOPE_FLUSH_TIMEOUT` at most.

        What could not be sent stays in the spool, and the next start sends it.
        """
        if os.getpid() != self._pid:  # a forked child's atexit is not ours
            return
        if self._closing:
            self._all_said.wait(_LAST_WORDS_S)
            return
        self._closing = True
        self._end()
        INTERRUPTS.wait(INTERRUPTS.see_through(self._close))

    def _close(self) -> None:
        self._catch_up()
        self.worker.close(contained(self._role.judge_again), self._all_said)
        self._delivery.close()
        self._mishaps.close()
        if self._stream:
            self._flush_logs()
            self._stream.close()
        self._all_said.wait(_LAST_WORDS_S)

    def _catch_up(self) -> None:
        """Write and send what was requested since `_end`, if whoever does so stops."""
        for _ in range(_LAST_LOOKS):
            came = self.worker.catch_up()
            # Waited for in `_end`: only what came since is new.
            self._delivery.flush(_LAST_FLUSH_S)
            if not came:
                return
            # A greenlet that outlives its user (a WebSocket's, say) requests now and then.
            gevent.sleep(_QUIET_S)
        self.worker.give_up()
        self._delivery.flush(_LAST_FLUSH_S)

    def _end(self) -> None:
        """End the run and flush; what is requested after that is still recorded, until `close`."""
        if self._ended is None:
            self._ended = INTERRUPTS.see_through(self._flush)
        # Locust shuts down twice on SIGTERM, and only the first flush may be waited out.
        INTERRUPTS.wait(self._ended)

    def _flush(self) -> None:
        deadline = monotonic() + self._settings.flush_timeout
        end_users(self._runner, self._settings.flush_timeout)
        # Not killed: in the middle of a tick it holds a second that is nowhere else.
        self._last_tick.set()
        self._ticker.join(timeout=self._settings.flush_timeout)
        self._role.on_stop()
        self.worker.end()
        self._role.hear_out()
        self._role.settle()
        self._delivery.flush(max(0.0, deadline - monotonic()))
        self._role.conclude()
        self._role.judge()
