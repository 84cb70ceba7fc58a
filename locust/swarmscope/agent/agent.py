"""Ties the measuring and the leading part to Locust's events and messages."""

import atexit
import functools
import logging
from collections.abc import Callable
from math import inf
from time import monotonic, time
from typing import Any

import gevent
from gevent.event import Event
from locust.env import Environment
from locust.runners import LocalRunner, MasterRunner, Runner, WorkerRunner

from swarmscope import schema
from swarmscope.agent import identity
from swarmscope.agent.early import EARLY
from swarmscope.agent.identity import Identity
from swarmscope.agent.journal import open_stream
from swarmscope.agent.link import add_link
from swarmscope.agent.master import MasterAgent
from swarmscope.agent.mishaps import Mishaps
from swarmscope.agent.session import politely
from swarmscope.agent.worker import WorkerAgent
from swarmscope.delivery import Delivery
from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings

log = logging.getLogger(__name__)

ASK = "swarmscope_ask"
"""Worker to master: which run is this? Also the ping of a clock round trip."""
RUN = "swarmscope_run"
"""Master to worker: this run; or the answer that there is none."""
_ASK_EVERY = 5
_ATTRIBUTE = "_swarmscope_agent"


def attach(environment: Environment) -> "Agent":
    """Record what happens in *environment*, from now on and for all its runs.

    Call it once its runner exists; calling it again changes nothing. Needs no more than this on a
    master, a worker or a local runner; settings come from the process's environment.

    Raises:
        ConfigurationError: *environment* has no runner yet.

    """
    agent: Agent | None = getattr(environment, _ATTRIBUTE, None)
    if agent is None:
        if environment.runner is None:
            raise ConfigurationError(
                "attach() found no runner in this Environment.",
                data="Nothing is recorded yet.",
                remedy="Call environment.create_local_runner() or its like first.",
            )
        settings, errors = Settings.tolerant()
        for error in errors:
            log.error("%s", error if error.data else f"{error} The default is used.")
        agent = Agent(environment, environment.runner, settings)
        setattr(environment, _ATTRIBUTE, agent)
    return agent


def _contained(handler: Callable[..., None]) -> Callable[..., None]:
    """Keep *handler*'s exceptions in: Locust would turn its exit code to 2 for them."""

    @functools.wraps(handler)
    def contained(*args: Any, **kwargs: Any) -> None:
        try:
            handler(*args, **kwargs)
        except Exception:
            log.exception("swarmscope failed in %s; the test runs on.", handler.__name__)

    return contained


class Agent:
    """One Locust process's part in its runs; *master* and *worker* are the duties that it has."""

    def __init__(self, environment: Environment, runner: Runner, settings: Settings) -> None:
        self._environment = environment
        self._runner = runner
        self._settings = settings
        self._delivery = Delivery(settings)
        self._stream = open_stream(settings)
        self._closed = Event()
        self._closing = False
        self._stopping = False
        self.master: MasterAgent | None = None
        self.worker: WorkerAgent | None = None
        self._mishaps: Mishaps | None = None
        if isinstance(runner, (MasterRunner, LocalRunner)):
            self.master = MasterAgent(environment, runner, settings, self._delivery)
        if not isinstance(runner, MasterRunner):
            self.worker = WorkerAgent(
                runner,
                settings,
                self._delivery,
                _contained(self._ask),
                self._make_up,
                stream=self._stream,
            )
            self._mishaps = Mishaps(environment, self.worker.record_user_error)
            for request in EARLY.take():
                self.worker.record(**request)
        # It waits for the disk, so that users may spawn meanwhile: requests must count by now.
        self._delivery.start()
        self._listen()
        self._last_tick = Event()
        self._ticker = gevent.spawn(self._tick_for_ever)
        # Programs that run Locust as a library fire no quit event.
        atexit.register(self.close)

    def _listen(self) -> None:
        events = self._environment.events
        events.test_start.add_listener(_contained(self._on_start))
        events.test_stopping.add_listener(_contained(self._on_stopping))
        events.test_stop.add_listener(_contained(self._on_stop))
        events.quit.add_listener(_contained(self._on_quit))
        if self.master and self._environment.web_ui:
            add_link(self._environment.web_ui, self._settings, self.master.registry)
        if isinstance(self._runner, MasterRunner):
            self._runner.register_message(ASK, _contained(self._on_ask))
        elif isinstance(self._runner, WorkerRunner):
            self._runner.register_message(RUN, _contained(self._on_run))
            self._ask()
            if self._runner.worker_state in ("spawning", "running"):
                # The order to spawn was faster than the init event.
                self._on_start()

    def _on_start(self, **_: Any) -> None:
        # What was logged before belongs to no run, or to the last one.
        self._flush_logs()
        self._stopping = False
        if self.master and self.master.running:
            # Locust can be started again as soon as its workers are ready, but looks only once a
            # second whether it may fire test_stop: it does in the middle of this run, if at all.
            self.master.on_overtaken()
            if self.worker:
                self.worker.on_stop()
        if self.master:
            self.master.on_start()
            if isinstance(self._runner, MasterRunner):
                for client_id in self._runner.clients:
                    self._tell_run(self._runner, client_id, None)
            elif self.worker:
                self.worker.on_identity(self.master.registry.worker(0))
        if self.worker:
            self.worker.on_start()

    def _on_stopping(self, **_: Any) -> None:
        self._stopping = True

    def _on_stop(self, **_: Any) -> None:
        if not self._stopping:
            return  # the end of a run that was overtaken by this one
        if self.master:
            self.master.on_stop()
        if self.worker:
            self.worker.on_stop()

    def _on_quit(self, **_: Any) -> None:
        self.close()

    def _ask(self) -> None:
        if isinstance(self._runner, WorkerRunner):
            self._runner.send_message(ASK, {"sent": monotonic()})

    def _on_ask(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        if isinstance(self._runner, MasterRunner):
            self._tell_run(self._runner, msg.node_id, msg.data["sent"])

    def _tell_run(self, runner: MasterRunner, client_id: str, sent: float | None) -> None:
        if self.master is None:
            return
        run = self.master.identity_of(client_id)
        clock = self.master.clock.reading()
        data = {"sent": sent, "clock": clock, "run": run.to_message() if run else None}
        runner.send_message(RUN, data, client_id)

    def _on_run(self, environment: Environment, msg: Any) -> None:
        del environment
        if self.worker is None:
            return
        self.worker.on_reading(msg.data["sent"], msg.data["clock"])
        if msg.data["run"] is not None:
            self.worker.on_identity(Identity.from_message(msg.data["run"]))

    def _tick_for_ever(self) -> None:
        ticks = 0
        while True:
            # By the clock of the run's windows, which may be corrected.
            now = self.worker.now() if self.worker else time()
            # A little past the full second: the window that ended there is closed then.
            if self._last_tick.wait(timeout=1.02 - now % 1):
                return
            ticks += 1
            self._tick(ticks)

    @_contained
    def _tick(self, ticks: int) -> None:
        began = self._now()
        if self.master:
            self.master.tick()
        if self.worker:
            self.worker.tick()
        if ticks % _ASK_EVERY == 0:
            self._ask()
        self._flush_logs(until=began)

    def _now(self) -> float:
        who = self.worker or self.master
        return who.now() if who else time()

    def _flush_logs(self, until: float = inf) -> None:
        if self._stream is None or (self.worker and self.worker.unnamed):
            return
        run, worker, ahead = "", "" if self.worker else schema.MASTER, 0.0
        who = self.worker or self.master
        if who and who.identity:
            run, worker = who.identity.run, who.identity.worker
            # Records have the machine's clock; they are drawn beside points that have the run's.
            ahead = time() - who.now()
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

    def close(self) -> None:
        """End the run, flush, and stop; waits `SWARMSCOPE_FLUSH_TIMEOUT` at most.

        What could not be sent stays in the spool, and the next start sends it.
        """
        if self._closing:
            # Locust shuts down twice on SIGTERM, and only the first flush may be waited out.
            self._closed.wait()
            return
        self._closing = True
        try:
            self._close_patiently()
        finally:
            self._closed.set()

    def _close_patiently(self) -> None:
        try:
            self._flush()
        except KeyboardInterrupt:
            # The parent of --processes interrupts its children after three seconds.
            log.warning("Interrupted while flushing: it goes on, and ends by itself.")
            self._flush()

    def _flush(self) -> None:
        deadline = monotonic() + self._settings.flush_timeout
        # Not killed: in the middle of a tick it holds a second that is nowhere else.
        self._last_tick.set()
        self._ticker.join(timeout=self._settings.flush_timeout)
        if self.master:
            self.master.on_stop()
        if self.worker:
            self.worker.close()
        if self.master:
            self.master.settle()
        self._delivery.flush(max(0.0, deadline - monotonic()))
        self._delivery.close()
        if self._mishaps:
            self._mishaps.close()
        if self._stream:
            self._flush_logs()
            self._stream.close()
