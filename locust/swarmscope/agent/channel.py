"""What master and workers tell each other over Locust's own channel: the run, and the clock."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from swarmscope.agent.contained import contained
from swarmscope.agent.identity import Identity
from swarmscope.agent.master import MasterAgent

ASK = "swarmscope_ask"
"""Worker to master: which run is this? Also the ping of a clock round trip."""
RUN = "swarmscope_run"
"""Master to worker: this run; or the answer that there is none."""

OnRun = Callable[[float | None, Mapping[str, Any], Identity | None], None]
"""Takes when this worker asked (if it did), the master's clock, and the run that goes on."""


class Answering:
    """A master that answers the workers of *runner*, and tells them when a run begins."""

    def __init__(self, runner: MasterRunner, master: MasterAgent) -> None:
        self._runner = runner
        self._master = master
        self._asked: set[str] = set()
        runner.register_message(ASK, contained(self._on_ask))

    def _on_ask(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        self._asked.add(msg.node_id)
        # At once: a worker that is gone before the next tick took part all the same.
        self._master.look_at_workers()
        self._tell(msg.node_id, msg.data["sent"])

    def tell_all(self) -> None:
        """Tell of the run that begins."""
        # Whoever never asked has no handler for the answer, or none yet: it asks then.
        for client_id in self._asked.intersection(self._runner.clients):
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
        runner.register_message(RUN, contained(self._hear))

    def ask(self) -> None:
        """Ask which run goes on, and what the time is."""
        self._runner.send_message(ASK, {"sent": monotonic()})

    def _hear(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        run = msg.data["run"]
        self._on_run(
            msg.data["sent"], msg.data["clock"], Identity.from_message(run) if run else None
        )
