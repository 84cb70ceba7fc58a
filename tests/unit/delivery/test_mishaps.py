"""What a delivery makes of errors of its own, and of a spool that breaks while two lanes send."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import gevent
import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.patience import wait_until
from tests.fixtures.spools import leave

from swarmscope.delivery import Delivery
from swarmscope.settings import Settings
from swarmscope.spool import Batch

RAW, LONG = "loadtest", "loadtest_long"
Start = Callable[..., Delivery]


def batch(bucket: str, run: str = "run-1") -> Batch:
    return Batch(bucket, run, 1, [f"locust_stats,name=/{bucket},run={run} count=1i 1"])


def test_what_another_lane_finds_broken_is_sent_as_soon_as_nothing_of_it_is_on_its_way(
    start: Start, fake: FakeInflux
):
    opened = fake.gates[RAW] = Event()
    fake.refusals[LONG] = Reply(503, "busy")
    delivery = start()
    delivery.keep(batch(RAW))
    delivery.keep(batch(LONG))
    wait_until(lambda: fake.asked >= 4)  # with the two empty ones at the start
    (source,) = delivery._outbox._own
    # What is in the file can be read by whoever opens it anew.
    delivery._disk.run(lambda: source.spool._db.execute("CREATE TEMP VIEW batch AS SELECT 1 AS id"))
    del fake.refusals[LONG]
    wait_until(lambda: source.broken)
    wait_until(lambda: delivery._lanes[LONG].idle)
    assert fake.buckets == []
    opened.set()
    wait_until(lambda: fake.buckets == [RAW, LONG])


def test_an_error_of_ours_while_others_files_are_looked_for_is_said_and_the_next_look_finds_them(
    start: Start, fake: FakeInflux, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    delivery = start()
    own, delivery._outbox._own = delivery._outbox._own, []
    delivery._sweep.set()
    wait_until(lambda: caplog.messages)
    assert caplog.messages == ["What other processes left can't be looked at now."]
    delivery._outbox._own = own
    leave(tmp_path / "spool", batch(RAW, "theirs"))
    delivery._sweep.set()
    wait_until(lambda: fake.buckets == [RAW])


@pytest.mark.parametrize("end", [Delivery.close, Delivery.abandon])
def test_a_delivery_that_was_never_started_can_be_ended(
    tmp_path: Path, end: Callable[[Delivery], None]
):
    settings = Settings(url="http://127.0.0.1:9", spool_dir=tmp_path / "spool")
    end(Delivery(settings))
    assert not settings.spool_dir.exists()


@pytest.mark.long
def test_a_disk_that_hangs_after_the_end_keeps_no_last_word_waiting_for_long(start: Start):
    delivery = start()
    delivery.close()
    opened = Event()
    hanging = gevent.spawn(delivery._disk.run, lambda: opened.wait(60))
    gevent.sleep(0)
    delivery.keep(batch(RAW))
    assert not hanging.ready()
    opened.set()
    hanging.join()
