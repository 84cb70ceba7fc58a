"""The same in the stack's image: containers as Compose starts them, and an InfluxDB in another."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.examples import samples, together
from tests.examples.play import WITNESS, Play
from tests.examples.samples import Sample
from tests.fixtures import containers, influxd, stores
from tests.fixtures.containers import Room, docker
from tests.fixtures.locusts import ROOT
from tests.fixtures.locusts_page import get_when_up

INFLUXDB = "influxdb:2.9.1"
_PLAIN, _WITH_NEEDS = "swarmscope-examples:plain", "swarmscope-examples:needs"
_INTERNAL = ("--internal", "--opt", "com.docker.network.bridge.inhibit_ipv4=true")
"""As the stack's own inner networks: no way out, and none to this machine either."""
_AS_THE_STACK = (
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--init"),
    *("--tmpfs", "/tmp", "--ulimit", "nofile=16384:16384", "--memory", "1g"),
    *("--pids-limit", "256"),
)
_LONG_ENOUGH_S = 20
_SAID, _TRUSTED = "/said", "/trusted.pem"


@dataclass(frozen=True)
class Pod:
    """A container that holds the network of all others, and where InfluxDB is from there."""

    name: str
    pid: int
    influxdb: str


def build() -> None:
    """Build the stack's image, and a second one with what some need, as a user would name it."""
    _build(ROOT, _PLAIN)
    with _context() as context:
        requirements = context / "locust" / "requirements.txt"
        named = "".join(f"{need}\n" for need in samples.needs(in_the_image=True))
        requirements.write_text(requirements.read_text() + named)
        _build(context, _WITH_NEEDS)


@contextmanager
def pod(hosts: Sequence[str]) -> Iterator[Pod]:
    """Start InfluxDB and the container whose loopback all share; *hosts* are on that."""
    with containers.room() as room:
        network = room.network("examples", *_INTERNAL)
        store = _influxdb(room, network)
        names = [word for host in hosts for word in ("--add-host", f"{host}:127.0.0.1")]
        arguments = ("--network", network, *names, "--entrypoint", "sleep", _PLAIN, "infinity")
        name = room.start("pod", *arguments)
        yield Pod(name, int(containers.inspect(name)["State"]["Pid"]), store)


@contextmanager
def store(url: str) -> Iterator[stores.Store]:
    """Set up the InfluxDB at *url*, once it answers."""
    get_when_up(f"{url}/health")
    with stores.real(influxd.set_up(url)) as ready:
        yield ready


def in_the_image(sample: Sample) -> Sample:
    """Return *sample* as the stack runs it: a master and at least one worker.

    Longer, too: until both know each other some seconds have passed.
    """
    way = sample.way
    longer = replace(way, workers=way.workers or 1, seconds=max(way.seconds, _LONG_ENOUGH_S))
    return replace(sample, way=longer)


class InImage(Play):
    """Runs each process of Locust in a container of its own, which shares the network of *pod*."""

    grace_s = 60
    # A worker whose master has gone waits a minute for its heartbeat.
    patience_s = 150

    def __init__(self, *arguments: Any, pod: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._pod = pod
        self._names: list[str] = []
        (self._said / "spool").mkdir()
        if self._way.also or self._way.above:
            self._file = together.written(self._cwd, self._file, self._way.also)
        # The containers' user is nobody here.
        for path in (self._said, self._said / "spool"):
            path.chmod(0o777)
        for path in (self._cwd, *self._cwd.rglob("*")):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))

    def _settings(self) -> dict[str, str]:
        return super()._settings() | {
            "PYTHONPATH": "/witness",
            "WITNESS_DIR": "/fired",
            "LOCUSTFILE": self._file.name,
            "SWARMSCOPE_SPOOL_DIR": "/var/lib/swarmscope/spool",
            "ORACLE_DIR": _SAID,
            "REQUESTS_CA_BUNDLE": _TRUSTED,
            "SSL_CERT_FILE": _TRUSTED,
            **dict(self._way.env),
        }

    def _locust(self, name: str, *arguments: str) -> list[str]:
        fired = self._said / "fired" / name
        fired.mkdir()
        fired.chmod(0o777)
        full = f"{self._pod}-{self._run}-{name}"
        self._names.append(full)
        mounts = (
            (self._cwd, "/mnt/locust:ro"),
            (WITNESS, "/witness:ro"),
            (fired, "/fired"),
            (self._said, _SAID),
            (self._said / "spool", "/var/lib/swarmscope/spool"),
            (self._trusted, f"{_TRUSTED}:ro"),
        )
        options = [word for place, there in mounts for word in ("--volume", f"{place}:{there}")]
        options += [word for pair in self._settings().items() for word in ("--env", "=".join(pair))]
        command = ["docker", "run", "--rm", "--name", full, "--network", f"container:{self._pod}"]
        image = _WITH_NEEDS if self._way.needs else _PLAIN
        return [*command, *_AS_THE_STACK, *options, image, *arguments]

    def _json_option(self) -> str:
        return f"{_SAID}/{self._json.stem}"

    def _kill(self) -> None:
        super()._kill()
        for name in self._names:
            command = ["docker", "rm", "--force", name]
            subprocess.run(command, capture_output=True, check=False)


def _influxdb(room: Room, network: str) -> str:
    settings = {
        "INFLUXD_BOLT_PATH": "/var/lib/influxdb2/influxd.bolt",
        "INFLUXD_SQLITE_PATH": ":memory:",
        "INFLUXD_ENGINE_PATH": "/var/lib/influxdb2/engine",
    }
    options = [word for pair in settings.items() for word in ("--env", "=".join(pair))]
    options += ["--network", network, "--read-only", "--tmpfs", "/tmp", "--tmpfs", "/etc/influxdb2"]
    name = room.start("influxdb", *options, "--entrypoint", "influxd", INFLUXDB)
    address = containers.inspect(name)["NetworkSettings"]["Networks"][network]["IPAddress"]
    return f"http://{address}:8086"


def _build(context: Path, tag: str) -> None:
    file = str(context / "locust" / "Dockerfile")
    docker("build", "--quiet", "--target", "locust", "--tag", tag, "--file", file, str(context))


@contextmanager
def _context() -> Iterator[Path]:
    """Give a copy of what the images are built from, to be changed."""
    with tempfile.TemporaryDirectory() as scratch:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            target = Path(scratch) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_file():
                shutil.copy2(ROOT / name, target)
        yield Path(scratch)
