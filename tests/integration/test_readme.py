"""README's commands without Docker, typed as they are written there, on a machine of their own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import readme
from tests.fixtures.compose import until
from tests.fixtures.readme import Reader

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

VENV = Path(sys.executable).parents[1]
RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
START = (
    "import urllib.request as u; "
    "u.urlopen('http://127.0.0.1:8089/swarm', b'user_count=5&spawn_rate=5&run_time=3s').read()"
)


@pytest.fixture(scope="module")
def network() -> Iterator[tuple[str, ...]]:
    with readme.own_network() as inside:
        yield inside


@pytest.fixture(scope="module")
def reader(network: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """One whose clone is set up: what is installed here is what `make setup` installs."""
    # Else it would install the clone, which is gone in a moment, into the environment of the tests.
    old = subprocess.run(["make", "-q", "setup"], cwd=readme.ROOT, check=False).returncode
    assert not old, "Run `make setup` first: what is installed here is older than what it installs."
    folder = readme.clone(tmp_path_factory.mktemp("clone"))
    (folder / ".venv").symlink_to(VENV)
    env = {"HOME": str(tmp_path_factory.mktemp("home"))}
    Reader(folder, env).types("make setup")
    found = Reader(folder, env).types(". .venv/bin/activate")
    assert found == ""
    path = f"{folder}/.venv/bin:{os.environ['PATH']}"
    return Reader(folder, env | {"PATH": path}, network)


def test_the_demo(reader: Reader) -> None:
    assert re.search(r"(?m)^  demo +a demo shop", reader.types("make help"))
    # Two minutes are for who looks on.
    hurried = Reader(reader.folder, reader.env | {"DURATION": "12"}, reader.inside)
    for command in ("make demo", "make demo DURATION=30 WORKERS=1", "make demo FAULT=cliff"):
        said = hurried.types(command, {"DURATION=30": "DURATION=12"} if "=30" in command else {})
        assert "Live page" in said
        assert list((reader.folder / ".swarmscope").glob("*.html"))
    with reader.starts("swarmscope demo", until="Live page"):
        pass


@pytest.fixture(scope="module")
def recorded(reader: Reader) -> Iterator[tuple[Reader, str]]:
    """A store with the run of a locustfile of one's own, and its id."""
    (reader.folder / "mine.py").write_text(
        "from locust import HttpUser, task\n\n\nclass Mine(HttpUser):\n    @task\n"
        '    def one(self):\n        self.client.get("/")\n'
    )
    with reader.starts("swarmscope serve", until="Live page"):
        reader.types("export INFLUXDB_V2_URL=http://127.0.0.1:8086")
        told = Reader(
            reader.folder,
            reader.env | {"INFLUXDB_V2_URL": "http://127.0.0.1:8086"},
            reader.inside,
        )
        locust = (
            'locust -f "mine.py,$(python -m swarmscope.listener)" --host https://staging.example'
        )
        with told.starts(locust, until="Starting web interface"):
            start = [*reader.inside, sys.executable, "-c", START]
            until(
                lambda: subprocess.run(start, capture_output=True, check=False).returncode,
                (0).__eq__,
                seconds=60,
                what="a test that Locust's page started",
            )
            said = until(
                lambda: told.types("swarmscope audit", code=None),
                lambda said: "is complete" in said,
                seconds=60,
                what="a run that is over, with all of it stored",
            )
        (run,) = set(RUN.findall(said))
        yield told, run


def test_each_command_of_the_table(recorded: tuple[Reader, str]) -> None:
    reader, run = recorded
    assert run in reader.types("swarmscope runs")
    for command in ("swarmscope report", "swarmscope doctor"):
        reader.types(command)
    assert list(reader.folder.glob(f"*{run}*.html"))
    # Nobody answers at staging.example: of failures quick or slow nothing is known.
    reader.types("swarmscope check --fail 'p95 < 300ms'", code=None)
    assert "There is no threshold" in reader.types("swarmscope check", code=2)
    assert "is no duet" in reader.types("swarmscope duet", code=3)
    assert "Keep runs" in reader.types("swarmscope baseline", code=None)
    # How quick nobody's answer is decides of the threshold above, and so whether it is kept.
    said = reader.types("swarmscope baseline add --name main", code=None)
    assert ("is kept under main" in said) != ("Others shouldn't be compared" in said)
    assert "Missing argument" in reader.types("swarmscope compare", code=2)
    assert "names no run" in reader.types(
        "swarmscope compare main RUN", {"main RUN": ", ,"}, code=2
    )
    for command in ("swarmscope summarise", "swarmscope export"):
        assert "Missing argument" in reader.types(command, code=2)
        word = command.split()[1]
        reader.types(command, {word: f"{word} {run}"})
    reader.types("swarmscope annotate 'shop 1.4.2' --kind deploy")
    assert "Missing argument" in reader.types("swarmscope annotate", code=2)
    assert "more runs needed" in reader.types("swarmscope trend", code=5)
    assert "no run of the test shop" in reader.types("swarmscope trend shop", code=3)
    assert "create" in reader.types("swarmscope buckets", code=None)
    reader.types("swarmscope buckets create", code=None)
    assert "publish" in reader.types("swarmscope dashboards", code=None)
    assert "Grafana" in reader.types("swarmscope dashboards publish", code=2)
    assert "How to run it" in reader.types("swarmscope init")
    assert "--users" in reader.types("swarmscope run", code=2)
    with reader.starts("swarmscope collect", until="tcp://127.0.0.1:5558"):
        pass
    assert "Missing argument" in reader.types("swarmscope delete", code=2)
    reader.types("swarmscope delete RUN", {"RUN": f"{run} --yes"})
    assert run not in reader.types("swarmscope runs", code=None)
