"""A process's records and requests become one stream, in the order of their times."""

import json
import logging
from math import inf

import pytest

from swarmscope.logs.handler import RecordHandler
from swarmscope.logs.lines import BATCH, MAX_MESSAGE, dumps, iso, parse_iso
from swarmscope.logs.requests import Encoded
from swarmscope.logs.stream import Stream


class Kept:
    """An outlet that keeps what it gets."""

    def __init__(self) -> None:
        self.offers: list[tuple[bytes, int]] = []
        self.closed = False

    def offer(self, lines: bytes, count: int) -> None:
        self.offers.append((lines, count))

    def close(self) -> None:
        self.closed = True

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for lines, _ in self.offers for line in lines.split(b"\n")]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def handler() -> RecordHandler:
    return RecordHandler()


@pytest.fixture
def stream(kept: Kept, handler: RecordHandler) -> Stream:
    return Stream("gen-1", handler, [kept])


def log(handler: RecordHandler, at: float, message: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, message, (), None)
    record.created = at
    handler.handle(record)


def requests(*seconds: int) -> Encoded:
    times = [second * 10**9 for second in seconds]
    return Encoded(times, [], [dumps({"time": iso(t), "level": "info"}) for t in times])


def flush(stream: Stream, ahead: float = 0.0, until: float = inf) -> None:
    for _ in stream.flush("r", "worker-0", ahead=ahead, until=until):
        pass


def test_records_and_requests_come_in_the_order_of_their_times(
    stream: Stream, handler: RecordHandler, kept: Kept
) -> None:
    stream.add(requests(1, 3, 5))
    for at in (0.5, 3.5, 4.0, 9.0):
        log(handler, at, "hi")
    flush(stream)
    times = [parse_iso(str(line["time"])) / 1e9 for line in kept.lines]
    assert times == [0.5, 1, 3, 3.5, 4, 5, 9]


def test_a_record_says_where_it_comes_from(
    stream: Stream, handler: RecordHandler, kept: Kept
) -> None:
    log(handler, 1.5, "hello")
    flush(stream)
    assert kept.lines == [
        {
            "time": "1970-01-01T00:00:01.500000000Z",
            "level": "info",
            "host": "gen-1",
            "run": "r",
            "worker": "worker-0",
            "logger": "x",
            "message": "hello",
        }
    ]


def test_what_came_after_the_cut_waits_for_what_may_still_come_before_it(
    stream: Stream, handler: RecordHandler, kept: Kept
) -> None:
    stream.add(requests(1, 3))
    for at in (2.0, 3.5, 4.5):
        log(handler, at, "hi")
    flush(stream, until=2.5)
    stream.add(requests(4))
    flush(stream, until=4.2)
    flush(stream)
    times = [parse_iso(str(line["time"])) / 1e9 for line in kept.lines]
    assert times == [1, 2, 3, 3.5, 4, 4.5]


def test_a_clock_that_is_ahead_moves_records_beside_the_requests(
    stream: Stream, handler: RecordHandler, kept: Kept
) -> None:
    stream.add(requests(1, 3))
    log(handler, 102.0, "between the two")
    flush(stream, ahead=100.0)
    assert [line.get("message") for line in kept.lines] == [None, "between the two", None]


def test_times_stay_unique_when_the_clock_is_corrected(
    stream: Stream, handler: RecordHandler, kept: Kept
) -> None:
    log(handler, 10.0, "first")
    flush(stream)
    log(handler, 10.5, "second")
    flush(stream, ahead=1.0)
    first, second = (parse_iso(str(line["time"])) for line in kept.lines)
    assert second == first + 1


def test_no_message_is_larger_than_the_collector_takes(
    stream: Stream, handler: RecordHandler, kept: Kept
) -> None:
    for _ in range(200):
        log(handler, 1.0, "\x01" * 8_000)  # six bytes each in JSON
    flush(stream)
    assert sum(count for _, count in kept.offers) == len(kept.lines) == 200
    assert max(len(lines) for lines, _ in kept.offers) < MAX_MESSAGE - 4_096
    assert len(kept.offers) > 200 * 8_000 / BATCH


def test_a_flush_in_the_middle_of_another_keeps_the_order(stream: Stream, kept: Kept) -> None:
    stream.add(requests(*range(600)))
    first = stream.flush("r", "worker-0")
    next(first)
    stream.add(requests(*range(600, 700)))
    flush(stream)
    for _ in first:
        pass
    times = [parse_iso(str(line["time"])) for line in kept.lines]
    assert times == sorted(times)
    assert len(times) == 700


def test_closing_ends_outlets_and_handler(
    stream: Stream, handler: RecordHandler, kept: Kept
) -> None:
    handler.attach()
    stream.close()
    assert kept.closed
    assert handler not in logging.getLogger().handlers
