"""What a delivery and its lanes do besides sending: counting, looking around, waiting, ending."""

import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import gevent
import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.patience import wait_until
from tests.fixtures.spools import leave

from swarmscope.delivery import Delivery
from swarmscope.spool import Batch

RUN = "run-1"
RAW, LONG = "loadtest", "loadtest_long"
Start = Callable[..., Delivery]


def batch(requests: int, bucket: str = RAW, run: str = RUN) -> Batch:
    return Batch(bucket, run, requests, [f"locust_stats,run={run} count={requests}i {requests}"])


def test_what_was_dropped_before_it_became_points_is_seen_and_lost(start: Start):
    delivery = start()
    delivery.lose(RUN, 3)
    delivery.lose(RUN, 4)
    account = delivery.account(RUN)
    assert (account.requests_seen, account.requests_lost, account.points_lost) == (7, 7, 0)


def test_what_neither_disk_nor_memory_takes_is_lost_and_said(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "file").write_text("in the way")
    delivery = start(SWARMSCOPE_SPOOL_DIR=str(tmp_path / "file"))
    delivery._outbox._own[-1].spool._db.execute("PRAGMA query_only = ON")
    delivery.keep(batch(5))
    account = delivery.account(RUN)
    assert (account.requests_seen, account.requests_lost, account.points_lost) == (5, 5, 1)
    assert "could neither be kept on disk nor in memory: it is lost" in caplog.text


def test_runs_of_dead_processes_that_were_sent_are_told_once(
    start: Start, fake: FakeInflux, tmp_path: Path
):
    leave(tmp_path / "spool", batch(1, run="theirs"))
    delivery = start()
    wait_until(lambda: fake.lines)
    wait_until(lambda: not delivery._outbox._adopted.sources)
    assert delivery.take_replayed() == {"theirs"}
    assert delivery.take_replayed() == set()


def test_what_is_left_meanwhile_is_sent_but_for_what_a_bucket_refuses(
    start: Start, fake: FakeInflux, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    fake.refusals[LONG] = Reply(404, "no")
    delivery = start()
    wait_until(lambda: delivery._lanes[LONG].refused)
    leave(tmp_path / "spool", batch(1, LONG, "theirs"))
    for number in (2, 3):
        leave(tmp_path / "spool", batch(number, run="theirs"))
        delivery._sweep.set()
        wait_until(lambda: len(fake.lines) == number - 1)  # noqa: B023
    wait_until(lambda: not delivery._outbox._adopted.sources)
    wait_until(lambda: len(list((tmp_path / "spool").glob("gone-*.spool"))) == 1)
    assert "can't be looked at" not in caplog.text


def test_all_that_others_left_is_sent_though_few_files_are_open_at_once(
    start: Start, fake: FakeInflux, tmp_path: Path
):
    for number in range(20):
        leave(tmp_path / "spool", batch(number, run="theirs"))
    start()
    wait_until(lambda: len(fake.lines) == 20)


def test_a_flush_ends_when_its_time_is_over_and_leaves_no_hurry(start: Start, fake: FakeInflux):
    opened = fake.gates[RAW] = threading.Event()
    delivery = start()
    delivery.keep(batch(1))
    assert not delivery.flush(0.1)
    assert not delivery._hurry.is_set()
    assert delivery._waiting == set()
    opened.set()
    assert delivery.flush(60)


def test_a_flush_waits_a_moment_for_what_nothing_hangs_on(start: Start, fake: FakeInflux):
    opened = fake.gates[LONG] = threading.Event()
    delivery = start()
    delivery.keep(batch(1, LONG))
    assert delivery.flush(0.1)
    flushing = gevent.spawn(delivery.flush, 60)
    gevent.sleep(0.05)
    assert not flushing.ready()
    opened.set()
    assert flushing.get()
    wait_until(lambda: fake.buckets == [LONG])


def test_who_waits_for_all_to_be_sent_waits_as_long_as_that_takes(start: Start, fake: FakeInflux):
    opened = fake.gates[RAW] = threading.Event()
    delivery = start()
    delivery.keep(batch(1))
    waiting = gevent.spawn(delivery.drained)
    gevent.sleep(0.05)
    assert not waiting.ready()
    opened.set()
    waiting.get()
    assert delivery.account(RUN).requests_pending == 0


def test_a_bucket_that_nobody_named_gets_a_lane_with_its_first_batch(
    start: Start, fake: FakeInflux
):
    start().keep(batch(1, "elsewhere"))
    wait_until(lambda: fake.buckets == ["elsewhere"])


def test_a_disk_that_hangs_is_said_of_each_thread_by_name(
    start: Start, caplog: pytest.LogCaptureFixture
):
    delivery = start(INFLUXDB_V2_TIMEOUT="20")
    opened = threading.Event()
    gevent.spawn(delivery._disk.run, lambda: opened.wait(60))
    gevent.sleep(0)
    keeping = [gevent.spawn(delivery.keep, batch(number)) for number in (1, 2)]
    gevent.sleep(0)
    assert delivery._keeping == 2
    delivery._wake_all()
    wait_until(lambda: "\ndisk, busy for" in caplog.text)
    assert not delivery.flush(0)
    opened.set()
    gevent.joinall(keeping)
    assert {lane.thread.name for lane in delivery._lanes.values()} == {
        f"network, bucket {bucket}" for bucket in (RAW, LONG)
    }


def greenlets(delivery: Delivery) -> list[gevent.Greenlet]:
    assert delivery._sweeper is not None
    assert delivery._watchdog is not None
    lanes = [lane._greenlet for lane in delivery._lanes.values()]
    return [delivery._sweeper, delivery._watchdog._greenlet, *lanes]


def test_a_child_abandons_a_delivery_without_waiting_for_anything(start: Start):
    delivery = start()
    gevent.sleep(0.01)
    delivery.abandon()
    assert not any(greenlet.dead for greenlet in greenlets(delivery))
    wait_until(lambda: all(greenlet.dead for greenlet in greenlets(delivery)))


def test_the_end_stops_everything_and_says_what_an_optional_bucket_kept_waiting(
    start: Start, fake: FakeInflux, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    fake.refusals[LONG] = Reply(404, "no")
    delivery = start()
    delivery.keep(batch(1, LONG))
    assert delivery.flush(60)
    delivery.close()
    assert all(greenlet.dead for greenlet in greenlets(delivery))
    assert (
        f"What waits for the bucket {LONG} (batches: 1) could not be sent. It is kept in "
        f"{tmp_path / 'spool'};"
    ) in caplog.text


def test_an_error_of_ours_is_said_with_the_bucket_and_followed_by_a_pause(
    start: Start, caplog: pytest.LogCaptureFixture
):
    delivery = start()
    delivery._hurry.set()
    before = monotonic()
    delivery._lanes[RAW]._guarded([].pop)
    assert caplog.messages == [
        f"Delivery to the bucket {RAW} failed; the batch is kept and tried again."
    ]
    assert delivery._lanes[RAW].beat > before


def test_a_lane_is_idle_while_nothing_waits_and_asks_the_store_nothing(
    start: Start, fake: FakeInflux
):
    opened = fake.gates[RAW] = threading.Event()
    delivery = start()
    lane = delivery._lanes[RAW]
    wait_until(lambda: lane.idle is True)
    wait_until(lambda: fake.asked == 2)
    before = lane.beat
    delivery.keep(batch(1))
    wait_until(lambda: fake.asked == 3)
    assert lane.idle is False
    assert lane.beat > before
    opened.set()
    assert delivery.flush(60)
    wait_until(lambda: lane.idle is True)
    assert fake.asked == 3


def test_a_repaired_bucket_is_noticed_though_nothing_waits_for_it(
    start: Start, fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    fake.refusals[LONG] = Reply(404, "no")
    lane = start()._lanes[LONG]
    wait_until(lambda: lane.refused)
    del fake.refusals[LONG]
    wait_until(lambda: not lane.refused)
    assert f"takes data for the bucket {LONG} again" in caplog.text


def test_a_store_that_is_busy_refuses_nothing_and_is_left_alone_as_long_as_it_wants(
    start: Start, fake: FakeInflux
):
    fake.refusals[RAW] = Reply(429, "later", {"Retry-After": "299"})
    delivery = start()
    delivery.keep(batch(1))
    lane = delivery._lanes[RAW]
    wait_until(lambda: lane.paused_until > monotonic() + 100)
    wait_until(lambda: fake.asked >= 3)
    gevent.sleep(0.05)
    assert lane.beat > monotonic() + 100
    assert not lane.refused
    assert delivery._outbox._own[0].flying == {}
    assert (fake.asked, delivery.account(RUN).points_retried) == (3, 1)


def test_a_store_that_was_busy_is_tried_again_without_any_hurry(start: Start, fake: FakeInflux):
    fake.refusals[RAW] = Reply(503, "busy")
    delivery = start()
    delivery.keep(batch(1))
    wait_until(lambda: fake.asked >= 3)
    del fake.refusals[RAW]
    wait_until(lambda: fake.lines)


def test_a_store_that_leaves_in_the_middle_is_no_error_of_ours(
    start: Start, fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    replies = iter([Reply(413, "too large"), Reply(503, "busy")])
    fake.answer = lambda _: next(replies, Reply())
    delivery = start()
    delivery.keep(Batch(RAW, RUN, 3, [*batch(1).lines, *batch(2).lines]))
    wait_until(lambda: delivery.account(RUN).points_retried == 2)
    assert delivery.flush(60)
    assert delivery.account(RUN).requests_delivered == 3
    assert "is kept and tried again" not in caplog.text


def test_what_an_optional_bucket_may_still_take_is_not_dropped_first(
    start: Start, fake: FakeInflux
):
    fake.refusals |= {RAW: Reply(503, "busy"), LONG: Reply(503, "busy")}
    delivery = start(SWARMSCOPE_SPOOL_MAX_BYTES="1")
    delivery.keep(batch(1))
    wait_until(lambda: delivery.account(RUN).points_retried == 1)
    delivery.keep(batch(2, LONG))
    assert delivery.account(RUN).requests_lost == 1
