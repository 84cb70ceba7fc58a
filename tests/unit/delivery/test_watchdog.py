"""Delivery that stands still is said once, with what its threads do, and so is its going on."""

import threading
from collections.abc import Callable
from pathlib import Path

import gevent
import pytest
from gevent.monkey import get_original
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.patience import wait_until

from swarmscope.delivery import Delivery
from swarmscope.delivery.native import NativeThread
from swarmscope.spool import Batch

ONE = Batch("loadtest", "r", 1, ["locust_stats,name=/a,run=r count=1i 1"])


@pytest.mark.long
def test_a_disk_that_hangs_is_said_once_with_where_it_hangs_and_so_is_its_return(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    # a write may then take 1.2 s
    delivery = start(INFLUXDB_V2_TIMEOUT="200")
    opened = threading.Event()

    def a_disk_that_hangs() -> None:
        opened.wait(60)

    gevent.spawn(delivery._disk.run, a_disk_that_hangs)
    gevent.sleep(0)
    kept = gevent.spawn(delivery.keep, ONE)
    delivery._wake_all()
    # Lanes are looked at one by one, in no order.
    wait_until(lambda: "bucket loadtest has stood still" in caplog.text)
    said = [r.getMessage() for r in caplog.records if "stood still" in r.getMessage()]
    (raw,) = [text for text in said if "bucket loadtest has" in text]
    assert "disk, busy for" in raw
    assert "a_disk_that_hangs" in raw
    assert "test_watchdog.py" in raw
    wait_until(lambda: delivery._disk.busy_s > 4)  # many looks later
    opened.set()
    wait_until(lambda: "Delivery to the bucket loadtest goes on" in caplog.text)
    kept.join()
    assert delivery.flush(60)
    again = [r.getMessage() for r in caplog.records if "bucket loadtest has" in r.getMessage()]
    assert again == [raw]


@pytest.mark.long
@pytest.mark.parametrize(
    "reply", [Reply(503, "no"), pytest.param(Reply(404, "no"), marks=pytest.mark.long)]
)
def test_a_store_that_takes_nothing_is_no_standstill(
    start: Callable[..., Delivery],
    fake: FakeInflux,
    caplog: pytest.LogCaptureFixture,
    reply: Reply,
):
    """Pauses grow far beyond what a single write may take."""
    fake.refusals["loadtest"] = reply
    # So that it would speak after 2.7 s: a pause is 4 s long, a busy machine's not that long.
    delivery = start(INFLUXDB_V2_TIMEOUT="300")
    delivery.keep(ONE)
    wait_until(lambda: fake.asked >= 6)  # two at the start, and four with pauses in between
    assert "stood still" not in caplog.text


def test_what_a_native_thread_does_is_known_while_it_does_it(tmp_path: Path):
    thread = NativeThread("worker")
    assert (thread.doing(), thread.busy_s) == ("", 0.0)
    started, done = threading.Event(), threading.Event()
    sleep = get_original("time", "sleep")

    def busy() -> int:
        started.set()
        while not done.is_set():
            sleep(0.001)
        return 5

    result = gevent.spawn(thread.run, busy)
    wait_until(started.is_set)
    assert " busy" in thread.doing()
    assert thread.busy_s > 0
    done.set()
    assert result.get() == 5
    assert (thread.doing(), thread.busy_s) == ("", 0.0)


def test_what_fails_on_a_native_thread_fails_for_who_asked():
    thread = NativeThread("worker")
    with pytest.raises(ZeroDivisionError):
        thread.run(lambda: 1 // 0)
    assert thread.doing() == ""


@pytest.mark.long
def test_a_disk_that_hangs_keeps_no_process_from_ending(
    start: Callable[..., Delivery], fake: FakeInflux
):
    delivery = start()
    opened = threading.Event()
    hanging = gevent.spawn(delivery._disk.run, lambda: opened.wait(60))
    gevent.sleep(0)
    delivery.close()
    assert not opened.is_set()
    assert not hanging.ready()
    opened.set()
    hanging.join()
