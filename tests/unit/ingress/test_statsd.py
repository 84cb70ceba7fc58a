"""The filter before StatsD passes on what comes, and says once what it drops."""

import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fixtures import processes
from tests.fixtures.ports import free_port

from swarmscope.errors import ConfigurationError
from swarmscope.ingress import statsd
from swarmscope.ingress.statsd import Filter
from swarmscope.ingress.statsd_lines import Lines
from swarmscope.signals import STOPPING

_PACKETS = socket.AF_INET, socket.SOCK_DGRAM


@contextmanager
def way() -> Iterator[tuple[socket.socket, socket.socket, socket.socket, socket.socket]]:
    """Give a sender, the filter's two sockets, and Telegraf's."""
    with (
        socket.socket(*_PACKETS) as sender,
        socket.socket(*_PACKETS) as comes,
        socket.socket(*_PACKETS) as goes,
        socket.socket(*_PACKETS) as telegraf,
    ):
        for listening in (comes, telegraf):
            listening.bind(("127.0.0.1", 0))
            listening.settimeout(30)
        sender.connect(comes.getsockname())
        goes.connect(telegraf.getsockname())
        yield sender, comes, goes, telegraf


def test_what_is_taken_of_a_packet_arrives() -> None:
    with way() as (sender, comes, goes, telegraf):
        sender.send(b"a:1|c\nnonsense\nb:2|g\n")
        Filter(Lines()).serve(comes, goes)
        assert telegraf.recv(100) == b"a:1|c\nb:2|g"


def test_of_a_packet_without_anything_nothing_arrives() -> None:
    with way() as (sender, comes, goes, telegraf):
        taker = Filter(Lines())
        for packet in (b"", b"nonsense", b"a:1|c"):
            sender.send(packet)
            taker.serve(comes, goes)
        assert telegraf.recv(100) == b"a:1|c"


def test_each_reason_is_said_once_a_while_and_no_sign_of_others_is_written_as_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING), way() as (sender, comes, goes, _):
        taker = Filter(Lines())
        for _ in range(3):
            sender.send("\x1b[2J\u202e\nt:1|ms|@1e-9".encode())
            taker.serve(comes, goes)
    assert len(caplog.messages) == 2
    assert "A line of 127.0.0.1 was dropped: it isn't NAME" in caplog.messages[0]
    assert all(" " <= sign <= "~" for sign in "".join(caplog.messages).replace("…", ""))


def test_a_telegraf_that_is_not_there_yet_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), way() as (sender, comes, goes, telegraf):
        telegraf.close()
        taker = Filter(Lines())
        for _ in range(4):
            sender.send(b"a:1|c")
            taker.serve(comes, goes)
    assert len(caplog.messages) == 1
    assert "what comes meanwhile is lost" in caplog.messages[0]


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with socket.socket(*_PACKETS) as other:
        other.bind(("0.0.0.0", 0))
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match="restart telegraf-events"):
            statsd.main([str(port), "127.0.0.1:1"])


@pytest.mark.parametrize(
    "arguments", [[], ["8125"], ["x", "a:1"], ["1", ":1"], ["1", "a:b"], ["1", "a:1", "2"]]
)
def test_it_has_to_know_both_places(arguments: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="HOST:PORT"):
        statsd.main(arguments)


@pytest.mark.parametrize("number", STOPPING)
def test_it_ends_well_when_it_is_told_to(number: int, tmp_path: Path) -> None:
    said, port = tmp_path / "said", free_port()
    command = (sys.executable, "-P", "-m", "swarmscope.stack", "statsd", str(port), "127.0.0.1:1")
    with processes.running(command, said) as process:
        processes.await_packets(port, process, said)
        process.send_signal(number)
        assert process.wait(timeout=60) == 0, said.read_text()
