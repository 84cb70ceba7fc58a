"""What is taken for this user's own, and what is done so that it stays so."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.neighbours import ATTACKER, give, needs_root
from tests.fixtures.odd_files import hard_link, link, link_to_nowhere, mode, open_files

from swarmscope.own_files import (
    NoPermissionsError,
    NotOwnError,
    is_own_folder,
    make_private,
    oddity,
    open_own,
)


@pytest.mark.parametrize(
    ("bits", "own"),
    [(0o700, True), (0o755, True), (0o775, False), (0o757, False), (0o1777, False)],
    ids=oct,
)
def test_a_folder_is_ones_own_while_nobody_else_may_write_to_it(
    tmp_path: Path, bits: int, own: bool
) -> None:
    tmp_path.chmod(bits)
    assert is_own_folder(tmp_path.stat()) is own


def test_a_file_is_no_folder_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "file").touch(0o600)
    assert not is_own_folder((tmp_path / "file").stat())


@needs_root
def test_a_folder_of_somebody_else_is_not_ones_own(tmp_path: Path) -> None:
    (tmp_path / "his").mkdir(0o700)
    assert not is_own_folder(give(tmp_path / "his", ATTACKER).stat())


ODD: list[tuple[Callable[[Path], object], str]] = [
    (link, "it is a link"),
    (link_to_nowhere, "it is a link"),
    (os.mkfifo, "it isn't a regular file"),
    (hard_link, "it has a second name, a hard link"),
]


@pytest.mark.parametrize(("make", "why"), ODD, ids=[make.__name__ for make, _ in ODD])
def test_what_somebody_may_have_put_there_is_not_opened_and_the_reason_is_said(
    tmp_path: Path, make: Callable[[Path], object], why: str
) -> None:
    path = tmp_path / "a.spool"
    make(path)
    assert oddity(path.lstat()) == why
    before = open_files(tmp_path)
    with pytest.raises(NotOwnError) as caught:
        open_own(path, os.O_RDONLY | os.O_CREAT)
    assert (caught.value.errno, caught.value.strerror) == (errno.EPERM, why)
    assert caught.value.filename == str(path)
    assert open_files(tmp_path) == before
    if make is link_to_nowhere:
        assert not path.with_suffix(".other").exists()


@needs_root
def test_a_file_of_somebody_else_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.spool"
    path.touch(0o666)
    give(path, ATTACKER)
    with pytest.raises(NotOwnError, match=rf"it belongs to another user \(uid {ATTACKER}\)"):
        open_own(path, os.O_RDONLY)


def test_a_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        file = open_own(tmp_path / "a.spool", os.O_WRONLY | os.O_CREAT)
    finally:
        os.umask(before)
    os.write(file, b"data")
    # Processes that this one starts have no business with it.
    assert not os.get_inheritable(file)
    os.close(file)
    assert mode(tmp_path / "a.spool") == 0o600
    again = open_own(tmp_path / "a.spool", os.O_RDONLY)
    assert os.read(again, 9) == b"data"
    os.close(again)


def test_what_is_not_there_is_said_to_be_that(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_own(tmp_path / "a.spool", os.O_RDONLY)


def test_a_private_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "far" / "above" / "folder")
    finally:
        os.umask(before)
    assert mode(tmp_path / "far" / "above" / "folder") == 0o700
    assert mode(tmp_path / "far" / "above") == 0o700
    make_private(tmp_path / "far" / "above" / "folder")


@pytest.mark.parametrize("bits", [0o755, 0o770, 0o701, 0o777], ids=oct)
def test_a_folder_that_is_there_is_closed_to_others(tmp_path: Path, bits: int) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder").chmod(bits)
    before = open_files(tmp_path)
    make_private(tmp_path / "folder")
    assert mode(tmp_path / "folder") == 0o700
    assert open_files(tmp_path) == before


def test_a_folder_that_is_closed_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(0o700)
    changed = (tmp_path / "folder").stat().st_ctime_ns
    make_private(tmp_path / "folder")
    assert (tmp_path / "folder").stat().st_ctime_ns == changed


def test_a_folder_whose_file_system_keeps_nobody_out_is_not_used() -> None:
    """As on a memory stick; the kernel's own about this process may not be closed either."""
    folder = Path("/proc/self/task")
    with pytest.raises(NoPermissionsError) as caught:
        make_private(folder)
    assert caught.value.strerror == "its file system keeps no permissions"
    assert caught.value.filename == str(folder)


def test_a_link_is_not_taken_for_a_folder_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target").chmod(0o755)
    (tmp_path / "folder").symlink_to(tmp_path / "target")
    with pytest.raises(NotOwnError) as caught:
        make_private(tmp_path / "folder")
    assert caught.value.strerror == "it was made by another user, or is a link"
    assert caught.value.filename == str(tmp_path / "folder")
    assert mode(tmp_path / "target") == 0o755


@needs_root
def test_a_folder_that_somebody_else_made_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(0o755)
    give(tmp_path / "folder", ATTACKER)
    with pytest.raises(NotOwnError, match="it was made by another user, or is a link"):
        make_private(tmp_path / "folder")
    assert mode(tmp_path / "folder") == 0o755
