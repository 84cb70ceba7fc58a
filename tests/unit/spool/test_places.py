"""Which files are taken for this user's spools, and which only look like it."""

import os
from pathlib import Path

import pytest

from swarmscope.settings import places
from swarmscope.spool.folder import left_out, own_folder, spools, strangeness


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Return a folder that a setting names, and nobody else may write to."""
    folder = tmp_path / "named"
    folder.mkdir(mode=0o700)
    return folder


def spool(folder: Path, name: str) -> Path:
    """Put there what may be one."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / name).touch()
    return folder / name


def link(folder: Path, name: str) -> Path:
    """Put there what leads elsewhere."""
    (folder / name).symlink_to(folder / "elsewhere")
    return folder / name


def test_of_ones_own_folder_all_spools_are_taken_in_their_order(named: Path) -> None:
    mine = [spool(named, f"{name}.spool") for name in "bac"]
    for other in ("a.spool.lock", "a.spool-wal", "a.corrupt", "notes"):
        spool(named, other)
    assert list(spools(named)) == sorted(mine)
    assert list(left_out(named)) == []


@pytest.mark.parametrize("part", ["", "-wal", "-shm", "-journal", ".lock"])
def test_one_of_whose_parts_any_is_a_link_is_left_out_with_the_reason(
    named: Path, part: str
) -> None:
    mine = spool(named, "a.spool")
    if part:
        spool(named, "b.spool")
    link(named, f"b.spool{part}")
    assert list(spools(named)) == [mine]
    assert list(left_out(named)) == [(named / "b.spool", "it is a link")]


@pytest.mark.parametrize("bits", [0o770, 0o777, 0o1777], ids=oct)
def test_where_others_may_write_only_ones_own_folder_is_believed(named: Path, bits: int) -> None:
    mine = spool(named / places.own_name(), "a.spool")
    planted = spool(named, "b.spool")
    link(named, "c.spool")
    named.chmod(bits)
    assert list(spools(named)) == [mine]
    # What is odd besides is nobody's loss.
    assert list(left_out(named)) == [(planted, f"others may write to {named}")]


def test_a_link_that_a_setting_names_is_followed(named: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(named)
    spool(named, "a.spool")
    link(named, "b.spool")
    assert list(spools(tmp_path / "link")) == [tmp_path / "link" / "a.spool"]
    assert list(left_out(tmp_path / "link")) == [(tmp_path / "link" / "b.spool", "it is a link")]


def test_a_link_in_the_place_of_ones_own_folder_is_not(named: Path, tmp_path: Path) -> None:
    planted = spool(tmp_path / "elsewhere", "a.spool")
    own = named / places.own_name()
    own.symlink_to(planted.parent)
    assert list(spools(named)) == []
    assert list(left_out(named)) == [(own / "a.spool", f"others may write to {own}")]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert list(spools(tmp_path / "gone")) == []
    assert list(left_out(tmp_path / "gone")) == []


def test_what_a_disk_does_not_tell_of_is_strange(tmp_path: Path) -> None:
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    path = spool(tmp_path, "x" * (longest - 6) + ".spool")
    assert strangeness(path) == "it can't be looked at (File name too long)"
    assert list(spools(tmp_path)) == []


def test_a_folder_that_is_named_is_made_with_those_above_it_for_its_owner_only(
    tmp_path: Path,
) -> None:
    before = os.umask(0)
    try:
        made = own_folder(tmp_path / "one" / "two" / "three")
    finally:
        os.umask(before)
    assert made == tmp_path / "one" / "two" / "three"
    assert made.stat().st_mode & 0o777 == 0o700
