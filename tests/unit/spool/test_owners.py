"""A spool's file: named after its owner, locked by it, taken over by others once it is gone."""

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fixtures.odd_files import open_files

from swarmscope.spool import Spool, SpoolError
from swarmscope.spool.file import SpoolFile


def left_behind(folder: Path, host: str) -> Path:
    """Return the spool of a process that is gone."""
    file = SpoolFile.create(folder, host)
    file.path.write_bytes(b"data")
    file.release(remove=False)
    return file.path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@contextmanager
def one_more_file() -> Iterator[None]:
    """Let this process open one more file, and no second."""
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_files_name_says_of_which_machine_and_process_it_is(tmp_path: Path):
    first = SpoolFile.create(tmp_path / "some" / "folder", "web-1.x y")
    second = SpoolFile.create(tmp_path / "some" / "folder", "web-1.x y")
    shape = rf"web-1\.x_y-{os.getpid()}-[0-9a-f]{{8}}\.spool"
    assert re.fullmatch(shape, first.path.name)
    assert re.fullmatch(shape, second.path.name)
    assert first.path != second.path


def test_a_long_host_name_is_cut(tmp_path: Path):
    file = SpoolFile.create(tmp_path, "h" * 300)
    assert file.path.name.partition("-")[0] == "h" * 64


def test_an_error_names_the_folder(tmp_path: Path):
    (tmp_path / "in-the-way").write_text("")
    with pytest.raises(SpoolError, match=r"^The spool \S+/in-the-way can't be used"):
        SpoolFile.create(tmp_path / "in-the-way", "host")


def test_the_lock_is_for_its_owner_only(tmp_path: Path):
    file = SpoolFile.create(tmp_path, "host")
    assert Path(f"{file.path}.lock").stat().st_mode & 0o777 == 0o600


def test_every_file_of_an_ended_process_is_taken_over_once(tmp_path: Path):
    in_use = SpoolFile.create(tmp_path, "a")
    in_use.path.write_bytes(b"data")
    left = [left_behind(tmp_path, "b"), left_behind(tmp_path, "c")]
    taken = SpoolFile.orphans(tmp_path)
    assert [file.path for file in taken] == left
    assert SpoolFile.orphans(tmp_path) == []
    taken[0].release(remove=False)
    assert [file.path for file in SpoolFile.orphans(tmp_path)] == left[:1]


def test_no_more_files_are_taken_over_than_asked_for(tmp_path: Path):
    left = [left_behind(tmp_path, host) for host in "abc"]
    assert [file.path for file in SpoolFile.orphans(tmp_path, limit=2)] == left[:2]
    assert [file.path for file in SpoolFile.orphans(tmp_path, limit=2)] == left[2:]


def test_some_files_can_be_left_alone(tmp_path: Path):
    left = [left_behind(tmp_path, host) for host in "ab"]
    assert [file.path for file in SpoolFile.orphans(tmp_path, without=left[:1])] == left[1:]


def test_a_file_that_goes_while_it_is_looked_at_leaves_nothing(tmp_path: Path):
    # A link to nowhere is found by its name and isn't there, as a file that has just been removed.
    (tmp_path / "a-1-0.spool").symlink_to(tmp_path / "nowhere")
    left = left_behind(tmp_path, "b")
    before = open_files(tmp_path)
    (found,) = SpoolFile.orphans(tmp_path)
    assert found.path == left
    assert "a-1-0.spool.lock" not in names(tmp_path)
    assert open_files(tmp_path) == before + 1  # the found one's lock


def test_a_file_whose_lock_cannot_be_had_stops_no_other(tmp_path: Path):
    (tmp_path / "a-1-0.spool").write_bytes(b"data")
    (tmp_path / "a-1-0.spool.lock").mkdir()
    left = left_behind(tmp_path, "b")
    assert [file.path for file in SpoolFile.orphans(tmp_path)] == [left]


def test_what_its_owner_removed_meanwhile_is_not_taken_and_leaves_nothing(tmp_path: Path):
    before = open_files(tmp_path)
    assert SpoolFile.take(tmp_path / "a-1-0.spool") is None
    assert names(tmp_path) == set()
    assert open_files(tmp_path) == before


def test_what_became_a_link_since_somebody_looked_is_not_taken(tmp_path: Path):
    left = left_behind(tmp_path / "elsewhere", "a")
    (tmp_path / "a-1-0.spool").symlink_to(left)
    assert SpoolFile.take(tmp_path / "a-1-0.spool") is None
    assert names(tmp_path) == {"elsewhere", "a-1-0.spool"}
    assert left.read_bytes() == b"data"


def test_what_cannot_be_locked_is_not_taken(tmp_path: Path):
    (tmp_path / "a-1-0.spool").write_bytes(b"data")
    (tmp_path / "a-1-0.spool.lock").mkdir()
    assert SpoolFile.take(tmp_path / "a-1-0.spool") is None


def test_a_file_that_cannot_be_made_leaves_no_lock(tmp_path: Path):
    with one_more_file(), pytest.raises(SpoolError, match="Too many open files"):
        SpoolFile.create(tmp_path, "host")
    assert names(tmp_path) == set()
    assert open_files(tmp_path) == 0


def test_what_belongs_to_the_database_goes_with_it(tmp_path: Path):
    file = SpoolFile.create(tmp_path, "host")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file.path}{suffix}").write_bytes(b"data")
    file.release(remove=True)
    assert names(tmp_path) == set()


def test_a_damaged_database_is_set_aside_with_what_belongs_to_it(tmp_path: Path):
    file = SpoolFile.create(tmp_path, "host")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file.path}{suffix}").write_bytes(b"data" + suffix.encode())
    aside = file.set_aside()
    assert aside == file.path.with_suffix(".corrupt")
    assert names(tmp_path) == {aside.name, f"{aside.name}-wal", f"{aside.name}-shm"}
    assert Path(f"{aside}-wal").read_bytes() == b"data-wal"


def test_a_damaged_database_that_cannot_be_renamed_is_said_to_be_where_it_is(tmp_path: Path):
    file = SpoolFile.create(tmp_path, "host")
    file.path.unlink()
    assert file.set_aside() == file.path  # there is nothing to rename


def test_a_killed_process_leaves_everything_it_kept(tmp_path: Path):
    script = (
        "import sys, os, signal; from swarmscope.spool import Batch, Spool\n"
        "from swarmscope.spool.file import SpoolFile\n"
        "f = SpoolFile.create(__import__('pathlib').Path(sys.argv[1]), 'host')\n"
        "s = Spool(f.path, 10**6)\n"
        "for i in range(50): s.keep(Batch('loadtest', 'r', 1, [f'm f={i} {i}']))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    (orphan,) = SpoolFile.orphans(tmp_path)
    assert len(Spool(orphan.path, 10**6).oldest("loadtest", 1000)) == 50


def test_a_file_in_use_is_nobodys_orphan(tmp_path: Path):
    mine = SpoolFile.create(tmp_path, "host")
    Spool(mine.path, 1000)
    assert SpoolFile.orphans(tmp_path) == []
    mine.release(remove=False)
    assert [orphan.path for orphan in SpoolFile.orphans(tmp_path)] == [mine.path]


def test_an_empty_file_goes_with_its_owner(tmp_path: Path):
    mine = SpoolFile.create(tmp_path, "host")
    Spool(mine.path, 1000).close()
    mine.release(remove=True)
    assert list(tmp_path.iterdir()) == []


def test_a_host_name_cannot_leave_the_folder(tmp_path: Path):
    file = SpoolFile.create(tmp_path / "spool", "../../etc/x")
    assert file.path.parent == tmp_path / "spool"


def test_a_folder_that_cannot_be_made_is_said_with_a_remedy(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpoolError, match="SWARMSCOPE_SPOOL_DIR"):
        SpoolFile.create(tmp_path / "file" / "spool", "host")


def test_the_folder_is_for_its_owner_only(tmp_path: Path):
    SpoolFile.create(tmp_path / "spool", "host")
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


def test_a_spool_that_its_owner_removes_meanwhile_is_nobodys_orphan(tmp_path: Path):
    mine = SpoolFile.create(tmp_path, "host")
    Spool(mine.path, 1000).close()
    mine.release(remove=False)
    mine.path.unlink()
    assert SpoolFile.orphans(tmp_path) == []


def test_a_file_that_is_set_aside_is_no_spool_any_more(tmp_path: Path):
    mine = SpoolFile.create(tmp_path, "host")
    mine.path.write_bytes(b"garbage")
    aside = mine.set_aside()
    assert aside.read_bytes() == b"garbage"
    assert [path.name for path in tmp_path.iterdir()] == [aside.name]
    assert SpoolFile.orphans(tmp_path) == []
