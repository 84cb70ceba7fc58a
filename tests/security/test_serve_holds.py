"""What was tried on `swarmscope serve` and never worked, so that it stays so."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit

import pytest
from tests.fixtures import encoded
from tests.fixtures.raw_http import exchange, logged, request
from tests.fixtures.server_thread import ORG, RunningServer, running_server

from swarmscope import schema
from swarmscope.queries.catalogue import CATALOGUE

WRITE = f"/api/v2/write?org={ORG}&bucket={schema.BUCKET}"
INNER = request("POST", WRITE, body=b"smuggled f=1 1")
"""A request that must not be carried out when it comes as another's body."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store")) as running:
        running.database.write(schema.BUCKET, "\n".join(encoded.lines()))
        yield running


def ambiguous(*headers: str) -> bytes:
    """Return a write whose end proxies and servers might see in different places."""
    lines = [f"POST {WRITE} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


@pytest.mark.parametrize(
    "said",
    [
        ambiguous("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + INNER,
        ambiguous("Transfer-Encoding: chunked", "Content-Length: 5") + b"0\r\n\r\n" + INNER,
        ambiguous("Content-Length: 0", f"Content-Length: {len(INNER)}") + INNER,
        ambiguous("Content-Length: 0,5") + INNER,
        ambiguous("Content-Length: +0") + INNER,
        ambiguous("Content-Length: 0x0") + INNER,
        ambiguous("Content-Length: -1") + INNER,
        ambiguous("Content-Length : 0") + INNER,
        ambiguous("Transfer-Encoding: xchunked") + b"0\r\n\r\n" + INNER,
        ambiguous("Transfer-Encoding : chunked") + b"0\r\n\r\n" + INNER,
        ambiguous("Transfer-Encoding: chunked, identity") + b"0\r\n\r\n" + INNER,
        ambiguous("Transfer-Encoding:\x0bchunked") + b"0\r\n\r\n" + INNER,
        ambiguous("Transfer-Encoding: chunked") + b"0x1\r\nm\r\n0\r\n\r\n" + INNER,
        ambiguous("Transfer-Encoding: chunked") + b"-1\r\nm\r\n0\r\n\r\n" + INNER,
    ],
)
def test_no_request_hides_in_another(server: RunningServer, said: bytes) -> None:
    """What could be read in two ways is refused, and the connection with it."""
    answer = exchange(server.url, said)
    assert answer.text.count(b"HTTP/1.1 ") <= 1
    assert answer.status in (0, 400, 501)
    with server.database.cursor() as cursor:
        found = cursor.execute("SELECT count(*) FROM series WHERE measurement = 'smuggled'")
        assert found.fetchone() == (0,)


@pytest.mark.parametrize(
    "path",
    [
        "../server/app.py",
        "..%2fserver%2fapp.py",
        "%2e%2e/server/app.py",
        "%2e%2e%2f%2e%2e%2fvalues.py",
        "....//....//values.py",
        "..\\..\\values.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..%c0%afvalues.py",
        "app.js/../../values.py",
        "app.js%00.py",
        "index.html%2f..%2f..%2fvalues.py",
        ".",
        "..",
        "",
    ],
)
def test_no_path_leads_out_of_the_pages(server: RunningServer, path: str) -> None:
    answer = exchange(server.url, request("GET", f"/static/{path}"))
    assert answer.status == 404
    assert b"import" not in answer.body
    assert b"root:" not in answer.body


INJECTIONS = [
    "' OR '1'='1",
    '" OR "1"="1',
    "'; DROP TABLE points; --",
    "') UNION SELECT * FROM series --",
    "$run",
    "$1",
    "?",
    "r' AND (SELECT count(*) FROM points) > 0 --",
    "\\' OR 1=1 --",
    "'||(SELECT version())||'",
    "read_csv('/etc/passwd')",
    "x'; ATTACH '/tmp/x.db'; --",
    "x'; COPY points TO '/tmp/x.csv'; --",
    "x'; INSTALL httpfs; LOAD httpfs; --",
    "x'; SET memory_limit = '1KB'; --",
    "%' --",
    "_",
    "/*",
    "*/",
    "\u2019 OR 1=1",
    "\uff07 OR 1=1",
    "r\x00' OR 1=1",
    "(SELECT 1)",
    "NULL",
    "{'a': 1}",
    "[1, 2]",
    "1; SELECT 1",
    "--",
    "'",
    '"',
]


@pytest.mark.long_sample(12)
@pytest.mark.long
@pytest.mark.parametrize("text", INJECTIONS)
def test_a_parameter_is_a_value_whatever_it_says(server: RunningServer, text: str) -> None:
    """Each of thirty texts as each parameter of each question: none of them finds another run."""
    for name in CATALOGUE:
        for parameter in ("run", "bucket", "from", "to", "window"):
            others = "" if parameter == "run" else "run=nobody&"
            path = f"/api/queries/{name}?{others}{parameter}={quote(text, safe='')}"
            answer = server.call("GET", path)
            assert answer.status in (200, 400, 404), (path, answer.body)
            if answer.status == 200 and CATALOGUE[name].needs_run:
                assert answer.json["rows"] == []
    assert server.call("GET", "/api/queries/runs").json["rows"]


def test_a_thousand_that_go_away_in_the_middle_are_forgotten(server: RunningServer) -> None:
    parts = urlsplit(server.url)
    whole = request("POST", WRITE, body=b"m f=1 1\n" * 100)
    with logged() as lines:
        for i in range(1_000):
            with socket.create_connection((parts.hostname, parts.port), timeout=20) as client:
                # Past the limit of connections one that waits is closed at once.
                with suppress(ConnectionError):
                    client.sendall(whole[: i * len(whole) // 1_000])
                if i % 2:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        while exchange(server.url, request("GET", "/api/queries/runs")).status != 200:
            time.sleep(0.05)  # until the last of them is noticed; the test's own time-out ends it
    assert [line for line in lines if "connections are taken" not in line] == []
    assert len(lines) <= 1
