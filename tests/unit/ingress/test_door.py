"""The gateway's door passes on what comes, as it comes, and says for whom."""

import logging
import socket

import pytest
from tests.fixtures.doors import BYE, hears, way
from tests.fixtures.gateways import until

from swarmscope.errors import ConfigurationError
from swarmscope.ingress import door


def test_what_comes_is_passed_on_and_what_is_answered_comes_back() -> None:
    with way() as there:
        client = there.come("127.0.0.5")
        assert hears(client)
        assert hears(client, bytes(range(256)) * 100)
        at = client.getsockname()[1]
        told = f"PROXY TCP4 127.0.0.5 127.0.0.1 {at} {there.port}"
        assert there.introductions == [told.encode()]


def test_who_reads_nothing_has_to_wait_and_loses_nothing() -> None:
    """What he sends doesn't pile up in the door."""
    with way() as there:
        slow = there.come()
        sent = filled(slow)
        assert hears(there.come())
        slow.settimeout(30)
        got = 0
        while got < sent:
            part = slow.recv(2**20)
            assert part
            got += len(part)
        assert hears(slow)


def filled(client: socket.socket) -> int:
    """Send until it has to wait; return how many bytes those were."""
    client.settimeout(0.5)
    sent = 0
    try:
        while sent < 2**26:
            sent += client.send(b"x" * 65_536)
    except TimeoutError:
        return sent
    raise AssertionError(f"{sent} bytes were taken")


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_place_is_free_again_when_its_guest_is_gone(end: str) -> None:
    with way() as there:
        client = there.come()
        assert hears(client)
        assert len(there.door.clients) == 1
        if end == "reset":
            linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        client.close()
        until(lambda: len(there.door.clients) == 0, lambda: f"{len(there.door.clients)} are there")


def test_where_one_side_ends_the_other_does_when_it_has_all_of_it() -> None:
    with way() as there:
        client = there.come()
        client.sendall(b"x" * 100_000 + BYE)
        assert len(b"".join(iter(lambda: client.recv(65_536), b""))) == 100_000 + len(BYE)
        other = there.come()
        assert hears(other)
        other.close()
        until(
            lambda: set(there.ended) == set(there.introductions),
            lambda: f"{there.ended} have ended",
        )


def test_where_no_gateway_is_who_comes_is_shown_out_and_that_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING), way(answers=False) as there:
        assert [there.come().recv(1) for _ in range(3)] == [b"", b"", b""]
        until(lambda: len(there.door.clients) == 0, lambda: f"{len(there.door.clients)} are there")
    assert len(caplog.messages) == 1
    assert "takes no connection at localhost:" in caplog.messages[0]
    assert "Machines keep their points" in caplog.messages[0]


@pytest.mark.parametrize("arguments", [[], ["gateway"], ["gateway:x"], [":8087"], ["a:1", "b:2"]])
def test_it_has_to_know_where_the_gateway_is(arguments: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="HOST:PORT"):
        door.main(arguments)
