"""What a process owes the runs that it takes part in: one leads, others follow, one does it all."""

from collections.abc import Mapping
from typing import Any

import gevent
from locust.env import Environment
from locust.runners import LocalRunner, MasterRunner, Runner, WorkerRunner

from swarmscope import schema
from swarmscope.agent.channel import Answering, Asking
from swarmscope.agent.guard import guard
from swarmscope.agent.identity import Identity
from swarmscope.agent.link import add_link
from swarmscope.agent.listener_watch import ListenerWatch
from swarmscope.agent.master import MasterAgent
from swarmscope.agent.merges import OWN
from swarmscope.agent.role import Role
from swarmscope.agent.users import told_to_spawn
from swarmscope.agent.worker import WorkerAgent
from swarmscope.delivery import Delivery
from swarmscope.load.runs import run_of
from swarmscope.load.schedule import Share
from swarmscope.recording.reports import Report
from swarmscope.settings import Settings

_LOOK_S = 0.02
_HEAR_OUT_S = 1.0
"""How long a closing master waits for the last reports of its workers, if some are missing."""


class Alone(MasterAgent):
    """Leads, and measures what it leads: one process that does it all."""

    def __init__(
        self, environment: Environment, runner: Runner, settings: Settings, delivery: Delivery
    ) -> None:
        super().__init__(environment, runner, settings, delivery)
        self._web_ui = environment.web_ui

    def listen(self, worker: WorkerAgent) -> bool:
        """Guard Locust's page, and add the way to the run to it."""
        del worker
        if self._web_ui:
            guard(self._web_ui, self._settings.web_allow)
            add_link(self._web_ui, self._settings, self.registry)
        return False

    def begin(self, worker: WorkerAgent) -> None:
        """Begin a run, and end the one before, if Locust hasn't yet."""
        if self.running:
            # Locust can be started again as soon as its workers are ready, but looks only once a
            # second whether it may fire test_stop: it does in the middle of this run, if at all.
            self.on_overtaken()
            worker.on_stop()
        self.on_start()
        worker.on_pace(1)
        self._name(worker)

    def _name(self, worker: WorkerAgent) -> None:
        worker.on_identity(self.registry.worker(0))

    def report(self, report: Report) -> None:
        """Merge what this process counted itself."""
        self.hear(OWN, report)


class Leader(Alone):
    """Leads other processes; what its own setup and teardown code requests is measured, too."""

    unnamed = schema.MASTER

    def __init__(
        self, environment: Environment, runner: MasterRunner, settings: Settings, delivery: Delivery
    ) -> None:
        super().__init__(environment, runner, settings, delivery)
        self._leads = runner
        self._answering: Answering | None = None

    def tick(self) -> None:
        """Lead, and tell workers their shares of arrivals where these changed; once a second."""
        super().tick()
        targets = self._leads.target_user_classes_count
        if self._answering and self.running and self.shares.settle(self._roster, targets):
            self._answering.tell_all()

    def listen(self, worker: WorkerAgent) -> bool:
        """Guard Locust's page, and answer the workers."""
        super().listen(worker)
        self._answering = Answering(self._leads, self)
        ListenerWatch(self._leads)  # held by the greenlet that it watches
        return False

    def hear_out(self) -> None:
        """Wait for the last reports of all workers; what is late is in their own points."""
        with gevent.Timeout(_HEAR_OUT_S, False):
            self._hear(until_over=True)

    def conclude(self) -> None:
        """Wait a little for the verdict, and hear meanwhile who reports still."""
        hearing = gevent.spawn(self._hear, until_over=False)
        try:
            super().conclude()
        finally:
            hearing.kill()
        self.end_merging()

    def _hear(self, *, until_over: bool) -> None:
        if self._answering is None:
            return
        hearing = None
        if not self._answering.listens:
            hearing = gevent.spawn(self._answering.hear_last)
        try:
            while not (until_over and self.merges.over(self.registry.run)):
                gevent.sleep(_LOOK_S)
        finally:
            if hearing is not None:
                hearing.kill()

    def _name(self, worker: WorkerAgent) -> None:
        if self._answering:
            self._answering.tell_all()
        worker.on_identity(self.registry.own())


class Follower(Role):
    """Is told by a master which run it takes part in."""

    def __init__(self, runner: WorkerRunner) -> None:
        self._runner = runner
        self._asking: Asking | None = None

    def listen(self, worker: WorkerAgent) -> bool:
        """Ask the master from now on; the order to spawn may have been faster than init."""

        def on_run(
            sent: float | None,
            clock: Mapping[str, Any],
            run: Identity | None,
            pace: int | None,
            shares: Mapping[str, Share],
        ) -> None:
            worker.on_reading(sent, clock)
            # Before the run has a name: all that is written of it is reported as well.
            worker.on_pace(pace)
            worker.on_shares(shares)
            if run is not None:
                worker.on_identity(run)

        self._asking = Asking(self._runner, on_run)
        self.ask()
        return told_to_spawn(self._runner)

    def ask(self) -> None:
        """Ask the master."""
        if self._asking:
            self._asking.ask(run_of(self._runner.environment).users)

    def report(self, report: Report) -> None:
        """Tell the master what this worker counted."""
        if self._asking:
            self._asking.report(report)


def role_of(
    environment: Environment, runner: Runner, settings: Settings, delivery: Delivery
) -> Role:
    """Return the part of the process that has *runner*."""
    if isinstance(runner, MasterRunner):
        return Leader(environment, runner, settings, delivery)
    if isinstance(runner, WorkerRunner):
        return Follower(runner)
    if isinstance(runner, LocalRunner):
        return Alone(environment, runner, settings, delivery)
    return Role()
