"""What a worker makes of its master's answers, of this version and of an older one."""

from collections.abc import Mapping
from typing import Any

import pytest
from locust.env import Environment
from locust.exception import RPCSendError
from locust.rpc import Message

from swarmscope.agent.channel import ASK, REPORT, RUN, Asking
from swarmscope.agent.identity import Identity
from swarmscope.load.schedule import Share
from swarmscope.recording.reports import Report, pack

RUN_OF = {"run": "r", "test": "t", "worker": "worker-0"}
CLOCK = {"epoch": "e", "monotonic": 1.0, "anchor": 2.0}


class Runner:
    """A worker's runner, as far as the channel knows it."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}
        self.sent: list[tuple[str, Any]] = []
        self.broken = False

    def register_message(self, kind: str, handler: Any) -> None:
        self.handlers[kind] = handler

    def send_message(self, kind: str, data: Any = None) -> None:
        if self.broken:
            raise RPCSendError("ZMQ sent failure")
        self.sent.append((kind, data))

    def hear(self, data: Mapping[str, Any]) -> None:
        self.handlers[RUN](environment=Environment(), msg=Message(RUN, data, "master"))


Heard = tuple[str, int | None, Mapping[str, Share]]


@pytest.fixture
def runner() -> Runner:
    return Runner()


@pytest.fixture
def asking(runner: Runner) -> tuple[Asking, list[Heard]]:
    heard: list[Heard] = []

    def on_run(
        sent: float | None,
        clock: Mapping[str, Any],
        run: Identity | None,
        pace: int | None,
        shares: Mapping[str, Share],
    ) -> None:
        del sent, clock
        heard.append((run.run if run else "", pace, shares))

    return Asking(runner, on_run), heard  # type: ignore[arg-type]


def test_a_master_of_an_older_version_wants_no_reports_and_deals_out_no_arrivals(
    runner: Runner, asking: tuple[Asking, list[Heard]]
) -> None:
    runner.hear({"sent": None, "clock": CLOCK, "run": RUN_OF})
    runner.hear({"sent": None, "clock": CLOCK, "run": RUN_OF, "pace": 3})
    shares = {"Visitor": [2, 3, 9]}
    runner.hear({"sent": None, "clock": CLOCK, "run": None, "pace": 1, "shares": shares})
    assert asking[1] == [("r", None, {}), ("r", 3, {}), ("", 1, {"Visitor": Share(2, 3, 9)})]


def test_a_worker_tells_of_its_users_that_wait_for_arrivals(
    runner: Runner, asking: tuple[Asking, list[Heard]]
) -> None:
    asking[0].ask({"Visitor": 3})
    ((kind, data),) = runner.sent
    assert (kind, data["users"]) == (ASK, {"Visitor": 3})


def test_a_report_that_cant_be_sent_ends_nothing(
    runner: Runner, asking: tuple[Asking, list[Heard]]
) -> None:
    runner.broken = True
    asking[0].report(Report("r", 1))
    runner.broken = False
    asking[0].report(Report("r", 2))
    assert runner.sent == [(REPORT, pack(Report("r", 2)))]
