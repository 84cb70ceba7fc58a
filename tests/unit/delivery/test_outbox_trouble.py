"""What becomes of waiting batches when disks refuse, spools fill up, and several lanes send."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.fixtures.spools import damage, leave, refuse_deletions, sent, sources

from swarmscope.delivery.outbox import Outbox
from swarmscope.delivery.source import Source
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Spool

RAW, LONG = "loadtest", "loadtest_long"
WORKER = "locust_worker,host=a,run={run},worker=worker-7 requests_seen=9i 5"


def batch(requests: int, bucket: str = RAW, run: str = "mine") -> Batch:
    line = f"locust_stats,name=/a,run={run} count={requests}i {requests}"
    return Batch(bucket, run, requests, [line, WORKER.format(run=run)])


def left(folder: Path) -> list[int]:
    """Return what a next start would find."""
    found: list[int] = []
    for path in folder.glob("*.spool"):
        spool = Spool(path, 10**6)
        found += [kept.requests for b in spool.buckets for kept in spool.oldest(b, 10**6)]
        spool.close()
    return sorted(found)


def test_closing_deletes_no_batch_that_is_not_stored(settings: Settings):
    """One is stored and can't be deleted; another comes into the spool that seems full of it."""
    outbox = Outbox(settings)
    outbox.open()
    outbox.keep(batch(1))
    (source,) = sources(outbox)
    refuse_deletions(source.spool)
    sent(outbox, outbox.next(RAW, 100))
    assert (outbox.own_batches(RAW), outbox.own_bytes) == (0, 0)
    outbox.keep(batch(2))
    assert outbox.own_batches(RAW) == 1
    outbox.close()
    # sent twice: it lands on itself
    assert left(settings.spool_dir) == [1, 2]


def test_a_file_whose_counters_are_wrong_is_not_deleted(settings: Settings, outbox: Outbox):
    outbox.keep(batch(1))
    (source,) = sources(outbox)
    source.spool.waiting.clear()
    outbox.close()
    assert left(settings.spool_dir) == [1]


def test_what_one_lane_sends_is_not_dropped_for_what_comes_in(tmp_path: Path):
    outbox = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=tmp_path, spool_max_bytes=1))
    outbox.open()
    outbox.keep(batch(1))
    portion = outbox.next(RAW, 100)
    assert portion
    assert outbox.keep(batch(2)) == []
    assert [kept.requests for kept in outbox.keep(batch(3))] == [2]
    outbox.forget(portion)
    assert outbox.own_batches(RAW) == 1
    assert sent(outbox, outbox.next(RAW, 100))[1] == [3]
    outbox.close()


@pytest.mark.parametrize("how", ["put back", "sent again"])
def test_what_could_not_be_sent_may_be_dropped_again(tmp_path: Path, how: str):
    outbox = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=tmp_path, spool_max_bytes=1))
    outbox.open()
    outbox.keep(batch(1))
    outbox.next(RAW, 100)
    if how == "put back":
        outbox.put_back(RAW)
    else:
        outbox.keep(batch(2))
        outbox.next(LONG, 100)  # nothing changes for the other bucket
        assert [kept.requests for kept in outbox.keep(batch(3))] == [2]
        sent(outbox, outbox.next(RAW, 1))
        assert [kept.requests for kept in outbox.keep(batch(4))] == [3]
        return
    assert [kept.requests for kept in outbox.keep(batch(2))] == [1]
    outbox.close()


def test_a_broken_spool_is_replaced_only_when_no_lane_sends_from_it(
    settings: Settings, outbox: Outbox
):
    outbox.keep(batch(1))
    outbox.keep(batch(2, LONG))
    (source,) = sources(outbox)
    portion = outbox.next(RAW, 100)
    assert portion
    damage(source)
    assert outbox.next(LONG, 100) is None
    assert source.broken
    assert sources(outbox) == [source]
    outbox.forget(portion)
    assert source not in sources(outbox)
    assert outbox.own_batches(RAW) == 0
    again = outbox.next(LONG, 100)
    found = [kept.requests for kept in again.batches] if again else []
    # nothing twice: what was sent isn't found again, what wasn't is found or lost
    assert sum(found) + sum(loss.requests for loss in outbox.losses()) == 2


def test_memory_is_used_once_however_often_the_disk_comes_and_goes(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    for number in (1, 2, 3):
        break_disk(sources(outbox)[-1])
        outbox.keep(batch(number))
        outbox.sweep()
        outbox.keep(batch(number + 10))
    memory = [source for source in sources(outbox) if source.file is None]
    assert len(memory) == 1
    assert caplog.text.count("wait in memory") == 3
    found: list[int] = []
    while (portion := outbox.next(RAW, 100)) is not None:
        found += sent(outbox, portion)[1]
    assert sorted(found) == [1, 2, 3, 11, 12, 13]


def break_disk(source: Source) -> None:
    source.spool._db.execute("PRAGMA query_only = ON")


def test_what_waited_in_memory_is_put_on_disk_at_the_end_if_that_works_again(settings: Settings):
    settings.spool_dir.write_text("in the way")
    outbox = Outbox(settings)
    outbox.open()
    for number in (1, 2):
        outbox.keep(batch(number))
        outbox.keep(batch(number + 10, LONG))
    settings.spool_dir.unlink()
    outbox.close()
    assert left(settings.spool_dir) == [1, 2, 11, 12]


def test_what_is_lost_with_the_memory_is_said(settings: Settings, caplog: pytest.LogCaptureFixture):
    settings.spool_dir.write_text("in the way")
    outbox = Outbox(settings)
    outbox.open()
    for number in (1, 2):
        outbox.keep(batch(number))
    outbox.close()
    assert "What waited in memory is lost with this process: 3 requests." in caplog.text


def test_memory_in_which_nothing_waits_leaves_no_file(settings: Settings):
    settings.spool_dir.write_text("in the way")
    outbox = Outbox(settings)
    outbox.open()
    settings.spool_dir.unlink()
    outbox.close()
    assert not settings.spool_dir.exists()


def test_what_an_amendment_takes_the_room_of_is_lost(tmp_path: Path):
    """The dead worker's account needs its correction; our own oldest window makes room for it."""
    path = leave(tmp_path, batch(3, run="theirs"), batch(4, run="theirs"))
    spool = Spool(path, 10**6)
    spool._db.execute("UPDATE batch SET body = substr(body, 1, 20) WHERE requests = 4")
    spool.close()
    outbox = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=tmp_path, spool_max_bytes=1))
    outbox.open()
    outbox.keep(batch(8))
    found = []
    for _ in range(4):
        portion = outbox.next(RAW, 100)
        if portion and portion.source.leftover:
            found += sent(outbox, portion)[1]
    assert found == [3]
    (loss,) = outbox.losses()
    assert (loss.run, loss.requests, loss.points) == ("mine", 8, 2)
    (line,) = sent_lines(outbox)
    assert "replay_rejected=0i,replay_lost=4i" in line
    outbox.close()


def sent_lines(outbox: Outbox) -> list[str]:
    portion = outbox.next(RAW, 100, hurried=True)
    assert portion
    outbox.forget(portion)
    return [line for kept in portion.batches for line in kept.lines()]


def test_a_leftover_that_cannot_be_read_now_keeps_nothing_else_waiting(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    path = leave(settings.spool_dir, batch(5, run="theirs"))
    path.chmod(0o600)
    outbox.sweep()
    (_, theirs) = sources(outbox)
    whole, theirs.spool._db = theirs.spool._db, sqlite3.connect(":memory:")
    theirs.spool._db.close()
    outbox.keep(batch(1))
    for _ in range(3):
        portion = outbox.next(RAW, 100)
        if portion:
            assert sent(outbox, portion)[1] == [1]
    assert caplog.text.count("is tried again; all else is sent") == 1
    theirs.spool._db = whole


def test_a_damaged_spool_whose_disk_is_full_by_now_goes_on_in_memory(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    for number in (1, 2):
        outbox.keep(batch(number))
    (source,) = sources(outbox)
    backup = settings.spool_dir.parent / "backup"
    shutil.copytree(settings.spool_dir, backup)
    damage(source)
    shutil.rmtree(settings.spool_dir)
    settings.spool_dir.write_text("in the way")
    outbox.next(RAW, 100)
    (replaced,) = sources(outbox)
    assert replaced.file is None
    losses = outbox.losses()
    assert sum(loss.requests for loss in losses) == 3
    assert "3 requests are lost" in caplog.text


def swept(outbox: Outbox, *refused: str) -> None:
    while outbox.sweep(frozenset(refused)):
        pass


def test_a_leftover_that_cannot_be_used_is_said_once_and_looked_at_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    bad, worse = (tmp_path / name for name in ("a.spool", "b.spool"))
    for path in (bad, worse):
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE mail (text)")
    outbox = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=tmp_path))
    outbox.open()
    swept(outbox)
    assert [said.partition(" ")[0] for said in caplog.messages] == [str(bad), str(worse)]
    assert caplog.text.count("stays where it is") == 2
    leave(tmp_path, batch(7)).rename(bad)
    swept(outbox)
    assert sent(outbox, outbox.next("loadtest", 9))[1] == [7]
    outbox.close()
