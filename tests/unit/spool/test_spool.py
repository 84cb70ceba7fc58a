"""The spool: on disk before it is sent, bounded, and found again by the next start."""

import os
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.spools import batch, files_of_at_most, refuse_deletions

from swarmscope.spool import (
    IN_MEMORY,
    Batch,
    Spool,
    SpoolError,
)
from swarmscope.spool.packing import packed


@pytest.fixture(params=["disk", "memory"])
def spool(request: pytest.FixtureRequest, tmp_path: Path) -> Spool:
    return Spool(tmp_path / "a.spool" if request.param == "disk" else IN_MEMORY, 100_000)


def test_batches_come_back_oldest_first_and_whole(spool: Spool):
    for text in ("1", "2", "3"):
        spool.keep(batch(text, requests=7))
    found = spool.oldest("loadtest", 100)
    assert [kept.lines() for kept in found] == [["m f=1 0"], ["m f=2 0"], ["m f=3 0"]]
    assert [(kept.run, kept.requests, kept.points) for kept in found] == [("run-1", 7, 1)] * 3


def test_line_separators_inside_names_do_not_split_lines(spool: Spool):
    spool.keep(Batch("loadtest", "r", 1, ["m,name=a\u2028b\x0bc f=1i 1", "m f=2i 2"]))
    assert len(spool.oldest("loadtest", 10)[0].lines()) == 2


def test_what_is_forgotten_is_not_sent_again(spool: Spool):
    spool.keep(batch("1"))
    spool.keep(batch("2"))
    spool.forget(spool.oldest("loadtest", 1))
    assert [kept.lines() for kept in spool.oldest("loadtest", 9)] == [["m f=2 0"]]


def test_bytes_follow_what_is_kept_and_forgotten(spool: Spool):
    spool.keep(batch("1"))
    assert spool.bytes > 0
    spool.forget(spool.oldest("loadtest", 9))
    assert spool.bytes == 0


def test_one_write_goes_to_one_bucket(spool: Spool):
    spool.keep(batch("1"))
    spool.keep(batch("2", bucket="loadtest_long"))
    spool.keep(batch("3"))
    assert [kept.lines() for kept in spool.oldest("loadtest", 100)] == [["m f=1 0"], ["m f=3 0"]]
    assert [kept.bucket for kept in spool.oldest("loadtest_long", 100)] == ["loadtest_long"]
    assert spool.oldest("other", 100) == []
    assert sorted(spool.buckets) == ["loadtest", "loadtest_long"]
    spool.forget(spool.oldest("loadtest", 100))
    assert spool.buckets == ["loadtest_long"]
    assert (spool.batches("loadtest"), spool.batches("loadtest_long")) == (0, 1)


def test_a_write_holds_no_more_points_than_asked_but_at_least_one_batch(spool: Spool):
    for _ in range(3):
        spool.keep(batch("1", lines=40))
    assert len(spool.oldest("loadtest", 80)) == 2
    assert len(spool.oldest("loadtest", 10)) == 1


def test_a_corrupt_file_is_said_with_a_remedy(tmp_path: Path):
    (tmp_path / "a.spool").write_bytes(b"not a database at all" * 100)
    with pytest.raises(SpoolError, match="SWARMSCOPE_SPOOL_DIR") as caught:
        Spool(tmp_path / "a.spool", 1000)
    assert str(tmp_path / "a.spool") in str(caught.value)


def test_what_waits_is_known_by_run_also_after_a_restart(tmp_path: Path):
    path = tmp_path / "a.spool"
    first = Spool(path, 10**6)
    first.keep(batch("1", requests=3, lines=2))
    first.keep(Batch("loadtest", "run-2", 4, ["m f=2 0"]))
    first.close()
    found = Spool(path, 10**6)
    assert {key: (w.requests, w.points) for key, w in found.waiting.items()} == {
        ("loadtest", "run-1"): (3, 2),
        ("loadtest", "run-2"): (4, 1),
    }
    assert found.batches("loadtest") == 2
    found.forget(found.oldest("loadtest", 100))
    assert found.empty
    assert found.bytes == 0


def test_only_what_came_after_a_batch_is_asked_for(spool: Spool):
    for text in ("1", "2", "3"):
        spool.keep(batch(text))
    (first, *_) = spool.oldest("loadtest", 9)
    assert [kept.lines() for kept in spool.oldest("loadtest", 9, after=first.id)] == [
        ["m f=2 0"],
        ["m f=3 0"],
    ]


def test_a_write_holds_no_more_bytes_than_a_worker_can_spare(tmp_path: Path):
    spool = Spool(tmp_path / "a.spool", 2**30)
    noise = random.Random(1)
    for _ in range(4):
        spool.keep(Batch("loadtest", "r", 1, ["m f=" + noise.randbytes(2**20).hex()]))
    assert len(spool.oldest("loadtest", 9)) == 3
    assert sum(len(kept.body) for kept in spool.oldest("loadtest", 9)) < 4 * 2**20


@pytest.mark.parametrize("damage", ["flipped", "cut", "none"])
def test_a_body_that_changed_on_the_disk_is_not_intact(spool: Spool, damage: str):
    spool.keep(batch("1", lines=500))
    (kept,) = spool.oldest("loadtest", 1_000)
    middle = len(kept.body) // 2
    bodies = {
        "flipped": kept.body[:middle] + bytes([kept.body[middle] ^ 0xFF]) + kept.body[middle + 1 :],
        "cut": kept.body[:middle],
        "none": kept.body,
    }
    assert replace(kept, body=bodies[damage]).intact() is (damage == "none")


def test_what_is_forgotten_twice_leaves_once(spool: Spool):
    spool.keep(batch("1"))
    spool.keep(batch("2"))
    refuse_deletions(spool)
    (first,) = spool.oldest("loadtest", 1)
    spool.forget([first])
    spool.forget([first])
    assert spool.batches("loadtest") == 1
    assert spool.bytes == len(first.body)
    assert [kept.lines() for kept in spool.oldest("loadtest", 9)] == [["m f=2 0"]]


def test_a_spool_of_many_small_batches_is_found_whole(tmp_path: Path):
    """How long a found file may be read follows from its size: none of ours comes near that."""
    path = tmp_path / "a.spool"
    left = Spool(path, 2**30)
    body = packed(["m f=1 1"])
    rows = [(f"b{i % 2}", f"r{i % 50}", 1, 1, body) for i in range(100_000)]
    left._db.execute("BEGIN")
    left._db.executemany(
        "INSERT INTO batch (bucket, run, requests, points, body) VALUES (?, ?, ?, ?, ?)", rows
    )
    left._db.execute("COMMIT")
    left.close()
    found = Spool(path, 2**30, found=True)
    assert sum(load.requests for load in found.waiting.values()) == 100_000
    found.forget(found.oldest("b1", 1))
    assert found.batches("b1") == 49_999
    found.close()


def test_a_file_that_its_process_had_no_time_to_fill_is_an_empty_spool(tmp_path: Path):
    (tmp_path / "a.spool").touch()
    found = Spool(tmp_path / "a.spool", 1_000, found=True)
    assert found.empty
    assert found.close()


def steps_of(spool: Spool, bucket: str) -> int:
    """Return how many hundreds of SQLite's steps the oldest of *bucket* takes."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    spool._db.set_progress_handler(count, 100)
    try:
        assert len(spool.oldest(bucket, 10)) == 1
    finally:
        spool._db.set_progress_handler(None, 0)
    return steps


def test_the_next_of_a_bucket_is_found_whatever_waits_for_another(spool: Spool):
    for _ in range(1_000):
        spool.keep(batch("1", bucket="other"))
    spool.keep(batch("2"))
    assert steps_of(spool, "loadtest") <= 2


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A spool that another process left: two batches for each of two buckets."""
    path = tmp_path / "left.spool"
    spool = Spool(path, 10**6)
    for text in ("1", "2"):
        spool.keep(batch(text))
        spool.keep(batch(text, bucket="other"))
    spool.close()
    return path


def whole(path: Path) -> bool:
    found = Spool(path, 10**6, found=True)
    try:
        return all(len(found.oldest(bucket, 9)) == 2 for bucket in ("loadtest", "other"))
    finally:
        found.close()


def test_one_of_a_former_version_is_sent_and_has_an_index_from_then_on(left: Path):
    with closing(sqlite3.connect(left)) as db:
        db.execute("DROP INDEX batch_by_bucket")
    assert whole(left)
    with closing(sqlite3.connect(left)) as db:
        assert db.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall() == [
            ("batch_by_bucket",)
        ]


def test_an_index_that_leaves_out_rows_keeps_none_from_being_sent(left: Path):
    with closing(sqlite3.connect(left, isolation_level=None)) as db:
        (ours,) = db.execute("SELECT sql FROM sqlite_master WHERE type = 'index'").fetchone()
        db.execute("DROP INDEX batch_by_bucket")
        db.execute(f"{ours} WHERE id > 3")
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = ? WHERE type = 'index'", (ours,))
    assert whole(left)


def test_one_of_a_former_version_is_sent_though_the_disk_has_no_room_for_an_index(left: Path):
    with closing(sqlite3.connect(left)) as db:
        db.execute("DROP INDEX batch_by_bucket")
        db.execute("PRAGMA journal_mode = DELETE")
    with files_of_at_most(left.stat().st_size):
        assert whole(left)


def test_to_open_what_another_process_left_doesn_t_change_its_age(left: Path):
    os.utime(left, (1, 1))
    assert whole(left)
    assert left.stat().st_mtime == 1
