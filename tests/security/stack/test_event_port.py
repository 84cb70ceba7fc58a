"""The port for business events: nothing that is sent there ends who takes them."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.fixtures import compose_file, containers, gateways, raw_http, telegrafs
from tests.fixtures.containers import HARDENED, docker

pytestmark = pytest.mark.long

_EVENT = b'{"kind": "deploy", "text": "shop 1.4.2"}'
_SNAPPY_BOMB = b"\xff\xff\xff\xff\x0f" + b"\x00a" * 15
"""Forty bytes that say of themselves that they become four gigabytes."""


@dataclass(frozen=True)
class Port:
    """Where events are sent to, and the container that keeps them."""

    address: str
    telegraf: str

    def status(self, headers: bytes, body: bytes = b"", line: bytes = b"POST /event") -> int:
        """Send one request as it is; return the status of its answer."""
        head = line + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + b"\r\n"
        return raw_http.exchange(f"http://{self.address}", head + body).status

    def lives(self) -> bool:
        """Say whether Telegraf is the same that it was, and takes an event."""
        state = containers.inspect(self.telegraf)["State"]
        taken = self.status(b"Content-Length: %d\r\n" % len(_EVENT), _EVENT) == 204
        return taken and state["Running"] and not state["OOMKilled"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    if reason := containers.missing(*compose_file.images("events", "telegraf-events")):
        pytest.skip(reason)
    token = tmp_path_factory.mktemp("handed") / "token"
    gateways.readable(token, {"token": "of-nobody"})
    ours = compose_file.service("telegraf-events")
    with containers.room() as room:
        front = room.start(
            *("events", "--network", room.network("load")),
            *("--publish", "127.0.0.1::8186", *gateways.nginx("events")),
        )
        telegraf = room.start(
            *("telegraf-events", "--network", f"container:{front}", "--user", ours["user"]),
            *(*HARDENED, "--memory", str(ours["mem_limit"])),
            *("--volume", f"{telegrafs.FOLDER}:/etc/telegraf:ro"),
            *("--volume", f"{token}:/run/swarmscope:ro", ours["image"], *ours["command"]),
        )
        at = Port(docker("port", front, "8186"), telegraf)
        gateways.until(at.lives, lambda: containers.logs(telegraf))
        yield at


@pytest.mark.parametrize("encoding", ["snappy", "Snappy", "gzip", "deflate", "identity, snappy"])
def test_nothing_that_is_packed_goes_on(port: Port, encoding: str) -> None:
    packed = _SNAPPY_BOMB if "nappy" in encoding else gzip.compress(_EVENT)
    of_it = f"Content-Encoding: {encoding}\r\nContent-Length: {len(packed)}\r\n".encode()
    for _ in range(3):  # the second one is for which memory has to be made
        assert port.status(of_it, packed) == 415
    twice = f"Content-Encoding: identity\r\nContent-Encoding: {encoding}\r\n".encode()
    assert port.status(twice + b"Content-Length: %d\r\n" % len(packed), packed) == 415
    assert port.lives()


def test_a_body_that_says_no_length_has_an_end_too(port: Port) -> None:
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    assert port.status(b"Transfer-Encoding: chunked\r\n", chunk * 2 + b"0\r\n\r\n") == 413
    said = b"%x\r\n%s\r\n0\r\n\r\n" % (len(_EVENT), _EVENT)
    assert port.status(b"Transfer-Encoding: chunked\r\n", said) == 204
    assert port.status(b"Content-Length: 70000\r\n", b"a" * 70_000) == 413
    assert port.lives()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /event", 405),
        (b"PUT /event", 405),
        (b"POST /", 404),
        (b"POST /event/", 404),
        (b"POST /event/../health", 404),
        (b"POST /health", 404),
        (b"POST http://127.0.0.1:8080/", 404),
    ],
)
def test_there_is_one_path_and_one_method(port: Port, line: bytes, status: int) -> None:
    assert port.status(b"Content-Length: %d\r\n" % len(_EVENT), _EVENT, line) == status


def test_of_a_header_that_says_it_is_a_page_s_telegraf_is_told(port: Port) -> None:
    """It takes the event, and drops it."""
    of_a_page = b"Origin: http://evil.example\r\nContent-Length: %d\r\n" % len(_EVENT)
    assert port.status(of_a_page, _EVENT) == 204
    gateways.until(
        lambda: "a web page sent was dropped" in containers.logs(port.telegraf),
        lambda: containers.logs(port.telegraf),
    )


def test_the_listener_that_unpacks_is_reached_by_nobody_else(port: Port) -> None:
    listening = docker("exec", port.telegraf, "cat", "/proc/net/tcp", "/proc/net/tcp6")
    places = [line.split()[1].split(":") for line in listening.splitlines() if " 0A " in line]
    # Of all loopback: where Docker answers for names is there, too.
    others = {int(number, 16) for at, number in places if not at.endswith("00007F")}
    assert others == {8186}
    # Nor is Telegraf's StatsD, which one packet keeps busy for good.
    packets = docker("exec", port.telegraf, "cat", "/proc/net/udp", "/proc/net/udp6")
    places = [line.split()[1].split(":")[0] for line in packets.splitlines() if ":" in line[:8]]
    assert places
    assert all(at.endswith("00007F") for at in places)
