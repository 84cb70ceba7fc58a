"""What can still be read of a spool's file that is damaged in one place or another."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmscope.spool import Batch, Spool
from swarmscope.spool_file import salvage

PAGE = 4_096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of three batches, of which the second takes many pages of its own."""
    file = tmp_path / "a.spool"
    spool = Spool(file, 10**6)
    for number, size in ((1, 1), (2, 8 * PAGE), (3, 1)):
        spool.keep(Batch("loadtest", "r", number, [f'm f="{os.urandom(size).hex()}" 1']))
    spool.close()
    return file


def overwrite(file: Path) -> None:
    """Cut a chain of pages: it ends in one that isn't there."""
    with file.open("r+b") as opened:
        opened.seek(-3 * PAGE, os.SEEK_END)
        opened.write(b"\xff" * 3 * PAGE)


def turn_into_a_number(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE batch SET body = 5 WHERE id = 2")


@pytest.mark.parametrize("damage", [overwrite, turn_into_a_number])
def test_a_batch_that_can_be_read_in_part_only_takes_no_other_with_it(
    path: Path, damage: Callable[[Path], None]
):
    assert [kept.requests for kept in salvage(path)] == [1, 2, 3]
    damage(path)
    assert [kept.requests for kept in salvage(path)] == [1, 3]


def test_of_a_file_that_is_gone_with_its_folder_nothing_can_be_read(tmp_path: Path):
    assert list(salvage(tmp_path / "gone" / "a.spool")) == []
