"""Requests in hooks for setup and teardown, in processes that exit in the middle, and late starts.

The witness is the scenario itself, which writes each request down before it fires it.
"""

import os
import signal
import subprocess
import sys

import pytest
from tests.fixtures.agreement import assert_all_stored, assert_store_agrees
from tests.fixtures.kept_audits import known_record
from tests.fixtures.locusts import LISTENER, SCENARIOS, SHORT, Locusts
from tests.fixtures.locusts_page import get_when_up
from tests.fixtures.ports import free_port
from tests.fixtures.stores import Store

from swarmscope.runs.audit import Verdict, audit_when_settled

EDGES = (SCENARIOS / "edges.py", LISTENER)
FIRST = (LISTENER, SCENARIOS / "edges.py")


HOOKS = ("init", "test_start", "test_stop", "quitting", "quit")


@pytest.mark.long
def test_all_hooks_of_a_local_run(swarm: Locusts, store: Store, run: str):
    swarm.wait(swarm.start(*SHORT, files=EDGES, env={"SCENARIO_HOOKS": ",".join(HOOKS)}))
    assert_all_stored(swarm, store, run, *(f"/{hook}" for hook in HOOKS))


@pytest.mark.long_sample(6)
@pytest.mark.long
@pytest.mark.parametrize("files", [EDGES, FIRST], ids=["beside", "first"])
@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_of_a_local_run_alone(
    swarm: Locusts, store: Store, run: str, hook: str, files: tuple[os.PathLike[str], ...]
):
    swarm.wait(swarm.start(*SHORT, files=files, env={"SCENARIO_HOOKS": hook}))
    assert_all_stored(swarm, store, run, f"/{hook}")


@pytest.mark.long
def test_a_run_begins_with_what_is_there_set_aside_from_the_garbage_collector(swarm: Locusts):
    process = swarm.start(*SHORT, files=(SCENARIOS / "sets_aside.py", LISTENER))
    swarm.wait(process)
    assert "set aside: True" in swarm.log(process)


@pytest.mark.release
@pytest.mark.long
def test_a_master_that_makes_no_request_is_not_spoken_of(swarm: Locusts, store: Store, run: str):
    env = {"SCENARIO_HOOKS": "quit"}
    files = (SCENARIOS / "steady.py", LISTENER)
    master = swarm.master(*SHORT, "--expect-workers", "1", files=files, env=env)
    for process in (swarm.worker(files=files), master):
        swarm.wait(process)
    found = audit_when_settled(store.reader, run, 30)
    assert found.verdict is Verdict.COMPLETE
    assert [account.worker.partition("-")[0] for account in found.accounts] == ["worker"]


@pytest.mark.long
def test_a_process_ends_no_sooner_than_the_marker_is_taken_back(
    swarm: Locusts, store: Store, run: str
):
    """On a worker: nobody is left there who would judge anew."""
    files = (SCENARIOS / "while_closing.py", LISTENER)
    master = swarm.master(*SHORT, "--expect-workers", "1", files=files)
    worker = swarm.worker(files=files)
    for process in (worker, master):
        swarm.wait(process)
    assert "and the run stays without its final marker" in swarm.log(worker)
    assert audit_when_settled(store.reader, run, 0).verdict is not Verdict.COMPLETE


@pytest.mark.release
@pytest.mark.long
def test_a_request_in_an_atexit_function_takes_marker_and_verdict_back(
    swarm: Locusts, store: Store, run: str
):
    files = (SCENARIOS / "passes_by.py", LISTENER)
    local = swarm.start(*SHORT, files=files, env={"SCENARIO_WAY": "atexit"})
    swarm.wait(local)
    assert "and the run stays without its final marker" in swarm.log(local)
    found = audit_when_settled(store.reader, run, 0)
    assert found.verdict is not Verdict.COMPLETE
    # What boards and lists show was written by the run's own process, before.
    kept = known_record(store.reader, run)
    assert kept is not None
    assert kept.verdict == found.verdict


def test_requests_of_a_process_in_which_no_test_starts_are_said(swarm: Locusts):
    port = free_port()
    web = ("--web-host", "127.0.0.1", "--web-port", str(port))
    local = swarm.start(*web, files=EDGES, env={"SCENARIO_HOOKS": "init"})
    get_when_up(f"http://127.0.0.1:{port}/")
    local.send_signal(signal.SIGINT)
    swarm.wait(local)
    assert "3 requests outside of any run are not recorded" in swarm.log(local)


@pytest.mark.long
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
        found = audit_when_settled(store.reader, run, 30)
        assert found.verdict is Verdict.INCOMPLETE
        assert (found.seen, found.stored, found.missing) == (50, 30, 20)
        assert_store_agrees(store, run, swarm.witnessed())
    else:
        assert_all_stored(swarm, store, run, "/after")


@pytest.mark.long
def test_a_program_whose_page_was_open_is_recorded_without_a_link(
    swarm: Locusts, store: Store, run: str
):
    more = {"SCENARIO_WHEN": "page-was-open", "SCENARIO_PORT": str(free_port())}
    command = [sys.executable, str(SCENARIOS / "attaches_late.py")]
    env = {**swarm.environment, **more}
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    assert "it has no link to the run" in done.stderr
    assert_all_stored(swarm, store, run, "/after")


@pytest.mark.long
@pytest.mark.parametrize("requests", [3, 20_100])
def test_a_program_that_never_attaches_is_told_so(swarm: Locusts, requests: int):
    env = {**swarm.environment, "SCENARIO_REQUESTS": str(requests)}
    command = [sys.executable, str(SCENARIOS / "never_attaches.py")]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    assert f"Requests were made in this process ({requests:,}), and none" in done.stderr
    assert "swarmscope.listener.attach(environment)" in done.stderr


@pytest.mark.long
def test_a_user_that_is_debugged_is_told_that_nothing_is_recorded(swarm: Locusts):
    command = [sys.executable, str(SCENARIOS / "single_user.py")]
    done = subprocess.run(
        command, env=swarm.environment, check=True, capture_output=True, text=True
    )
    assert "There is no runner in this Environment to record. Nothing is recorded." in done.stderr
    # Nothing went wrong: it has no runner on purpose.
    assert "Traceback" not in done.stderr
