"""Real processes for the measurements: a store, a target, Locust."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fixtures.ports import free_port

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LISTENER = ROOT / "locust" / "swarmscope" / "listener.py"


@contextmanager
def process(*command: str, env: dict[str, str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """Run *command* while the body does, and end it after that."""
    quiet = subprocess.DEVNULL
    started = subprocess.Popen(
        command, env={**os.environ, **(env or {})}, stdout=quiet, stderr=quiet, text=True, cwd=ROOT
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.terminate()
        started.wait(timeout=30)


@contextmanager
def store(folder: Path) -> Iterator[str]:
    """Run the embedded store, as the place to which the listener writes; yield its URL."""
    port = free_port()
    command = ("from swarmscope.cli import main; main()", "serve", "--data", str(folder))
    with process(sys.executable, "-c", *command, "--port", str(port), "--no-host-metrics"):
        yield f"http://127.0.0.1:{port}"


def locust(*files: Path) -> tuple[str, ...]:
    """Return the start of a command that runs Locust with *files*."""
    return (sys.executable, "-m", "locust", "-f", ",".join(map(str, files)), "--skip-log-setup")
