"""Masters and workers of several processes, beside a witness that writes down every request."""

import shutil
import signal
import time
from pathlib import Path

import pytest
from tests.fixtures.agreement import assert_complete, assert_store_agrees
from tests.fixtures.locusts import (
    BESIDE,
    LISTENER,
    ORACLE,
    SCENARIOS,
    SHORT,
    STEADY,
    Locusts,
    free_port,
    locusts,
)
from tests.fixtures.stores import Store

from swarmscope.runs.audit import Verdict, audit_when_settled
from swarmscope.store.question import Question

# On an InfluxDB where there is one: the same twice takes too long for CI.
EMBEDDED = pytest.param("embedded", marks=[pytest.mark.long] if shutil.which("influxd") else [])


@pytest.mark.parametrize("any_store", [EMBEDDED, "influxd"], indirect=True)
def test_late_and_terminated_workers_are_counted_to_the_last_request(
    tmp_path: Path, any_store: Store, request: pytest.FixtureRequest
):
    run = f"run-{request.node.callspec.id}"
    ended = tmp_path / "ended"
    env = {**any_store.env, "SWARMSCOPE_RUN_ID": run, "SCENARIO_END": str(ended)}
    files = (*BESIDE, SCENARIOS / "ends_when_told.py")
    with locusts(tmp_path, env) as swarm:
        headless = ("--headless", "-u", "24", "-r", "24", "--only-summary")
        master = swarm.master(*headless, "--expect-workers", "2", files=files)
        first, second = (swarm.worker(files=files) for _ in range(2))
        swarm.wait_for_users(master)
        swarm.wait_for_requests(400)
        late = swarm.worker(files=files)
        swarm.wait_for(master, "(index 2) reported as ready")
        swarm.wait_for_requests(600)
        first.send_signal(signal.SIGTERM)
        swarm.wait(first)
        swarm.wait_for_requests(400)
        ended.touch()
        for process in (second, late, master):
            swarm.wait(process)
        assert_store_agrees(any_store, run, swarm.witnessed())
        assert_complete(any_store, run)
        workers = any_store.reader.ask(Question("delivery", run)).records()
        assert len(workers) == 3
        assert all(row["final"] and row["pending"] == 0 for row in workers)
        events = any_store.reader.ask(Question("run_events", run)).records()
        kinds = [event["event"] for event in events]
        assert kinds.count("worker_join") == 3
        assert kinds.count("worker_leave") == 1
        assert kinds.count("start") == kinds.count("stop") == 1


@pytest.mark.long
def test_children_of_processes_are_workers_of_one_run(swarm: Locusts, store: Store, run: str):
    swarm.wait(swarm.forked(*SHORT, files=BESIDE))
    assert_complete(store, run)
    assert_store_agrees(store, run, swarm.witnessed())
    assert len(store.reader.ask(Question("delivery", run)).rows) == 2


@pytest.mark.long
def test_a_master_without_the_listener_leaves_no_worker_unrecorded(
    swarm: Locusts, store: Store, request: pytest.FixtureRequest
):
    options = ("--headless", "-u", "4", "-r", "10", "-t", "5", "--only-summary")
    master = swarm.master(*options, "--expect-workers", "1", files=(STEADY,))
    worker = swarm.worker(files=BESIDE)
    swarm.wait(master)
    swarm.wait(worker)
    assert "Give the master the same locustfiles" in swarm.log(worker)
    assert_store_agrees(store, request.node.name, swarm.witnessed())


@pytest.mark.release
@pytest.mark.long
def test_a_restarted_masters_workers_never_share_a_tag_with_the_old_ones(
    swarm: Locusts, store: Store, run: str
):
    options = ("--headless", "-u", "4", "-r", "10", "--only-summary", "--expect-workers", "1")
    first = swarm.master(*options, files=BESIDE)
    old = swarm.worker(files=BESIDE)
    swarm.wait_for_users(first)
    first.kill()
    first.wait()
    swarm.master_port = free_port()  # the old worker can't come back to it: it only goes on
    second = swarm.master(*options, files=BESIDE)
    new = swarm.worker(files=BESIDE)
    swarm.wait_for_users(second)
    time.sleep(2)
    for process in (old, new, second):
        process.send_signal(signal.SIGTERM)
        swarm.wait(process)
    assert_store_agrees(store, run, swarm.witnessed())
    tags = [row["worker"] for row in store.reader.ask(Question("delivery", run)).records()]
    assert len(set(tags)) == 2
    assert all(tag.startswith("worker-0-") for tag in tags)


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("last", [LISTENER, ORACLE], ids=["slow to begin", "without the listener"])
def test_no_worker_gets_a_message_that_it_does_not_know(
    swarm: Locusts, store: Store, run: str, last: Path
):
    options = ("--headless", "-u", "4", "-r", "10", "-t", "6", "--only-summary")
    master = swarm.master(*options, "--expect-workers", "2", files=BESIDE)
    # A worker that is quicker to start asks a master that doesn't listen yet, and asks again.
    swarm.wait_for(master, "Waiting for workers to be ready")
    worker = swarm.worker(files=(STEADY, SCENARIOS / "slow_to_begin.py", last))
    other = swarm.worker(files=BESIDE)
    for process in (master, worker, other):
        swarm.wait(process)
    assert "Unknown message type" not in "".join(map(swarm.log, (master, worker, other)))
    workers = store.reader.ask(Question("delivery", run)).records()
    assert len([row for row in workers if row["final"]]) == (2 if last == LISTENER else 1)


@pytest.mark.long
def test_two_masters_under_one_id_lose_nothing_and_are_no_one_run(
    swarm: Locusts, store: Store, run: str
):
    """As where a load test is driven from two places at once, under one fixed id."""
    files = (SCENARIOS / "edges.py", LISTENER)
    # Each master requests as well: its own tag must not be the other's.
    env = {"SCENARIO_HOOKS": "leader_test_start,leader_test_stop"}
    processes = []
    for port in (swarm.master_port, free_port()):
        swarm.master_port = port
        processes.append(swarm.master(*SHORT, "--expect-workers", "1", files=files, env=env))
        processes.append(swarm.worker(files=files, env=env))
    for process in processes:
        swarm.wait(process)
    assert_store_agrees(store, run, swarm.witnessed())
    found = audit_when_settled(store.reader, run, 30)
    assert found.verdict is Verdict.INCOMPLETE
    assert found.line().startswith("incomplete, because 2 runs have this id, or its master was")
    kinds = [account.worker.partition("-")[0] for account in found.accounts]
    assert sorted(kinds) == ["master", "master", "worker", "worker"]
    assert len({account.worker for account in found.accounts}) == 4
    leaders = swarm.witnessed()["/leader_test_start", "CALL"]
    assert len(leaders.times) == 6
