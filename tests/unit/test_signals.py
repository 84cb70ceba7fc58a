"""Ctrl-C: the first asks, the second insists."""

import os
import signal

import pytest

from swarmscope.signals import ASKING, Signals


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
