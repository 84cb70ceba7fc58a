"""Stores that are killed in the middle of their work and started again on what they left."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures import influxd, processes
from tests.fixtures.ports import free_port
from tests.fixtures.processes import Process
from tests.fixtures.stores import Store

from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http_reader import HttpReader

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
    process: Process | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = processes.start(self.command, self.log)
        processes.await_answer(self.url + "/health", self.process, self.log)

    def kill(self) -> None:
        """End it without a chance to write anything."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End it properly."""
        if self.process and self.process.poll() is None:
            processes.end(self.process)


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
    server = Killable(influxd.command(folder, url), url, folder / "influxd.log")
    server.start()
    try:
        influx = influxd.set_up(url)
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
