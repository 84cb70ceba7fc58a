"""Whose turn it is, what becomes of each kind of source that fails, and what is said of it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.fixtures.spools import damage, files_of_at_most, leave, sent, sources

from swarmscope.delivery.outbox import Origin, Outbox
from swarmscope.delivery.source import Loss
from swarmscope.settings import Settings
from swarmscope.spool import Batch

RAW, LONG = "loadtest", "loadtest_long"
WORKER = "locust_worker,host=a,run={run},worker=worker-7 requests_seen=9i 5"
LIVE, BACKLOG, LEFTOVER = Origin.LIVE, Origin.BACKLOG, Origin.LEFTOVER


def batch(requests: int, bucket: str = RAW, run: str = "mine", size: int = 0) -> Batch:
    line = f'locust_stats,run={run} count={requests}i,text="{os.urandom(size).hex()}" 1'
    return Batch(bucket, run, requests, [line, WORKER.format(run=run)])


@pytest.fixture(autouse=True)
def all_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")


def in_memory(settings: Settings) -> Outbox:
    settings.spool_dir.write_text("in the way")
    outbox = Outbox(settings)
    outbox.open()
    return outbox


def test_of_four_writes_two_are_live_and_one_is_what_others_left(
    settings: Settings, outbox: Outbox
):
    leave(settings.spool_dir, *(batch(number, run="theirs") for number in range(9)))
    outbox.sweep()
    for number in range(9):
        outbox.keep(batch(number))
    turns = []
    for number in range(9, 17):
        turns.append(sent(outbox, outbox.next(RAW, 2))[0])
        outbox.keep(batch(number))
    assert turns == [LIVE, BACKLOG, LIVE, LEFTOVER] * 2


def test_what_is_too_much_for_one_write_of_what_is_new_is_backlog_from_then_on(outbox: Outbox):
    """Or the newest second would wait behind all that an outage piled up."""
    for number in range(1, 9):
        outbox.keep(batch(number))
    assert sent(outbox, outbox.next(RAW, 4)) == (LIVE, [1, 2])
    outbox.keep(batch(9))
    assert sent(outbox, outbox.next(RAW, 4)) == (BACKLOG, [3, 4])
    assert sent(outbox, outbox.next(RAW, 4)) == (LIVE, [9])


def test_what_is_new_stays_where_it_is_while_it_is_not_due_and_all_else_is_sent(
    settings: Settings, outbox: Outbox
):
    for number in (1, 2):
        outbox.keep(batch(number))
    assert outbox.next(RAW, 10)  # an attempt that failed
    leave(settings.spool_dir, batch(3, run="theirs"))
    outbox.sweep()
    outbox.keep(batch(4))
    assert sent(outbox, outbox.next(RAW, 10, live=False)) == (BACKLOG, [1, 2])
    assert sent(outbox, outbox.next(RAW, 10, live=False)) == (LEFTOVER, [3])
    assert outbox.next(RAW, 10, live=False) is None
    outbox.keep(batch(5))
    assert sent(outbox, outbox.next(RAW, 10)) == (LIVE, [4, 5])


def test_in_a_hurry_our_own_come_first_and_the_oldest_of_them(settings: Settings, outbox: Outbox):
    leave(settings.spool_dir, batch(9, run="theirs"))
    outbox.sweep()
    for number in range(4):
        outbox.keep(batch(number))
    turns = [sent(outbox, outbox.next(RAW, 2, hurried=True)) for _ in range(5)]
    assert turns == [*((BACKLOG, [number]) for number in range(4)), (LEFTOVER, [9])]


def test_what_comes_after_a_look_at_an_empty_spool_is_live(outbox: Outbox):
    for _ in range(4):
        assert outbox.next(RAW, 10) is None
    outbox.keep(batch(1))
    assert sent(outbox, outbox.next(RAW, 10)) == (LIVE, [1])


def test_only_the_newest_of_our_own_holds_live_data(outbox: Outbox):
    sources(outbox)[-1].spool._db.execute("PRAGMA query_only = ON")
    outbox.keep(batch(1))
    outbox.sweep()
    outbox.keep(batch(2))
    assert sent(outbox, outbox.next(RAW, 10)) == (LIVE, [2])
    assert sent(outbox, outbox.next(RAW, 10)) == (BACKLOG, [1])


def test_the_next_portion_of_a_bucket_is_all_of_it_that_is_being_sent(
    settings: Settings, outbox: Outbox
):
    leave(settings.spool_dir, batch(9, run="theirs"))
    outbox.sweep()
    assert outbox.next(RAW, 10)
    outbox.keep(batch(1))
    assert outbox.next(RAW, 10, hurried=True)
    own, theirs = sources(outbox)
    assert (list(own.flying), theirs.flying) == ([RAW], {})


def test_what_others_left_is_said_with_its_place_and_when_it_is_delivered(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    path = leave(settings.spool_dir, batch(9, run="theirs"))
    outbox.sweep()
    sent(outbox, outbox.next(RAW, 10))
    outbox.next(RAW, 10)
    assert caplog.messages == [
        f"Another process left unsent windows in {path}: sending them.",
        "Delivered 0 requests that another process left.",
    ]


def test_what_can_not_be_sent_is_not_said_to_be(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    leave(settings.spool_dir, batch(9, LONG))
    while outbox.sweep(frozenset({LONG})):
        pass
    assert caplog.messages == []


def test_a_leftover_that_can_not_be_opened_for_now_is_sent_later(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    path = leave(settings.spool_dir, batch(9, run="theirs"))
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM batch").fetchall()
        outbox.sweep()
    (said,) = caplog.messages
    assert said.startswith(f"The spool {path} is open in another program.")
    assert said.endswith(" It was left by another process and stays where it is.")
    while outbox.sweep():
        pass
    outbox.sweep()
    assert sent(outbox, outbox.next(RAW, 10)) == (LEFTOVER, [9])


def left_damaged(folder: Path, *numbers: int, bucket: str = RAW) -> Path:
    """Leave a spool whose last page is damaged: of batches on a page each, two can't be read."""
    path = leave(folder, *(batch(number, bucket, "theirs", size=2_400) for number in numbers))
    with path.open("r+b") as file:
        file.seek(-4_096, os.SEEK_END)
        file.write(b"\xde\xad" * 2_048)
    return path


def test_what_is_dropped_of_a_damaged_leftover_is_added_to_its_workers_account(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    path = left_damaged(tmp_path, 3, 5, 7, 8)
    outbox = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=tmp_path, spool_max_bytes=1))
    outbox.open()
    assert caplog.messages[0].startswith(f"The spool {path} can't be used: ")
    assert caplog.messages[0].endswith(" It was left by another process.")
    assert sent(outbox, outbox.next(RAW, 10)) == (LEFTOVER, [5])
    outbox.next(LONG, 10)
    portion = outbox.next(RAW, 10)
    assert portion
    assert "replay_lost=3i" in portion.batches[0].lines()[0]
    assert outbox.losses() == []
    outbox.close()


def test_a_leftover_that_breaks_while_we_send_it_stays_one(settings: Settings, outbox: Outbox):
    leave(settings.spool_dir, batch(3, run="theirs"), batch(5, run="theirs"))
    outbox.sweep()
    (_, theirs) = sources(outbox)
    theirs.spool._db.execute("CREATE TABLE other AS SELECT * FROM batch")
    damage(theirs)
    assert outbox.next(RAW, 10) is None
    assert outbox.losses() == []


def test_the_folder_that_fails_is_said_with_what_memory_takes(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    path = sources(outbox)[-1].spool.path
    sources(outbox)[-1].spool._db.execute("PRAGMA query_only = ON")
    outbox.keep(batch(1))
    (said,) = caplog.messages
    assert said.startswith(f"The spool {path} can't be used: attempt to write")
    assert "Windows wait in memory (32 MiB at most)" in said
    caplog.clear()
    settings = Settings(url="http://127.0.0.1:9", spool_dir=settings.spool_dir / "no")
    in_memory(settings).close()
    assert caplog.messages[0].startswith(f"The spool {settings.spool_dir} can't be used: ")


def test_memory_that_breaks_loses_what_waited_in_it_and_goes_on(settings: Settings):
    outbox = in_memory(settings)
    for number, run in ((1, "first"), (2, "first"), (4, "second")):
        outbox.keep(batch(number, run=run))
    damage(sources(outbox)[-1])
    assert outbox.next(RAW, 10) is None
    assert outbox.losses() == [Loss("first", 3, 4), Loss("second", 4, 2)]
    outbox.keep(batch(8))
    assert sent(outbox, outbox.next(RAW, 10))[1] == [8]
    outbox.close()


def test_a_spool_that_breaks_is_said_once_though_it_is_looked_at_again(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    outbox.keep(batch(1))
    outbox.keep(batch(2, LONG))
    (source,) = sources(outbox)
    assert outbox.next(RAW, 100)
    damage(source)
    for _ in range(3):
        assert outbox.next(LONG, 100) is None
    (said,) = caplog.messages
    assert said.startswith(f"The spool {source.spool.path} can't be used: no such column")


def test_a_spool_that_breaks_is_left_for_a_new_one_with_the_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    outbox = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=tmp_path, spool_max_bytes=1))
    outbox.open()
    (source,) = sources(outbox)
    path = Path(source.spool.path)
    outbox.keep(batch(1))
    for suffix in ("", "-wal"):
        broken = Path(f"{path}{suffix}")
        with broken.open("r+b") as file:
            file.write(b"\xde\xad" * (broken.stat().st_size // 2))
    # What was rescued fills the new one, and makes room as in any other.
    assert [gone.requests for gone in outbox.keep(batch(2), frozenset({LONG}))] == [1]
    assert caplog.messages[0].startswith(f"Another program cut off, replaced or removed {path}-wal")
    assert caplog.messages[0].endswith(" Windows wait in a new one from now on.")
    outbox.close()


def test_a_leftover_that_can_not_be_read_is_said_once_until_it_could_be(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    path = leave(settings.spool_dir, *(batch(number, run="theirs") for number in (1, 2)))
    outbox.sweep()
    (_, theirs) = sources(outbox)
    caplog.clear()
    whole, closed = theirs.spool._db, sqlite3.connect(":memory:")
    closed.close()
    for times in (1, 2):
        theirs.spool._db = closed
        for _ in range(4):
            assert outbox.next(RAW, 10) is None
        assert len(caplog.messages) == times
        theirs.spool._db = whole
        assert outbox.next(RAW, 10)
    assert caplog.messages[0].startswith(f"The spool {path} can't be used: ")


def test_damaged_windows_are_said_with_their_place(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    outbox.keep(batch(3))
    (source,) = sources(outbox)
    source.spool._db.execute("UPDATE batch SET body = x'00'")
    assert outbox.next(RAW, 10, hurried=True) is None
    assert caplog.messages == [f"What is damaged in {source.spool.path} is lost: 1 window."]


def test_what_a_dead_process_left_damaged_waits_in_memory_when_no_disk_takes_it(
    settings: Settings, outbox: Outbox
):
    """It can't be left alone, even if its bucket refuses, and stays a leftover if memory breaks."""
    left_damaged(settings.spool_dir, *range(12), bucket=LONG)
    with files_of_at_most(10 * 4_096):
        outbox.sweep()
    (_, theirs) = sources(outbox)
    assert theirs.file is None
    outbox.sweep(frozenset({LONG}))
    assert sent(outbox, outbox.next(LONG, 2)) == (LEFTOVER, [0])
    damage(theirs)
    assert outbox.next(LONG, 2) is None
    assert outbox.losses() == []
