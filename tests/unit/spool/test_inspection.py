"""What waits in a file that another process left: told without a change to it."""

from pathlib import Path

import pytest
from tests.fixtures.files import state
from tests.fixtures.spools import MANY, batch, large_spool, leave, leave_killed
from tests.fixtures.traps import database

from swarmscope.spool import Batch, Spool, SpoolError
from swarmscope.spool.file import SpoolFile
from swarmscope.spool.inspection import ownerless, waiting


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
    leave_killed(path)
    for _ in range(2):
        assert waiting(path) == [("first", 7)]
    assert [kept.requests for kept in Spool(path, 10**6).oldest("loadtest", 9)] == [7]


@pytest.mark.long
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


def test_no_file_is_made_beside_a_journal_and_none_is_changed(path: Path):
    leave_killed(path)
    before = state(path.parent)
    assert waiting(path) == [("first", 7)]
    assert state(path.parent) == before


@pytest.mark.parametrize("left", [0, 31, 100, 4_000])
def test_a_journal_of_which_nothing_can_be_read_stays(path: Path, left: int):
    """SQLite removes it when it closes the file, and with it what could be salvaged."""
    journal = leave_killed(path)
    with journal.open("r+b") as file:
        file.truncate(left)
    before = state(path.parent)
    assert waiting(path) == []
    assert state(path.parent) == before


def test_a_journal_of_a_file_that_is_cut_off_to_nothing_stays(path: Path):
    leave_killed(path)
    path.write_bytes(b"")
    before = state(path.parent)
    assert waiting(path) == []
    assert state(path.parent) == before


def test_a_spool_is_its_process_as_long_as_that_has_the_lock(tmp_path: Path):
    file = SpoolFile.create(tmp_path, "host")
    with ownerless(file.path) as free:
        assert not free
    file.release(remove=False)
    with ownerless(file.path) as free:
        assert free
    file.path.unlink()
    with ownerless(file.path) as free:
        assert not free


def test_who_looks_at_a_spool_that_was_left_has_it_meanwhile(tmp_path: Path):
    path = leave(tmp_path, batch("1"))
    with ownerless(path) as free:
        assert free
        assert SpoolFile.take(path) is None
    taken = SpoolFile.take(path)
    assert taken
    taken.release(remove=False)


def test_a_missing_lock_is_not_made_and_one_that_is_a_link_not_opened(tmp_path: Path):
    path = leave(tmp_path, batch("1"))
    lock = Path(f"{path}.lock")
    lock.unlink()
    before = state(tmp_path)
    with ownerless(path) as free:
        assert free
    assert state(tmp_path) == before
    lock.symlink_to(path)
    with ownerless(path) as free:
        assert not free
