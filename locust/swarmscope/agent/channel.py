"""What master and workers tell each other over Locust's own channel: the run, and the clock."""

import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from swarmscope.agent.contained import contained
from swarmscope.agent.identity import Identity
from swarmscope.agent.master import MasterAgent
from swarmscope.seldom import Seldom

log = logging.getLogger(__name__)

ASK = "swarmscope_ask"
"""Worker to master: which run is this? Also the ping of a clock round trip."""
RUN = "swarmscope_run"
"""Master to worker: this run; or the answer that there is none."""

_UNANSWERED = 100
"""Questions that are remembered; a master without the listener answers none."""

OnRun = Callable[[float | None, Mapping[str, Any], Identity | None], None]
"""Takes when this worker asked (if it did), the master's clock, and the run that goes on."""


class Answering:
    """A master that answers the workers of *runner*, and tells them when a run begins."""

    def __init__(self, runner: MasterRunner, master: MasterAgent) -> None:
        self._runner = runner
        self._master = master
        self._asked: set[str] = set()
        self._odd = Seldom()
        runner.register_message(ASK, contained(self._on_ask))

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
        # At once: a worker that is gone before the next tick took part all the same.
        self._master.look_at_workers()
        self._tell(msg.node_id, sent)

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
        self._runner.send_message(RUN, data, client_id)


class Asking:
    """A worker that asks its master, and hands *on_run* what it hears."""

    def __init__(self, runner: WorkerRunner, on_run: OnRun) -> None:
        self._runner = runner
        self._on_run = on_run
        self._sent: set[float] = set()
        """When it asked what nobody has answered."""
        runner.register_message(RUN, contained(self._hear))

    def ask(self) -> None:
        """Ask which run goes on, and what the time is."""
        now = monotonic()
        if len(self._sent) >= _UNANSWERED:
            self._sent.clear()
        self._sent.add(now)
        self._runner.send_message(ASK, {"sent": now})

    def _hear(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        run, sent = msg.data["run"], msg.data["sent"]
        if sent is not None and sent not in self._sent:
            return  # somebody else asked in its name: such a round trip says nothing of a clock
        self._sent.discard(sent)
        self._on_run(sent, msg.data["clock"], Identity.from_message(run) if run else None)
