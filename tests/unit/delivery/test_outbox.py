"""Which batches are sent next, and what becomes of spools that break or that others left."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.spools import leave, sent

from swarmscope.delivery.outbox import Origin, Outbox
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Spool
from swarmscope.spool.file import SpoolFile

WORKER = "locust_worker,host=gen\\ a,run={run},worker=worker-7 requests_seen=9i,final=true 5"


def batch(requests: int, run: str = "mine") -> Batch:
    line = f"locust_stats,name=/a,run={run},worker=worker-7 count={requests}i {requests}"
    return Batch("loadtest", run, requests, [line, WORKER.format(run=run)])


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=tmp_path))
    opened.open()
    yield opened
    opened.close()


def test_live_data_and_backlog_and_leftovers_take_turns(tmp_path: Path, outbox: Outbox):
    leave(tmp_path, *(batch(i, "theirs") for i in range(100, 106)))
    outbox.sweep()
    for i in range(10):
        outbox.keep(batch(i))
    outbox.next(
        "loadtest", 100
    )  # an attempt while the store is away: all of it is backlog from now on
    lanes = []
    for i in range(20, 28):
        outbox.keep(batch(i))
        lane, requests = sent(outbox, outbox.next("loadtest", 2))
        lanes.append(lane)
        if lane is Origin.LIVE:
            assert requests[0] >= 20
        if lane is Origin.BACKLOG:
            assert requests[0] < 10
    assert lanes.count(Origin.LIVE) == 4
    assert {Origin.BACKLOG, Origin.LEFTOVER} <= set(lanes)


def test_each_batch_is_sent_once_whatever_the_turns(tmp_path: Path, outbox: Outbox):
    leave(tmp_path, *(batch(i) for i in range(100, 110)))
    outbox.sweep()
    for i in range(30):
        outbox.keep(batch(i))
    found: list[int] = []
    while (portion := outbox.next("loadtest", 6)) is not None:
        found += sent(outbox, portion)[1]
    assert sorted(found) == [*range(30), *range(100, 110)]


def test_what_a_process_leaves_that_dies_later_is_adopted_while_we_run(
    tmp_path: Path, outbox: Outbox
):
    path = leave(tmp_path, batch(5, "theirs"))
    assert outbox.next("loadtest", 10) is None
    outbox.sweep()
    assert sent(outbox, outbox.next("loadtest", 10)) == (Origin.LEFTOVER, [5])
    outbox.next("loadtest", 10)
    assert not path.exists()


def test_a_sweep_leaves_other_processes_files_and_opens_few_at_once(tmp_path: Path, outbox: Outbox):
    living = SpoolFile.create(tmp_path, "lives")
    Spool(living.path, 10**6).keep(batch(1))
    for i in range(20):
        leave(tmp_path, batch(i, "theirs"))
    outbox.sweep()
    outbox.sweep()
    taken = [path for path in tmp_path.glob("gone-*.spool") if not is_free(path)]
    assert len(taken) == 8


def is_free(path: Path) -> bool:
    free = SpoolFile.orphans(path.parent)
    try:
        return path in [file.path for file in free]
    finally:
        for file in free:
            file.release(remove=False)


def test_what_is_damaged_in_our_own_spool_is_lost_and_the_rest_is_sent(
    tmp_path: Path, outbox: Outbox
):
    for i in (3, 4):
        outbox.keep(batch(i))
    outbox.next("loadtest", 10)  # an attempt that failed
    source = outbox._own[-1]
    source.spool._db.execute("UPDATE batch SET body = substr(body, 1, 20) WHERE requests = 3")
    portion = outbox.next("loadtest", 10)
    assert portion
    assert [kept.requests for kept in portion.batches] == [4]
    ((loss,),) = [outbox.losses()]
    assert (loss.run, loss.requests, loss.points) == ("mine", 3, 2)


def test_what_is_damaged_of_a_leftover_is_added_to_its_workers_account(
    tmp_path: Path, outbox: Outbox
):
    path = leave(tmp_path, batch(3, "theirs"), batch(4, "theirs"))
    spool = Spool(path, 10**6)
    spool._db.execute("UPDATE batch SET body = substr(body, 1, 20) WHERE requests = 4")
    spool.close()
    outbox.sweep()
    assert sent(outbox, outbox.next("loadtest", 10))[1] == [3]
    portion = outbox.next("loadtest", 10) or outbox.next("loadtest", 10)
    assert portion
    assert portion.batches[0].run == "theirs"
    (line,) = portion.batches[0].lines()
    series = "locust_worker,host=gen\\ a,run=theirs,worker=worker-7 "
    assert line.startswith(series + "replay_rejected=0i,replay_lost=4i ")
    assert int(line.rpartition(" ")[2]) <= time.time_ns()
    assert outbox.losses() == []


def test_a_leftover_that_is_no_spool_is_set_aside_and_stops_nothing(
    tmp_path: Path, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "bad.spool").write_bytes(b"not a database at all" * 100)
    outbox.sweep()
    assert "bad.corrupt" in caplog.text
    assert "not known" in caplog.text
    assert not (tmp_path / "bad.spool").exists()
    outbox.keep(batch(1))
    assert sent(outbox, outbox.next("loadtest", 10)) == (Origin.LIVE, [1])


def test_our_own_spool_that_breaks_is_replaced_and_its_loss_counted(
    tmp_path: Path, outbox: Outbox, caplog: pytest.LogCaptureFixture
):
    outbox.keep(batch(5))
    path = next(tmp_path.glob("*.spool"))
    for suffix in ("", "-wal"):
        broken = Path(f"{path}{suffix}")
        with broken.open("r+b") as file:
            file.write(b"\xde\xad" * (broken.stat().st_size // 2))
    outbox.keep(batch(6))
    found: list[int] = []
    while (portion := outbox.next("loadtest", 10)) is not None:
        found += sent(outbox, portion)[1]
    assert sum(found) + sum(loss.requests for loss in outbox.losses()) == 11
    assert 6 in found
    assert "set aside as" in caplog.text


def test_windows_wait_on_disk_again_once_it_is_repaired(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    folder = tmp_path / "spool"
    folder.write_text("in the way")
    outbox = Outbox(Settings(url="http://127.0.0.1:9", spool_dir=folder))
    outbox.open()
    outbox.keep(batch(1))
    folder.unlink()
    outbox.sweep()
    outbox.keep(batch(2))
    assert "wait on disk from now on" in caplog.text
    found: list[int] = []
    while (portion := outbox.next("loadtest", 10)) is not None:
        found += sent(outbox, portion)[1]
    assert sorted(found) == [1, 2]
    outbox.close()
