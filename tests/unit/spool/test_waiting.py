"""What waits in a file that another process left: told without a change to it."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.fixtures.spools import MANY, large_spool
from tests.fixtures.traps import database

from swarmscope.spool import Batch, Spool, SpoolError
from swarmscope.spool.file import waiting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a spool may be: no name of a folder means anything to SQLite."""
    folder = tmp_path / "100%2F ?mode=memory#x"
    folder.mkdir()
    return folder / "a.spool"


def test_the_requests_of_each_run_are_told_once_their_owner_is_gone(path: Path):
    owner = Spool(path, 10**6)
    for run, requests in (("first", 3), ("second", 5), ("first", 4)):
        owner.keep(Batch("loadtest", run, requests, ["m f=1 1"]))
    owner.forget(owner.oldest("loadtest", 1))
    owner.close()
    assert waiting(path) == [("first", 4), ("second", 5)]


def test_what_a_killed_process_left_is_told_and_stays(path: Path):
    """Its journal was never written into the file itself."""
    keep = (
        "import os, sys; from swarmscope.spool import Batch, Spool\n"
        "spool = Spool(sys.argv[1], 10**6)\n"
        "spool.keep(Batch('loadtest', 'first', 7, ['m f=1 1']))\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", keep, str(path)], check=True)
    for _ in range(2):
        assert waiting(path) == [("first", 7)]
    assert [kept.requests for kept in Spool(path, 10**6).oldest("loadtest", 9)] == [7]


def test_who_has_it_open_has_it_alone_and_that_is_said(path: Path):
    owner = Spool(path, 10**6)
    with pytest.raises(SpoolError, match=r"is open in another program\. Close it there"):
        waiting(path)
    owner.close()


def test_who_only_looks_makes_no_file(path: Path):
    with pytest.raises(SpoolError) as caught:
        waiting(path)
    assert str(caught.value).startswith(f"The spool {path} can't be used: unable to open")
    assert list(path.parent.iterdir()) == []


def test_of_a_process_that_died_before_its_first_window_nothing_waits(path: Path):
    path.touch()
    assert waiting(path) == []


def test_a_database_of_something_else_is_said_to_be_none(path: Path):
    before = database(path, "CREATE TABLE mail (text)").read_bytes()
    with pytest.raises(SpoolError) as caught:
        waiting(path)
    assert str(caught.value).startswith(f"{path} isn't a spool: it holds the table 'mail'")
    assert path.read_bytes() == before


def test_a_large_spool_takes_longer_and_is_read_to_its_end(path: Path):
    """How long a file may be read goes with its size: a long outage fills a large one."""
    assert waiting(large_spool(path)) == [("r", 2 * MANY)]
