"""Strangers before a collector that has keys: none writes, none reads, none keeps workers out."""

import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path

import pytest
from tests.fixtures import zmtp
from tests.fixtures.collectors import Collector, collecting, until

from swarmscope.logs.curve import make_keys, read_key
from swarmscope.logs.lines import Message, record_line
from swarmscope.logs.push import Push


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def collector(tmp_path: Path, keys: tuple[Path, Path]) -> Iterator[Collector]:
    with collecting(tmp_path, {}, "--no-store", "--key-file", str(keys[0])) as running:
        yield running


def line(message: str) -> bytes:
    return record_line(
        1_763_740_000 * 10**9, "info", "x", message, host="h", run="r", worker="w"
    ).encode()


def messages(collector: Collector) -> list[str]:
    return [str(record["message"]) for record in collector.records()]


def say(collector: Collector, message: str, key: bytes | None, sender: str = "me") -> Push:
    """Offer *message*; the caller closes the socket."""
    push = Push(collector.address, sender, {}, key)
    push.offer(line(message), 1)
    return push


def arrives(collector: Collector, push: Push, message: str) -> None:
    until(lambda: bool(push.pump()) and message in messages(collector))
    push.close(0)


def test_who_has_no_key_or_another_one_writes_nothing(
    collector: Collector, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    _, other = make_keys(tmp_path / "other")
    strangers = [say(collector, "none", None), say(collector, "wrong", read_key(other))]
    host, _, port = collector.address.removeprefix("tcp://").partition(":")
    # one that doesn't wait to be let in
    with zmtp.connect(collector.address) as loud, suppress(OSError):
        loud.sendall(zmtp.part(Message("s", 0, {}, [line("loud")]).encode(), more=False))
    with socket.create_connection((host, int(port))) as other_protocol:
        other_protocol.sendall(b"GET / HTTP/1.1\r\n\r\n" + line("http"))
    for stranger in strangers:
        stranger.pump()
    arrives(collector, say(collector, "hello", read_key(keys[1])), "hello")
    until(lambda: all(not stranger.pump() for stranger in strangers))
    said = collector.end()
    for stranger in strangers:
        stranger.close(0)
    assert "hello" in messages(collector)
    assert not {"none", "wrong", "loud", "http"} & set(messages(collector))
    assert "refused" in said


def test_what_is_sent_can_not_be_read_on_the_way(
    collector: Collector, keys: tuple[Path, Path]
) -> None:
    seen = bytearray()
    host, _, port = collector.address.removeprefix("tcp://").partition(":")
    with socket.create_server(("127.0.0.1", 0)) as door:
        relay = threading.Thread(target=_relay, args=(door, (host, int(port)), seen), daemon=True)
        relay.start()
        push = Push(f"tcp://127.0.0.1:{door.getsockname()[1]}", "me", {}, read_key(keys[1]))
        push.offer(line("a secret"), 1)
        arrives(collector, push, "a secret")
    assert b"CURVE" in seen
    assert b"secret" not in seen


def _relay(door: socket.socket, to: tuple[str, int], seen: bytearray) -> None:
    near, _ = door.accept()
    far = socket.create_connection(to)

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                seen.extend(data)
                target.sendall(data)

    threading.Thread(target=pass_on, args=(far, near), daemon=True).start()
    pass_on(near, far)


def test_an_impostor_in_the_collector_s_place_gets_no_line(
    tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    secret, _ = make_keys(tmp_path / "impostor")
    for options in ((), ("--key-file", str(secret))):
        with collecting(tmp_path, {}, "--no-store", *options) as impostor:
            push = say(impostor, "for the collector alone", read_key(keys[1]))
            # It came so far as to be turned away, and its line is still here.
            until(partial(_is_turned_away, push, impostor))
            push.close(0)
            impostor.end()
        assert "for the collector alone" not in messages(impostor)


def _is_turned_away(push: Push, impostor: Collector) -> bool:
    assert not push.pump()
    return "refused" in impostor.said.read_text()


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("silent", [True, False], ids=["silent", "endless handshakes"])
def test_strangers_that_only_connect_keep_no_worker_out(
    collector: Collector, keys: tuple[Path, Path], silent: bool
) -> None:
    """They took all descriptors of the process, and a core: nobody else got in for as long."""
    early = say(collector, "early", read_key(keys[1]))
    until(lambda: bool(early.pump()) and "early" in messages(collector))
    resource.prlimit(collector.process.pid, resource.RLIMIT_NOFILE, (256, 256))
    host, _, port = collector.address.removeprefix("tcp://").partition(":")
    with ExitStack() as stack:
        for _ in range(600):
            stranger = stack.enter_context(closing(socket.socket()))
            stranger.settimeout(1)
            with suppress(OSError):  # its queue may be full by now
                stranger.connect((host, int(port)))
                if not silent:
                    stranger.sendall(b"\xff" + b"\x00" * 8 + b"\x7f\x03")
        late = say(collector, "late", read_key(keys[1]), "late")
        for push, message in ((early, "early again"), (late, "late again")):
            until(partial(_gets_through, collector, push, message))
    early.close(1_000)
    late.close(1_000)
    said = collector.end()
    dropped = "All connections were dropped: there were too many for one process" in said
    # Handshakes that are refused as fast as they come are never too many.
    assert dropped or (not silent and "600 connections refused" in said), said


def _gets_through(collector: Collector, push: Push, message: str) -> bool:
    """Say it once more, until it is heard: what is under way as all are dropped may be lost."""
    push.offer(line(message), 1)
    push.pump()
    return message in messages(collector)


def test_it_takes_more_connections_than_a_shell_lets_it(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, soft), hard))
    try:
        with collecting(tmp_path, {}, "--no-store") as collector:
            most, _ = resource.prlimit(collector.process.pid, resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert most == (65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536))
