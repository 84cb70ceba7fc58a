"""`swarmscope serve` under requests that nobody would send: no error of its own, no script, no log.

Whoever gets in may write and delete; but nobody makes it stumble, or fills its log.
"""

import asyncio
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from tests.fixtures import encoded
from tests.fixtures.raw_http import exchange, logged, request
from tests.fixtures.server_thread import RunningServer, running_server

from swarmscope import schema
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.server.envelope import Envelope

ODD = (
    "[", "http://[", "http://[::1", "inf", "-inf", "nan", "1e999", "9" * 5_000, "-" + "9" * 300, "",
    "\x00", "%00", "\xff\xfe", "%ff", "..", "../../etc/passwd", "%2e%2e%2fpasswd", "a" * 5_000,
    "'; DROP TABLE points; --", "${jndi:x}", "{{7*7}}", "<script>alert(1)</script>", "%0d%0aX: y",
    "1s", "0s", "1.5s", "9" * 400 + "h", "now", "2026-01-01T00:00:00Z", "0000-00-00T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9223372036855", "-9223372036855",
    "٣", "²", "1_000", "0x10", "--1", "+1", " 1", "r", "loadtest", "swarmscope",
)  # fmt: skip
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=40))
PATHS = st.one_of(
    st.sampled_from(
        [
            *(
                "/",
                "/api/queries",
                "/api/audit",
                "/api/v2/write",
                "/api/v2/delete",
                "/api/v2/query",
            ),
            *("/ping", "/health", "/static/app.js", "/static/plotly.min.js", "/nowhere"),
            *(f"/api/queries/{name}" for name in CATALOGUE),
        ]
    ),
    TEXT.map(lambda text: "/static/" + quote(text, safe="%./")),
    TEXT.map(lambda text: "/api/queries/" + quote(text, safe="%./")),
    TEXT.map(lambda text: "/" + quote(text, safe="%/")),
)
PARAMETERS = st.dictionaries(
    st.sampled_from(
        ["run", "from", "to", "window", "bucket", "org", "orgID", "precision", "token", "x"]
    ),
    TEXT,
    max_size=5,
)
HEADER = TEXT.filter(lambda text: not set(text) & set("\r\n\x00")).map(
    lambda text: text.strip().encode("utf-8").decode("latin-1")
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("Origin", "Host", "Cookie", "Authorization", "Content-Encoding", "Content-Type"),
            *("Sec-Fetch-Site", "If-None-Match", "Range", "Upgrade", "Accept-Encoding", "Expect"),
            *("X-Forwarded-Host", "X-HTTP-Method-Override", "Transfer-Encoding", "TE"),
        ]
    ),
    HEADER,
    max_size=3,
)
Asked = tuple[str, str, dict[str, str], dict[str, str], bytes, bool]
METHODS = st.sampled_from(
    ["GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "X"]
)
BODIES = st.one_of(
    st.just(b""),
    st.binary(max_size=60),
    st.sampled_from(
        [b"[" * 5_000, b"9" * 5_000, b"{}", b'{"predicate":1,"start":[],"stop":{}}', b"m f=1 1"]
    ),
)


@pytest.fixture(scope="module", params=["", "s3cret"], ids=["without a token", "with one"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store"), token=request.param) as running:
        running.database.write(schema.BUCKET, "\n".join(encoded.lines()))
        yield running


def check(server: RunningServer, said: bytes) -> int:
    """Send *said*; see that it is answered by no error of the server's own."""
    with logged() as lines:
        answer = exchange(server.url, said)
    assert len(lines) <= 1, lines
    assert all(len(line) < 1_500 for line in lines)
    assert answer.text, "the connection was closed without a word"
    assert answer.status in {200, 204, 303, 304, 400, 401, 403, 404, 405, 411, 501}, answer.text
    assert answer.is_sealed, answer.head
    return answer.status


@pytest.mark.long
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(METHODS, PATHS, PARAMETERS, HEADERS, BODIES, st.booleans()))
@example(("GET", "/api/queries", {}, {"Origin": "http://["}, b"", True))
@example(("GET", "/api/queries", {}, {"Host": "["}, b"", True))
@example(("GET", "/", {"token": "s3cret", "run": "\u2028"}, {"Host": "["}, b"", False))
@example(("GET", "/api/queries/runs", {"window": "inf"}, {}, b"", True))
@example(("GET", "/api/queries/runs", {"window": "nan"}, {}, b"", True))
@example(("GET", "/api/queries/runs", {"window": "9" * 400 + "h"}, {}, b"", True))
@example(("GET", "/static/" + "a" * 5_000 + ".js", {}, {}, b"", True))
@example(("GET", "/ping", {}, {"Upgrade": "websocket", "Connection": "upgrade, close"}, b"", True))
def test_no_request_is_an_error_of_the_server_s_own(server: RunningServer, asked: Asked) -> None:
    method, path, parameters, headers, body, let_in = asked
    target = path
    if parameters:
        target += "?" + "&".join(f"{k}={quote(v, safe='%')}" for k, v in parameters.items())
    if let_in:
        headers = {"Authorization": "Token s3cret", **headers}
    check(server, request(method, target, headers, body))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(min_size=1, max_size=200), st.booleans())
@example(b"GET /\x00 HTTP/1.1", False)
@example(b"\x16\x03\x01\x02\x00", False)
@example(b"GET /ping HTTP/1.1\r\nHost: a\r\nHost: b", False)
@example(b"POST /api/v2/write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz", False)
@example(b"POST /ping HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz", True)
def test_nor_is_what_is_no_request(server: RunningServer, said: bytes, after_another: bool) -> None:
    """It is refused, or the connection ends; what is answered is inert."""
    before = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n" if after_another else b""
    with logged() as lines:
        answer = exchange(server.url, before + said + b"\r\n\r\n" + b"GET / HTTP/9.9\r\n\r\n")
    assert len(lines) <= 1, lines
    for text in answer.text.split(b"HTTP/1.1 ")[1:]:
        assert text[:3] != b"500"
        assert b"x-content-type-options: nosniff" in text.lower()


@pytest.mark.sample(8)
@pytest.mark.parametrize("name", CATALOGUE)
def test_numbers_past_all_numbers_cost_a_line_of_the_log_at_most(
    server: RunningServer, name: str
) -> None:
    """Whoever may write can write them; a sum of them is none."""
    most = 2**63 - 1
    lines = [
        f"locust_stats,run=odd,worker={w},name=Aggregated count={most}i,total_response_time=1.7e308"
        f",num_failures={most}i,current_user_count={most}i {second}"
        for w in "vw"
        for second in range(3)
    ]
    lines += [
        f"locust_latency,run=odd,worker=w,name=Aggregated 10={most}i,20={most}i {s}"
        for s in range(3)
    ]
    server.database.write(schema.BUCKET, "\n".join(lines), "s")
    with logged() as said:
        answer = server.call("GET", f"/api/queries/{name}?run=odd", Authorization="Token s3cret")
    assert answer.status in (200, 503)
    assert len(said) <= 1, said


def test_of_an_error_all_the_same_one_line_is_logged_and_nothing_told() -> None:
    """A line for whoever looks for the fault, which no request can break in two."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("some\nsecret\x1b[2J")

    async def nothing(*_: object) -> None:
        raise AssertionError("neither is there more to read, nor anything to say")

    with logged() as lines:
        asyncio.run(
            Envelope(broken)({"type": "http", "method": "GET", "path": "/a\nb"}, nothing, nothing)
        )
    (line,) = lines
    assert line.startswith("GET /a b failed: RuntimeError: some secret [2J (broken, ")
