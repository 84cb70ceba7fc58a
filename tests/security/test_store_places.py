"""Another user where a store lies, or would: links, pipes, files and folders of his."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.neighbours import (
    ATTACKER,
    give,
    his_file,
    link,
    needs_root,
    pipe,
    second_name,
)
from tests.fixtures.server_process import start, store_process, swarmscope, write

from swarmscope.embedded.database import Database
from swarmscope.embedded.folder import FILE_NAME, close_folder, find_folder, own_name
from swarmscope.errors import ExitCode, StoreUnreachableError

POINT = ["secret,run=r f=1i 1"]
PARTS = ("", ".wal", ".wal.checkpoint", ".wal.recovery", ".tmp")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def fill(folder: Path) -> None:
    with store_process(folder) as url:
        write(url, POINT)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file of this user's, which another would like to have overwritten."""
    path = tmp_path / "authorized_keys"
    path.write_text("my key\n")
    return path


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """A folder of this user's to which others may write."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.mark.long
@pytest.mark.long_sample(2)
@needs_root
@pytest.mark.parametrize("how", ["a folder", "a link to one of mine"])
def test_a_default_folder_that_somebody_else_made_is_neither_served_nor_read(
    tmp_path: Path, mine: Path, how: str
) -> None:
    """His link in the place of DuckDB's log got what was measured; it can be a login."""
    folder = tmp_path / ".swarmscope"
    Database(tmp_path / "data").close()
    if how == "a folder":
        (tmp_path / "data").rename(folder)
        (folder / f"{FILE_NAME}.wal").symlink_to(mine)
        give(folder, ATTACKER).chmod(0o777)
    else:
        folder.symlink_to(tmp_path / "data")
        os.lchown(folder, ATTACKER, ATTACKER)
    served = swarmscope("serve", "--port", "0", cwd=tmp_path)
    assert served.returncode == ExitCode.STORE_UNREACHABLE
    assert "made by another user" in served.stderr
    assert "Nothing in it was opened or changed." in served.stderr
    assert mine.read_text() == "my key\n"
    read = swarmscope("runs", cwd=tmp_path)
    assert read.returncode == ExitCode.STORE_UNREACHABLE
    assert f"made by another user (uid {ATTACKER})" in read.stderr
    assert "Name it with --data .swarmscope" in " ".join(read.stderr.split())


@pytest.mark.long
@needs_root
def test_a_store_of_somebody_else_is_read_by_who_names_it(tmp_path: Path) -> None:
    fill(tmp_path / ".swarmscope")
    give(tmp_path / ".swarmscope", ATTACKER)
    done = swarmscope("runs", "--data", ".swarmscope", cwd=tmp_path)
    assert (done.returncode, done.stderr[:12]) == (ExitCode.FINE, "No runs yet.")


@pytest.mark.long
@needs_root
def test_nothing_is_said_to_be_deleted_from_a_store_of_somebody_else(tmp_path: Path) -> None:
    """The deletion would be done in a new store, beside his."""
    fill(tmp_path / "his")
    give(tmp_path / "his", ATTACKER)
    done = swarmscope("delete", "r", "--yes", "--data", str(tmp_path / "his"))
    assert done.returncode == ExitCode.STORE_UNREACHABLE
    assert "Nothing was deleted." in done.stderr
    assert f"was made by another user (uid {ATTACKER})" in " ".join(done.stderr.split())
    assert [one.name for one in (tmp_path / "his").iterdir()] == [FILE_NAME]


@pytest.mark.long
def test_where_others_may_write_the_store_has_a_folder_of_its_own(opened: Path, mine: Path) -> None:
    """The log isn't there between two runs: its name is anybody's."""
    for part in PARTS[1:]:
        (opened / f"{FILE_NAME}{part}").symlink_to(mine)
    for _ in range(2):
        fill(opened)
    assert mine.read_text() == "my key\n"
    assert (mode(opened), mode(opened / own_name())) == (0o777, 0o700)
    assert not (opened / FILE_NAME).exists()
    assert find_folder(opened) == opened / own_name()
    assert "No runs yet." in swarmscope("runs", "--data", str(opened)).stderr
    with store_process(opened):
        served = swarmscope("runs", "--data", str(opened))
        assert (served.returncode, served.stderr[:12]) == (ExitCode.FINE, "No runs yet.")


def test_and_that_is_said(opened: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = start(opened, "--no-host-metrics")
    assert server.process.stdout
    server.process.terminate()
    assert f"The store is {opened / own_name()};" in server.process.stdout.read()
    server.process.wait()
    Database(opened).close()
    assert f"Others may write to {opened}: the store is in {opened / own_name()}" in caplog.text


@needs_root
def test_root_uses_a_folder_that_is_mounted_into_its_container(tmp_path: Path) -> None:
    (tmp_path / "mounted").mkdir(0o755)
    give(tmp_path / "mounted", ATTACKER)
    fill(tmp_path / "mounted")
    assert (tmp_path / "mounted" / own_name() / FILE_NAME).stat().st_uid == 0


def test_a_store_that_is_there_already_is_not_forgotten_for_a_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    fill(folder)
    folder.chmod(0o775)
    before = (folder / FILE_NAME).read_bytes()
    with pytest.raises(StoreUnreachableError, match="Others may write to") as caught:
        Database(folder)
    assert "The store is as it was." in str(caught.value)
    assert f"chmod go-w {folder}" in str(caught.value)
    assert (folder / FILE_NAME).read_bytes() == before
    (folder / FILE_NAME).rename(folder / own_name() / FILE_NAME)
    Database(folder).close()
    assert find_folder(folder) == folder / own_name()


@pytest.mark.parametrize("bits", [0o700, 0o750, 0o755], ids=oct)
def test_a_folder_that_others_may_only_read_is_used_itself(tmp_path: Path, bits: int) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(bits)
    with Database(tmp_path / "data") as database:
        assert database.folder == tmp_path / "data"
    assert mode(tmp_path / "data") == bits


def test_one_s_own_store_in_a_folder_of_many_is_used_and_a_link_of_one_s_own(
    opened: Path, tmp_path: Path
) -> None:
    with Database(opened / ".swarmscope") as database:
        assert database.folder == opened / ".swarmscope"
    (opened / ".swarmscope").rename(tmp_path / "large disk")
    (opened / ".swarmscope").symlink_to(tmp_path / "large disk")
    with Database(opened / ".swarmscope"):
        assert (tmp_path / "large disk" / f"{FILE_NAME}").is_file()
    assert not (tmp_path / "large disk" / own_name()).exists()


def test_a_folder_that_is_exchanged_while_the_store_is_open_gets_nothing(
    opened: Path, mine: Path
) -> None:
    """Where others may rename what isn't theirs: DuckDB follows no link then, and nor do we."""
    folder = opened / ".swarmscope"
    with Database(folder) as database:
        database.write("loadtest", "m,run=r f=1i 1")
        with database.cursor() as cursor:
            cursor.execute("CHECKPOINT")  # its log goes, and comes again
        folder.rename(opened / "moved")
        folder.mkdir()
        (folder / f"{FILE_NAME}.wal").symlink_to(mine)
        for _ in range(3):
            with pytest.raises(StoreUnreachableError) as caught:
                database.write("loadtest", "m,run=r f=2i 2")
        assert "what was acknowledged before" in str(caught.value)
        assert mine.read_text() == "my key\n"
        assert [one.name for one in folder.iterdir()] == [f"{FILE_NAME}.wal"]
    assert mine.read_text() == "my key\n"
    with Database(opened / "moved") as database, database.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM points").fetchone() == (1,)


def link_to_nowhere(path: Path, mine: Path) -> None:
    path.symlink_to(mine.with_name("not there"))


def his_folder(path: Path, _: Path) -> None:
    path.mkdir()
    give(path, ATTACKER).chmod(0o777)


TRAPS = [
    link,
    link_to_nowhere,
    second_name,
    pipe,
    pytest.param(his_file, marks=needs_root),
    pytest.param(his_folder, marks=needs_root),
]


@pytest.mark.long_sample(3)
@pytest.mark.sample(5)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("trap", TRAPS)
def test_what_somebody_left_where_a_store_s_files_are_is_not_written_to(
    tmp_path: Path, mine: Path, part: str, trap: Callable[[Path, Path], None]
) -> None:
    """From a time when others might write there."""
    folder = tmp_path / ".swarmscope"
    Database(folder).close()
    path = folder / f"{FILE_NAME}{part}"
    path.unlink(missing_ok=True)
    trap(path, mine)
    folder.chmod(0o777)
    with pytest.raises(StoreUnreachableError, match="isn't taken for a file of this user's store"):
        Database(folder)
    assert mode(folder) == 0o700
    assert mine.read_text() == "my key\n"
    assert not mine.with_name("not there").exists()


def test_what_a_killed_server_left_of_large_answers_is_its_user_s(tmp_path: Path) -> None:
    folder = tmp_path / ".swarmscope"
    Database(folder).close()
    left = folder / f"{FILE_NAME}.tmp"
    left.mkdir()
    left.chmod(0o777)
    Database(folder).close()
    assert not left.exists() or mode(left) == 0o700


def test_a_file_system_that_keeps_nobody_out_is_used_and_that_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A memory stick, or another system's disk. The kernel's own folders can't be closed either."""
    folder = Path("/proc/self/task")
    assert close_folder(folder) == folder
    assert f"Others may read {folder}, and write to it: its file system can't" in caplog.text


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("part", PARTS[1:4])
def test_reading_does_not_wait_at_a_pipe(tmp_path: Path, part: str) -> None:
    Database(tmp_path / "his").close()
    os.mkfifo(tmp_path / "his" / f"{FILE_NAME}{part}")
    done = swarmscope("runs", "--data", str(tmp_path / "his"))
    assert done.returncode == ExitCode.STORE_UNREACHABLE
    assert "isn't a regular file, as a store's are" in " ".join(done.stderr.split())
