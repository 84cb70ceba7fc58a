"""The socket to the collector, and the collector's: bounded, and nobody waits."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq
from tests.fixtures.ports import free_port

from swarmscope.collector.intake import Intake
from swarmscope.errors import ConfigurationError
from swarmscope.logs import push
from swarmscope.logs.curve import make_keys, read_key
from swarmscope.logs.lines import MAX_MESSAGE, Message
from swarmscope.logs.push import Push

ANYWHERE = "tcp://127.0.0.1:0"


@pytest.fixture
def intake() -> Iterator[Intake]:
    taking = Intake(ANYWHERE, None)
    yield taking
    taking.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def drain(intake: Intake, to: Push, lines: int) -> list[bytes]:
    """Return the lines that came, once there are so many, while *to* goes on sending."""
    found: list[bytes] = []

    def complete() -> bool:
        to.pump()
        for frames in intake.receive(10):
            found.extend(Message.decode(frames[0]).lines)
        return len(found) >= lines

    until(complete)
    return found


def test_lines_arrive_in_order_and_with_their_numbers(intake: Intake) -> None:
    to = Push(intake.address, "me", {"env": "test"}, None)
    for number in range(3):
        to.offer(b"%d\n%d" % (number, number), 2)
    until(to.pump)
    messages: list[Message] = []
    until(
        lambda: (
            messages.extend(Message.decode(f[0]) for f in intake.receive(10)) or len(messages) == 3
        )
    )
    assert [(m.sender, m.first, m.tags) for m in messages] == [
        ("me", first, {"env": "test"}) for first in (0, 2, 4)
    ]
    to.close(0)


def test_a_collector_that_never_comes_costs_bounded_memory_and_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(push, "MAX_WAITING", 1_000)
    to = Push(f"tcp://127.0.0.1:{free_port()}", "me", {}, None)
    offered = 500
    for _ in range(offered):
        to.offer(b"x" * 100, 1)
        to.pump()
    assert caplog.text.count("takes nothing") == 1
    to.close(0)
    assert f"{offered:,} log lines never reached the collector" in caplog.text


def test_what_was_dropped_is_said_when_lines_are_taken_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(push, "MAX_WAITING", 1_000)
    port = free_port()
    to = Push(f"tcp://127.0.0.1:{port}", "me", {}, None)
    for number in range(100):
        to.offer(b"%04d" % number + b"x" * 96, 1)
        to.pump()
    intake = Intake(f"tcp://127.0.0.1:{port}", None)
    found = drain(intake, to, 10)
    assert [int(line[:4]) for line in found] == list(range(90, 100))
    assert "90 log lines for the collector were dropped here" in caplog.text
    to.close(0)
    intake.close()


def test_a_line_larger_than_a_message_is_dropped_and_stops_nothing(
    intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    to = Push(intake.address, "me", {}, None)
    to.offer(b"x" * MAX_MESSAGE, 1)
    to.offer(b"small", 1)
    assert drain(intake, to, 1) == [b"small"]
    assert "1 log lines for the collector were dropped" in caplog.text
    to.close(0)


def test_with_keys_lines_arrive(tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path)
    intake = Intake(ANYWHERE, read_key(secret))
    to = Push(intake.address, "me", {}, read_key(public))
    to.offer(b"hello", 1)
    assert drain(intake, to, 1) == [b"hello"]
    to.close(0)
    intake.close()


@pytest.mark.parametrize("keys", ["none", "of another collector"])
def test_who_has_not_the_collector_s_key_gets_nothing_in(tmp_path: Path, keys: str) -> None:
    secret, public = make_keys(tmp_path / "a")
    _, other = make_keys(tmp_path / "b")
    intake = Intake(ANYWHERE, read_key(secret))
    stranger = Push(intake.address, "x", {}, None if keys == "none" else read_key(other))
    stranger.offer(b"let me in", 1)
    stranger.pump()
    until(lambda: list(intake.receive(10)) == [] and intake.refused > 0)
    to = Push(intake.address, "me", {}, read_key(public))
    to.offer(b"hello", 1)
    assert drain(intake, to, 1) == [b"hello"]
    for each in (stranger, to):
        each.close(0)
    intake.close()


def test_bytes_of_another_protocol_are_refused_and_counted(intake: Intake) -> None:
    host, _, port = intake.address.removeprefix("tcp://").partition(":")
    with socket.create_connection((host, int(port))) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"\x00" * 1_000)
    until(lambda: list(intake.receive(10)) == [] and intake.refused > 0)
    to = Push(intake.address, "me", {}, None)
    to.offer(b"hello", 1)
    assert drain(intake, to, 1) == [b"hello"]
    to.close(0)


def test_a_huge_message_is_cut_off_and_others_still_come(intake: Intake) -> None:
    context = zmq.Context()
    stranger = context.socket(zmq.PUSH)
    stranger.connect(intake.address)
    stranger.send(b"x" * (8 * 2**20))
    to = Push(intake.address, "me", {}, None)
    to.offer(b"hello", 1)
    assert drain(intake, to, 1) == [b"hello"]
    stranger.close(0)
    context.term()
    to.close(0)


def test_connections_can_all_be_dropped_and_come_again(intake: Intake) -> None:
    to = Push(intake.address, "me", {}, None)
    to.offer(b"before", 1)
    assert drain(intake, to, 1) == [b"before"]
    intake.reopen()
    found: list[bytes] = []

    def arrived() -> bool:
        # What was handed over before the break was noticed is lost with the connection.
        to.offer(b"after", 1)
        to.pump()
        for frames in intake.receive(50):
            found.extend(Message.decode(frames[0]).lines)
        return bool(found)

    until(arrived)
    assert set(found) == {b"after"}
    to.close(0)


def test_an_address_in_use_says_what_to_do(intake: Intake) -> None:
    with pytest.raises(ConfigurationError, match="--bind"):
        Intake(intake.address, None)
