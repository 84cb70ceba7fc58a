"""One test of a master: when it begins, how it is followed, and who ends it."""

import pytest
from tests.fixtures.fake_master import FakeMaster

from swarmscope.errors import ConfigurationError
from swarmscope.signals import Signals
from swarmscope.webui import load_test
from swarmscope.webui.load_test import LoadTest, Order, _line
from swarmscope.webui.master import Master, MasterUnreachableError, Status


class Told(list[str]):
    """A test of a master, and what it said."""

    def __init__(self, locust: FakeMaster, order: Order, *, asked: bool = False) -> None:
        super().__init__()
        self.signals = Signals()
        self.signals.asked = asked
        self.test = LoadTest(Master(locust.url), order, self.signals, self.append)


def test_an_order_says_no_more_than_was_asked_for() -> None:
    assert Order(5).form() == {"user_count": "5", "spawn_rate": "5"}
    full = Order(5, 0.5, 90, "http://x.y", "nightly", "", run_id="mine")
    assert full.form() == {
        "user_count": "5",
        "spawn_rate": "0.5",
        "run_time": "90",
        "host": "http://x.y",
        "swarmscope_label": "nightly",
        "swarmscope_description": "",
        "swarmscope_run_id": "mine",
    }


@pytest.mark.parametrize("named", ["mine", "mine-2"])
def test_that_a_master_names_the_run_otherwise_is_said(locust: FakeMaster, named: str) -> None:
    locust.named = named
    told = Told(locust, Order(1, run_id="mine"))
    assert told.test.start() == named
    said = "SWARMSCOPE_RUN_ID asks for mine, and the master calls it mine-2" in told[-1]
    assert said == (named == "mine-2")


@pytest.mark.parametrize("state", ["ready", "stopped"])
def test_a_test_begins_when_its_workers_are_ready(locust: FakeMaster, state: str) -> None:
    locust.states = [state]
    locust.pages["/stats/requests"] = (
        200,
        f'{{"state": "{state}", "user_count": 0, "workers": [{{"state": "ready"}}]}}'.encode(),
    )
    told = Told(locust, Order(1))
    assert told.test.start() == locust.named
    assert locust.orders == [Order(1).form()]
    assert told == [f"Run {locust.named}: 1 user, workers: 1. Ctrl-C ends it."]


@pytest.mark.parametrize("state", ["spawning", "running"])
def test_another_s_test_goes_on(locust: FakeMaster, state: str) -> None:
    locust.states, locust.run = [state], "theirs"
    with pytest.raises(ConfigurationError) as caught:
        Told(locust, Order(1)).test.start()
    assert caught.value.happened == "A test is already running (4 users, run theirs)."
    assert caught.value.data == "It goes on; no other was started."
    assert (locust.orders, locust.stops) == ([], 0)


def test_without_enough_workers_no_load_is_started(locust: FakeMaster) -> None:
    with pytest.raises(MasterUnreachableError) as caught:
        Told(locust, Order(1, workers=2, wait=0)).test.start()
    assert caught.value.happened == ("1 of 2 worker(s) were ready after 0 s; the master is ready.")
    assert caught.value.data == "No load was started."
    assert locust.orders == []


def test_who_asks_for_the_end_before_the_begin_gets_it(locust: FakeMaster) -> None:
    with pytest.raises(KeyboardInterrupt):
        Told(locust, Order(1, workers=2), asked=True).test.start()
    assert locust.orders == []


def test_a_master_without_the_listener_starts_nothing(locust: FakeMaster) -> None:
    locust.run = None
    with pytest.raises(ConfigurationError, match="doesn't tell its runs apart"):
        Told(locust, Order(1)).test.start()
    assert locust.orders == []


DOUBT = "The host of Shopper is 'x', which has no scheme: perhaps http://x?"


def test_why_nothing_can_be_requested_is_said_at_the_start(locust: FakeMaster) -> None:
    locust.doubt = f"{DOUBT}\n::error::"
    told = Told(locust, Order(1))
    told.test.start()
    assert told[1:] == [f"{DOUBT} ::error::"]


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("doubt", "requests", "stops"),
    [(DOUBT, 0, 1), (DOUBT, 1, 0), (DOUBT, None, 0), ("", 0, 0)],
)
def test_a_test_that_can_request_nothing_is_ended_early_if_it_does_not(
    locust: FakeMaster, doubt: str, requests: int | None, stops: int
) -> None:
    locust.doubt, locust.requests = doubt, requests
    told = Told(locust, Order(1))
    told.test.start()
    told.test._began -= 60
    locust.states = ["running", "running", "stopped"]
    told.test.follow()
    assert locust.stops == stops
    ended = "Not one request was made in 10 s. Stopping the test; its results follow." in told
    assert ended == bool(stops)


def test_it_is_followed_to_its_end(locust: FakeMaster) -> None:
    """The first answer may be from before the test: it is no end."""
    told = Told(locust, Order(1))
    told.test.start()
    locust.states = ["ready", "running", "stopped"]
    told.test.follow()
    assert locust.states == ["stopped"]
    assert locust.stops == 0


def test_a_test_that_ended_for_want_of_workers_is_told_from_one_that_is_over(
    locust: FakeMaster,
) -> None:
    """Their states are all that Locust's page says of it: the test itself is stopped, as any."""
    locust.states = ["running", "stopped"]
    assert not Told(locust, Order(1)).test.follow()
    locust.states, locust.workers = ["running", "stopped"], ["missing", "missing"]
    why = Told(locust, Order(1)).test.follow()
    assert why.startswith("all workers fell silent, and Locust ended the test after ")
    locust.states, locust.workers = ["running", "stopped"], ["missing", "ready"]
    assert not Told(locust, Order(1)).test.follow()


def test_who_asks_for_the_end_gets_it_and_the_results(locust: FakeMaster) -> None:
    locust.states = ["running"]
    told = Told(locust, Order(1), asked=True)
    told.test.follow()
    assert told == ["Stopping the test; its results follow."]
    assert locust.stops == 1


@pytest.mark.parametrize(
    ("time", "why"),
    [
        (
            600,
            "a signal ended it after 0:03 of 10:00: the load that was asked for wasn't delivered",
        ),
        (6, "a signal ended it after 0:03 of 0:06: the load that was asked for wasn't delivered"),
        (5, ""),
        (None, ""),
    ],
)
def test_a_signal_long_before_its_time_is_no_end_of_what_was_ordered(
    locust: FakeMaster, monkeypatch: pytest.MonkeyPatch, time: int | None, why: str
) -> None:
    told = Told(locust, Order(1, time=time))
    told.test.start()
    locust.states, told.signals.asked = ["running"], True
    began = told.test._began
    monkeypatch.setattr(load_test.time, "monotonic", lambda: began + 3)
    assert told.test.follow() == why


def test_a_shape_that_knows_no_time_is_stopped_when_it_is_over(locust: FakeMaster) -> None:
    locust.states = ["running"]
    told = Told(locust, Order(1, time=1))  # it began when the machine did
    told.test.follow()
    assert (told, locust.stops) == (["Stopping the test; its results follow."], 1)


def test_a_moment_of_silence_is_no_reason_to_give_up(locust: FakeMaster) -> None:
    locust.silences, locust.states = 1, ["stopped"]
    Told(locust, Order(1), asked=True).test.follow()
    assert locust.silences == 0


def test_how_it_goes_is_one_line() -> None:
    workers = ("running", "ready", "spawning")
    assert _line(125.9, Status("running", 1_234, workers, 99.94, 0.5, 12.5)) == (
        "  2:05   1234 users      99.9 requests/s     0.5 failures/s  p95    12 ms  workers 2"
    )
    assert _line(5, Status("running", 6, None)) == (
        "  0:05      6 users       0.0 requests/s     0.0 failures/s  p95        -  workers 0"
    )
