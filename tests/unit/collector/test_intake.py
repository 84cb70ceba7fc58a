"""What the network brings in: each message whole, connections counted, and a port kept."""

import resource
import socket
from collections.abc import Iterator

import pytest
import zmq
from tests.fixtures.patience import wait_until
from tests.fixtures.ports import free_port

from swarmscope.collector.intake import Intake, descriptors_used, resident_bytes, want_descriptors
from swarmscope.errors import ConfigurationError


@pytest.fixture
def intake() -> Iterator[Intake]:
    opened = Intake("tcp://127.0.0.1:0", None)
    yield opened
    opened.close()


@pytest.fixture
def context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    made: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    yield made
    made.destroy(linger=0)


def taken(intake: Intake, most: int) -> list[list[bytes]]:
    found: list[list[bytes]] = []

    def enough() -> bool:
        found.extend(intake.receive(20))
        return len(found) >= most

    wait_until(enough)
    return found


def test_messages_come_in_whole_and_in_their_order(
    intake: Intake, context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    push = context.socket(zmq.PUSH)
    push.connect(intake.address)
    for number in range(3):
        push.send_multipart([b"head", b"%d" % number])
    assert taken(intake, 3) == [[b"head", b"0"], [b"head", b"1"], [b"head", b"2"]]
    assert list(intake.receive(0)) == []
    assert intake.refused == 0


def test_a_port_that_was_free_is_kept_when_all_is_dropped(
    intake: Intake, context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    push = context.socket(zmq.PUSH)
    push.connect(intake.address)
    push.send(b"before")
    assert taken(intake, 1) == [[b"before"]]
    address = intake.address
    intake.reopen()
    assert intake.address == address
    push.send(b"after")
    assert taken(intake, 1) == [[b"after"]]


def test_who_comes_and_goes_without_a_word_is_counted(intake: Intake) -> None:
    port = int(intake.address.rpartition(":")[2])
    socket.create_connection(("127.0.0.1", port), timeout=60).close()

    def refused() -> bool:
        assert list(intake.receive(20)) == []
        return intake.refused == 1

    wait_until(refused)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "tcp://192.0.2.1:{port}"])
def test_where_it_can_not_listen_nothing_is_collected(address: str) -> None:
    port = free_port()
    other = Intake(f"tcp://127.0.0.1:{port}", None)
    with pytest.raises(ConfigurationError, match="The collector can't listen on") as caught:
        Intake(address.format(port=port), None)
    other.close()
    assert caught.value.data == "Nothing is collected."
    assert "--bind" in caught.value.remedy


def test_what_this_process_uses_is_known() -> None:
    assert resident_bytes() > 2**20
    assert 0 < descriptors_used() < 1
    before, limits = descriptors_used(), resource.getrlimit(resource.RLIMIT_NOFILE)
    want_descriptors()
    assert descriptors_used() <= before
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
