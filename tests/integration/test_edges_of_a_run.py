"""Requests in hooks for setup and teardown, in processes that exit in the middle, and late starts.

The witness is the scenario itself, which writes each request down before it fires it.
"""

import os
import subprocess
import sys

import pytest
from tests.fixtures.agreement import assert_all_stored
from tests.fixtures.locusts import LISTENER, SCENARIOS, SHORT, Locusts
from tests.fixtures.stores import Store

from swarmscope.runs.audit import Verdict, audit_when_settled

EDGES = (SCENARIOS / "edges.py", LISTENER)
FIRST = (LISTENER, SCENARIOS / "edges.py")


@pytest.mark.parametrize("files", [EDGES, FIRST], ids=["beside", "first"])
@pytest.mark.parametrize("hook", ["init", "test_start", "test_stop", "quitting", "quit"])
def test_hooks_of_a_local_run(
    swarm: Locusts, store: Store, run: str, hook: str, files: tuple[os.PathLike[str], ...]
):
    swarm.wait(swarm.start(*SHORT, files=files, env={"SCENARIO_HOOKS": hook}))
    assert_all_stored(swarm, store, run, f"/{hook}")


def test_slow_requests_in_every_hook_at_once(swarm: Locusts, store: Store, run: str):
    env = {"SCENARIO_HOOKS": "test_stop,quitting,quit", "SCENARIO_PAUSE_S": "0.5"}
    swarm.wait(swarm.start(*SHORT, files=EDGES, env=env))
    assert_all_stored(swarm, store, run, "/test_stop", "/quitting", "/quit")


def test_hooks_of_workers(swarm: Locusts, store: Store, run: str):
    env = {"SCENARIO_HOOKS": "test_stop,quitting,quit", "SCENARIO_PAUSE_S": "0.1"}
    master = swarm.master(*SHORT, "--expect-workers", "2", files=EDGES, env=env)
    workers = [swarm.worker(files=EDGES, env=env) for _ in range(2)]
    for process in (*workers, master):
        swarm.wait(process)
    assert_all_stored(swarm, store, run, "/test_stop", "/quitting", "/quit")


def test_setup_and_teardown_on_the_master(swarm: Locusts, store: Store, run: str):
    """As Locust's documentation teaches it: in a hook, where the runner is no worker."""
    env = {"SCENARIO_HOOKS": "leader_test_start,leader_test_stop", "SCENARIO_PAUSE_S": "0.1"}
    master = swarm.master(*SHORT, "--expect-workers", "1", files=EDGES, env=env)
    for process in (swarm.worker(files=EDGES, env=env), master):
        swarm.wait(process)
    assert_all_stored(swarm, store, run, "/leader_test_start", "/leader_test_stop")
    found = audit_when_settled(store.reader, run, 30)
    assert "of 1 worker and the master" in found.line()


def test_a_master_that_makes_no_request_is_not_spoken_of(swarm: Locusts, store: Store, run: str):
    env = {"SCENARIO_HOOKS": "quit"}
    files = (SCENARIOS / "steady.py", LISTENER)
    master = swarm.master(*SHORT, "--expect-workers", "1", files=files, env=env)
    for process in (swarm.worker(files=files), master):
        swarm.wait(process)
    found = audit_when_settled(store.reader, run, 30)
    assert found.verdict is Verdict.COMPLETE
    assert [account.worker.partition("-")[0] for account in found.accounts] == ["worker"]


@pytest.mark.parametrize("where", ["on_start", "task"])
def test_sys_exit_in_a_user(swarm: Locusts, store: Store, run: str, where: str):
    files = (SCENARIOS / "exits.py", LISTENER)
    options = ("--headless", "-u", "10", "-r", "2", "-t", "20", "--only-summary")
    local = swarm.start(*options, files=files, env={"SCENARIO_WHERE": where})
    swarm.wait(local)
    assert "they are ended, and what they requested is recorded" in swarm.log(local)
    assert_all_stored(swarm, store, run, "/one", "/log-out")


def test_a_process_that_makes_requests_to_its_last_moment_is_never_complete(
    swarm: Locusts, store: Store, run: str
):
    local = swarm.start(*SHORT, files=(SCENARIOS / "goes_on.py", LISTENER))
    swarm.wait(local)
    assert "stays without its final marker" in swarm.log(local)
    found = audit_when_settled(store.reader, run, 0)
    assert found.verdict is not Verdict.COMPLETE


@pytest.mark.parametrize("when", ["late", "in-test-start"])
def test_a_program_that_attaches_late_records_from_then_on_and_says_so(
    swarm: Locusts, store: Store, run: str, when: str
):
    env = {**swarm.environment, "SCENARIO_WHEN": when}
    command = [sys.executable, str(SCENARIOS / "attaches_late.py")]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    assert "swarmscope was attached when the test had started" in done.stderr
    if when == "late":
        assert "20 requests from before are not recorded" in done.stderr
    assert_all_stored(swarm, store, run, "/after")


@pytest.mark.parametrize("requests", [3, 20_100])
def test_a_program_that_never_attaches_is_told_so(swarm: Locusts, requests: int):
    env = {**swarm.environment, "SCENARIO_REQUESTS": str(requests)}
    command = [sys.executable, str(SCENARIOS / "never_attaches.py")]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    assert f"{requests:,} requests were made in this process, and none" in done.stderr
    assert "swarmscope.listener.attach(environment)" in done.stderr
