"""Delivery: one path, nothing lost, everything counted, whatever the store answers."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.patience import wait_until

from swarmscope.delivery import Delivery
from swarmscope.recording.points import requests_of
from swarmscope.spool import Batch

RUN = "run-1"


def stats_line(count: int, at: int = 1) -> str:
    return f"locust_stats,name=/a,run={RUN} count={count}i,num_failures=0i {at}"


def batch(*counts: int, extra: tuple[str, ...] = ()) -> Batch:
    lines = [stats_line(count, at) for at, count in enumerate(counts)]
    return Batch("loadtest", RUN, sum(counts), [*lines, *extra])


def test_what_is_kept_arrives_and_is_counted(start: Callable[..., Delivery], fake: FakeInflux):
    delivery = start()
    delivery.keep(batch(3, 4, extra=("locust_users count=1i 1",)))
    assert delivery.flush(60)
    account = delivery.account(RUN)
    assert len(fake.lines) == 3
    assert (account.requests_seen, account.requests_delivered) == (7, 7)
    assert (account.points_written, account.requests_pending) == (3, 0)
    assert delivery.spool_bytes == 0


@pytest.mark.sample(3)
@pytest.mark.parametrize("status", [429, 500, 503, 401, 403, 404, 407])
def test_what_passes_or_can_be_repaired_keeps_everything(
    start: Callable[..., Delivery], fake: FakeInflux, status: int
):
    refusals = iter([Reply(status, "no", {"Retry-After": "1"})] * 2)
    fake.answer = lambda _: next(refusals, Reply())
    delivery = start()
    delivery.keep(batch(5))
    account = delivery.account(RUN)
    wait_until(lambda: account.requests_delivered == 5)
    assert account.requests_rejected == 0
    assert account.points_retried == 2
    assert fake.attempts == 3


def test_a_malformed_line_is_isolated_and_the_rest_is_sent(
    start: Callable[..., Delivery], fake: FakeInflux
):
    def answer(lines: list[str]) -> Reply:
        bad = [line for line in lines if "poison" in line]
        return Reply(400, f"unable to parse '{bad[0]}': bad") if bad else Reply()

    fake.answer = answer
    delivery = start()
    poison = "locust_stats,name=poison,run=run-1 count=9i 5"
    clean = batch(*range(1, 50))
    delivery.keep(Batch("loadtest", RUN, clean.requests + 9, [*clean.lines, poison]))
    assert delivery.flush(60)
    account = delivery.account(RUN)
    assert sorted(fake.lines) == sorted(clean.lines)
    assert (account.requests_delivered, account.requests_rejected) == (clean.requests, 9)
    assert (account.points_written, account.points_rejected) == (49, 1)


def test_a_400_that_names_no_line_blames_none(start: Callable[..., Delivery], fake: FakeInflux):
    replies = iter([Reply(400, "a proxy's page")])
    fake.answer = lambda _: next(replies, Reply())
    delivery = start()
    delivery.keep(batch(5))
    wait_until(lambda: delivery.account(RUN).requests_delivered == 5)


def test_a_body_that_is_too_large_is_halved(start: Callable[..., Delivery], fake: FakeInflux):
    fake.answer = lambda lines: Reply(413, "too large") if len(lines) > 10 else Reply()
    delivery = start()
    delivery.keep(batch(*range(1, 41)))
    assert delivery.flush(60)
    assert len(fake.lines) == 40
    assert delivery.account(RUN).requests_delivered == sum(range(1, 41))


def test_points_dropped_beyond_the_retention_are_the_oldest(
    start: Callable[..., Delivery], fake: FakeInflux
):
    message = "failure writing points: points beyond retention policy dropped=2"
    fake.answer = lambda _: Reply(422, message)
    delivery = start()
    delivery.keep(batch(100, 20, 3))
    assert delivery.flush(60)
    account = delivery.account(RUN)
    assert (account.requests_delivered, account.requests_rejected) == (3, 120)
    assert (account.points_written, account.points_rejected) == (1, 2)
    assert fake.attempts == 1


def test_points_dropped_for_their_type_are_of_the_measurement_that_is_named(
    start: Callable[..., Delivery], fake: FakeInflux
):
    message = (
        'partial write: field type conflict: input field "f" on measurement "locust_users" is '
        "type float, already exists as type integer dropped=1"
    )
    fake.answer = lambda _: Reply(422, message)
    delivery = start()
    delivery.keep(batch(7, extra=("locust_users,run=run-1 f=1.0 1",)))
    assert delivery.flush(60)
    account = delivery.account(RUN)
    assert (account.requests_delivered, account.requests_rejected) == (7, 0)
    assert account.points_rejected == 1


def test_a_store_that_is_away_is_said_at_once_with_what_to_do(
    start: Callable[..., Delivery], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    delivery = start(INFLUXDB_V2_URL="http://127.0.0.1:9")
    assert not delivery.flush(0.5) or delivery.account(RUN).requests_seen == 0
    delivery.keep(batch(5))
    assert not delivery.flush(1)
    (said,) = [r.getMessage() for r in caplog.records if "can't take data" in r.getMessage()]
    assert "swarmscope serve" in said
    assert "INFLUXDB_V2_URL" in said
    assert delivery.account(RUN).requests_pending == 5


def test_a_refused_token_is_said_once_with_the_remedy_and_everything_is_kept(
    start: Callable[..., Delivery], fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    fake.answer = lambda _: Reply(401, "unauthorized access")
    delivery = start()
    for _ in range(3):
        delivery.keep(batch(5))
    assert not delivery.flush(2)
    (said,) = [r.getMessage() for r in caplog.records if "refused the write" in r.getMessage()]
    assert "INFLUXDB_V2_TOKEN" in said
    assert "kept in" in said
    assert delivery.account(RUN).requests_pending == 15
    fake.answer = lambda _: Reply()
    assert delivery.flush(60)
    assert delivery.account(RUN).requests_delivered == 15


def test_what_is_left_is_delivered_by_the_next_start(
    start: Callable[..., Delivery], fake: FakeInflux, tmp_path: Path
):
    first = start(INFLUXDB_V2_URL="http://127.0.0.1:9")
    first.keep(batch(5))
    first.close()
    assert fake.lines == []
    second = start()
    second.keep(batch(1))
    wait_until(lambda: len(fake.lines) == 2)
    wait_until(lambda: len(list((tmp_path / "spool").glob("*.spool"))) == 1)


def test_a_full_spool_counts_what_it_drops_as_lost(
    start: Callable[..., Delivery],
    fake: FakeInflux,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    """What it drops is what never arrives: the rest waits, and is sent by the next start."""
    first = start(INFLUXDB_V2_URL="http://127.0.0.1:9", SWARMSCOPE_SPOOL_MAX_BYTES="1")
    for count in (5, 6, 7, 8):
        first.keep(batch(count))
    account = first.account(RUN)
    first.flush(1)
    first.close()
    assert account.requests_seen == 26
    start()
    wait_until(lambda: fake.lines)
    wait_until(lambda: len(list((tmp_path / "spool").glob("*.spool"))) == 1)
    arrived = sum(requests_of(line) for line in fake.lines)
    assert arrived >= 8
    assert account.requests_lost == 26 - arrived
    assert "SWARMSCOPE_SPOOL_MAX_BYTES" in caplog.text


def test_without_a_folder_windows_wait_in_memory_and_it_is_said(
    start: Callable[..., Delivery],
    fake: FakeInflux,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    (tmp_path / "file").write_text("in the way")
    delivery = start(SWARMSCOPE_SPOOL_DIR=str(tmp_path / "file" / "spool"))
    delivery.keep(batch(5))
    assert delivery.flush(60)
    assert delivery.account(RUN).requests_delivered == 5
    assert "SWARMSCOPE_SPOOL_DIR" in caplog.text
    assert "wait in memory" in caplog.text


def test_buckets_are_written_apart(start: Callable[..., Delivery], fake: FakeInflux):
    delivery = start()
    delivery.keep(batch(1))
    delivery.keep(Batch("loadtest_long", RUN, 0, [stats_line(1)]))
    assert delivery.flush(60)
    assert sorted(fake.buckets) == ["loadtest", "loadtest_long"]
    assert delivery.account(RUN).requests_delivered == 1


def test_a_token_that_is_replaced_in_its_file_is_used_from_the_next_write_on(
    start: Callable[..., Delivery], fake: FakeInflux, tmp_path: Path
):
    file = tmp_path / "token"
    file.write_text("first\n")
    fake.tokens = {"first"}
    delivery = start(INFLUXDB_V2_TOKEN_FILE=str(file))
    delivery.keep(batch(3))
    assert delivery.flush(60)
    file.write_text("second\n")
    fake.tokens = {"second"}
    delivery.keep(batch(4))
    assert delivery.flush(60)
    account = delivery.account(RUN)
    assert (account.requests_delivered, account.points_retried) == (7, 0)


def test_a_token_file_that_comes_late_or_empty_keeps_everything_until_it_is_there(
    start: Callable[..., Delivery],
    fake: FakeInflux,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    file = tmp_path / "token"
    file.write_text("old")
    fake.tokens = {"new"}
    delivery = start(INFLUXDB_V2_TOKEN_FILE=str(file))
    file.write_text("")
    delivery.keep(batch(3))
    assert not delivery.flush(1)
    file.unlink()
    assert not delivery.flush(2)
    assert f"into {file}: it is read again" in caplog.text
    file.write_text("new")
    assert delivery.flush(60)
    assert delivery.account(RUN).requests_delivered == 3


def test_a_token_from_the_environment_is_never_replaced_by_a_files(
    start: Callable[..., Delivery], fake: FakeInflux, tmp_path: Path
):
    file = tmp_path / "token"
    file.write_text("other")
    fake.tokens = {"other"}
    delivery = start(INFLUXDB_V2_TOKEN="mine", INFLUXDB_V2_TOKEN_FILE=str(file))
    delivery.keep(batch(3))
    assert not delivery.flush(2)
    assert delivery.account(RUN).requests_pending == 3


def test_what_is_said_after_the_end_is_sent_at_once(
    start: Callable[..., Delivery], fake: FakeInflux, tmp_path: Path
):
    delivery = start()
    delivery.close()
    delivery.keep(batch(extra=("locust_worker final=false 1",)))
    assert fake.lines == ["locust_worker final=false 1"]
    assert not list((tmp_path / "spool").iterdir())


def test_what_is_said_after_the_end_waits_for_whoever_starts_next(
    start: Callable[..., Delivery],
    fake: FakeInflux,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    fake.answer = lambda _: Reply(503)
    delivery = start()
    delivery.close()
    delivery.keep(batch(extra=("locust_worker final=false 1",)))
    assert not fake.lines
    # Nothing else in the store says that an audit there is from before.
    assert f"what run {RUN} has to say after its end" in caplog.text
    assert f"It is kept in {tmp_path / 'spool'};" in caplog.text
    fake.answer = lambda _: Reply()
    start()
    wait_until(lambda: fake.lines == ["locust_worker final=false 1"])


def test_what_can_be_kept_nowhere_after_the_end_is_said_to_be_lost(
    start: Callable[..., Delivery],
    fake: FakeInflux,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    fake.answer = lambda _: Reply(503)
    (tmp_path / "spool").write_text("in the way")
    delivery = start()
    delivery.close()
    delivery.keep(batch(extra=("locust_worker final=false 1",)))
    said = caplog.messages[-1]
    assert said.endswith("It could be kept nowhere, and is lost.")
    assert "kept in" not in said
