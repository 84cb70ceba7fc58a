"""Clients whose methods are timed: they do what they did, and each moment is noted once."""

import logging
from time import perf_counter

import pytest

from swarmscope.agent.client_phases import marks_here, watch
from swarmscope.recording.phases import BROKEN, CONNECT, SENDING, WAITING

CONNECTS_S = 0.02


class Client:
    """A client that connects while it sends."""

    def connect(self, host: str, *, port: int) -> str:
        """Connect to nobody."""
        begin = perf_counter()
        while perf_counter() - begin < CONNECTS_S:
            pass
        if port < 0:
            raise ConnectionRefusedError(host)
        return f"{host}:{port}"

    def send(self, port: int) -> str:
        """Say hello."""
        return self.connect("here", port=port)


CLIENT = {
    ("OddUser", "pytest"): (
        (__name__, "Client", "connect", CONNECT),
        (__name__, "Client", "send", SENDING),
    )
}


@pytest.fixture(autouse=True)
def _watched() -> None:
    if not hasattr(Client.send, "__wrapped__"):
        watch(CLIENT)
    marks_here().noted.clear()


def test_a_method_does_what_it_did_and_its_phase_is_noted() -> None:
    assert Client().send(80) == "here:80"
    assert Client.send.__doc__ == "Say hello."
    assert [phase for _, phase, _ in marks_here().noted] == [CONNECT, SENDING]


def test_no_time_is_noted_twice() -> None:
    begin = perf_counter()
    Client().send(80)
    lasted = perf_counter() - begin
    connecting, sending = (seconds for *_, seconds in marks_here().noted)
    assert connecting >= CONNECTS_S
    # All of the connecting lies within the sending.
    assert connecting + sending <= lasted


def test_what_a_client_raises_goes_on_and_is_no_phase() -> None:
    with pytest.raises(ConnectionRefusedError, match="here"):
        Client().send(-1)
    assert [phase for _, phase, _ in marks_here().noted] == [BROKEN, BROKEN]


def test_a_client_of_an_unknown_version_is_left_as_it_is_which_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    known, unknown = (__name__, "Other", "send", WAITING), (__name__, "Other", "nothing", WAITING)
    with caplog.at_level(logging.WARNING):
        watch({("OddUser", "pytest"): (known, unknown), ("NoUser", "nowhere"): (unknown,)})
    assert not hasattr(Other.send, "__wrapped__")
    first, second = (record.getMessage() for record in caplog.records)
    assert first == (
        f"Phases of OddUser's requests aren't recorded: pytest {pytest.__version__} is unknown "
        "here (type object 'Other' has no attribute 'nothing'). All else is."
    )
    assert "nowhere (not installed) is unknown here" in second


class Other:
    """A client of another version."""

    def send(self) -> None:
        """Do nothing."""
