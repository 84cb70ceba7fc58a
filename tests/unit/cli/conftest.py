"""The command in this process, and stores for it to read."""

import shutil
import time
from pathlib import Path

import pytest
from tests.fixtures import encoded
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.commands import Command, command_in

from swarmscope.embedded.database import Database


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Return `swarmscope` without any settings, in an empty folder."""
    return command_in(tmp_path, monkeypatch, capsys)


@pytest.fixture
def full() -> Path:
    """Return a file on a disk that is full."""
    path = Path("/dev/full")
    if not path.exists():
        pytest.skip("there is no /dev/full")
    return path


@pytest.fixture(scope="session")
def recorded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store with the recorded runs, which is only read."""
    folder = tmp_path_factory.mktemp("recorded")
    with Database(folder) as database:
        database.write("loadtest", "\n".join(encoded.lines()))
        database.write("loadtest_long", "\n".join(encoded.minutes()))
    return folder


@pytest.fixture
def own_store(recorded_store: Path, tmp_path: Path) -> Path:
    """Return the folder of such a store, to be changed."""
    return shutil.copytree(recorded_store, tmp_path / "own")


@pytest.fixture
def going_store(tmp_path: Path) -> Path:
    """Return the folder of a store of a run that goes on: of this moment, which passes."""
    folder = tmp_path / "going"
    lines = run_lines("going", int(time.time()), [Told(final=False, heard=0)], stopped=None)
    with Database(folder) as database:
        database.write("loadtest", "\n".join(lines))
    return folder


@pytest.fixture
def small_store(ended_runs: Path, tmp_path: Path) -> Path:
    """Return the folder of a store of runs that ended in every way."""
    return shutil.copytree(ended_runs, tmp_path / "small")


@pytest.fixture(scope="session")
def ended_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of such a store, which is only copied."""
    folder = tmp_path_factory.mktemp("small")
    now = int(time.time())
    lost = Told(stored=8, counters={"seen": 10, "delivered": 8, "lost": 2})
    silent = Told(stored=None, totals=None, counters={"seen": 0, "delivered": 0})
    waits = Told(stored=4, counters={"seen": 10, "delivered": 4, "pending": 6})
    runs = {
        "complete": run_lines("complete", now, [Told()]),
        "lost": run_lines("lost", now, [lost]),
        "silent": run_lines("silent", now, [silent]),
        "waits": run_lines("waits", now, [waits]),
    }
    with Database(folder) as database:
        database.write("loadtest", "\n".join(line for lines in runs.values() for line in lines))
    return folder
