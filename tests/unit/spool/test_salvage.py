"""What can still be read of a spool's file that is damaged in one place or another."""

import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.fixtures.traps import database, pointers

from swarmscope.spool import Batch, Spool, SpoolCorruptError
from swarmscope.spool.file import salvage
from swarmscope.spool.packing import packed
from swarmscope.spool.schema import CREATE

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
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE batch SET body = 5 WHERE id = 2")


@pytest.mark.parametrize("damage", [overwrite, turn_into_a_number])
def test_a_batch_that_can_be_read_in_part_only_takes_no_other_with_it(
    path: Path, damage: Callable[[Path], None]
):
    assert [kept.requests for kept in salvage(path)] == [1, 2, 3]
    damage(path)
    assert [kept.requests for kept in salvage(path)] == [1, 3]


def test_a_page_that_is_met_again_ends_it_with_what_was_found_so_far(tmp_path: Path):
    """Each batch has a page for itself, and the tree above leads to the first one twice."""
    path = database(tmp_path / "a.spool", "PRAGMA page_size=512", CREATE)
    db = sqlite3.connect(path)
    for number in (1, 2, 3):
        body = packed([f'm f="{os.urandom(200).hex()}" {number}'])
        assert 512 / 2 < len(body) < 512
        db.execute("INSERT INTO batch VALUES (?, 'loadtest', 'r', ?, 1, ?)", (number, number, body))
    db.commit()
    (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'batch'").fetchone()
    db.close()
    assert [kept.requests for kept in salvage(path)] == [1, 2, 3]
    content = bytearray(path.read_bytes())
    first, second, _ = pointers(content, root)
    content[second : second + 4] = content[first : first + 4]
    path.write_bytes(content)
    assert [kept.requests for kept in salvage(path)] == [1]


def test_of_a_database_of_something_else_nothing_is_taken(tmp_path: Path):
    path = database(
        tmp_path / "a.spool", CREATE, "CREATE TABLE mail (text)", body=packed(["m f=1"])
    )
    assert list(salvage(path)) == []


def test_of_a_file_that_is_gone_with_its_folder_nothing_can_be_read(tmp_path: Path):
    assert list(salvage(tmp_path / "gone" / "a.spool")) == []


def test_what_can_be_read_of_a_damaged_file_is_saved(tmp_path: Path):
    """A page in the middle of the file is overwritten: what lies elsewhere is whole."""
    path = tmp_path / "a.spool"
    spool = Spool(path, 2**30)
    noise = random.Random(1)
    for i in range(200):
        spool.keep(Batch("loadtest", "r", 1, [f"m f={i},noise={noise.randbytes(500).hex()} {i}"]))
    spool.close()
    with path.open("r+b") as file:
        file.seek(PAGE * 15)
        file.write(b"\xff" * PAGE)
    with pytest.raises(SpoolCorruptError, match=str(path)):
        Spool(path, 2**30).oldest("loadtest", 1_000)
    saved = list(salvage(path))
    assert 20 < len(saved) < 200
    assert all(kept.lines()[0].startswith("m f=") for kept in saved)
    assert not list(salvage(path, among=()))
    some = {kept.id for kept in saved[::2]}
    assert [kept.id for kept in salvage(path, among={*some, 10**6})] == sorted(some)
