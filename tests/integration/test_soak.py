"""`make soak`, for seconds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.fixtures.locusts import ROOT
from tests.fixtures.processes import end, start

COMMAND = (sys.executable, "-m", "tests.bench.soak")
_PATIENCE_S = 60


@pytest.mark.long
def test_every_request_is_stored_in_each_way() -> None:
    done = subprocess.run(
        [*COMMAND, "--smoke"], capture_output=True, text=True, cwd=ROOT, check=False, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every request is stored." in done.stdout
    assert "complete: " in done.stdout


@pytest.mark.long
def test_ctrl_c_ends_it_and_leaves_no_process(tmp_path: Path) -> None:
    said = tmp_path / "said"
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    soak = start([*COMMAND, "--minutes", "5"], said, env=env, cwd=ROOT, apart=True)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while "of 300 s" not in said.read_text():
            assert soak.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)
        crew = psutil.Process(soak.pid).children(recursive=True)
        assert len(crew) >= 6
        os.killpg(soak.pid, signal.SIGINT)
        assert soak.wait(timeout=_PATIENCE_S) == 130, said.read_text()
        assert not any(process.is_running() for process in crew)
        assert "Called off" in said.read_text()
        assert list(tmp_path.iterdir()) == [said]
    finally:
        end(soak)
