"""Whether a run lasted as long as it was to, by what was asked for and by who ended it."""

from argparse import Namespace
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from locust import LoadTestShape
from locust.env import Environment
from locust.runners import STATE_RUNNING, STATE_STOPPED, MasterRunner
from tests.fixtures.ports import free_port

from swarmscope.agent import ending
from swarmscope.agent.ending import Ending
from swarmscope.agent.interrupts import INTERRUPTS
from swarmscope.line_protocol import Field
from swarmscope.load import Stage, Stages

OF_TEN_MINUTES = Namespace(run_time=600)


class Run:
    """A run of which the test says when what happens to it."""

    def __init__(self, patch: pytest.MonkeyPatch, **more: Any) -> None:
        self.now = 1_000.0
        patch.setattr(ending, "monotonic", lambda: self.now)
        options = more.pop("options", OF_TEN_MINUTES)
        self.environment = Environment(parsed_options=options, **more)
        self.runner = self.environment.create_local_runner()
        self.ending = Ending(self.environment, self.runner)
        self.start()

    def start(self) -> None:
        self.ending.begin()
        self.runner.state = STATE_RUNNING

    def end(self, after: float, *, signal: bool = False, interrupt: bool = False) -> dict[str, Any]:
        """Return what is told of a run that was told to end *after* so many seconds."""
        self.now += after
        if signal:
            self.ending.quitting()
        INTERRUPTS.asked = interrupt
        self.ending.stopping()
        self.runner.state = STATE_STOPPED
        self.ending.quitting()  # as each process does at last
        self.now += 60  # users may take their time
        return self.ending.cut_short()


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    yield
    INTERRUPTS.asked = False


def told(who: str, times: str, *, undelivered: bool) -> dict[str, Field]:
    subject: dict[str, Field] = {"subject": "undelivered"} if undelivered else {}
    return {"message": f"{who} after {times}", **subject}


@pytest.mark.parametrize("how", ["signal", "interrupt"])
def test_a_signal_before_half_of_its_time_leaves_its_load_undelivered(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    who = "Locust's process was told to end"
    found = Run(monkeypatch).end(3, **{how: True})
    assert found == told(who, "0:00:03 of 0:10:00", undelivered=True)
    found = Run(monkeypatch).end(301, **{how: True})
    assert found == told(who, "0:05:01 of 0:10:00", undelivered=False)
    assert Run(monkeypatch).end(590, **{how: True}) == {}


def test_who_stops_it_by_hand_or_by_code_meant_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Run(monkeypatch).end(3)
    assert found == told("it was ended", "0:00:03 of 0:10:00", undelivered=False)


def test_one_that_a_threshold_ended_was_not_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch)
    run.ending.excuse()
    assert run.end(3, signal=True) == {}


def test_each_run_is_told_of_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch)
    run.ending.excuse()
    assert run.end(3, interrupt=True) == {}
    run.start()
    found = run.end(4)
    assert found == told("it was ended", "0:00:04 of 0:10:00", undelivered=False)


@pytest.mark.parametrize("options", [None, Namespace(), Namespace(run_time=None)])
def test_one_that_was_to_last_until_somebody_ends_it_is_whole(
    monkeypatch: pytest.MonkeyPatch, options: Namespace | None
) -> None:
    assert Run(monkeypatch, options=options).end(3, signal=True) == {}


@pytest.mark.parametrize(
    ("timer", "autostart", "known"), [(None, False, 0), (object(), False, 2), (None, True, 1)]
)
def test_the_page_s_time_is_that_of_the_test_it_was_typed_for(
    monkeypatch: pytest.MonkeyPatch, timer: object, autostart: bool, known: int
) -> None:
    """What somebody typed stays in the options; only the test that has a timer ends by it."""
    options = Namespace(run_time=600, autostart=autostart)
    run = Run(monkeypatch, options=options)
    run.environment.web_ui = SimpleNamespace(_run_time_greenlet=timer)  # type: ignore[assignment]
    run.ending = Ending(run.environment, run.runner)
    found = []
    for _ in range(2):
        run.start()
        found.append(bool(run.end(3)))
    assert sum(found) == known


class Endless(LoadTestShape):
    """A shape that says nothing of its end."""

    stages = ({"duration": 60, "users": 1},)

    def tick(self) -> tuple[int, float]:
        return 1, 1.0


class ByOptions(Endless):
    """One that reads --run-time itself."""

    use_common_options = True


class Half(Stages):
    """A minute in all."""

    stages = (Stage(20, 1), Stage(40, 2))


@pytest.mark.parametrize(
    ("shape", "length"), [(Endless, None), (ByOptions, "0:10:00"), (Half, "0:01:00")]
)
def test_a_shape_is_as_long_as_it_says_and_no_option_counts_beside_it(
    monkeypatch: pytest.MonkeyPatch, shape: type[LoadTestShape], length: str | None
) -> None:
    found = Run(monkeypatch, shape_class=shape()).end(3, interrupt=True)
    who = "Locust's process was told to end"
    assert found == (told(who, f"0:00:03 of {length}", undelivered=True) if length else {})


def test_workers_that_all_go_leave_the_load_undelivered(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch)
    master: MasterRunner = Environment().create_master_runner("127.0.0.1", free_port())
    try:
        run.ending = Ending(run.environment, master)
        run.start()
        found = run.end(3)
    finally:
        master.greenlet.kill(block=False)
        master.server.close()
    assert found == told("all workers were gone", "0:00:03 of 0:10:00", undelivered=True)
