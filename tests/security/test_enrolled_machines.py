"""An enrolled machine writes what it measures; it spoils nothing of what others write or read."""

import csv
import gzip
import json
import random
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures import influxd, machines
from tests.fixtures.influxd import Influx
from tests.fixtures.machines import Machine
from tests.fixtures.ports import free_port

from swarmscope.embedded.parser import Key, Point
from swarmscope.ingress import machine_points
from swarmscope.ingress.machine_points import Series
from swarmscope.ingress.machines import PLACES, Machines

pytestmark = pytest.mark.skipif(not shutil.which("influxd"), reason=influxd.MISSING)
_DAY_NS = 86_400 * 10**9
_LOAD = "locust_stats,name=x,run=z count={count},num_failures={count},avg_response_time=1.5 {time}"
_HOST = "cpu,cpu=cpu-total,host=gen-1 usage_idle={idle},usage_user=1.5 {time}"


@dataclass(frozen=True)
class Site:
    """An enrolled machine, and the store that it shares with workers and the stack's Telegraf."""

    influx: Influx
    machine: Machine
    engine: Path

    def shards(self) -> int:
        return len(list(self.engine.glob("data/*/autogen/*")))

    def stored(self, measurement: str) -> str:
        script = (
            'from(bucket: "loadtest") |> range(start: 0, stop: 2100-01-01T00:00:00Z)'
            f' |> filter(fn: (r) => r._measurement == "{measurement}")'
        )
        body = {"query": script, "type": "flux"}
        status, answer = self.influx.call("POST", "/api/v2/query?org=swarmscope", body)
        assert status == 200, answer
        return answer.decode().strip()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("influx")
    with influxd.running(folder) as influx:
        # As the stack's own is made: a shard for each day.
        rules = [{"type": "expire", "everySeconds": 30 * 86_400}]
        bucket = {"orgID": influx.org_id, "name": "loadtest", "retentionRules": rules}
        assert influx.call("POST", "/api/v2/buckets", bucket)[0] == 201
        token = influx.token_for(write=["loadtest"])
        with machines.serving(Machines(influx.url)) as url:
            yield Site(influx, Machine(url, token), folder / "engine")


def test_it_decides_the_type_of_no_field_that_others_write(site: Site) -> None:
    """The first to write a field decides it for a day: workers' points were lost for good."""
    for days in range(3):
        then = time.time_ns() - days * _DAY_NS
        status, said = site.machine.write(_LOAD.format(count='"a"', time=then))
        assert (status, "no machine's to write" in said) == (403, True)
        status, said = site.machine.write(_HOST.format(idle='"a"', time=then))
        assert (status, "of the type string" in said) == (422, True)
        honest = [_LOAD.format(count="1i", time=then), _HOST.format(idle="1.5", time=then)]
        site.influx.write("loadtest", honest)
    # Over all of those days at once: one that differs had every question end in an error.
    assert site.stored("locust_stats").count(",locust_stats,") == 9
    assert "error" not in site.stored("cpu")


def test_it_makes_no_shard_for_each_day_to_come(site: Site) -> None:
    """Each takes files and memory of InfluxDB: some two thousand ended it, also after a restart."""
    before = site.shards()
    now = time.time_ns()
    lines = "\n".join(f"a v=1i {now + days * _DAY_NS}" for days in range(2, 402))
    status, said = site.machine.write(lines)
    assert (status, "more than 1 day ahead" in said, "dropped=400" in said) == (422, True, True)
    assert site.shards() == before


def test_what_is_good_is_stored_beside_what_is_refused(site: Site) -> None:
    """As InfluxDB has it: a machine is told 422, and sends nothing again."""
    now = time.time_ns()
    mixed = f"cpu,host=m usage_idle=7.25 {now}\nmem,host=m total=1.5 {now}\na,_time=1 v=1"
    status, said = site.machine.write(mixed)
    assert (status, "dropped=2" in said) == (422, True)
    assert "7.25" in site.stored("cpu")
    assert not site.stored("mem")


def test_with_a_point_of_a_run_nothing_is_stored_and_a_worker_keeps_all_of_it(site: Site) -> None:
    """403 is what an operator can mend; for 422 a worker that was sent there would lose points."""
    assert site.machine.write("locust_run,run=q,event=start user_count=1i\nkept v=1")[0] == 403
    assert not site.stored("locust_run") + site.stored("kept")


def test_what_others_of_the_stack_mean_by_a_time_is_kept(site: Site) -> None:
    """Seconds, and the blanks that InfluxDB reads over."""
    then = int(time.time()) - 86_400
    query = "bucket=loadtest&precision=s&org=swarmscope&precision=ns"
    headers = {"Authorization": f"Token {site.machine.token} \t"}
    body = f'event,kind=deploy text="shop 1.4.2" {then}\n'
    assert site.machine.write(body, query, headers) == (204, "")
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(then))
    assert moment in site.stored("event")


def test_no_text_of_a_machine_is_read_as_a_point_that_it_did_not_write(site: Site) -> None:
    """Where a tag or a text ends, and a line, InfluxDB sees as who judged the point."""
    chance = random.Random(7)

    def text() -> str:
        return "".join(chance.choice('\\", =\nab\t#\0\r') for _ in range(chance.randint(1, 8)))

    now = time.time_ns()
    points = []
    for number in range(3_000):
        tags = tuple((name, text()) for name in chance.sample("pqrs", chance.randint(0, 3)))
        key = Key(chance.choice(["m", "m b", "m,y", "m=r", "#m"]), tuple(sorted(tags)))
        fields = {"a b,c=d": text(), "v": text(), "number": number}
        point = Point(key, fields, now - number)
        if not machine_points.complaint(point, now):
            points.append(point)
    assert {point.key.measurement for point in points} == {"m", "m b", "m,y", "m=r"}
    site.influx.make_bucket("texts")
    for begin in range(0, len(points), 100):
        lines = [machine_points.encoded(point) for point in points[begin : begin + 100]]
        site.influx.write("texts", lines)
    script = (
        'from(bucket: "texts") |> range(start: -1h) |> filter(fn: (r) => r._field == "number")'
        ' |> group() |> keep(columns: ["_measurement", "_value"])'
    )
    body = {"query": script, "dialect": {"annotations": [], "header": True}}
    _, answer = site.influx.call("POST", "/api/v2/query?org=swarmscope", body)
    rows = csv.DictReader(answer.decode().strip().splitlines())
    stored = sorted((int(row["_value"]), row["_measurement"]) for row in rows)
    assert stored == sorted((int(p.fields["number"]), p.key.measurement) for p in points)


def test_a_line_that_cannot_be_read_is_named_and_ends_nothing(site: Site) -> None:
    for body in ("a", "a v=1 x", 'a v="', b"\xff\xfe\x00", "a v=1\nb", "," * 9_000):
        status, said = site.machine.write(body)
        assert (status, "unable to parse" in said) == (400, True), body
        assert len(said) < 5_000
    assert site.machine.write("a v=1") == (204, "")
    assert site.machine.write("") == (204, "")


def test_what_influxdb_says_of_a_token_a_bucket_or_a_point_is_what_the_machine_hears(
    site: Site,
) -> None:
    """On it hangs whether its Telegraf keeps its points."""
    assert Machine(site.machine.url, "made-up").write("a v=1")[0] == 401
    elsewhere = "org=swarmscope&bucket=loadtest_long&precision=ns"
    assert site.machine.write("a v=1", elsewhere)[0] == 404
    assert site.machine.write("a v=1", "org=swarmscope&bucket=loadtest&precision=h")[0] == 400
    status, said = site.machine.write(f"a v=1i {time.time_ns() - 40 * _DAY_NS}")
    assert (status, "retention" in said) == (422, True)


def test_what_is_packed_is_unpacked_as_far_as_a_body_may_be_large(site: Site) -> None:
    packed = {"Content-Encoding": "gzip"}
    assert site.machine.write(gzip.compress(b"a v=1"), headers=packed) == (204, "")
    bomb = gzip.compress(bytes(200 * 2**20))
    assert len(bomb) < 2**20
    assert site.machine.write(bomb, headers=packed)[0] == 413
    for body in (b"a v=1", gzip.compress(b"a v=1")[:-3], gzip.compress(b"a v=1") * 2):
        assert site.machine.write(body, headers=packed)[0] == 400
    assert site.machine.write(b"a v=1", headers={"Content-Encoding": "snappy"})[0] == 415
    for many in ("a v=1\n" * 20_001, "a " + ",".join(["b=1"] * 100_001)):
        assert site.machine.write(many)[0] == 413


def test_its_series_have_an_end_and_those_it_has_go_on(site: Site) -> None:
    with machines.serving(Machines(site.influx.url, Series(of_one=100))) as url:
        machine = Machine(url, site.machine.token)
        status, said = machine.write("\n".join(f"b,n={n} v=1" for n in range(1_000)))
        assert (status, "dropped=900" in said) == (422, True)
        assert machine.write("b,n=0 v=2") == (204, "")


def test_a_machine_keeps_its_points_while_influxdb_is_away() -> None:
    """503, for which Telegraf comes again; nothing is said to be stored that isn't."""
    with machines.serving(Machines(f"http://127.0.0.1:{free_port()}")) as url:
        status, said = Machine(url, "t").write("a v=1")
    assert (status, "come again" in said) == (503, True)


def test_while_all_places_are_taken_a_machine_is_told_to_come_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(PLACES + 1) as pool:
        silent.settimeout(20)
        intake = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with machines.serving(Machines(intake, wait_s=0)) as url:
            waiting = [pool.submit(Machine(url, "t").write, "a v=1") for _ in range(PLACES)]
            held = [silent.accept()[0] for _ in range(PLACES)]
            assert Machine(url, "t").write("a v=1")[0] == 429
            for one in held:
                one.close()
            assert {one.result()[0] for one in waiting} == {503}


def test_there_is_one_path_and_a_body_says_its_length(site: Site) -> None:
    place = ("127.0.0.1", int(site.machine.url.rpartition(":")[2]))
    for head, status in (
        (b"POST /api/v2/delete HTTP/1.1\r\nContent-Length: 0", b"404"),
        (b"POST /api/v2/write?x HTTP/1.1\r\nTransfer-Encoding: chunked", b"411"),
        (b"POST /api/v2/write HTTP/1.1\r\nContent-Length: -1", b"411"),
        (b"POST /api/v2/write HTTP/1.1\r\nContent-Length: " + b"9" * 5_000, b"413"),
        (b"GET /api/v2/write HTTP/1.1", b"501"),
    ):
        with socket.create_connection(place, 20) as connection:
            connection.sendall(head + b"\r\n\r\n")
            assert connection.recv(100).split(b" ")[1] == status, head[:60]


def test_what_is_told_is_in_influxdb_s_form(site: Site) -> None:
    """Telegraf writes the message into its own log, where a machine's user looks first."""
    place = ("127.0.0.1", int(site.machine.url.rpartition(":")[2]))
    with socket.create_connection(place, 20) as connection:
        connection.sendall(b"POST /api/v2/write HTTP/1.1\r\nContent-Length: 3\r\n\r\na v")
        answer = b"".join(iter(lambda: connection.recv(10_000), b""))
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert set(told) == {"code", "message"}
