"""What is measured is asked: boards have an answer of the runs that the bench makes up."""

import json
import shutil
import subprocess
import sys

import pytest
from dashboards import steps
from tests.fixtures import boards, influxd
from tests.fixtures.grafana import ROOT

PATIENCE_S = 280


def said_by(*given: str) -> list[str]:
    """Return the lines that Python says, which is *given* this and must end well.

    In another process: Locust, which plays the run, patches the one that it is imported into.
    """
    done = subprocess.run(
        [sys.executable, *given],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout.splitlines()


@pytest.mark.release
@pytest.mark.long
@pytest.mark.timeout(PATIENCE_S + 20)
@pytest.mark.skipif(not shutil.which("influxd"), reason=influxd.MISSING)
@pytest.mark.parametrize("scenario", ["endpoints-10", "runs"])
def test_no_panel_of_a_made_up_run_is_empty(scenario: str) -> None:
    """Of what is empty nobody would notice that it became slow."""
    asked = json.loads(said_by("-m", "tests.bench.large", "--one", scenario, "--smoke")[-1])
    if scenario == "runs":
        assert {"variable.compare.baseline", "variable.runs.unsummarised"} <= asked.keys()
    else:
        assert f"panel.overlay.{steps.TITLE}" in asked
        assert {f"board.{name}" for name in boards.of_a_run()} <= asked.keys()


@pytest.mark.release
@pytest.mark.long
@pytest.mark.timeout(PATIENCE_S + 20)
@pytest.mark.skipif(not shutil.which("influxd"), reason=influxd.MISSING)
def test_no_panel_of_a_part_of_a_run_is_empty() -> None:
    said_by("-c", "from tests.bench import panels; panels.ask_each(60, 660)")
