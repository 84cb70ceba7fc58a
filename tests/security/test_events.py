"""Events and StatsD: no web page can write one, and nobody fills series or memory with them."""

import csv
import hashlib
import json
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from tests.fixtures import gateways, influxd, telegrafs
from tests.fixtures.influxd import Influx
from tests.fixtures.telegrafs import Telegraf

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not shutil.which("telegraf"), reason=telegrafs.MISSING),
    pytest.mark.skipif(not shutil.which("influxd"), reason=influxd.MISSING),
]
_KINDS = 50
_SERIES = 500
_PATIENCE_S = 60


@dataclass(frozen=True)
class Site:
    """A Telegraf that takes events, and the InfluxDB that it writes to."""

    influx: Influx
    telegraf: Telegraf

    def send(self, event: object, headers: Mapping[str, str]) -> int:
        """Post *event* as JSON, whatever the headers say that it is."""
        body = json.dumps(event).encode()
        request = urllib.request.Request(self.telegraf.events, body, dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def events(self) -> dict[tuple[str, str], dict[str, str]]:
        """Return what is stored, by kind and text: each with all its tags."""
        script = (
            'from(bucket: "loadtest") |> range(start: -1h)'
            ' |> filter(fn: (r) => r._measurement == "event")'
            ' |> group() |> drop(columns: ["_start", "_stop", "_measurement", "_field"])'
        )
        body = {"query": script, "dialect": {"annotations": [], "header": True}}
        status, answer = self.influx.call("POST", "/api/v2/query?org=swarmscope", body)
        assert status == 200, answer
        rows = csv.DictReader(answer.decode().strip().splitlines())
        return {(row["kind"], row["_value"]): row for row in rows}

    def counters(self) -> set[str]:
        """Return the measurements that StatsD made."""
        script = (
            'import "influxdata/influxdb/schema" schema.measurements(bucket: "loadtest")'
            " |> filter(fn: (r) => r._value =~ /^statsd_/)"
        )
        body = {"query": script, "dialect": {"annotations": [], "header": True}}
        status, answer = self.influx.call("POST", "/api/v2/query?org=swarmscope", body)
        assert status == 200, answer
        return {row["_value"] for row in csv.DictReader(answer.decode().strip().splitlines())}

    def all_until(self, last: str) -> dict[tuple[str, str], dict[str, str]]:
        """Send the event *last* as a program does; return what is there when it is."""
        assert self.send({"kind": "control", "text": last}, {}) == 204
        deadline = time.monotonic() + _PATIENCE_S
        while ("control", last) not in (found := self.events()):
            assert time.monotonic() < deadline, self.telegraf.said_of_events.read_text()
            time.sleep(0.2)
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with influxd.running(tmp_path_factory.mktemp("influx")) as influx:
        influx.make_bucket("loadtest")
        folder = tmp_path_factory.mktemp("telegraf")
        with telegrafs.running(folder, influx, "loadtest") as telegraf:
            telegraf.await_health()
            yield Site(influx, telegraf)


def test_an_event_that_a_page_sent_is_not_kept(site: Site) -> None:
    """None of what a browser sends for a page without asking first: fetch, forms, beacons."""
    text = {"Content-Type": "text/plain"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    of_pages = [
        text | {"Origin": "http://evil.example"},
        form | {"Origin": "null"},
        text | {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
        text | {"Sec-Fetch-Site": "cross-site"},
        # A name of the page's own that has this machine's address: to the browser it is one site.
        text | {"Origin": "http://rebound.example:8186", "Host": "rebound.example:8186"},
        text | {"Sec-Fetch-Site": "same-origin"},
    ]
    for number, headers in enumerate(of_pages):
        site.send({"kind": "page", "text": f"sent-{number}"}, headers)
    found = site.all_until("after-the-pages")
    assert "page" not in {kind for kind, _ in found}
    assert "a web page sent was dropped" in site.telegraf.said_of_events.read_text()


def test_what_programs_send_is_kept_as_it_was_and_with_no_other_tag(site: Site) -> None:
    curl = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "curl/8.14.1"}
    assert site.send({"kind": "deploy", "text": "shop-1.4.2"}, curl) == 204
    row = site.all_until("after-curl")["deploy", "shop-1.4.2"]
    assert set(row) <= {"", "result", "table", "kind", "_time", "_value"}


def test_kinds_beyond_the_limit_share_one_and_texts_have_an_end(site: Site) -> None:
    for number in range(4 * _KINDS):
        assert site.send({"kind": f"kind-{number}", "text": "t" * 5_000}, {}) == 204
    found = site.all_until("after-the-kinds")
    kinds = {kind for kind, _ in found}
    assert "(other)" in kinds
    assert len(kinds) <= _KINDS + 1
    assert all(len(text) <= 2_000 for _, text in found)
    assert "control" in kinds


@pytest.mark.long_sample(2)
@pytest.mark.parametrize(
    "odd",
    [
        b"n:1|c|#time:5",
        b"n:1|c|#_field:x,_measurement:y,_time:1",
        b"n:1|c|#host:web-1,role:target",
        b"\xff\xfe:1|c|#\xff:\xfe",
        b"a b,c=d\\:1|c|#a b:c d,=:x",
        b"n:nan|g\nn:inf|g\nn:1e400|g\nn:-1e-400|g",
        b"_e{5,4}:title|text|t:error|#time:5",
        b"_sc|check|2|d:5|#time:5|m:said",
        b":1|c",
        b"\x00:1|c|#\x00:\x00",
    ],
)
def test_nothing_that_comes_by_statsd_takes_away_what_comes_beside_it(
    site: Site, odd: bytes
) -> None:
    """A tag that InfluxDB keeps for itself had Telegraf drop all that came in that second."""
    beside = f"beside_{hashlib.sha256(odd).hexdigest()[:8]}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        packet = odd + b"\n" + beside.encode() + b":1|c"
        sender.sendto(packet, ("127.0.0.1", site.telegraf.statsd_port))
    gateways.until(
        lambda: f"statsd_{beside}" in site.counters(), site.telegraf.said_of_events.read_text
    )
    assert "will be dropped" not in site.telegraf.said_of_events.read_text()


@pytest.mark.parametrize(
    "packet",
    [
        # Taken once for each that its rate stands for: for the years to come.
        b"x:1|ms|@0.000000000001",
        b"x:1|h|@1e-300",
        b"x:1|ms|@0.000000000001\n" * 100,
        # Slices by a length whose sum with another is negative.
        b"_e{9223372036854775807,1}:abc|x",
        b"\n".join(b"x:1|ms|@0.0001" for _ in range(4_000)),
    ],
    ids=["timing", "histogram", "timings", "length", "many"],
)
def test_no_packet_of_statsd_keeps_the_next_one_from_being_taken(site: Site, packet: bytes) -> None:
    """One of 22 bytes did for good, and the container stayed healthy."""
    send(site, packet)
    name = f"after_{hashlib.sha256(packet).hexdigest()[:8]}"
    arrives(site, name)
    said = site.telegraf.said_of_events.read_text()
    assert said.count("Starting Telegraf") == 1
    assert "a line of 127.0.0.1 was dropped" in site.telegraf.said_of_statsd.read_text().lower()


def test_statsd_makes_no_more_series_than_are_said(site: Site) -> None:
    """A service under test that names a counter after each customer ended InfluxDB."""
    said = site.telegraf.said_of_statsd
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

        def count(name: str) -> None:
            sender.sendto(f"{name}:1|c".encode(), ("127.0.0.1", site.telegraf.statsd_port))

        count("x" * 1_200)
        arrives(site, "first")

        def too_many() -> bool:
            # Again and again: UDP loses what is sent faster than it is read.
            for number in range(2 * _SERIES):
                count(f"customer-{number}")
            return "500 names, with tags and types, have come" in said.read_text()

        gateways.until(too_many, said.read_text)
        count("last")
        site.all_until("after-statsd")
        arrives(site, "first")
    assert len(site.counters()) <= _SERIES
    assert not {"statsd_last", f"statsd_{'x' * 1_200}"} & site.counters()


def send(site: Site, packet: bytes, port: int | None = None) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(packet, ("127.0.0.1", port or site.telegraf.statsd_port))


def arrives(site: Site, name: str) -> None:
    """Count under *name* until that is stored."""
    deadline = time.monotonic() + _PATIENCE_S
    while f"statsd_{name}" not in site.counters():
        assert time.monotonic() < deadline, site.telegraf.said_of_events.read_text()
        send(site, f"{name}:1|c".encode())
        time.sleep(0.2)


def test_a_telegraf_that_takes_no_statsd_any_more_is_not_healthy(site: Site) -> None:
    """The last test here: past the filter, what keeps Telegraf busy for good."""

    def healthy() -> bool:
        try:
            with urllib.request.urlopen(site.telegraf.health_of_events, timeout=5):
                return True
        except urllib.error.HTTPError as error:
            with error:
                return False

    gateways.until(healthy, site.telegraf.said_of_events.read_text)
    send(site, b"x:1|ms|@0.000000000001", site.telegraf.behind_statsd)
    gateways.until(lambda: not healthy(), site.telegraf.said_of_events.read_text)
