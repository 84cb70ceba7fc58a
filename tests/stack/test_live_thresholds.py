"""The stack's master judges its runs while they go on, by a file of the host."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from tests.fixtures.compose import ROOT, Stack, until

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

_EVENTS = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r._field == "message")
    |> filter(fn: (r) => r.run == "{run}")
    |> group()
    |> keep(columns: ["event", "_value"])
"""
ABORTS = "generators: off\nfail:\n  - {threshold: requests < 60, abort: on}\n  - p95 < 20s\n"
LETS_BY = "generators: off\nfail: [max < 20s, failure_rate < 90%]\nwarn: [dropped_arrivals < 1]\n"


@pytest.fixture
def limits(tmp_path: Path, stack: Stack) -> Iterator[Path]:
    # The containers' user is nobody on this machine.
    tmp_path.chmod(0o755)
    yield tmp_path / "limits.yaml"
    stack.up("THRESHOLDS=")


def write(path: Path, text: str) -> None:
    """Put another file into the place of *path*, as editors do."""
    (path.parent / "new").write_text(text)
    (path.parent / "new").replace(path)


def events(stack: Stack, run: str) -> dict[str, str]:
    return {row["event"]: row["_value"] for row in stack.ask(_EVENTS.format(run=run))}


def test_the_master_judges_by_a_file_of_the_host_and_ends_a_test_that_breaks_it(
    stack: Stack, limits: Path
) -> None:
    write(limits, ABORTS)
    stack.up(f"THRESHOLDS={limits}")
    began = monotonic()
    said = stack.make("run", "USERS=10", "RATE=10", "TIME=4m", code=2)
    assert monotonic() - began < 120
    assert re.search(r"(?m)^Run \S+ failed: requests < 60 is broken", said), said
    run = stack.last_run()
    shutil.rmtree(ROOT / "results" / run)
    told = events(stack, run)
    assert told["abort"].startswith("requests < 60 is broken"), told
    assert told["verdict"] == "failed"
    log = stack.compose("logs", "--no-color", "locust-master")
    assert "The test is ended: requests < 60 is broken" in log

    # What is changed holds for the next run, and nobody needs `make run` for a verdict.
    write(limits, LETS_BY)
    stack.swarm(4)
    newest = until(stack.last_run, run.__ne__, seconds=30, what="another run")
    until(lambda: stack.requests().get(newest, 0) > 5, seconds=60, what="requests")
    stack.stop()
    until(lambda: "verdict" in events(stack, newest), seconds=60, what="the master's verdict")
    assert events(stack, newest)["verdict"] == "passed"
    listed = stack.make("cli", "ARGS=runs")
    for name, verdict in ((run, "failed"), (newest, "passed")):
        assert re.search(rf"(?m)^\s*{name}\b.*\b{verdict}\b", listed), listed


def test_thresholds_that_can_t_be_used_stop_nothing_and_start_nothing(
    stack: Stack, limits: Path
) -> None:
    settings = ROOT / f".env.{stack.name}"
    before, remembered = stack.compose("ps", "--quiet", "locust-master"), settings.read_text()
    for text, said in (("fail:\n  - p95 < 3\n", ":2:11: p95 is a"), ("fail: [", "is no YAML")):
        write(limits, text)
        told = stack.up(f"THRESHOLDS={limits}", code=2)
        assert str(limits) in told
        assert said in told
    limits.chmod(0o600)
    assert "which the containers' user may not read" in stack.up(f"THRESHOLDS={limits}", code=2)
    assert stack.compose("ps", "--quiet", "locust-master") == before
    assert settings.read_text() == remembered
