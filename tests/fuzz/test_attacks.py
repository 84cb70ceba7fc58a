"""A server under attack answers 4xx, doesn't grow, and still serves everybody else."""

import gzip
import http.client
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit

import psutil
import pytest

from swarmscope.queries.catalogue import CATALOGUE
from tests.fixtures import stores
from tests.fixtures.stores import Store
from tests.fuzz.cases import random_text

pytestmark = pytest.mark.long

WRITE = "/api/v2/write?org=swarmscope&bucket=loadtest"
GROWTH = 200 * 2**20
"""Bytes: the allocator keeps some, and DuckDB buffers up to its own limit."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stores.embedded(tmp_path_factory.mktemp("attacked")) as running:
        yield running


def ask(store: Store, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    parts = urlsplit(store.env["INFLUXDB_V2_URL"])
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0, timeout=60)
    try:
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        return connection.getresponse().status
    finally:
        connection.close()


def rss(store: Store) -> int:
    return int(psutil.Process(store.pid).memory_info().rss)


def bad_bodies(rnd: random.Random) -> Iterator[tuple[bytes, dict[str, str]]]:
    for _ in range(150):
        yield rnd.randbytes(rnd.randrange(2_000)) + b"x", {}
        yield random_text(rnd).encode("utf-8", "surrogatepass") + b"\nbad", {}
        yield rnd.randbytes(200), {"Content_Encoding": "gzip"}
        packed = gzip.compress(rnd.randbytes(2_000))
        yield packed[: rnd.randrange(1, len(packed) - 8)], {"Content_Encoding": "gzip"}
    for _ in range(4):
        yield gzip.compress(bytes(120 * 2**20), 1), {"Content_Encoding": "gzip"}
        yield b"m f=" + b"1" * (20 * 2**20), {}
        yield b'm f="' + b"\\\\" * (5 * 2**20), {}
        yield b"\n" * (10 * 2**20), {}
        yield b"m," + b"a=1," * (4 * 2**20), {}


@pytest.mark.release
def test_bad_bodies_are_refused_and_cost_no_memory_for_good(store: Store) -> None:
    rnd = random.Random(8731)
    bodies = list(bad_bodies(rnd))
    for body, headers in bodies[-5:]:
        ask(store, "POST", WRITE, body, **headers)
    before = rss(store)
    for body, headers in bodies:
        assert 400 <= ask(store, "POST", WRITE, body, **headers) < 500, ascii(body[:200])
    assert rss(store) - before < GROWTH
    assert ask(store, "POST", WRITE, b"m f=1 1") == 204


def test_bad_questions_are_refused_and_never_fail_inside(store: Store) -> None:
    rnd = random.Random(1)
    names = [*CATALOGUE, "../../etc/passwd", "runs'; DROP TABLE points; --"]
    parameters = ("run", "from", "to", "window", "bucket")
    for _ in range(300):
        given = {p: random_text(rnd)[:500] for p in rnd.sample(parameters, rnd.randrange(1, 5))}
        query = "&".join(
            f"{k}={quote(v.encode('utf-8', 'surrogatepass'))}" for k, v in given.items()
        )
        path = f"/api/queries/{quote(rnd.choice(names), safe='')}?{query}"
        assert ask(store, "GET", path) in (200, 400, 404), ascii(path)
    assert ask(store, "GET", "/api/queries/runs") == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.js",
        "/static/%2e%2e%2f%2e%2e%2fsettings.py",
        "/static/....//app.py",
        "/static/%00app.js",
        "/static//etc/passwd",
        "/../../../../etc/passwd",
        "/static/style.css%00.html",
    ],
)
def test_no_path_leads_out_of_the_pages(store: Store, path: str) -> None:
    assert ask(store, "GET", path) == 404


def test_noise_on_many_connections_disturbs_nobody(store: Store) -> None:
    parts = urlsplit(store.env["INFLUXDB_V2_URL"])
    rnd = random.Random(2)
    for _ in range(200):
        noise = rnd.randbytes(rnd.randrange(1, 500)) + b"\r\n\r\n"
        address = (parts.hostname, parts.port)
        with suppress(ConnectionError), socket.create_connection(address, timeout=30) as client:
            client.sendall(noise)
    assert ask(store, "GET", "/ping") == 204
