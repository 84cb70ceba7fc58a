"""The part of the listener that leads: it names runs and tells what happens to them."""

import logging

import gevent
from locust.env import Environment
from locust.runners import STATE_INIT, STATE_MISSING, MasterRunner, Runner

from swarmscope import schema
from swarmscope.agent.about import About
from swarmscope.agent.auditor import Auditor
from swarmscope.agent.clock import ReferenceClock
from swarmscope.agent.conditions import conditions
from swarmscope.agent.ending import Ending
from swarmscope.agent.identity import Identity, Registry
from swarmscope.agent.merges import OWN, Merges
from swarmscope.agent.rebalance import Rebalancer
from swarmscope.agent.role import Role
from swarmscope.agent.shares import Shares
from swarmscope.agent.steps import Steps
from swarmscope.agent.users import end_test
from swarmscope.agent.verdicts import verdicts_of
from swarmscope.delivery import Delivery
from swarmscope.line_protocol import Field
from swarmscope.load.duet import playing
from swarmscope.recording.points import Encoder
from swarmscope.recording.reports import Report, pace_of
from swarmscope.redaction import redact
from swarmscope.settings import Settings
from swarmscope.spool import Batch

log = logging.getLogger(__name__)

_SETTLED_S = 5
"""Seconds after a stop until Locust's own statistics hold what the workers reported last."""
_VERDICT_S = 5.0
"""How long a closing master waits for the verdict: its workers' last words come meanwhile."""


class MasterAgent(Role):
    """Leads the runs of one master, or of one process that does it all."""

    def __init__(
        self, environment: Environment, runner: Runner, settings: Settings, delivery: Delivery
    ) -> None:
        self._environment = environment
        self._runner = runner
        self._settings = settings
        self._delivery = delivery
        self.registry = Registry(settings, environment)
        self._about = About(environment, settings)
        self.verdicts = verdicts_of(settings, self._keep_verdict)
        self._auditor = Auditor(settings, delivery, self.verdicts)
        self._encoder: Encoder | None = None
        self._roster: dict[str, str] = {}
        self._steps = Steps(environment, runner)
        self._ending = Ending(environment, runner)
        self._last_ns = 0
        self._stopped_ns = 0
        self._settling = 0
        self._rebalancer: Rebalancer | None = None
        if isinstance(runner, MasterRunner):
            self._rebalancer = Rebalancer(runner, self._tell_rebalance)
        self.running = False
        self.shares = Shares()
        self.clock = ReferenceClock()
        leads = isinstance(runner, MasterRunner)
        self.merges = Merges(settings, delivery, self._tag_of, leads=leads)

    def _tag_of(self, client_id: str) -> str:
        if not client_id or not isinstance(self._runner, MasterRunner):
            return schema.MASTER
        return self.registry.worker(self._runner.get_worker_index(client_id)).worker

    @property
    def pace(self) -> int:
        """How often each worker should report, s."""
        return pace_of(len(self._roster))

    def on_start(self) -> None:
        """Begin a run: Locust's test_start event, before any worker is told to spawn."""
        self._stopped_ns = 0  # Locust has cleared its statistics by now
        run = self.registry.next_run(self._about.take_id())
        self.running = True
        self.clock.anchor()
        self._last_ns = 0
        self._roster = {}
        self._steps.restart()
        self._ending.begin()
        self.shares = Shares()
        tags = self.registry.identity(schema.MASTER).tags(self._settings)
        self._encoder = Encoder(tags)
        fields: dict[str, Field] = {
            "host": redact(self._environment.host or ""),
            "message": f"{self.registry.test} started",
            "resolution": self._settings.resolution,
            "latency_resolution": self._settings.latency_resolution,
            **conditions(self._environment, self._settings),
            **self._about.take(),
        }
        began = self._say("start", fields)
        self.merges.begin(run, tags, began)
        self.verdicts.begin(run, {**tags, "test": self.registry.test}, began)
        self._expect()
        if here := playing(self._environment):
            sides = f"A is {self._environment.host or 'the host of its users'}, B is {here.duet.b}"
            self._say("duet", {"message": redact(f"{sides}: {here.duet}")})
        self._auditor.begin(run)
        log.info("Run %s of %s is recorded.", run, self.registry.test)

    def on_stopping(self) -> None:
        """Note when the run was told to end, and by whom: Locust's test_stopping event."""
        self._ending.stopping()

    def on_quitting(self) -> None:
        """Note that the process ends: Locust's quitting event."""
        self._ending.quitting()

    def on_stop(self) -> None:
        """End the run: Locust's test_stop event."""
        if self.running:
            self.running = False
            self.registry.end_run()
            self._settling = _SETTLED_S
            self._stopped_ns = self._end(self._stop_fields())

    def _end(self, fields: dict[str, Field]) -> int:
        """Tell the end of the run, and that it came early, if it did; return its time."""
        if cut := self._ending.cut_short():
            self._say("cut_short", cut)
        stopped_ns = self._say("stop", fields)
        self.verdicts.stop(self.registry.run, stopped_ns, cut)
        self._auditor.end()
        return stopped_ns

    def on_reset(self) -> None:
        """Mark the moment from which on Locust's statistics are about something else than ours."""
        if self.running:
            self._say("reset", {"message": "Locust's statistics were reset"})

    def on_overtaken(self) -> None:
        """End the run because the next one starts: Locust's statistics are already the next's."""
        self.running = False
        self._end({"message": self._stopped_message()})

    def _expect(self) -> None:
        """Wait from now on for what those tell who take part."""
        self.merges.expect(self.registry.run, self._roster)
        self.verdicts.expect(self.registry.run, self._present())

    def _present(self) -> dict[str, str]:
        """Return by client who takes part, this process included."""
        leads = isinstance(self._runner, MasterRunner)
        own = schema.MASTER if leads else self.registry.worker(0).worker
        return {OWN: own, **self._roster}

    def _stopped_message(self) -> str:
        return f"{self.registry.test} stopped"

    def _stop_fields(self) -> dict[str, Field]:
        total = self._environment.stats.total
        return {
            "message": self._stopped_message(),
            "requests": total.num_requests,
            "failures": total.num_failures,
        }

    def settle(self) -> None:
        """Write the stop once more, with what Locust's own statistics say by now.

        They are told for comparison. When `test_stop` fires, the workers' last requests are still
        on their way to the master; a point at the same time takes the place of the first.
        """
        if self.running:
            return
        self.end_merging()
        if self._stopped_ns:
            self._settling = 0
            self._put("stop", self._stop_fields(), self._stopped_ns)
            self._stopped_ns = 0

    def end_merging(self) -> None:
        """Write what was reported of the run by now, and its last summary if that was all."""
        self.merges.end(self.registry.run, self.clock.now())

    def conclude(self) -> None:
        """Wait a little for the verdict on the newest run: the process is about to exit."""
        self._auditor.conclude(min(_VERDICT_S, self._settings.flush_timeout))

    def judge(self) -> None:
        """Say what the runs that are over came to by their thresholds: the process ends.

        Not the newest alone: of one that the next one overtook, last words may be awaited still.
        """
        self.verdicts.conclude()

    @property
    def exit_code(self) -> int | None:
        """What the process should end with; None: whatever Locust says."""
        return self.verdicts.exit_code(self.registry.run)

    def hear(self, client_id: str, report: Report) -> None:
        """Take a message of a report.

        Raises:
            OddReportError: It came before.

        """
        self.verdicts.hear(client_id, report)
        self.merges.hear(client_id, report, self.now())

    def judge_again(self) -> None:
        """Judge the newest run anew: its verdict was from before what came since."""
        self._auditor.again()

    def abandon(self) -> None:
        """Do nothing more, in a forked child."""
        self._auditor.abandon()

    def identity_of(self, client_id: str) -> Identity | None:
        """Return the identity of a worker in the run that goes on, or None when none does."""
        if not self.running or not isinstance(self._runner, MasterRunner):
            return None
        return self.registry.worker(self._runner.get_worker_index(client_id))

    @property
    def identity(self) -> Identity | None:
        """Who the master is in the run that goes on or ended last."""
        return self.registry.identity(schema.MASTER) if self.registry.run else None

    def now(self) -> float:
        """Return the time by which the run's points are written, s since the epoch."""
        return self.clock.now()

    def tick(self) -> None:
        """Tell of steps and of workers that came or went, and see to the users; once a second."""
        self._auditor.late(self._delivery.take_replayed())
        if self.running:
            self._lead()
        else:
            self._settling -= 1
            if self._settling == 0:
                self.settle()
        self._expect()

    def merge(self) -> None:
        """Write what is merged of all that workers have told by now, and judge it; each second."""
        run = self.registry.run
        self.merges.tick(self.clock.now(), run, self._roster, self.pace)
        broken = self.verdicts.look(run, self.clock.now())
        if broken:
            self._abort(*broken)

    def _abort(self, threshold: str, reason: str) -> None:
        """End the test because of a *threshold*."""
        log.error("The test is ended: %s.", reason)
        self._ending.excuse()
        self._say("abort", {"message": reason, "subject": threshold})
        # It waits for the users, and this greenlet has more to do.
        gevent.spawn(end_test, self._environment, self._runner)

    def _lead(self) -> None:
        run = self.registry.run
        if step := self._steps.take():
            self.verdicts.order(run, self._say("step", step), step)
        self.verdicts.users(run, int(self.clock.now()), self._runner.user_count)
        self.look_at_workers()
        if self._rebalancer:
            self._rebalancer.tick()
        targets = dict(self._runner.target_user_classes_count)
        if self._encoder and targets:
            lines = self._encoder.users(targets, "target_count", int(self.clock.now()))
            self._keep(lines)

    def look_at_workers(self) -> None:
        """Tell of workers that came or went since the last look."""
        if self.running and isinstance(self._runner, MasterRunner):
            self._tell_roster(self._runner)

    def _tell_roster(self, runner: MasterRunner) -> None:
        present = {
            str(node.id): self.registry.worker(runner.get_worker_index(node.id)).worker
            for node in runner.clients.all
            # One that was never told to spawn measures nothing, and owes the audit nothing.
            if node.state != STATE_MISSING and (node.state != STATE_INIT or node.id in self._roster)
        }
        # Before it is told: that waits for the disk, and meanwhile a worker's question looks, too.
        before, self._roster = self._roster, present
        lines: list[str] = []
        for client_id in present.keys() - before.keys():
            lines += self._worker_event("worker_join", present[client_id], "joined")
        for client_id in before.keys() - present.keys():
            lines += self._worker_event("worker_leave", before[client_id], "left")
        # Together: two hundred that come at once are one write to the disk.
        self._keep(lines)

    def _worker_event(self, event: str, worker: str, what: str) -> list[str]:
        fields: dict[str, Field] = {"subject": worker, "message": f"{worker} {what}"}
        at = self._next_ns()
        self.verdicts.move(self.registry.run, at)
        return self._event(event, fields, at)

    def _tell_rebalance(self, message: str) -> None:
        target = self._runner.target_user_count
        at = self._say("rebalance", {"user_count": target, "message": message})
        self.verdicts.move(self.registry.run, at)

    def _say(self, event: str, fields: dict[str, Field]) -> int:
        at = self._next_ns()
        self._put(event, fields, at)
        return at

    def _put(self, event: str, fields: dict[str, Field], at: int) -> None:
        self._keep(self._event(event, fields, at))

    def _event(self, event: str, fields: dict[str, Field], at: int) -> list[str]:
        if self._encoder is None:
            return []
        tags = {"event": event, "test": self.registry.test}
        return [self._encoder.point(schema.LOCUST_RUN.name, tags, fields, at)]

    def _next_ns(self) -> int:
        # Two workers that join at once must not become one point.
        self._last_ns = max(self.clock.ns(), self._last_ns + 1)
        return self._last_ns

    def _keep(self, lines: list[str]) -> None:
        self._keep_of(self.registry.run, lines)

    def _keep_verdict(self, run: str, lines: list[str]) -> None:
        self._keep_of(run, lines)
        if not self.running and self._settings.bucket_long:
            # What it came to at last outlives the seconds.
            self._delivery.keep(Batch(self._settings.bucket_long, run, 0, lines))

    def _keep_of(self, run: str, lines: list[str]) -> None:
        if lines:
            self._delivery.keep(Batch(self._settings.bucket, run, 0, lines))
