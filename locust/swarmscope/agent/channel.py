"""What master and workers tell each other over Locust's own channel: run, clock and reports."""

import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from locust.env import Environment
from locust.exception import RPCError, RPCSendError
from locust.runners import MasterRunner, WorkerRunner

from swarmscope.agent.contained import contained
from swarmscope.agent.identity import Identity
from swarmscope.agent.master import MasterAgent
from swarmscope.load.schedule import Share
from swarmscope.recording.reading import OddReportError, read
from swarmscope.recording.reports import Report, pack
from swarmscope.seldom import Seldom

log = logging.getLogger(__name__)

ASK = "swarmscope_ask"
"""Worker to master: which run is this? Also the ping of a clock round trip."""
RUN = "swarmscope_run"
"""Master to worker: this run; or the answer that there is none. With the pace of its reports."""
REPORT = "swarmscope_report"
"""Worker to master: what it counted since it told the last time."""

_UNANSWERED = 100
"""Questions that are remembered; a master without the listener answers none."""

OnRun = Callable[
    [float | None, Mapping[str, Any], Identity | None, int | None, Mapping[str, Share]], None
]
"""Takes when this worker asked (if it did), the master's clock, the run that goes on, how often the
master wants to hear of it (None of a master that merges nothing), and which part of
each class's arrivals is this worker's, as far as it says."""


class Answering:
    """A master that answers the workers of *runner*, and tells them when a run begins."""

    def __init__(self, runner: MasterRunner, master: MasterAgent) -> None:
        self._runner = runner
        self._master = master
        self._asked: set[str] = set()
        self._odd = Seldom()
        self._odd_report = Seldom()
        runner.register_message(ASK, contained(self._on_ask))
        runner.register_message(REPORT, contained(self._on_report))

    def _on_ask(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        sent = msg.data.get("sent") if isinstance(msg.data, dict) else None
        if not (isinstance(sent, float) and self._is_worker(msg.node_id)):
            # An answer to nobody has Locust try again for nine seconds, and hear no worker in them.
            if self._odd.due():
                log.warning(
                    "Somebody asked Locust's master which run goes on, and is none of its workers, "
                    "or asked as none of this version does: no answer, and nothing else came of "
                    "it. Let only workers reach port %s.",
                    self._runner.master_bind_port,
                )
            return
        self._asked.add(msg.node_id)
        self._master.shares.hear(msg.node_id, msg.data.get("users"))
        # At once: a worker that is gone before the next tick took part all the same.
        self._master.look_at_workers()
        self._tell(msg.node_id, sent)

    def _on_report(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        odd = "" if self._may_report(msg.node_id) else "no worker sent it"
        try:
            if not odd:
                self._master.hear(msg.node_id, read(msg.data))
        except OddReportError as error:
            odd = str(error)
        if odd and self._odd_report.due():
            log.warning(
                "A report to Locust's master is none that a worker of this version sends (%s): it "
                "is not counted in what all workers had together. What the workers wrote "
                "themselves is not touched. Let only workers reach port %s.",
                odd,
                self._runner.master_bind_port,
            )

    def _may_report(self, told: object) -> bool:
        """Whether *told* names a worker, or one that was: Locust forgets it when it stops."""
        return self._is_worker(told) or (
            isinstance(told, str) and bool(told) and self._master.merges.expects(told)
        )

    @property
    def listens(self) -> bool:
        """Whether Locust's master still listens to its workers; it stops before it exits."""
        return any(one._run == self._runner.client_listener for one in self._runner.greenlet)

    def hear_last(self) -> None:
        """Read reports that come when Locust's master listens no longer, until this is killed."""
        while True:
            try:
                _, msg = self._runner.server.recv_from_client()
            except RPCError:
                return
            except Exception as error:  # noqa: BLE001 - a message that can't be read is no report
                log.debug("A message could not be read: %s", error)
                continue
            if msg.type == REPORT:
                self._on_report(self._runner.environment, msg)

    def _is_worker(self, told: object) -> bool:
        """Whether *told* names a worker: the sender wrote it, who may be anybody."""
        return isinstance(told, str) and told in self._runner.clients

    def tell_all(self) -> None:
        """Tell of the run that begins."""
        # Whoever never asked has no handler for the answer, or none yet: it asks then.
        self._asked.intersection_update(self._runner.clients)
        for client_id in self._asked:
            self._tell(client_id, None)

    def _tell(self, client_id: str, sent: float | None) -> None:
        run = self._master.identity_of(client_id)
        clock = self._master.clock.reading()
        data = {"sent": sent, "clock": clock, "run": run.to_message() if run else None}
        data["pace"] = self._master.pace
        data["shares"] = self._master.shares.of(client_id)
        self._runner.send_message(RUN, data, client_id)


class Asking:
    """A worker that asks its master, hands *on_run* what it hears, and reports to it."""

    def __init__(self, runner: WorkerRunner, on_run: OnRun) -> None:
        self._runner = runner
        self._on_run = on_run
        self._sent: set[float] = set()
        """When it asked what nobody has answered."""
        runner.register_message(RUN, contained(self._hear))

    def ask(self, users: Mapping[str, int]) -> None:
        """Ask which run goes on, and what the time is; tell of *users* that wait for arrivals."""
        now = monotonic()
        if len(self._sent) >= _UNANSWERED:
            self._sent.clear()
        self._sent.add(now)
        self._runner.send_message(ASK, {"sent": now, "users": dict(users)})

    def _hear(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        run, sent = msg.data["run"], msg.data["sent"]
        if sent is not None and sent not in self._sent:
            return  # somebody else asked in its name: such a round trip says nothing of a clock
        self._sent.discard(sent)
        pace = msg.data.get("pace")  # an older master says none
        told = msg.data.get("shares") or {}
        shares = {cls: Share(*map(int, share)) for cls, share in told.items()}
        identity = Identity.from_message(run) if run else None
        self._on_run(sent, msg.data["clock"], identity, pace, shares)

    def report(self, report: Report) -> None:
        """Tell the master what was counted."""
        try:
            self._runner.send_message(REPORT, pack(report))
        except (RPCError, RPCSendError) as error:
            # Locust has said so; the master goes by the number of the next one.
            log.debug("A report could not be sent: %s", error)
