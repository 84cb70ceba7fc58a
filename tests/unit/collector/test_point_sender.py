"""Points of log records on their way to a store over real HTTP."""

import time
from collections.abc import Callable

import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply, fake_influx

from swarmscope.collector import point_sender
from swarmscope.collector.point_sender import PointSender
from swarmscope.delivery.backoff import BackOff
from swarmscope.settings import Settings

POINTS = [f'locust_log,level=info message="{n}" {n}' for n in range(1, 101)]


def settings(url: str) -> Settings:
    return Settings.from_env({"INFLUXDB_V2_URL": url})


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_points_arrive_in_their_order() -> None:
    with fake_influx(FakeInflux()) as store:
        to = PointSender(settings(store.url))
        to.add(POINTS[:60])
        to.add(POINTS[60:])
        assert to.close(30) == 0
        assert (store.lines, to.written) == (POINTS, 100)


def test_a_store_that_comes_back_gets_what_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_sender, "_DELAYS_S", (0.01, 0.05))
    with fake_influx(FakeInflux(answer=lambda _: Reply(503))) as store:
        to = PointSender(settings(store.url))
        to.add(POINTS)
        until(lambda: store.attempts > 2)
        store.answer = lambda _: Reply()
        until(lambda: to.written == 100)
        assert (store.lines, to.close(30)) == (POINTS, 0)


def test_one_poisoned_line_costs_itself_alone() -> None:
    def answer(lines: list[str]) -> Reply:
        poisoned = POINTS[41] in lines
        return Reply(400, "unable to parse it") if poisoned else Reply()

    with fake_influx(FakeInflux(answer=answer)) as store:
        to = PointSender(settings(store.url))
        to.add(POINTS)
        assert to.close(30) == 0
        assert store.lines == POINTS[:41] + POINTS[42:]
        assert (to.written, to.rejected) == (99, 1)


@pytest.mark.parametrize(("said", "dropped"), [("7", 7), ("0", 0), ("9" * 6_000, 100)])
def test_points_that_are_too_old_are_counted_and_not_sent_again(said: str, dropped: int) -> None:
    full = f"failure writing points: partial write: dropped={said}"
    with fake_influx(FakeInflux(answer=lambda _: Reply(422, full))) as store:
        to = PointSender(settings(store.url))
        to.add(POINTS)
        assert to.close(30) == 0
        assert (store.attempts, to.written, to.rejected) == (1, 100 - dropped, dropped)


def test_a_store_that_is_down_keeps_neither_memory_nor_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(point_sender, "MAX_WAITING", len(POINTS[0]) * 10)
    to = PointSender(settings("http://127.0.0.1:9"))
    for _ in range(5):
        to.add(POINTS)
    until(lambda: "takes no log records" in caplog.text)
    left = to.close(30)
    assert 0 < left <= 10
    assert left + to.dropped == 500
    assert caplog.text.count("takes no log records") == 1


def test_what_waits_is_bounded_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign can be four of them."""
    wide = f'locust_log message="{chr(0x1F600) * 100}" 1'
    monkeypatch.setattr(point_sender, "MAX_WAITING", 10 * len(wide.encode()))
    to = PointSender(settings("http://127.0.0.1:9"))
    to.add([wide] * 40)
    assert (to.close(30), to.dropped) == (10, 30)


def test_a_store_that_names_a_pause_is_left_alone_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []

    def pause(_: object, retry_after: float | None = None) -> float:
        paused.append(retry_after or 0.0)
        return 0.01

    monkeypatch.setattr(BackOff, "pause", pause)
    answers = iter([Reply(429, headers={"Retry-After": "7"}), Reply()])
    with fake_influx(FakeInflux(answer=lambda _: next(answers))) as store:
        to = PointSender(settings(store.url))
        to.add(POINTS)
        until(lambda: to.written == 100)
        assert (paused, to.close(30)) == ([7.0], 0)
