"""Restarts, new tokens, backups: the stack is operated while tests run, and nothing is lost."""

import shutil
import subprocess
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from tests.fixtures.compose import ROOT, Stack, until


@pytest.fixture
def running(stack: Stack) -> Iterator[str]:
    """A test that goes on, and its run's id."""
    known = stack.last_run()
    stack.swarm(20, run_time="5m")
    run = until(stack.last_run, lambda now: now != known, seconds=120, what="a new run")
    until(lambda: stack.requests().get(run), seconds=120, what="its first requests in InfluxDB")
    yield run
    stack.stop()


def goes_on(stack: Stack, run: str) -> None:
    """Wait until *run* has requests in InfluxDB that it had not."""
    stored = until(stack.requests, seconds=120, what="an answer")[run]
    until(lambda: stack.requests()[run], lambda n: n > stored, seconds=120, what="new requests")


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize(
    "service",
    [
        "influxdb",
        pytest.param("grafana", marks=pytest.mark.long),
        pytest.param("telegraf", marks=pytest.mark.long),
    ],
)
def test_a_service_restarted_in_a_run_costs_no_request(
    stack: Stack, running: str, service: str
) -> None:
    stack.compose("restart", service)
    until(stack.workers, lambda there: len(there) == 2, seconds=120, what="two workers")
    goes_on(stack, running)
    stack.stop()
    audit = stack.audit(running)
    assert "is complete" in audit, audit


@pytest.mark.release
@pytest.mark.long
def test_a_worker_restarted_in_a_run_costs_no_request(stack: Stack, running: str) -> None:
    def from_workers() -> int:
        return len(stack.requests_by_worker(running))

    until(from_workers, (2).__eq__, seconds=120, what="requests of both workers")
    # One of them: without any worker Locust ends the test.
    worker = stack.compose("ps", "--quiet", "locust-worker").split()[0]
    subprocess.run(["docker", "restart", worker], check=True, capture_output=True)
    # The master knows a worker that comes back long before it gives it users: wait for these.
    until(from_workers, (3).__eq__, seconds=120, what="requests of the restarted worker")
    stack.stop()
    audit = stack.audit(running)
    assert "is complete" in audit, audit
    assert "of 3 workers" in audit, audit


@pytest.mark.release
@pytest.mark.long
def test_a_master_restarted_in_a_run_costs_no_request_of_its_workers(
    stack: Stack, running: str
) -> None:
    stack.compose("restart", "locust-master")
    until(stack.workers, lambda there: len(there) == 2, seconds=120, what="two workers again")
    audit = stack.audit(running)
    assert "is complete" in audit, audit


@pytest.mark.release
@pytest.mark.long
def test_new_tokens_in_a_run_cost_no_request(stack: Stack, running: str) -> None:
    before = stack.token_ids()
    stack.make("rotate-tokens")
    after = stack.token_ids()
    assert not set(before.values()) & set(after.values())
    goes_on(stack, running)
    stack.stop()
    audit = stack.audit(running)
    assert "is complete" in audit, audit


@pytest.mark.long
def test_down_and_up_keep_data_and_tokens(stack: Stack, running: str) -> None:
    stack.stop()
    assert "is complete" in stack.audit(running)
    before = stack.requests(), stack.token_ids()
    stack.make("down")
    stack.up()
    assert (stack.requests(), stack.token_ids()) == before


@pytest.mark.long
def test_a_backup_brings_back_what_was_there(stack: Stack, running: str, tmp_path: Path) -> None:
    stack.stop()
    assert "is complete" in stack.audit(running)
    archive = tmp_path / "backup.tar.gz"
    containers = stack.compose("ps", "--quiet")
    stack.make("backup", f"FILE={archive}")
    stack.compose("up", "--detach", "--wait")
    assert stack.compose("ps", "--quiet") == containers
    assert archive.stat().st_mode & 0o077 == 0
    before = stack.requests(), stack.token_ids()
    stack.compose("--profile", "*", "down", "--volumes")
    stack.up()
    assert not stack.requests()
    stack.make("restore", f"FILE={archive}", YES="1")
    assert (stack.requests(), stack.token_ids()) == before


@pytest.mark.release
@pytest.mark.long
def test_half_a_backup_is_refused_before_anything_changes(stack: Stack, tmp_path: Path) -> None:
    archive, half = tmp_path / "backup.tar.gz", tmp_path / "half.tar.gz"
    stack.make("backup", f"FILE={archive}")
    half.write_bytes(archive.read_bytes()[:-2_000])
    before = stack.requests()
    said = stack.make("restore", f"FILE={half}", YES="1", code=2)
    assert "is no complete backup" in said
    assert stack.requests() == before


@pytest.mark.release
@pytest.mark.long
def test_a_run_whose_workers_all_fall_silent_is_inconclusive_and_says_why(stack: Stack) -> None:
    """Locust ends such a test by itself, as one that went well."""
    known = stack.last_run()
    workers = stack.compose("ps", "--quiet", "locust-worker").split()
    running = stack.begin("run", "USERS=20", "RATE=20", "TIME=5m")
    try:
        run = until(stack.last_run, lambda now: now != known, seconds=120, what="a new run")
        until(lambda: stack.requests().get(run), seconds=120, what="its first requests")
        subprocess.run(["docker", "pause", *workers], check=True, capture_output=True)
        assert running.stdout
        told = iter(running.stdout.readline, "")
        # Locust has ended the test by then. An audit would wait a minute for who stays away.
        before = list(takewhile(lambda line: f"results/{run}" not in line, told))
        subprocess.run(["docker", "unpause", *workers], check=True, capture_output=True)
        said = "".join((*before, *told))
        running.wait(timeout=60)
    finally:
        running.kill()
        subprocess.run(["docker", "unpause", *workers], check=False, capture_output=True)
        # Docker takes who was paused for unhealthy, up to the next check half a minute later.
        stack.compose("restart", "locust-worker")
    until(stack.workers, lambda there: len(there) == 2, seconds=120, what="two workers again")
    assert "Exit code 5: all workers fell silent, and Locust ended the test after " in said, said
    assert running.returncode == 2, said
    shutil.rmtree(ROOT / "results" / run)
