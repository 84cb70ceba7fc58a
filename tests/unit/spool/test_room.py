"""A spool without room: what it drops, what a full disk refuses, and that the counts stay true."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.spools import batch, refuse_deletions

from swarmscope.spool import Batch, Load, Spool, SpoolError


def test_keep_drops_the_oldest_batch_when_full(tmp_path: Path):
    small = Spool(tmp_path / "a.spool", 1)
    assert small.keep(batch("1", requests=3)) == []
    (dropped,) = small.keep(batch("2"))
    assert (dropped.requests, dropped.points) == (3, 1)
    assert [kept.lines() for kept in small.oldest("loadtest", 9)] == [["m f=2 0"]]


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
    assert spool.ids == frozenset()
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
    assert spool.ids == frozenset()


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
            there = [row for row in rows if row[0] not in spool._forgotten]
            assert spool.ids == {row[0] for row in there}
            assert spool.bytes == sum(row[3] for row in there)
            assert sum(load.requests for load in spool.waiting.values()) == sum(
                row[2] for row in there
            )
            for bucket in ("loadtest", "loadtest_long"):
                assert spool.batches(bucket) == sum(row[1] == bucket for row in there)
            assert spool.empty is not bool(there)
        assert spool.close() is not bool(there) if steps else True
