"""When the watchdog speaks, and what it says: of lanes that do what a test wants."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import gevent
import pytest
from gevent.monkey import get_original
from tests.fixtures.patience import wait_until

from swarmscope.delivery.native import NativeThread
from swarmscope.delivery.watchdog import Watchdog
from swarmscope.settings import Settings


@dataclass
class Standing:
    """A lane, as far as a watchdog looks at it."""

    bucket: str
    beat: float
    thread: NativeThread
    idle: bool = False


@dataclass
class Watched:
    """Lanes under a watchdog that becomes impatient after nine time-outs."""

    caplog: pytest.LogCaptureFixture
    lanes: list[Any]
    watchdog: Watchdog | None = None

    def start(self, disk: NativeThread, timeout_ms: int = 10) -> None:
        settings = Settings(url="http://store:1", spool_dir=Path("/kept"), timeout_ms=timeout_ms)
        self.watchdog = Watchdog(settings, disk, lambda: self.lanes)

    def said(self) -> list[str]:
        wait_until(lambda: self.caplog.messages)
        found = list(self.caplog.messages)
        self.caplog.clear()
        return found


@pytest.fixture
def watched(caplog: pytest.LogCaptureFixture) -> Iterator[Watched]:
    made = Watched(caplog, [])
    yield made
    if made.watchdog:
        made.watchdog.close(wait=True)


@pytest.fixture
def thread() -> NativeThread:
    return NativeThread("network")


def keep_busy(thread: NativeThread, until: threading.Event) -> gevent.Greenlet:
    started, sleep = threading.Event(), get_original("time", "sleep")

    def busy() -> None:
        started.set()
        while not until.is_set():
            sleep(0.001)

    greenlet = gevent.spawn(thread.run, busy)
    wait_until(started.is_set)
    return greenlet


def test_a_standstill_is_said_with_what_to_do_and_what_each_thread_does(
    watched: Watched, thread: NativeThread
):
    disk, done = NativeThread("disk"), threading.Event()
    working = [keep_busy(disk, done), keep_busy(thread, done)]
    watched.lanes = [Standing("loadtest", monotonic() - 50, thread)]
    watched.start(disk)
    (said,) = watched.said()
    done.set()
    gevent.joinall(working)
    first, *threads = said.splitlines()
    assert re.sub(r"5\d s", "50 s", first) == (
        "Delivery to the bucket loadtest has stood still for 50 s. The test runs on; windows are "
        "kept in /kept, and whoever starts next with this folder sends them. That is a fault of "
        "swarmscope or of the disk: please report it with what follows."
    )
    place = r"/\S+:\d+ \S+"
    for line, name in zip(threads, ("disk", "network"), strict=True):
        assert re.fullmatch(rf"{name}, busy for \d+ s: ({place} → )+/\S+:\d+ busy", line)


def test_threads_that_have_nothing_to_do_are_said_to(watched: Watched, thread: NativeThread):
    watched.lanes = [Standing("loadtest", monotonic() - 50, thread)]
    watched.start(NativeThread("disk"))
    (said,) = watched.said()
    assert said.endswith("what follows.\nNone of its threads has anything to do.")


def test_each_lane_is_said_once_and_again_when_it_goes_on(watched: Watched, thread: NativeThread):
    first, second = (Standing(name, monotonic() - 50, thread) for name in ("first", "second"))
    watched.lanes = [first]
    watched.start(NativeThread("disk"))
    assert "bucket first has stood still" in watched.said()[0]
    watched.lanes = [first, second]
    (said,) = watched.said()
    assert "bucket second has stood still" in said
    first.beat = monotonic() + 1_000
    assert watched.said() == ["Delivery to the bucket first goes on."]
    second.idle = True
    assert watched.said() == ["Delivery to the bucket second goes on."]
    first.beat = monotonic() - 50
    assert "bucket first has stood still" in watched.said()[0]


def test_what_rests_pauses_or_may_still_be_answered_stands_not_still(
    watched: Watched, thread: NativeThread
):
    now = monotonic()
    watched.lanes = [
        Standing("rests", now - 50, thread, idle=True),
        Standing("pauses", now + 50, thread),
        Standing("waits", now, thread),
        Standing("stands", now - 100, thread),
    ]
    watched.start(NativeThread("disk"), timeout_ms=1_000)
    (said,) = watched.said()
    assert "bucket stands has stood still" in said


def test_a_closed_watchdog_says_nothing(watched: Watched, thread: NativeThread):
    watched.start(NativeThread("disk"))
    assert watched.watchdog
    watched.watchdog.close(wait=True)
    assert watched.watchdog._greenlet.dead


def test_a_native_thread_does_one_thing_at_a_time(thread: NativeThread):
    done = threading.Event()
    first = keep_busy(thread, done)
    second = gevent.spawn(thread.run, lambda: 2)
    gevent.sleep(0.05)
    assert not second.ready()
    done.set()
    assert second.get() == 2
    first.join()
