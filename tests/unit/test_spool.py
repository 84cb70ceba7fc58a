"""The spool: on disk before it is sent, bounded, and found again by the next start."""

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.spools import refuse_deletions

from swarmscope.spool import (
    IN_MEMORY,
    Batch,
    Load,
    Spool,
    SpoolCorruptError,
    SpoolError,
)
from swarmscope.spool_file import SpoolFile, salvage


def batch(text: str, *, requests: int = 1, bucket: str = "loadtest", lines: int = 1) -> Batch:
    return Batch(bucket, "run-1", requests, [f"m f={text} {i}" for i in range(lines)])


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


def test_keep_drops_the_oldest_batch_when_full(tmp_path: Path):
    small = Spool(tmp_path / "a.spool", 1)
    assert small.keep(batch("1", requests=3)) == []
    (dropped,) = small.keep(batch("2"))
    assert (dropped.requests, dropped.points) == (3, 1)
    assert [kept.lines() for kept in small.oldest("loadtest", 9)] == [["m f=2 0"]]


def test_a_killed_process_leaves_everything_it_kept(tmp_path: Path):
    script = (
        "import sys, os, signal; from swarmscope.spool import Batch, Spool\n"
        "from swarmscope.spool_file import SpoolFile\n"
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


def test_a_corrupt_file_is_said_with_a_remedy(tmp_path: Path):
    (tmp_path / "a.spool").write_bytes(b"not a database at all" * 100)
    with pytest.raises(SpoolError, match="SWARMSCOPE_SPOOL_DIR") as caught:
        Spool(tmp_path / "a.spool", 1000)
    assert str(tmp_path / "a.spool") in str(caught.value)


def test_a_folder_that_cannot_be_made_is_said_with_a_remedy(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpoolError, match="SWARMSCOPE_SPOOL_DIR"):
        SpoolFile.create(tmp_path / "file" / "spool", "host")


def test_the_folder_is_for_its_owner_only(tmp_path: Path):
    SpoolFile.create(tmp_path / "spool", "host")
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


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


def test_what_can_be_read_of_a_damaged_file_is_saved(tmp_path: Path):
    """A page in the middle of the file is overwritten: what lies elsewhere is whole."""
    path = tmp_path / "a.spool"
    spool = Spool(path, 2**30)
    noise = random.Random(1)
    for i in range(200):
        spool.keep(Batch("loadtest", "r", 1, [f"m f={i},noise={noise.randbytes(500).hex()} {i}"]))
    spool.close()
    with path.open("r+b") as file:
        file.seek(4096 * 15)
        file.write(b"\xff" * 4096)
    with pytest.raises(SpoolCorruptError, match=str(path)):
        Spool(path, 2**30).oldest("loadtest", 1_000)
    saved = list(salvage(path))
    assert 20 < len(saved) < 200
    assert all(kept.lines()[0].startswith("m f=") for kept in saved)
    assert not list(salvage(path, without={kept.id for kept in saved}))
    some = {kept.id for kept in saved[::2]}
    assert [kept.id for kept in salvage(path, without=some)] == [k.id for k in saved[1::2]]


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


def allow_deletions(spool: Spool) -> None:
    spool._db.execute("DROP TRIGGER full")


def in_file(spool: Spool) -> list[int]:
    return [requests for (requests,) in spool._db.execute("SELECT requests FROM batch ORDER BY id")]


def test_what_a_full_disk_would_not_delete_takes_no_room_and_is_not_lost(tmp_path: Path):
    """Two batches fit; the first is stored by now, and still in the file."""
    spool = Spool(tmp_path / "a.spool", 60)
    spool.keep(batch("1", requests=1))
    refuse_deletions(spool)
    spool.forget(spool.oldest("loadtest", 9))
    allow_deletions(spool)
    assert (spool.empty, spool.bytes, spool.waiting) == (True, 0, {})
    assert spool.forgotten == {1}
    assert spool.keep(batch("2", requests=2)) == []
    assert spool.keep(batch("3", requests=3)) == []
    assert in_file(spool) == [1, 2, 3]
    assert [kept.requests for kept in spool.keep(batch("4", requests=4))] == [2]
    assert spool.waiting["loadtest", "run-1"] == Load(requests=7, points=2, batches=2)
    for left in (1, 0):
        assert not spool.empty
        spool.forget(spool.oldest("loadtest", 1))
        assert spool.batches("loadtest") == left
    assert (spool.empty, spool.bytes, in_file(spool)) == (True, 0, [])
    assert spool.forgotten == frozenset()


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


@pytest.mark.parametrize("stored", [0, 1, 2])
def test_a_closed_file_can_go_only_when_all_that_is_in_it_is_stored(tmp_path: Path, stored: int):
    spool = Spool(tmp_path / "a.spool", 10**6)
    for number in range(2):
        spool.keep(batch(str(number)))
    refuse_deletions(spool)
    spool.forget(spool.oldest("loadtest", 9)[:stored])
    # whatever the counters say
    spool.waiting.clear()
    assert spool.close() is (stored == 2)


def test_a_file_that_cannot_be_read_any_more_is_not_taken_for_empty(tmp_path: Path):
    spool = Spool(tmp_path / "a.spool", 10**6)
    spool._db.execute("DROP TABLE batch")
    assert spool.close() is False


@pytest.mark.parametrize("event", ["INSERT", "DELETE"])
def test_a_batch_that_cannot_be_kept_leaves_all_as_it_was(tmp_path: Path, event: str):
    """The room that was made for it is given back, and the next one is kept."""
    spool = Spool(tmp_path / "a.spool", 60)
    spool.keep(batch("1"))
    spool.keep(batch("2"))
    before = (spool.bytes, dict(spool.waiting))
    spool._db.execute(
        f"CREATE TEMP TRIGGER full AFTER {event} ON main.batch "
        "BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
    )
    for _ in range(2):
        with pytest.raises(SpoolError, match=r"a\.spool can't be used: .*disk is full"):
            spool.keep(batch("3"))
        assert (spool.bytes, dict(spool.waiting)) == before
        assert [kept.lines()[0] for kept in spool.oldest("loadtest", 9)] == ["m f=1 0", "m f=2 0"]
    allow_deletions(spool)
    assert [kept.lines()[0] for kept in spool.keep(batch("4"))] == ["m f=1 0"]
    assert [kept.lines()[0] for kept in spool.oldest("loadtest", 9)] == ["m f=2 0", "m f=4 0"]


def test_what_is_dropped_leaves_the_account_of_its_own_run(tmp_path: Path):
    spool = Spool(tmp_path / "a.spool", 60)
    spool.keep(Batch("loadtest", "first", 5, ["m f=1 1"]))
    spool.keep(Batch("loadtest", "second", 7, ["m f=2 2"]))
    spool.keep(Batch("loadtest", "second", 9, ["m f=3 3"]))
    assert spool.waiting == {("loadtest", "second"): Load(requests=16, points=2, batches=2)}
    assert spool.bytes == sum(len(kept.body) for kept in spool.oldest("loadtest", 9))


def test_what_is_being_sent_is_not_dropped(tmp_path: Path):
    spool = Spool(tmp_path / "a.spool", 60)
    for text in ("1", "2"):
        spool.keep(batch(text))
    (first, second) = spool.oldest("loadtest", 9)
    assert spool.keep(batch("3"), spared={first.id}) == [second]
    assert [kept.lines()[0] for kept in spool.oldest("loadtest", 9)] == ["m f=1 0", "m f=3 0"]


def test_expendable_batches_are_dropped_before_older_ones_and_the_new_one_too(tmp_path: Path):
    spool = Spool(tmp_path / "a.spool", 90)

    def keep(text: str, bucket: str) -> list[str]:
        dropped = spool.keep(batch(text, bucket=bucket), expendable={"loadtest_long"})
        return [kept.lines()[0] for kept in dropped]

    assert keep("1", "loadtest") == []
    assert keep("2", "loadtest_long") == []
    assert keep("3", "loadtest") == []
    assert keep("4", "loadtest_long") == ["m f=2 0"]
    assert keep("5", "loadtest") == ["m f=4 0"]
    assert keep("6", "loadtest_long") == ["m f=6 0"]
    assert keep("7", "loadtest") == ["m f=1 0"]
    assert spool.buckets == ["loadtest"]


def test_where_the_expendable_are_not_enough_others_follow_and_each_goes_once(tmp_path: Path):
    spool = Spool(tmp_path / "a.spool", 120)
    for text, bucket in (("2", "loadtest_long"), ("1", "loadtest"), ("3", "loadtest")):
        spool.keep(batch(text, bucket=bucket))
    dropped = spool.keep(batch("4", lines=30), expendable={"loadtest_long"})
    assert [kept.lines()[0] for kept in dropped] == ["m f=2 0", "m f=1 0"]
    assert spool.waiting == {("loadtest", "run-1"): Load(requests=2, points=31, batches=2)}
    assert spool.bytes == sum(len(kept.body) for kept in spool.oldest("loadtest", 99))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["keep", "long", "forget", "part", "refuse", "allow", "reopen"]),
            st.integers(1, 9),
        ),
        max_size=30,
    )
)
def test_the_counts_are_those_of_the_file_whatever_happens(steps: list[tuple[str, int]]):
    """All but what a full disk refused to delete; that isn't known any more after a restart."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.spool"
        spool = Spool(path, 200)
        for step, number in steps:
            if step in ("keep", "long"):
                bucket = "loadtest" if step == "keep" else "loadtest_long"
                with suppress(SpoolError):
                    kept = batch(str(number), requests=number, bucket=bucket, lines=number**2)
                    spool.keep(kept, expendable={"loadtest_long"} if number % 2 else ())
            elif step in ("forget", "part"):
                found = spool.oldest("loadtest", number)
                spool.forget(found[:1] if step == "part" else found)
            elif step == "refuse":
                with suppress(sqlite3.OperationalError):
                    refuse_deletions(spool)
            elif step == "allow":
                spool._db.execute("DROP TRIGGER IF EXISTS full")
            else:
                spool.close()
                spool = Spool(path, 200)
            rows = spool._db.execute("SELECT id, bucket, requests, length(body) FROM batch")
            there = [row for row in rows if row[0] not in spool.forgotten]
            assert spool.bytes == sum(row[3] for row in there)
            assert sum(load.requests for load in spool.waiting.values()) == sum(
                row[2] for row in there
            )
            for bucket in ("loadtest", "loadtest_long"):
                assert spool.batches(bucket) == sum(row[1] == bucket for row in there)
            assert spool.empty is not bool(there)
        assert spool.close() is not bool(there) if steps else True
