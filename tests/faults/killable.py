"""Stores that are killed in the middle of their work and started again on what they left."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.influxd import Influx
from tests.fixtures.ports import free_port
from tests.fixtures.stores import Store

from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.reader import HttpReader

_PATIENCE_S = 60
SERVE = "from swarmscope.cli import main; main()"
"""`swarmscope`, in the tests' environment."""
SHIFTED = (
    "import time; true = time.time; time.time = lambda: true() + {shift}; "
    "time.time_ns = lambda: int((true() + {shift}) * 1e9); " + SERVE
)
"""The same with a wrong clock."""


@dataclass
class Killable:
    """A server as *command* starts it, always on the same port and folder."""

    command: Sequence[str]
    url: str
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output)
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                with urllib.request.urlopen(self.url + "/health", timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"it did not start: {self.log.read_text()}") from error
                time.sleep(0.05)

    def kill(self) -> None:
        """End it without a chance to write anything."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End it properly."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def embedded(folder: Path, *, program: str = SERVE) -> Iterator[tuple[Store, Killable]]:
    """Run `swarmscope serve` in *folder*."""
    port = str(free_port())
    options = ("serve", "--data", str(folder / "store"), "--port", port, "--no-host-metrics")
    url = f"http://127.0.0.1:{port}"
    server = Killable((sys.executable, "-c", program, *options), url, folder / "store.log")
    server.start()
    try:
        with HttpReader(url) as reader:
            yield Store({"INFLUXDB_V2_URL": url, "INFLUXDB_V2_TOKEN": ""}, reader), server
    finally:
        server.end()


@contextmanager
def influxdb(folder: Path) -> Iterator[tuple[Store, Killable]]:
    """Run a real InfluxDB in *folder*."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        shutil.which("influxd") or "influxd",
        f"--bolt-path={folder / 'influxd.bolt'}",
        f"--engine-path={folder / 'engine'}",
        f"--sqlite-path={folder / 'influxd.sqlite'}",
        f"--http-bind-address={url.removeprefix('http://')}",
        "--reporting-disabled",
        "--log-level=error",
    ]
    server = Killable(command, url, folder / "influxd.log")
    server.start()
    try:
        influx = _set_up(url)
        env = {
            "INFLUXDB_V2_URL": url,
            "INFLUXDB_V2_TOKEN": influx.token,
            "INFLUXDB_V2_ORG": influx.org,
            "INFLUXDB_V2_BUCKET": influx.make_bucket("loadtest"),
            "SWARMSCOPE_BUCKET_LONG": influx.make_bucket("loadtest_long"),
        }
        with FluxReader(Settings.from_env(env)) as reader:
            yield Store(env, reader), server
    finally:
        server.end()


def _set_up(url: str) -> Influx:
    body = {
        "username": "tester",
        "password": "tester-password",
        "org": "swarmscope",
        "bucket": "unused",
        "token": "operator-token-of-a-test",
    }
    status, answer = Influx(url, "", "swarmscope", "").call("POST", "/api/v2/setup", body)
    assert status == 201, answer
    made = json.loads(answer)
    return Influx(url, made["auth"]["token"], "swarmscope", made["org"]["id"])
