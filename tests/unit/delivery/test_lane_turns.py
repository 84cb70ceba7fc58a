"""When a lane hurries, rests, looks around for more, gives up an answer, and is watched."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import gevent
import gevent.socket
import pytest
import urllib3
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.odd_store import DRIP, GOOD, serving_oddly
from tests.fixtures.patience import wait_until
from tests.fixtures.spools import leave

from swarmscope.delivery import Delivery
from swarmscope.delivery.adopted import MOST_ADOPTED
from swarmscope.delivery.backoff import BackOff
from swarmscope.delivery.lane import _LONGEST_REST, MAX_POINTS, Lane
from swarmscope.spool import Batch

RUN = "run-1"
RAW, LONG = "loadtest", "loadtest_long"
Start = Callable[..., Delivery]


def batch(number: int, bucket: str = RAW, *, run: str = RUN, size: int = 1) -> Batch:
    lines = [f"locust_stats,name=/{i},run={run} count=1i {number}" for i in range(size)]
    return Batch(bucket, run, size, lines)


def numbers(fake: FakeInflux) -> list[int]:
    """Return the batches that came, in order."""
    return list(dict.fromkeys(int(line.rpartition(" ")[2]) for line in fake.lines))


def watchdog_lives(delivery: Delivery) -> bool:
    return delivery._watchdog is not None and not delivery._watchdog._greenlet.dead


def test_in_a_hurry_all_of_our_own_is_sent_before_what_others_left(
    start: Start, fake: FakeInflux, tmp_path: Path
):
    for number in (100, 101, 102):
        leave(tmp_path / "spool", batch(number, run="theirs"))
    opened = fake.gates[RAW] = threading.Event()
    delivery = start()
    wait_until(lambda: fake.asked == 3)  # both buckets are known to be there, and one is on its way
    for number in range(4):
        delivery.keep(batch(number, size=MAX_POINTS))
    flushing = gevent.spawn(delivery.flush, 60)
    wait_until(delivery._hurry.is_set)
    opened.set()
    assert flushing.get()
    wait_until(lambda: len(numbers(fake)) == 7)
    assert numbers(fake)[1:5] == [0, 1, 2, 3]


def test_what_others_left_takes_half_of_the_store_s_time_at_most(
    start: Start, fake: FakeInflux, tmp_path: Path
):
    """The pause is as long as the write took; a busy machine makes it longer, never shorter."""
    writes: list[tuple[float, float]] = []

    def answer(_: object) -> Reply:
        began = time.monotonic()
        time.sleep(0.3)
        writes.append((began, time.monotonic()))
        return Reply()

    fake.answer = answer
    for number in (100, 101):
        leave(tmp_path / "spool", batch(number, run="theirs"))
    start()
    wait_until(lambda: len(writes) == 2)
    (began, ended), (again, _) = writes
    assert again - ended > 0.9 * min(ended - began, _LONGEST_REST)


def test_when_there_is_room_again_more_of_what_others_left_is_taken_whatever_was_sent_last(
    start: Start, fake: FakeInflux, tmp_path: Path
):
    last, go_on = threading.Event(), threading.Event()

    def answer(_: object) -> Reply:
        if fake.attempts == MOST_ADOPTED:
            last.set()
            go_on.wait(60)
        return Reply()

    fake.answer = answer
    for number in range(100, 101 + MOST_ADOPTED):
        leave(tmp_path / "spool", batch(number, run="theirs"))
    delivery = start()
    wait_until(last.is_set)
    delivery.keep(batch(0))
    go_on.set()
    wait_until(lambda: len(fake.lines) == MOST_ADOPTED + 2)
    assert numbers(fake)[MOST_ADOPTED] == 0


def still(lane: Lane) -> bool:
    """Whether *lane* does nothing for a while, however often others have their turn."""
    beat = lane.beat
    for _ in range(10):
        gevent.sleep(0.02)
        if not lane.idle or lane.beat != beat:
            return False
    return True


def test_once_all_that_others_left_is_sent_a_lane_does_nothing(
    start: Start, fake: FakeInflux, tmp_path: Path
):
    leave(tmp_path / "spool", batch(100, run="theirs"))
    delivery = start()
    lane = delivery._lanes[RAW]
    lane._back_off = BackOff(0.01, 0.01)  # a store that is well needs no second look
    wait_until(lambda: fake.lines)
    wait_until(lambda: not delivery._outbox._adopted.sources)
    wait_until(lambda: still(lane))


def test_what_others_left_for_a_repaired_bucket_is_sent_as_soon_as_that_is_noticed(
    start: Start, fake: FakeInflux, tmp_path: Path
):
    fake.refusals[LONG] = Reply(404, "no")
    delivery = start()
    wait_until(lambda: delivery._lanes[LONG].refused)
    leave(tmp_path / "spool", batch(100, LONG, run="theirs"))
    delivery._sweep.set()
    wait_until(lambda: delivery._outbox._adopted._alone.paths)
    del fake.refusals[LONG]
    wait_until(lambda: numbers(fake) == [100])


def test_an_answer_that_trickles_in_without_an_end_is_given_up_and_the_batch_sent_again(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    # as in a Locust process, which has all of Python's sockets patched
    monkeypatch.setattr(urllib3.util.connection, "socket", gevent.socket)
    with serving_oddly(GOOD, GOOD, b"HTTP/1.1 204 x\r\nX: " + DRIP) as odd:
        delivery = start(INFLUXDB_V2_URL=odd.url, INFLUXDB_V2_TIMEOUT="500")
        wait_until(lambda: odd.writes >= 2)
        delivery.keep(batch(1))
        wait_until(lambda: "timed out" in caplog.text)
        wait_until(lambda: odd.lines)
        wait_until(lambda: delivery.account(RUN).requests_delivered == 1)


def test_a_name_that_nobody_resolves_is_given_up_and_the_batch_sent_again(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    """The system's resolver knows no time-out of ours."""
    hanging = threading.Event()
    resolve = gevent.socket.getaddrinfo

    def hang(*asked: object) -> object:
        while hanging.is_set():
            gevent.sleep(0.05)
        return resolve(*asked)

    monkeypatch.setattr(gevent.socket, "getaddrinfo", hang)
    monkeypatch.setattr(urllib3.util.connection, "socket", gevent.socket)
    with serving_oddly() as odd:
        delivery = start(INFLUXDB_V2_URL=odd.url, INFLUXDB_V2_TIMEOUT="500")
        wait_until(lambda: odd.writes >= 2)
        hanging.set()
        delivery.keep(batch(1))
        wait_until(lambda: "(no whole answer within 3 s)" in caplog.text)
        hanging.clear()
        wait_until(lambda: delivery.account(RUN).requests_delivered == 1)


def test_a_lane_of_which_no_write_was_answered_yet_can_be_watched(
    start: Start, fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    fake.empty = threading.Event()
    delivery = start(INFLUXDB_V2_TIMEOUT="300")
    wait_until(lambda: "can't take data" in caplog.text)
    fake.empty.set()
    assert watchdog_lives(delivery)


def test_a_lane_that_asks_whether_its_bucket_is_repaired_can_be_watched(
    start: Start, fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    fake.refusals[LONG] = Reply(404, "no")
    delivery = start(INFLUXDB_V2_TIMEOUT="300")
    wait_until(lambda: delivery._lanes[LONG].idle and delivery._lanes[LONG].refused)
    fake.empty = threading.Event()
    wait_until(lambda: "can't take data" in caplog.text)
    fake.empty.set()
    assert watchdog_lives(delivery)


def test_a_disk_that_hangs_once_a_write_is_answered_is_said_too(
    start: Start, fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    asked, answered, repaired = threading.Event(), threading.Event(), threading.Event()

    def answer(_: object) -> Reply:
        asked.set()
        answered.wait(60)
        return Reply()

    fake.answer = answer
    delivery = start(INFLUXDB_V2_TIMEOUT="200")
    delivery.keep(batch(1))
    wait_until(asked.is_set)
    hanging = gevent.spawn(delivery._disk.run, lambda: repaired.wait(60))
    gevent.sleep(0)
    answered.set()
    wait_until(lambda: f"bucket {RAW} has stood still" in caplog.text)
    repaired.set()
    hanging.join()
    assert delivery.flush(60)
