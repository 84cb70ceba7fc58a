"""An enrolled machine before the gateway: it can write points, and nothing else, nor too many."""

import gzip
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.fixtures import compose_file, containers, gateways, raw_https
from tests.fixtures.containers import HARDENED, docker
from tests.fixtures.gateways import WRITE, Site
from tests.fixtures.influxd import Influx

pytestmark = pytest.mark.long
_WAITED = 3_000
_LINE = b"m v=1\n"
"""As short as a line can be."""
_LONG = b"m,of=somebody-who-has-not-much-to-say,and=says-it-at-length v=1\n"
"""Of such a body may have a megabyte: as many lines as are taken."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if reason := gateways.missing():
        pytest.skip(reason)
    with gateways.site(tmp_path_factory.mktemp("s"), tmp_path_factory.mktemp("h")) as started:
        yield started


def asked(site: Site, line: bytes, headers: bytes = b"", body: bytes = _LINE) -> int:
    """Send one request as it is; return the status."""
    head = [
        line + b" HTTP/1.1",
        b"Host: stack",
        b"Connection: close",
        b"Authorization: Token " + site.token().encode(),
    ]
    if b"transfer-encoding" not in headers.lower():
        head.append(b"Content-Length: %d" % len(body))
    request = b"\r\n".join(head) + b"\r\n" + headers + b"\r\n" + body
    return raw_https.status(raw_https.ask(site.gateway, request, site.trust()))


@pytest.mark.parametrize(
    "path",
    [
        "/metrics/../api/v2/write",
        "/debug/pprof/heap/../../../api/v2/write",
        "/api/v2/query/../write?org=swarmscope",
        "/api/v2/delete/%2e%2e/write",
        "/api/v2/delete%2f..%2fwrite",
        "/%61pi/v2/write",
        "/api/v2/%77rite",
        "//api/v2/write",
        "/api//v2/write",
        "/api/v2/./write",
        "/api/v2/write;x",
        "/api/v2/write/..;/query",
        "/api/v2/write#/../query",
        "/api/v2/write%3f",
        "/packed",
        "http://influxdb:8086/metrics/../api/v2/write",
        "http://influxdb:8086/api/v2/query",
    ],
)
def test_no_other_way_to_write_a_path_leads_anywhere(site: Site, path: str) -> None:
    assert asked(site, b"POST " + path.encode()) == 404


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        (b"CONNECT influxdb:8086", b"", 400),
        (b"POST *", b"", 400),
        (b"POST /api/v2/write%00", b"", 400),
        (b"POST " + WRITE.encode(), b"Content-Length: 0\r\n", 400),
        (b"POST " + WRITE.encode(), b"Transfer-Encoding: xchunked\r\n", 501),
        (b"POST " + WRITE.encode(), b"Transfer-Encoding: gzip, chunked\r\n", 501),
    ],
)
def test_what_two_servers_could_read_differently_is_refused(
    site: Site, line: bytes, headers: bytes, status: int
) -> None:
    assert asked(site, line, headers) == status


def test_what_follows_a_body_is_no_second_request_of_ours(site: Site) -> None:
    """A write with a query behind it is answered once as a write, and once as nothing we have."""
    second = b"POST /api/v2/query HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    chunked = b"6\r\n" + _LINE + b"\r\n0\r\n\r\n" + second
    head = f"POST {WRITE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    head += f"Authorization: Token {site.token()}\r\n\r\n"
    answer = raw_https.ask(site.gateway, head.encode() + chunked, site.trust())
    assert raw_https.status(answer) == 204
    assert answer.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 404" in answer


def test_no_header_but_those_of_a_write_reaches_influxdb(site: Site) -> None:
    """Of the token in a cookie's place nothing is left: InfluxDB sees no credential at all."""
    head = f"POST {WRITE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n"
    head += f"Cookie: influxdb-oss-session={site.influx.token}\r\n"
    head += "X-Original-URL: /api/v2/buckets\r\nX-HTTP-Method-Override: GET\r\n\r\n"
    answer = raw_https.ask(site.gateway, head.encode() + _LINE, site.trust())
    assert raw_https.status(answer) == 401


def test_of_who_has_no_token_no_body_is_taken(site: Site) -> None:
    """He filled the folder where bodies wait, and held it for as long as he liked."""
    for token in (b"", b"Authorization: Token made-up\r\n"):
        head = f"POST {WRITE} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n".encode()
        # Of a megabyte next to nothing: an answer comes of the head alone.
        answer = raw_https.ask(site.gateway, head + token + b"\r\n" + _LINE, site.trust())
        assert raw_https.status(answer) == 401
    assert site.send(WRITE, body=_LONG * 15_000) == 204


def test_one_machine_leaves_room_for_the_others(site: Site) -> None:
    """It took all four places of InfluxDB that there are for other machines together."""
    body = _LONG * 15_000
    with ThreadPoolExecutor(12) as pool:
        schemes = ("Token", "TOKEN", "Bearer", "bEarer")
        many = pool.map(
            lambda number: site.send(WRITE, body=body, scheme=schemes[number % 4]), range(48)
        )
        other = [site.send(WRITE, token=site.influx.token) for _ in range(10)]
        assert set(many) == {204, 429}
    assert set(other) == {204}


def test_a_blank_behind_its_token_makes_no_other_machine_of_one(site: Site) -> None:
    """nginx leaves a tab where InfluxDB reads over it: each number of tabs had its own places."""

    def head(tabs: int) -> bytes:
        token = f"{site.token()}" + "\t" * tabs
        lines = f"POST {WRITE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        return f"{lines}Authorization: Token {token}\r\nContent-Length: 6\r\n\r\n".encode()

    with (
        raw_https.begun(site.gateway, head(1), site.trust()),
        raw_https.begun(site.gateway, head(2), site.trust()),
    ):
        # Until nginx has read both heads there is room; how many tabs are tried has an end.
        answers = (
            raw_https.ask(site.gateway, head(3 + n) + _LINE, site.trust()) for n in range(99)
        )
        assert 429 in map(raw_https.status, answers)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "identity, gzip", "deflate"])
def test_of_what_is_packed_next_to_nothing_is_taken(site: Site, encoding: str) -> None:
    body = gzip.compress(_LINE * 1_600_000)
    assert len(body) < 2**20
    assert site.send(WRITE, body=body, headers={"Content-Encoding": encoding}) == 413
    twice = f"Content-Encoding: identity\r\nContent-Encoding: {encoding}\r\n".encode()
    assert asked(site, b"POST " + WRITE.encode(), twice, body) == 413
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    headers = f"Content-Encoding: {encoding}\r\nTransfer-Encoding: chunked\r\n".encode()
    assert asked(site, b"POST " + WRITE.encode(), headers, chunked) == 413


def test_of_2_kb_that_unpack_to_more_than_a_body_may_have_nothing_is_taken(site: Site) -> None:
    for lines in (225_000, 30_000):  # of too many bytes, and of too many lines
        body = gzip.compress(_LINE * lines, 9)
        assert len(body) <= 2_048
        assert site.send(WRITE, body=body, headers={"Content-Encoding": "gzip"}) == 413
    assert site.send(WRITE, body=_LINE * 30_000) == 413


def test_a_machine_whose_telegraf_still_packs_goes_on_reporting(site: Site, tmp_path: Path) -> None:
    """Enrolled by an earlier version, it sends halves of a batch until they are taken."""
    text = (site.secrets / "enrolled/web-1/telegraf.conf").read_text()
    ours = text.partition("[[inputs.cpu]]")[0]
    assert 'content_encoding = "identity"' in ours
    packing = ours.replace('content_encoding = "identity"', "")
    reads = '[[inputs.file]]\n  files = ["/etc/telegraf/lines"]\n  data_format = "influx"\n'
    lines = "\n".join(f"waited,path=/data/{n} used={n}i {time.time_ns()}" for n in range(_WAITED))
    ca = (site.secrets / "enrolled/web-1/ca.pem").read_text()
    files = {"telegraf.conf": packing + reads, "ca.pem": ca, "lines": lines}
    gateways.readable(tmp_path / "mounted", files)
    machine = site.room.start(
        *("packing", "--network", site.networks["outside"], *HARDENED),
        *("--user", compose_file.service("telegraf")["user"]),
        *("--volume", f"{tmp_path / 'mounted'}:/etc/telegraf:ro", *compose_file.images("telegraf")),
    )
    counted = '|> filter(fn: (r) => r._measurement == "waited") |> group() |> count()'
    gateways.until(
        lambda: f",{_WAITED}" in site.ask(counted),
        lambda: site.ask(counted) + containers.logs(machine),
    )
    gateways.until(lambda: "413" in containers.logs(machine), lambda: containers.logs(machine))


def test_influxdb_lives_while_a_machine_sends_as_much_as_it_can(site: Site) -> None:
    """The largest that the gateway takes of each kind, many at a time, in a container of 2 GiB."""
    plain = _LONG * (2**20 // len(_LONG))
    packed = gzip.compress(_LINE * 20_000, 9)
    assert len(packed) <= 2_048

    def send(number: int) -> int:
        if number % 2:
            return site.send(WRITE, body=plain)
        return site.send(WRITE, body=packed, headers={"Content-Encoding": "gzip"})

    with ThreadPoolExecutor(24) as pool:
        statuses = set(pool.map(send, range(120)))
    assert statuses <= {204, 429}
    assert 204 in statuses
    state = containers.inspect(site.containers["influxdb"])
    assert (state["RestartCount"], state["State"]["OOMKilled"]) == (0, False)
    assert site.influx.call("GET", "/health")[0] == 200


def test_a_worker_s_token_can_write_and_neither_delete_nor_ask(site: Site) -> None:
    """The token itself could; where its owner is, there is only the intake."""
    intake = f"http://{gateways.address(site.containers['intake'], site.networks['write'])}:8086"
    worker = Influx(intake, site.token(), "swarmscope", "")
    past = Influx(site.influx.url, site.token(), "swarmscope", "")
    delete = "/api/v2/delete?org=swarmscope&bucket=loadtest"
    span = {"start": "2000-01-01T00:00:00Z", "stop": "2000-01-02T00:00:00Z"}
    script = {"query": 'import "array" array.from(rows: [{a: 1}])', "type": "flux"}
    assert worker.call("POST", WRITE, raw=_LINE)[0] == 204
    assert past.call("POST", delete, span)[0] == 204
    assert past.call("POST", "/api/v2/query?org=swarmscope", script)[0] == 200
    assert worker.call("POST", delete, span)[0] == 404
    assert worker.call("POST", "/api/v2/query?org=swarmscope", script)[0] == 404
    assert worker.call("GET", "/health")[0] == 404
    knock = f"curl -s -o /dev/null -m 3 {site.influx.url}/health; echo $?"
    assert docker("exec", site.containers["gateway"], "sh", "-c", knock) in ("7", "28")


def test_of_an_enrolled_machine_nothing_goes_on_that_others_write(site: Site) -> None:
    """By the whole way: a point of a run, a type of its own, a day that nobody has seen yet."""
    ahead = time.time_ns() + 3 * 86_400 * 10**9
    assert site.send(WRITE, body=b'locust_stats,run=z count="a"') == 403
    for line in ('cpu,host=gen-1 usage_idle="a"', f"m v=1 {ahead}"):
        assert site.send(WRITE, body=line.encode()) == 422
    assert site.send(WRITE, body=b"cpu,host=web-1 usage_idle=97.5") == 204
    assert "97.5" in site.ask('|> filter(fn: (r) => r._measurement == "cpu")')
    assert not site.ask('|> filter(fn: (r) => r._measurement == "locust_stats")').strip()


def test_who_judges_bodies_lives_while_a_machine_sends_the_costliest(site: Site) -> None:
    """In its own bounds of memory: lines, fields, and names of which no two are the same."""
    fields = b"a " + b",".join(b"f%d=1" % n for n in range(90_000))
    lines = b"".join(b"m%d,a=%d v=1\n" % (n, n) for n in range(20_000))
    texts = b"\n".join(b'm v="%s"' % (b"t" * 60_000) for _ in range(17))
    keys = b"".join(b"m,a=%s%d v=1\n" % (b"k" * 480, n) for n in range(2_000))
    bodies = [fields, lines, texts, keys, b"=" * 90_000, b'"' * 2**20]
    with ThreadPoolExecutor(12) as pool:
        sent = pool.map(lambda n: site.send(WRITE, body=bodies[n % len(bodies)]), range(72))
        statuses = set(sent)
    assert statuses <= {204, 400, 413, 422, 429}
    assert site.send(WRITE) == 204
    state = containers.inspect(site.containers["machines"])["State"]
    assert (state["Status"], state["OOMKilled"]) == ("running", False)
