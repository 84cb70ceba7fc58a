"""A summary follows what the next process of a machine replays of a run that was over before."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures import server_process
from tests.fixtures.locusts import BESIDE, locusts
from tests.fixtures.ports import free_port

from swarmscope import schema
from swarmscope.store.backend import EVER
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question, Reader

_PATIENCE_S = 90
FOREVER = ("--headless", "-u", "4", "-r", "10", "--only-summary")


def until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def counted(reader: Reader, run: str, question: str) -> int:
    """Return how many requests of *run* the newest summary tells of, or the points add up to."""
    rows = reader.ask(Question(question, run, *EVER)).records()
    together = [row for row in rows if row["name"] == schema.AGGREGATED]
    return max((row["requests"] for row in together), default=0)


def is_final(reader: Reader, run: str) -> bool:
    rows = reader.ask(Question("kept_audits")).records()
    return any(row["final"] for row in rows if row["run"] == run)


@pytest.mark.long
def test_a_summary_follows_what_is_replayed_after_the_process_was_killed(
    tmp_path: Path, run: str
) -> None:
    """The store goes while the run goes on, and its process is killed before the store is back."""
    port = free_port()
    data = tmp_path / "store"
    address = f"http://127.0.0.1:{port}"
    env = {
        "INFLUXDB_V2_URL": address,
        "SWARMSCOPE_RUN_ID": run,
    }
    with locusts(tmp_path, env) as swarm, HttpReader(address) as reader:
        server = server_process.start(data, "--no-host-metrics", port=port)
        try:
            first = swarm.start(*FOREVER, files=BESIDE)
            until(lambda: counted(reader, run, "endpoint_sums") > 0)
        finally:
            server.end()
        # At least a window of these was closed, and is on disk.
        swarm.wait_for_requests(200)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        server = server_process.start(data, "--no-host-metrics", port=port)
        try:
            before = counted(reader, run, "endpoint_sums")
            second = swarm.start(
                *FOREVER, files=BESIDE, env={**env, "SWARMSCOPE_RUN_ID": f"{run}-next"}
            )
            until(lambda: counted(reader, run, "endpoint_sums") > before)
            until(lambda: is_final(reader, run))
            until(
                lambda: (
                    counted(reader, run, "kept_summaries") == counted(reader, run, "endpoint_sums")
                )
            )
            (row,) = (row for row in reader.ask(Question("runs")).records() if row["run"] == run)
            assert row["requests"] == counted(reader, run, "endpoint_sums") > before
            second.send_signal(signal.SIGTERM)
            swarm.wait(second)
        finally:
            server.end()
