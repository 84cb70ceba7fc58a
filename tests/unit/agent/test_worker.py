"""What a worker makes of what it is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from locust.env import Environment
from tests.fixtures.fake_delivery import Kept
from tests.fixtures.patience import wait_until

from swarmscope.agent.identity import Identity
from swarmscope.agent.witness import Witness
from swarmscope.agent.worker import WorkerAgent
from swarmscope.settings import Settings


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def worker(tmp_path: Path, kept: Kept) -> Iterator[WorkerAgent]:
    environment = Environment()
    agent = WorkerAgent(
        environment.create_local_runner(),
        Settings.from_env({"SWARMSCOPE_SPOOL_DIR": str(tmp_path)}),
        kept,  # type: ignore[arg-type]
        Witness(environment),
        ask=lambda: None,
        report=lambda _: None,
        make_up=lambda: Identity("made-up", "t", "worker-0"),
    )
    yield agent
    agent.close(lambda: None)


def test_a_run_is_sent_at_the_pace_that_its_master_names(worker: WorkerAgent, kept: Kept) -> None:
    worker.on_pace(4)  # as it is told before the order to spawn
    worker.on_identity(Identity("first", "t", "worker-0"))
    assert kept.pace_s == 1
    worker.on_start()
    assert kept.pace_s == 4
    worker.on_pace(10)  # many have joined
    assert kept.pace_s == 10
    worker.on_pace(None)  # by a master of a former version
    assert kept.pace_s == 1


def test_nothing_that_its_master_says_holds_up_what_comes_after_a_run(
    worker: WorkerAgent, kept: Kept
) -> None:
    worker.on_identity(Identity("first", "t", "worker-0"))
    worker.on_start()
    worker.on_pace(10)
    worker.on_stop()
    wait_until(lambda: kept.pace_s == 1)
    worker.on_pace(10)
    assert kept.pace_s == 1
