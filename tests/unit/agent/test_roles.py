"""The last reports of workers, when Locust's own master listens no longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gevent.event import Event
from locust.env import Environment
from locust.rpc import Message, zmqrpc
from locust.runners import MasterRunner
from tests.fixtures.fake_delivery import Kept
from tests.fixtures.patience import wait_until
from tests.fixtures.ports import free_port
from tests.fixtures.reports import message

from swarmscope.agent.channel import ASK, REPORT
from swarmscope.agent.identity import Identity
from swarmscope.agent.roles import Leader
from swarmscope.agent.witness import Witness
from swarmscope.agent.worker import WorkerAgent
from swarmscope.settings import Settings

TALLY = [2, 0, 2, 10.0, 5.0, 5.0, 20, [80], [2]]


class Closing:
    """A master in a run with one worker, which is a socket alone."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        environment = Environment()
        self.runner: MasterRunner = environment.create_master_runner("127.0.0.1", port)
        self.kept = Kept()
        settings = Settings.from_env(
            {
                "INFLUXDB_V2_URL": f"http://127.0.0.1:{free_port()}",
                "SWARMSCOPE_SPOOL_DIR": str(folder),
            }
        )
        self.leader = Leader(environment, self.runner, settings, self.kept)  # type: ignore[arg-type]
        self.worker = WorkerAgent(
            self.runner,
            settings,
            self.kept,  # type: ignore[arg-type]
            Witness(environment),
            ask=self.leader.ask,
            report=self.leader.report,
            make_up=lambda: Identity("made-up", "t", "worker-0"),
        )
        self.leader.listen(self.worker)
        self.leader.begin(self.worker)
        self.worker.on_start()
        self._client = zmqrpc.Client("127.0.0.1", port, "here")
        self.send("client_ready", -1)
        wait_until(lambda: "here" in self.runner.clients)
        self.runner.clients["here"].state = "running"
        self.send(ASK, {"sent": 1.0})
        wait_until(lambda: self._joined)
        self.leader.tick()

    @property
    def _joined(self) -> bool:
        return any('subject="worker-0' in line for line in self.kept.lines("locust_run"))

    def send(self, kind: str, data: object) -> None:
        """Send as the worker does."""
        self._client.send(Message(kind, data, "here"))

    def report(self) -> None:
        """Send the worker's whole run."""
        now, run = int(self.leader.now()), self.leader.registry.run
        parts = {"windows": [[now, TALLY]], "start": now, "endpoints": [["/a", "GET", *TALLY]]}
        self.send(REPORT, message(run=run, until=now + 1, final=True, **parts))

    def close(self) -> None:
        """End what is left."""
        self._client.close(linger=0)
        self.leader.abandon()
        self.worker.close(lambda: None, Event())
        self.runner.greenlet.kill(block=False)
        self.runner.server.close(linger=0)

    @property
    def counts(self) -> list[int]:
        """What each summary tells of all together."""
        lines = self.kept.lines("locust_summary", "loadtest_long")
        return [
            int(line.partition(" count=")[2].partition("i")[0])
            for line in lines
            if ",name=Aggregated," in line
        ]


@pytest.fixture
def closing(tmp_path: Path) -> Iterator[Closing]:
    made = Closing(tmp_path)
    yield made
    made.close()


def test_a_closing_master_hears_reports_that_come_when_locust_listens_no_longer(
    closing: Closing,
) -> None:
    closing.runner.greenlet.kill(block=True)
    for odd in ("stats", REPORT):
        closing.send(odd, None)
    closing.report()
    closing.leader.on_stop()
    closing.worker.end()
    closing.leader.hear_out()
    closing.leader.settle()
    assert closing.counts == [2]


def test_of_a_worker_that_is_silent_there_is_no_summary_until_it_speaks(
    closing: Closing,
) -> None:
    closing.leader.on_stop()
    closing.worker.end()
    closing.leader.hear_out()
    closing.leader.settle()
    assert closing.counts == []
    closing.report()
    wait_until(lambda: closing.leader.merges.over(closing.leader.registry.run))
    closing.leader.conclude()
    assert closing.counts == [2]
