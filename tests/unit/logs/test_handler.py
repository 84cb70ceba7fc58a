"""The logging handler: it remembers, and never makes anybody wait."""

import logging
import threading
from collections.abc import Iterator

import pytest

from swarmscope.logs import handler
from swarmscope.logs.handler import RecordHandler


@pytest.fixture
def attached() -> Iterator[RecordHandler]:
    records = RecordHandler()
    records.attach()
    yield records
    records.detach()


def test_any_logger_s_record_arrives_with_level_and_name(attached: RecordHandler) -> None:
    logging.getLogger("checkout.cart").warning("no stock left for %s", "A-17")
    (record,) = attached.take()
    assert (record.level, record.logger, record.message) == (
        "warning",
        "checkout.cart",
        "no stock left for A-17",
    )
    assert attached.take() == []


def test_locust_s_own_records_arrive_once_whether_it_propagates_or_not() -> None:
    locust = logging.getLogger(handler.LOCUST)
    before = locust.propagate
    for propagate in (True, False):
        locust.propagate = propagate
        records = RecordHandler()
        records.attach()
        try:
            logging.getLogger("locust.runners").warning("spawned")
            assert [record.message for record in records.take()] == ["spawned"]
        finally:
            records.detach()
            locust.propagate = before
    assert records not in locust.handlers + logging.getLogger().handlers


def test_arguments_count_as_they_were(attached: RecordHandler) -> None:
    basket = ["apple"]
    logging.getLogger("x").warning("basket %s", basket)
    basket.append("pear")
    assert attached.take()[0].message == "basket ['apple']"


def test_wrong_arguments_are_told_and_stop_nobody(attached: RecordHandler) -> None:
    # Not by a logger: the tests' own handlers would stop for it.
    attached.handle(logging.LogRecord("x", logging.INFO, "", 0, "%d items", ("many",), None))
    assert attached.take()[0].message.startswith("'%d items' (TypeError: its arguments don't fit")


def test_a_traceback_comes_with_the_message(attached: RecordHandler) -> None:
    try:
        raise LookupError("gone")  # noqa: TRY301
    except LookupError:
        logging.getLogger("x").exception("it broke")
    message = attached.take()[0].message
    assert message.startswith("it broke\nTraceback")
    assert message.endswith("LookupError: gone")


def test_records_of_one_moment_have_times_of_their_own(attached: RecordHandler) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "same", (), None)
    for _ in range(3):
        attached.handle(record)
    first, second, third = (each.time_ns for each in attached.take())
    assert first < second < third


def test_too_many_are_dropped_and_the_last_record_says_how_many(
    attached: RecordHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "MAX_RECORDS", 2)
    for number in range(5):
        logging.getLogger("x").warning("%d", number)
    messages = [record.message for record in attached.take()]
    assert messages[:2] == ["0", "1"]
    assert messages[2].startswith("3 log records were dropped here")
    logging.getLogger("x").warning("again")
    assert [record.message for record in attached.take()] == ["again"]


def test_nobody_waits_for_a_thread_that_is_logging(attached: RecordHandler) -> None:
    """A lock held by another thread would stop the load generator's loop."""
    logging.getLogger("x").setLevel(logging.INFO)
    threads = [
        threading.Thread(target=lambda: [logging.getLogger("x").info("hi") for _ in range(500)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert attached.lock is None
    assert len(attached.take()) == 2_000


def test_credentials_are_left_out(attached: RecordHandler) -> None:
    logging.getLogger("x").warning("POST http://me:hunter2@host/?token=hunter2")
    assert "hunter2" not in attached.take()[0].message
