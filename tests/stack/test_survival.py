"""Restarts, new tokens, backups: the stack is operated while tests run, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.compose import Stack, until

_RUN_OF_NOW = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r._field == "user_count")
    |> filter(fn: (r) => r.event == "start")
    |> group()
    |> last()
    |> keep(columns: ["run", "_value"])
"""
_ALL_COUNTS = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_stats" and r._field == "count")
    |> filter(fn: (r) => r.name != "Aggregated")
    |> group(columns: ["run"])
    |> sum()
"""


def requests(stack: Stack) -> dict[str, int]:
    """Return how many requests of each run InfluxDB holds."""
    return {row["run"]: row["_value"] for row in stack.ask(_ALL_COUNTS, minutes=120)}


@pytest.fixture
def running(stack: Stack) -> Iterator[str]:
    """A test that goes on, and its run's id."""
    known = set(requests(stack))
    stack.swarm(20, run_time="5m")
    (now,) = until(
        lambda: stack.ask(_RUN_OF_NOW),
        lambda rows: rows and rows[0]["run"] in set(requests(stack)) - known,
        seconds=30,
        what="the new run in InfluxDB",
    )
    yield now["run"]
    stack.stop()


@pytest.mark.parametrize("service", ["influxdb", "grafana", "telegraf", "locust-worker"])
def test_a_service_restarted_in_a_run_costs_no_request(
    stack: Stack, running: str, service: str
) -> None:
    stack.compose("restart", service)
    until(stack.workers, lambda there: len(there) == 2, seconds=60, what="two workers")
    stored = requests(stack)[running]
    until(lambda: requests(stack)[running], lambda n: n > stored, seconds=60, what="new requests")
    stack.stop()
    audit = stack.audit(running)
    assert "is complete" in audit, audit


def test_a_master_restarted_in_a_run_costs_no_request_of_its_workers(
    stack: Stack, running: str
) -> None:
    stack.compose("restart", "locust-master")
    until(stack.workers, lambda there: len(there) == 2, seconds=90, what="two workers again")
    audit = stack.audit(running)
    assert "is complete" in audit, audit


def test_new_tokens_in_a_run_cost_no_request(stack: Stack, running: str) -> None:
    before = stack.token_ids()
    stack.make("rotate-tokens")
    after = stack.token_ids()
    assert not set(before.values()) & set(after.values())
    stored = requests(stack)[running]
    until(lambda: requests(stack)[running], lambda n: n > stored, seconds=60, what="new requests")
    stack.stop()
    audit = stack.audit(running)
    assert "is complete" in audit, audit


def test_down_and_up_keep_data_and_tokens(stack: Stack, running: str) -> None:
    stack.stop()
    assert "is complete" in stack.audit(running)
    before = requests(stack), stack.token_ids()
    stack.make("down")
    stack.up()
    assert (requests(stack), stack.token_ids()) == before


def test_a_backup_brings_back_what_was_there(stack: Stack, running: str, tmp_path: Path) -> None:
    stack.stop()
    assert "is complete" in stack.audit(running)
    archive = tmp_path / "backup.tar.gz"
    stack.make("backup", f"FILE={archive}")
    assert archive.stat().st_mode & 0o077 == 0
    before = requests(stack), stack.token_ids()
    stack.compose("--profile", "*", "down", "--volumes")
    stack.up()
    assert not requests(stack)
    stack.make("restore", f"FILE={archive}", YES="1")
    assert (requests(stack), stack.token_ids()) == before


def test_half_a_backup_is_refused_before_anything_changes(stack: Stack, tmp_path: Path) -> None:
    archive, half = tmp_path / "backup.tar.gz", tmp_path / "half.tar.gz"
    stack.make("backup", f"FILE={archive}")
    half.write_bytes(archive.read_bytes()[:-2_000])
    before = requests(stack)
    said = stack.make("restore", f"FILE={half}", YES="1", code=2)
    assert "is no complete backup" in said
    assert requests(stack) == before
