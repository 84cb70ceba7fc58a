"""One bucket that refuses, hangs or is full holds up no other, nor the end of a run."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.patience import wait_until
from tests.fixtures.spools import leave

from swarmscope.delivery import Delivery
from swarmscope.spool import Batch

RUN = "run-1"
RAW, LONG = "loadtest", "loadtest_long"
MISSING = Reply(404, 'bucket "loadtest_long" not found')


def raw(number: int, requests: int = 1) -> Batch:
    line = f"locust_stats,name=/a,run={RUN} count={requests}i {number}"
    return Batch(RAW, RUN, requests, [line])


def minute(number: int, size: int = 1) -> Batch:
    lines = [f"locust_stats,name=/{i},run={RUN} count=9i {number}" for i in range(size)]
    return Batch(LONG, RUN, 0, lines)


def numbers(fake: FakeInflux) -> list[int]:
    return [int(line.rpartition(" ")[2]) for line in fake.lines]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_bucket_that_refuses_holds_up_neither_the_other_nor_the_end(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture, status: int
):
    fake.refusals[LONG] = Reply(status, "no")
    delivery = start()
    for number in range(0, 30, 3):
        delivery.keep(raw(number))
        delivery.keep(minute(number + 1))
        delivery.keep(raw(number + 2))
    assert delivery.flush(60)
    assert sorted(numbers(fake)) == [n for n in range(30) if n % 3 != 1]
    account = delivery.account(RUN)
    assert (account.requests_delivered, account.requests_pending) == (20, 0)
    (said,) = [r.getMessage() for r in caplog.records if "refused the write" in r.getMessage()]
    assert LONG in said
    assert "all else is sent" in said
    assert ("swarmscope buckets create" in said) is (status == 404)


def test_what_a_missing_bucket_keeps_waiting_is_said_at_the_end_and_sent_by_the_next_start(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    fake.refusals[LONG] = MISSING
    first = start()
    for number in range(3):
        first.keep(minute(number))
    assert first.flush(60)
    first.close()
    assert "the bucket loadtest_long (batches: 3) could not be sent" in caplog.text
    assert fake.lines == []
    del fake.refusals[LONG]
    start()
    wait_until(lambda: numbers(fake) == [0, 1, 2])


def test_a_bucket_that_is_created_meanwhile_gets_what_waited_in_order(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    fake.refusals[LONG] = MISSING
    delivery = start()
    for number in range(5):
        delivery.keep(minute(number))
    wait_until(lambda: "refused the write" in caplog.text)
    del fake.refusals[LONG]
    delivery.flush(60)
    wait_until(lambda: numbers(fake) == [0, 1, 2, 3, 4])
    assert "takes data for the bucket loadtest_long again" in caplog.text


def test_a_bucket_that_does_not_answer_holds_up_no_other(
    start: Callable[..., Delivery], fake: FakeInflux
):
    opened = fake.gates[LONG] = threading.Event()
    delivery = start(INFLUXDB_V2_TIMEOUT="60000")
    delivery.keep(minute(0))
    for number in range(1, 6):
        delivery.keep(raw(number))
        # sent while the other write hangs: nothing opens the gate before
        wait_until(lambda: delivery.account(RUN).requests_delivered == number)  # noqa: B023
    assert delivery.flush(60)
    opened.set()
    wait_until(lambda: sorted(numbers(fake)) == list(range(6)))


@pytest.mark.parametrize("reply", [Reply(503, "full"), Reply(429, "quota", {"Retry-After": "60"})])
def test_a_full_bucket_holds_up_neither_the_other_nor_the_end(
    start: Callable[..., Delivery], fake: FakeInflux, reply: Reply
):
    fake.refusals[LONG] = reply
    delivery = start()
    delivery.keep(minute(0))
    delivery.keep(raw(1))
    assert delivery.flush(60)
    assert numbers(fake) == [1]


def test_a_store_that_refuses_all_is_not_waited_for_and_is_told_of_once(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    fake.refusals |= {RAW: Reply(401, "who?"), LONG: Reply(401, "who?")}
    delivery = start()
    delivery.keep(raw(0))
    delivery.keep(minute(1))
    assert not delivery.flush(10_000)
    assert delivery.account(RUN).requests_pending == 1
    assert caplog.text.count("refused the write") == 1


def test_the_end_does_not_wait_for_a_store_that_wants_to_be_left_alone_for_longer(
    start: Callable[..., Delivery], fake: FakeInflux
):
    fake.refusals[RAW] = Reply(429, "later", {"Retry-After": "299"})
    delivery = start()
    delivery.keep(raw(0))
    assert not delivery.flush(200)


def test_raw_data_is_not_dropped_for_what_a_bucket_refuses(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    fake.refusals |= {LONG: MISSING, RAW: Reply(503, "away")}
    delivery = start(SWARMSCOPE_SPOOL_MAX_BYTES="4000")
    delivery.keep(raw(0))
    wait_until(lambda: "refused the write" in caplog.text)
    wait_until(lambda: delivery.account(RUN).points_retried)  # nothing is on its way now
    for number in range(1, 40):
        delivery.keep(minute(number, size=100))
    for number in range(100, 110):
        delivery.keep(raw(number))
    account = delivery.account(RUN)
    assert (account.requests_seen, account.requests_lost) == (11, 0)
    assert account.points_lost > 0
    assert f"windows for the bucket {LONG} are dropped" in caplog.text
    del fake.refusals[RAW]
    assert delivery.flush(60)
    assert numbers(fake) == [0, *range(100, 110)]


def test_what_others_left_for_a_missing_bucket_keeps_nothing_else_of_theirs_waiting(
    start: Callable[..., Delivery], fake: FakeInflux, tmp_path: Path
):
    folder = tmp_path / "spool"
    for number in range(20):
        leave(folder, minute(number))
    for number in range(100, 120):
        leave(folder, raw(number), minute(number))
    fake.refusals[LONG] = MISSING
    start()
    wait_until(lambda: sorted(numbers(fake)) == list(range(100, 120)))
    wait_until(lambda: len(list(folder.glob("gone-*.spool"))) == 40)
    fake.lines.clear()
    del fake.refusals[LONG]  # nothing of its own waits for it: it is noticed all the same
    wait_until(lambda: sorted(numbers(fake)) == [*range(20), *range(100, 120)])
    wait_until(lambda: not list(folder.glob("gone-*.spool")))


def test_what_others_left_for_a_bucket_of_another_name_is_sent_there(
    start: Callable[..., Delivery], fake: FakeInflux, tmp_path: Path
):
    leave(tmp_path / "spool", Batch("elsewhere", "theirs", 1, ["locust_stats,name=/a count=1i 1"]))
    start()
    wait_until(lambda: fake.buckets == ["elsewhere"])


def test_a_healthy_store_is_written_to_over_one_connection_for_each_bucket(
    start: Callable[..., Delivery], fake: FakeInflux
):
    delivery = start()
    for number in range(10):
        delivery.keep(raw(number))
        delivery.keep(minute(number))
        assert delivery.flush(60)
    assert fake.connections == 2


def test_a_store_that_is_away_is_said_once_and_what_differs_between_buckets_for_each(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    fake.refusals |= {RAW: Reply(503, "away"), LONG: Reply(500, "away")}
    delivery = start()
    # What is logged comes after the answer.
    wait_until(lambda: fake.asked >= 2 and "can't take data" in caplog.text)
    assert caplog.text.count("can't take data") == 1
    fake.refusals |= {RAW: Reply(404, "no raw"), LONG: Reply(404, "no long")}
    delivery.keep(raw(0))
    delivery.keep(minute(1))
    delivery.flush(60)
    wait_until(lambda: caplog.text.count("refused the write") == 2)
    fake.refusals[RAW] = Reply(401, "who?")
    wait_until(lambda: delivery.flush(1) or caplog.text.count("refused the write (401") == 1)
    assert caplog.text.count("refused the write (404: no raw)") == 1
    assert caplog.text.count("refused the write (404: no long)") == 1
