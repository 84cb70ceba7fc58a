"""Who has no token, and next to nothing to do, keeps nobody else out of `swarmscope serve`."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.fixtures.raw_http import logged
from tests.fixtures.server_thread import ORG, RunningServer, running_server

from swarmscope.server.patience import Patience

PLACES = 20
WRITE = f"POST /api/v2/write?org={ORG}&bucket=loadtest HTTP/1.1\r\nHost: localhost\r\n".encode()
PING = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    # Longer than any test: that places come free by time isn't what is tried here.
    with running_server(
        tmp_path, patience=Patience(head=300, chunk=300, connections=PLACES)
    ) as running:
        yield running


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connect(
    server: RunningServer,
    clients: ExitStack,
    said: bytes = b"",
    *,
    host: str = "127.0.0.1",
    receives: int = 0,
) -> socket.socket:
    """Open a connection from *host*, say *said*, and leave it at that; *receives*: its buffer."""
    parts = urlsplit(server.url)
    client = clients.enter_context(socket.socket())
    client.settimeout(30)
    if receives:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    client.bind((host, 0))
    client.connect((parts.hostname or "", parts.port or 0))
    client.sendall(said)
    return client


@pytest.mark.parametrize("said", [b"", b"GET /ping HTTP/1.1\r\nHost: local", PING])
def test_connections_that_ask_for_nothing_make_room(
    server: RunningServer, clients: ExitStack, said: bytes
) -> None:
    for _ in range(3):
        for _ in range(PLACES):
            connect(server, clients, said)
        assert server.write("m f=1 1").status == 204


def busy(server: RunningServer, clients: ExitStack) -> socket.socket:
    """Begin a write, and wait until its body is waited for."""
    client = connect(server, clients, WRITE + b"Expect: 100-continue\r\nContent-Length: 7\r\n\r\n")
    assert client.recv(1_000).startswith(b"HTTP/1.1 100")
    return client


def test_a_request_under_way_keeps_its_place(server: RunningServer, clients: ExitStack) -> None:
    writers = [busy(server, clients) for _ in range(PLACES - 1)]
    for _ in range(2 * PLACES):
        connect(server, clients)
    for client in writers:
        client.sendall(b"m f=1 1")
        assert client.recv(100).startswith(b"HTTP/1.1 204")


def test_where_all_are_busy_the_newest_goes(server: RunningServer, clients: ExitStack) -> None:
    for _ in range(PLACES):
        busy(server, clients)
    assert connect(server, clients).recv(1) == b""


def test_one_machine_closes_no_connection_of_another(
    server: RunningServer, clients: ExitStack
) -> None:
    others = [connect(server, clients, host="127.0.0.2") for _ in range(3)]
    for _ in range(3 * PLACES):
        connect(server, clients)
    for other in others:
        other.sendall(PING)
        assert other.recv(100).startswith(b"HTTP/1.1 204")


def test_that_places_were_taken_is_said_once_and_by_whom(
    server: RunningServer, clients: ExitStack
) -> None:
    with logged() as lines:
        for _ in range(PLACES + 5):
            connect(server, clients)
        assert server.write("m f=1 1").status == 204
    said = [line for line in lines if "connections are taken" in line]
    assert len(said) == 1
    assert f"All {PLACES} connections are taken, most of them by 127.0.0.1." in said[0]


def test_who_has_no_token_keeps_no_place_by_leaving_answers_unread(
    tmp_path: Path, clients: ExitStack
) -> None:
    """Thousands of questions that anybody may ask, and not one answer that is read."""
    patience = Patience(head=300, chunk=300, answer=300, connections=PLACES)
    with running_server(tmp_path, token="s3cret", patience=patience) as server:
        holder = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        clients.callback(holder.close)
        let_in = {"Authorization": "Token s3cret"}
        holder.request("GET", "/api/queries", headers=let_in)
        assert holder.getresponse().read()
        refused = b"GET /api/queries HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for asked in (PING, refused):
            for _ in range(PLACES):
                client = connect(server, clients, receives=1_024)
                client.setblocking(False)
                with suppress(BlockingIOError):
                    client.sendall(asked * 20_000)
            assert server.write("m f=1 1", **let_in).status == 204
        # Nor was the one closed for them that was let in before.
        holder.auto_open = 0
        holder.request("GET", "/api/queries", headers=let_in)
        assert holder.getresponse().read()
