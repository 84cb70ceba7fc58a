"""What the shop tells of itself: to whom, in which form, and what happens when nobody hears."""

import gzip
import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.fixtures.patience import wait_until
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.demo import applog, telemetry
from swarmscope.demo.telemetry import Happened, Stack, Store, Telemetry
from swarmscope.settings import Settings


def test_the_store_gets_a_point_and_an_event_at_its_own_time() -> None:
    heard: list[Heard] = []
    with answering({"/": Said(status=204)}, heard) as url:
        sink = Store(Settings(url=url, bucket="b"))
        sink.gauges({"pool_waiting": 3})
        sink.event(Happened("cliff:5 on", 1_700_000_000_123_456_789))
    gauges, event = (gzip.decompress(one.body).decode() for one in heard)
    key, fields, moment = gauges.rsplit(" ", 2)
    assert key.startswith("app_gauges,")
    assert ",service=shop" in key
    assert fields == "pool_waiting=3.0", "a float, also where it is whole"
    assert moment.endswith("000000000")
    assert event == 'event,kind=fault text="cliff:5 on" 1700000000123456789'


def test_the_stack_gets_a_line_in_the_file_and_an_event_by_http(tmp_path: Path) -> None:
    heard: list[Heard] = []
    path = tmp_path / "shop.gauges"
    with answering({"/": Said(status=204)}, heard) as url, applog.lines(path) as write_line:
        sink = Stack(write_line, f"{url}/event")
        sink.gauges({"pool_waiting": 3})
        sink.event(Happened("cliff:5 on", 0))
    (line,) = path.read_text().splitlines()
    read = json.loads(line)
    assert (read["service"], read["gauges"]) == ("shop", {"pool_waiting": 3.0})
    assert read["time"].endswith("+00:00")
    (request,) = heard
    assert json.loads(request.body) == {"kind": "fault", "text": "cliff:5 on"}


class Deaf:
    """A sink that hears nothing, until it does."""

    def __init__(self) -> None:
        self.hears = False
        self.heard: list[str] = []

    def gauges(self, values: Mapping[str, float]) -> None:
        raise ConnectionRefusedError

    def event(self, happened: Happened) -> None:
        if not self.hears:
            raise ConnectionRefusedError
        self.heard.append(happened.text)


def test_an_event_waits_for_who_can_t_take_it_yet_and_keeps_its_place() -> None:
    sink = Deaf()
    telling = Telemetry(sink, dict)
    telling.tell("cliff:5 on", time.time_ns())
    telling.stop()
    assert sink.heard == []
    telling.tell("cliff off", time.time_ns())
    sink.hears = True
    telling.stop()
    assert sink.heard == ["cliff:5 on", "cliff off"]


def test_an_event_that_nobody_takes_for_long_doesn_t_keep_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sink = Deaf()
    telling = Telemetry(sink, dict)
    telling.tell("cliff:5 on", time.time_ns())
    monkeypatch.setattr(telemetry, "LAST_TRIES_S", 0.0)
    telling.stop()
    sink.hears = True
    telling.stop()
    assert sink.heard == []


def test_gauges_are_told_each_second_by_a_thread_of_its_own() -> None:
    heard: list[Heard] = []
    with answering({"/": Said(status=204)}, heard) as url:
        telling = Telemetry(Store(Settings(url=url)), lambda: {"pool_waiting": 1.0})
        telling.start()
        wait_until(lambda: len(heard) > 1)
        telling.stop()
    times = [int(gzip.decompress(one.body).split()[-1]) for one in heard]
    assert len(set(times)) == len(times)


def test_an_event_isn_t_kept_until_the_next_second_s_gauges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # In the stack it is marked when it arrives: up to a second behind what it did.
    sink = Deaf()
    sink.hears = True
    telling = Telemetry(sink, dict)
    monkeypatch.setattr(telemetry, "ceil", lambda now: now + 3_600)
    telling.start()
    telling.tell("cliff:5 on", time.time_ns())
    wait_until(lambda: sink.heard == ["cliff:5 on"])
    telling.stop()


def test_a_store_that_isn_t_there_is_survived() -> None:
    telling = Telemetry(Store(Settings(url=f"http://127.0.0.1:{free_port()}")), dict)
    telling.tell("cliff:5 on", time.time_ns())
    telling.stop()
