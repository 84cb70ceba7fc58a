"""Workers that come and go in a run: the users stay at their target, and all workers have some."""

import json
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.agreement import assert_complete, assert_store_agrees
from tests.fixtures.locusts import BESIDE, SCENARIOS, Locusts, free_port
from tests.fixtures.stores import Store

from swarmscope.store.question import Question

USERS = 40
_PATIENCE_S = 60
Process = subprocess.Popen[str]


class Swarm:
    """A master with a web UI, whose numbers are the witness of where the users are."""

    def __init__(
        self, locusts: Locusts, *options: str, rate: int = USERS, files: tuple[Path, ...] = BESIDE
    ) -> None:
        self._locusts = locusts
        self._files = files
        self.page = f"http://127.0.0.1:{free_port()}"
        web = ("--web-host", "127.0.0.1", "--web-port", self.page.rpartition(":")[2])
        start = ("--autostart", "-u", str(USERS), "-r", str(rate), "--expect-workers", "2")
        self.workers: list[Process] = []
        self.master = locusts.master(*web, *start, *options, files=files)

    def add(self, count: int) -> None:
        """Start *count* workers."""
        self.workers += [self._locusts.worker(files=self._files) for _ in range(count)]

    def drop(self, count: int, how: signal.Signals = signal.SIGTERM) -> None:
        """End the *count* oldest workers."""
        going, self.workers = self.workers[:count], self.workers[count:]
        for process in going:
            process.send_signal(how)
        for process in going:
            self._locusts.wait(process)

    def ask(self) -> dict[str, Any]:
        """Return what Locust's own page shows."""
        with urllib.request.urlopen(f"{self.page}/stats/requests", timeout=_PATIENCE_S) as response:
            state: dict[str, Any] = json.load(response)
            return state

    def users(self) -> list[int]:
        """Return the users of each worker that the master knows and hasn't missed."""
        workers = self.ask()["workers"]
        return sorted(w["user_count"] for w in workers if w["state"] != "missing")

    def await_users(self, *shares: int) -> None:
        """Wait until the workers have *shares* of the users."""
        deadline = time.monotonic() + _PATIENCE_S
        seen: list[int] = []
        while time.monotonic() < deadline:
            assert self.master.poll() is None, self._locusts.log(self.master)
            seen = answered(self.users)
            if seen == sorted(shares):
                return
            time.sleep(0.1)
        raise AssertionError(f"users are {seen}:\n{self._locusts.log(self.master)}")

    def end(self) -> None:
        """End master and workers."""
        self.master.send_signal(signal.SIGTERM)
        for process in (self.master, *self.workers):
            self._locusts.wait(process)


def answered(ask: Callable[[], list[int]]) -> list[int]:
    try:
        return ask()
    except OSError:
        return []  # the page isn't up yet


@pytest.mark.long_sample(2)
@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="default", marks=pytest.mark.long),
        pytest.param(("--enable-rebalancing",), id="rebalancing", marks=pytest.mark.long),
    ],
)
def test_users_follow_the_workers_from_two_to_eight_to_three(
    swarm: Locusts, store: Store, run: str, options: tuple[str, ...]
):
    running = Swarm(swarm, *options)
    running.add(2)
    running.await_users(20, 20)
    running.add(6)
    running.await_users(*[5] * 8)
    running.drop(5)
    running.await_users(13, 13, 14)
    running.end()
    assert_complete(store, run)
    assert_store_agrees(store, run, swarm.witnessed())
    workers = store.reader.ask(Question("delivery", run)).records()
    assert len(workers) == 8
    assert all(row["stored"] > 0 for row in workers)
    events = [e["event"] for e in store.reader.ask(Question("run_events", run)).records()]
    assert "rebalance" in events
    assert events.count("start") == events.count("stop") == 1
    assert "shared out over 3 workers again" in swarm.log(running.master)


@pytest.mark.long
def test_killed_workers_users_go_to_the_others_and_stay_there(
    swarm: Locusts, store: Store, run: str
):
    running = Swarm(swarm, rate=8, files=(*BESIDE, SCENARIOS / "dies_soon.py"))
    running.add(2)
    running.await_users(20, 20)
    running.add(1)
    running.await_users(13, 13, 14)
    running.drop(1, signal.SIGKILL)
    running.await_users(20, 20)
    swarm.wait_for(running.master, "is removed from Locust's list")
    # Locust would remove it later, and begin again with no users at all.
    for _ in range(100):
        assert sum(running.users()) == USERS
        time.sleep(0.1)
    running.end()
    events = store.reader.ask(Question("run_events", run)).records()
    assert [e["message"] for e in events if e["event"] == "rebalance"]
