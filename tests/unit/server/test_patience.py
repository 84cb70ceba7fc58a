"""Slow, greedy and many clients: each of them is bounded, and the others don't notice."""

import gzip
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.fixtures.server_thread import ORG, RunningServer, running_server

from swarmscope.server.patience import Patience

pytestmark = pytest.mark.long

IMPATIENT = Patience(head=0.5, chunk=0.5, body=1.5, answer=0.5, connections=20, bodies=3 * 2**20)
WRITE = f"POST /api/v2/write?org={ORG}&bucket=loadtest HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path, patience=IMPATIENT) as running:
        yield running


def connect(server: RunningServer) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=60)


def rest(client: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    received = b""
    try:
        while chunk := client.recv(65_536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET /ping HTTP/1.1\r\nHost: localh"])
def test_a_head_that_never_ends_is_not_waited_for(server: RunningServer, said: bytes) -> None:
    with connect(server) as client:
        client.sendall(said)
        assert rest(client) == b""


def test_a_second_head_that_never_ends_is_not_waited_for_either(server: RunningServer) -> None:
    with connect(server) as client:
        client.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\nGET /pi")
        assert rest(client).startswith(b"HTTP/1.1 204")


def test_a_body_that_stops_coming_is_answered_with_408(server: RunningServer) -> None:
    with connect(server) as client:
        client.sendall(f"{WRITE}Content-Length: 100\r\n\r\nm f=1 1".encode())
        assert rest(client).startswith(b"HTTP/1.1 408")


def test_a_body_that_drips_is_answered_with_408(server: RunningServer) -> None:
    with connect(server) as client:
        client.sendall(f"{WRITE}Content-Length: 100000\r\n\r\n".encode())
        with suppress(BrokenPipeError, ConnectionResetError):
            while not select.select([client], [], [], 0.05)[0]:
                client.sendall(b"m")
        assert client.recv(100).startswith(b"HTTP/1.1 408")


def test_past_the_limit_connections_are_closed_and_room_is_made_by_time(
    server: RunningServer,
) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(60)]
        assert all(rest(client) == b"" for client in clients)
    assert server.call("GET", "/ping").status == 204


@pytest.mark.long
def test_bodies_past_the_room_for_all_are_told_to_come_again(tmp_path: Path) -> None:
    """One that is being received holds its share until it is stored or given up."""
    two_mib = (b"#" * 1_023 + b"\n") * 2_048
    head = f"{WRITE}Content-Length: {2**23}\r\n\r\n".encode()
    with running_server(tmp_path, patience=Patience(chunk=2, bodies=3 * 2**20)) as server:
        statuses = set()
        # Either of the two may come first; the other one finds no room.
        while (503, "1") not in statuses:
            with connect(server) as greedy:
                greedy.sendall(head + two_mib)
                busy = server.write(two_mib)
                statuses.add((busy.status, busy.headers.get("retry-after")))
                assert rest(greedy)[:12] in (b"HTTP/1.1 408", b"HTTP/1.1 503")
        assert server.write(two_mib).status == 204
        assert statuses <= {(503, "1"), (204, None)}


def test_a_bomb_is_given_up_at_the_first_byte_too_many(server: RunningServer) -> None:
    bomb = gzip.compress(bytes(200 * 2**20))
    assert server.write(bomb, Content_Encoding="gzip").status in (413, 503)
    assert server.write("m f=1 1").status == 204


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("\n" * 500_001, "more than 500,000 lines"),
        ("m " + "a=1," * 300_000 + "b=1 1", "a line of more than 1,048,576 characters"),
        ("m f=1\n" * 400_000 + "=" * 600_001, "more than 1,000,000 tags and fields"),
    ],
    ids=["lines", "long line", "values"],
)
def test_more_than_can_be_read_at_once_is_refused_whole(
    tmp_path: Path, body: str, says: str
) -> None:
    with running_server(tmp_path) as server:
        answer = server.write(body)
        assert (answer.status, answer.json["code"]) == (413, "request too large")
        assert says in answer.json["message"]
        assert server.call("GET", "/ping").status == 204


def test_a_text_longer_than_any_line_may_be_is_refused(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        assert server.write('m f="' + "aaaa\n" * 250_000 + '" 1').status == 400
        assert server.write('m f="' + "aaaa\n" * 200_000 + '" 1').status == 204


def test_of_a_bad_line_that_is_long_the_begin_is_named(server: RunningServer) -> None:
    """Else an answer would be six times as long as what was asked: escapes, in JSON."""
    answer = server.write("\n".join(["m" + "\x01" * 20_000, f"m f={'9' * 20_000}i"] * 50))
    assert answer.status == 400
    assert len(answer.body) < 2**16
    named = answer.json["message"].count("unable to parse 'm")
    assert named >= 10
    assert answer.json["message"].endswith(f"and {100 - named} more lines")


def test_of_many_bad_lines_the_first_hundred_are_named(server: RunningServer) -> None:
    answer = server.write("bad\n" * 10_000)
    assert answer.status == 400
    assert answer.json["message"].count("unable to parse") == 100
    assert answer.json["message"].endswith("and 9900 more lines")


@pytest.mark.parametrize("path", ["/ping", "/api/queries", "/api/queries/absent", "/none"])
def test_every_answer_is_inert_in_a_browser(server: RunningServer, path: str) -> None:
    headers = server.call("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
