"""Ctrl-C: the first asks, the second insists."""

import os
import signal
from collections.abc import Iterator

import pytest

from swarmscope.signals import ASKING, STOPPING, Signals, on_stop


@pytest.mark.parametrize("number", ASKING)
def test_the_first_signal_asks_and_the_second_raises(number: int) -> None:
    with Signals() as signals:
        assert not signals.asked
        os.kill(os.getpid(), number)
        assert signals.asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


def test_signals_are_given_back() -> None:
    before = [signal.getsignal(number) for number in ASKING]
    with Signals():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in ASKING] == before


@pytest.fixture
def usual_handlers() -> Iterator[None]:
    before = [(number, signal.getsignal(number)) for number in STOPPING]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.usefixtures("usual_handlers")
@pytest.mark.parametrize("number", STOPPING)
def test_a_service_is_stopped_as_often_as_it_is_told_to(number: int) -> None:
    stops: list[int] = []
    on_stop(lambda: stops.append(number))
    os.kill(os.getpid(), number)
    os.kill(os.getpid(), number)
    assert stops == [number, number]
