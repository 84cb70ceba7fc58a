"""`swarmscope delete`: what it says first, when it asks, and what is left."""

import os
import pty
import shutil
import sys
import time
from pathlib import Path

import pytest
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.commands import Command

from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode
from swarmscope.store.eraser import stored
from swarmscope.store.file_reader import FileReader

LINES = (
    "locust_worker,run={run},worker=worker-0,host=gen-a requests_seen=2i,final=false 5",
    "locust_users,run={run},worker=worker-0,user_class=Shopper count=1i 5",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of two runs, of two series and three values in each bucket."""
    folder = tmp_path_factory.mktemp("made")
    with Database(folder) as database:
        for bucket in ("loadtest", "loadtest_long"):
            texts = [text.format(run=run) for run in ("a", "b") for text in LINES]
            database.write(bucket, "\n".join(texts))
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """Return such a store, to be changed."""
    return shutil.copytree(made, tmp_path / "place")


def values(folder: Path, run: str) -> tuple[int, int]:
    with FileReader(folder) as reader:
        return stored(reader, run, "loadtest")[1], stored(reader, run, "loadtest_long")[1]


def test_it_says_what_is_there_and_what_was_freed(command: Command, place: Path) -> None:
    done = command("delete", "a", "--yes", "--data", place)
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert done.out.splitlines() == [
        "a in loadtest: 2 series, 3 values.",
        "a in loadtest_long: 2 series, 3 values.",
        "Freed: 4 series, 6 values.",
    ]
    assert (values(place, "a"), values(place, "b")) == ((0, 0), (3, 3))


def test_all_go_or_none(command: Command, place: Path) -> None:
    done = command("delete", "a", "nobody", "--yes", "--data", place)
    assert (done.code, done.out) == (ExitCode.NO_DATA, "")
    assert done.err == (
        "swarmscope: The store has nothing of nobody in loadtest or loadtest_long. Nothing was "
        "deleted. `swarmscope runs` lists the runs that it has.\n"
    )
    assert values(place, "a") == (3, 3)


def test_without_a_bucket_of_minutes_there_is_one_to_look_into(
    command: Command, place: Path
) -> None:
    done = command("delete", "a", "-y", "--data", place, SWARMSCOPE_BUCKET_LONG="")
    assert done.out.splitlines()[-1] == "Freed: 2 series, 3 values."
    assert values(place, "a") == (0, 3)


def test_nobody_there_to_be_asked_deletes_nothing(command: Command, place: Path) -> None:
    done = command("delete", "a", "--data", place)
    assert done.code == ExitCode.WRONG_USAGE
    assert done.out.splitlines()[0] == "a in loadtest: 2 series, 3 values."
    assert done.err == (
        "swarmscope: Nobody is there to be asked. Nothing was deleted. Add --yes to delete them "
        "without asking.\n"
    )
    assert values(place, "a") == (3, 3)


@pytest.mark.parametrize(
    ("answer", "code", "left"),
    [("n", ExitCode.WRONG_USAGE, 3), ("", ExitCode.WRONG_USAGE, 3), ("y", ExitCode.FINE, 0)],
)
def test_on_a_terminal_it_asks(
    command: Command,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    answer: str,
    code: int,
    left: int,
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    with open(theirs) as terminal:  # noqa: PTH123 - by its descriptor
        monkeypatch.setattr(sys, "stdin", terminal)
        done = command("delete", "a", "--data", place)
    os.close(ours)
    assert done.code == code
    assert ("Nothing was deleted." in done.out) is (left > 0)
    assert values(place, "a") == (left, left)


def test_a_run_that_goes_on_stays_without_force(command: Command, going_store: Path) -> None:
    refused = command("delete", "going", "--yes", "--data", going_store)
    assert (refused.code, refused.out) == (ExitCode.WRONG_USAGE, "")
    assert "Still running: going. Nothing was deleted. Stop it first." in refused.err
    assert values(going_store, "going")[0] > 0
    forced = command("delete", "going", "--yes", "--force", "--data", going_store)
    assert (forced.code, values(going_store, "going")) == (ExitCode.FINE, (0, 0))


def test_what_only_waits_in_a_spool_keeps_nobody_from_deleting(
    command: Command, own_store: Path
) -> None:
    with Database(own_store) as database:
        waits = Told(stored=4, final=False, heard=5_000, counters={"seen": 10, "pending": 6})
        lines = run_lines("w", int(time.time()), [waits], stopped=None, began=9_000)
        database.write("loadtest", "\n".join(lines))
    assert command("delete", "w", "--yes", "--data", own_store).code == ExitCode.FINE


def test_a_name_is_told_in_one_line(command: Command, place: Path) -> None:
    with Database(place) as database:
        database.write("loadtest", 'locust_run,run=x\x1b[2J,event=start message="x" 5')
    done = command("delete", "x\x1b[2J", "--yes", "--data", place)
    assert done.out.splitlines()[0] == "x\ufffd[2J in loadtest: 1 series, 1 value."
