"""Single requests in a worker's session: only when they are wanted, and never counted twice."""

import json
from pathlib import Path
from typing import Any

import gevent
import pytest
from locust.env import Environment
from tests.fixtures.fake_delivery import Kept

from swarmscope.agent.clock import Offset
from swarmscope.agent.identity import Identity
from swarmscope.agent.locust_count import LocustCount
from swarmscope.agent.session import Session
from swarmscope.agent.witness import Witness
from swarmscope.logs import requests
from swarmscope.logs.handler import RecordHandler
from swarmscope.logs.requests import Encoded
from swarmscope.logs.stream import Stream
from swarmscope.settings import Settings


class Seen(Stream):
    """A stream that remembers what was added."""

    def __init__(self) -> None:
        super().__init__("h", RecordHandler(), [])
        self.lines: list[str] = []

    def add(self, requests: Encoded) -> None:
        self.lines += requests.lines


def session(kept: Kept, tmp_path: Path, stream: Stream | None = None, **env: str) -> Session:
    settings = Settings.from_env({"SWARMSCOPE_SPOOL_DIR": str(tmp_path), **env})
    witness = Witness(Environment())
    count = LocustCount(witness, witness.read())
    return Session(settings, kept, count, stream=stream)  # type: ignore[arg-type]


def fire(into: Session, count: int) -> None:
    environment = Environment()
    environment.events.request.add_listener(into.record)
    request: dict[str, Any] = {"request_type": "GET", "name": "/a", "response_time": 1.0}
    for _ in range(count):
        environment.events.request.fire(
            **request, response_length=1, exception=None, response=None, context={}
        )


def raw_points(kept: Kept) -> list[list[str]]:
    found = [[p for p in b.lines if p.startswith("locust_request,")] for b in kept.batches]
    return [points for points in found if points]


def test_nothing_but_the_recorder_listens_unless_it_is_asked_for(tmp_path: Path) -> None:
    one = session(Kept(), tmp_path)
    assert one.record == one.recorder.record
    asked = session(Kept(), tmp_path, SWARMSCOPE_RAW_REQUESTS="on")
    assert asked.record != asked.recorder.record


def test_requests_wait_for_the_run_s_name_and_are_counted_by_the_windows_alone(
    tmp_path: Path,
) -> None:
    kept, stream = Kept(), Seen()
    one = session(kept, tmp_path, stream, SWARMSCOPE_RAW_REQUESTS="on")
    fire(one, 10_000)
    one.tick({}, {})
    assert kept.batches == []
    assert stream.lines == []
    one.identify(Identity("r", "t", "worker-0"), Offset())
    one.finish({}, {})
    batches = raw_points(kept)
    assert sum(map(len, batches)) == len(stream.lines) == 10_000
    assert max(map(len, batches)) <= 5_000
    assert {b.bucket for b in kept.batches if b.lines[0].startswith("locust_request,")} == {
        "loadtest"
    }
    assert kept.account("r").requests_seen == 10_000
    assert all(b.requests == 0 for b in kept.batches if b.lines[0].startswith("locust_request,"))


def test_what_came_when_too_much_waited_is_a_loss_of_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(requests, "MAX_WAITING", 3)
    kept = Kept()
    one = session(kept, tmp_path, SWARMSCOPE_RAW_REQUESTS="on")
    one.identify(Identity("r", "t", "worker-0"), Offset())
    fire(one, 5)
    one.finish({}, {})
    account = kept.account("r")
    assert (account.points_lost, account.requests_lost, account.requests_seen) == (2, 0, 5)
    assert (
        "Too many requests came at once: 2 requests were not written by themselves." in caplog.text
    )


def test_single_requests_have_the_names_that_the_windows_have(tmp_path: Path) -> None:
    kept = Kept()
    env = {"SWARMSCOPE_RAW_REQUESTS": "on", "SWARMSCOPE_TEMPLATE_NAMES": "on"}
    one = session(kept, tmp_path, **env)
    one.identify(Identity("r", "t", "worker-0"), Offset())
    one.record(request_type="GET", name="/item/8731", response_time=1.0, response_length=1)
    one.finish({}, {})
    names = {
        line.split(",name=")[1].split(",")[0]
        for measurement in ("locust_request", "locust_stats")
        for line in kept.lines(measurement)
    }
    assert len(names - {"Aggregated"}) == 1
    assert "/item/8731" not in names


def test_with_a_sample_too_names_past_the_limit_are_those_of_the_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first two names none is drawn, and of the others all are: they were folded."""
    kept = Kept()
    env = {"SWARMSCOPE_RAW_REQUESTS": "on", "SWARMSCOPE_RAW_SAMPLE": "0.5"}
    one = session(kept, tmp_path, **env, SWARMSCOPE_MAX_NAMES="2")
    one.identify(Identity("r", "t", "worker-0"), Offset())
    drawn = iter([0.9, 0.9, 0.1, 0.1])
    monkeypatch.setattr(requests, "random", lambda: next(drawn))
    for number in range(4):
        one.record(request_type="GET", name=f"/{number}", response_time=1.0, response_length=1)
    one.finish({}, {})
    (name,) = {line.split(",name=")[1].split(",")[0] for line in kept.lines("locust_request")}
    assert name == "(other)"


def test_a_line_of_a_request_says_which_machine_sent_it(tmp_path: Path) -> None:
    stream = Seen()
    env = {"SWARMSCOPE_RAW_REQUESTS": "on", "SWARMSCOPE_HOST": "box-7"}
    one = session(Kept(), tmp_path, stream, **env)
    one.identify(Identity("r", "t", "worker-0"), Offset())
    fire(one, 1)
    one.finish({}, {})
    (line,) = stream.lines
    assert "box-7" in line


def test_a_single_request_is_its_user_s_in_whose_greenlet_it_is_made(tmp_path: Path) -> None:
    class Shopper:
        def shop(self) -> None:
            fire(one, 1)

    stream = Seen()
    one = session(Kept(), tmp_path, stream, SWARMSCOPE_RAW_REQUESTS="on")
    one.identify(Identity("r", "t", "worker-0"), Offset())
    gevent.spawn(lambda user: user.shop(), Shopper()).get()
    one.finish({}, {})
    (line,) = stream.lines
    assert json.loads(line)["class"] == "Shopper"
