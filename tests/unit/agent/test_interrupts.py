"""Interrupts while the listener is at work."""

import logging
import signal
from collections.abc import Iterator

import gevent
import pytest
from gevent.event import Event

from swarmscope.agent.interrupts import Interrupts


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    watching = Interrupts()
    watching.watch()
    yield watching
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_reaches_the_main_greenlet_and_breaks_off_no_other(interrupts: Interrupts) -> None:
    steps: list[str] = []

    def work() -> None:
        signal.raise_signal(signal.SIGINT)
        steps.append("the next step")

    greenlet = gevent.spawn(work)
    with pytest.raises(KeyboardInterrupt):
        Event().wait(timeout=30)
    greenlet.join()
    assert (steps, greenlet.exception) == (["the next step"], None)
    assert interrupts.asked


def test_a_second_ctrl_c_breaks_off_what_never_gives_way(interrupts: Interrupts) -> None:
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - where it is raised is what is tested
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("nothing was raised")
    with pytest.raises(KeyboardInterrupt):
        Event().wait(timeout=30)  # the first, which was on its way


def test_the_last_work_of_a_process_is_seen_through(
    interrupts: Interrupts, caplog: pytest.LogCaptureFixture
) -> None:
    steps: list[str] = []

    def exits() -> None:
        raise SystemExit(0)  # as Locust's handler of SIGTERM does, in a greenlet of its own

    def work() -> None:
        for step in ("first", "second", "third"):
            signal.raise_signal(signal.SIGINT)
            gevent.spawn(exits).join()
            steps.append(step)

    with caplog.at_level(logging.WARNING):
        interrupts.wait(interrupts.see_through(work))
        gevent.sleep(0)
    assert steps == ["first", "second", "third"]
    assert [record.message for record in caplog.records] == [
        "Interrupted while flushing: it goes on, and ends by itself."
    ]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_the_end_of_a_run_is_finished_before_an_interrupt_is_heard(
    interrupts: Interrupts, kind: type[BaseException]
) -> None:
    steps: list[str] = []

    def exits() -> None:
        raise SystemExit(0)  # as Locust's handler of SIGTERM does, in a greenlet of its own

    def work() -> None:
        if kind is KeyboardInterrupt:
            signal.raise_signal(signal.SIGINT)
        else:
            gevent.spawn(exits)
        gevent.sleep(0.01)
        steps.append("written")

    interrupts.finish(work)
    assert steps == ["written"]
    with pytest.raises(kind):
        Event().wait(timeout=30)


def test_without_an_interrupt_none_comes_after_the_end_of_a_run(interrupts: Interrupts) -> None:
    interrupts.finish(lambda: gevent.sleep(0.01))
    assert not Event().wait(timeout=0.01)


def test_work_that_fails_is_said_and_not_waited_for(
    interrupts: Interrupts, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise ValueError("broken")

    interrupts.wait(interrupts.see_through(fails))
    assert "swarmscope failed in fails; the test runs on." in caplog.text


def test_somebody_s_own_handler_stays(interrupts: Interrupts) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.watch()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
