"""The stack's Telegraf writes what the data dictionary says, and the queries find it."""

import calendar
import csv
import io
import json
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures import telegrafs
from tests.fixtures.influxd import Influx
from tests.fixtures.telegrafs import FOLDER, HOST, Telegraf

from swarmscope import schema
from swarmscope.demo import applog
from swarmscope.gate.course import Course
from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.field_evaluation import evaluate_field
from swarmscope.gate.fields import Fields
from swarmscope.gate.metrics import Field
from swarmscope.gate.sentences import read
from swarmscope.schema import FieldType
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question

pytestmark = pytest.mark.skipif(not shutil.which("telegraf"), reason=telegrafs.MISSING)

_PATIENCE_S = 60
_FLUX_TYPES = {
    "long": FieldType.INTEGER,
    "unsignedLong": FieldType.INTEGER,
    "double": FieldType.FLOAT,
    "string": FieldType.STRING,
}
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Stack:
    """An InfluxDB bucket and the Telegraf that fills it."""

    influx: Influx
    bucket: str
    telegraf: Telegraf

    def ask(self, flux: str) -> Rows:
        """Return the rows of *flux* after `from … range`."""
        script = f'from(bucket: "{self.bucket}") |> range(start: -1h) {flux}'
        body = {"query": script, "dialect": {"annotations": ["datatype"], "header": True}}
        status, answer = self.influx.call("POST", f"/api/v2/query?org={self.influx.org}", body)
        assert status == 200, answer
        return list(_rows(answer.decode()))

    def points(self, measurement: str, enough: Callable[[Rows], object]) -> Rows:
        """Wait until *measurement* has *enough* rows, and return them."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            rows = self.ask(f'|> filter(fn: (r) => r._measurement == "{measurement}")')
            if enough(rows):
                return rows
            assert time.monotonic() < deadline, f"{rows[-3:]} {self.telegraf.said.read_text()}"
            time.sleep(0.2)


def _rows(answer: str) -> Iterator[dict[str, str]]:
    """Yield each row, with the type of its value as `type`."""
    for table in answer.replace("\r\n", "\n").split("\n\n"):
        if table.strip():
            lines = table.strip("\n").split("\n")
            types = dict(zip(lines[1].split(","), lines[0].split(","), strict=True))
            for row in csv.DictReader(io.StringIO("\n".join(lines[1:]))):
                yield {k: v for k, v in row.items() if k} | {"type": types["_value"]}


@pytest.fixture(scope="module")
def stack(influx: Influx, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    bucket = influx.make_bucket(f"telegraf-{secrets.token_hex(4)}")
    with telegrafs.running(tmp_path_factory.mktemp("telegraf"), influx, bucket) as telegraf:
        telegraf.await_health()
        yield Stack(influx, bucket, telegraf)


@pytest.mark.parametrize(
    "files", [("telegraf.conf", "host.conf"), ("events.conf",), ("docker.conf",)]
)
def test_telegraf_finds_no_fault_in_its_configuration(
    files: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("a-token")
    configs = [part for file in files for part in ("--config", str(FOLDER / file))]
    said = subprocess.run(
        ["telegraf", "config", "check", "--strict-env-handling", *configs],
        env=telegrafs.environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "E! " not in said.stderr


def test_without_the_name_of_the_host_telegraf_says_what_is_missing(tmp_path: Path) -> None:
    said = subprocess.run(
        ["telegraf", "config", "check", "--config", str(FOLDER / "telegraf.conf")],
        env=telegrafs.environment(tmp_path) | {"SWARMSCOPE_HOST": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode != 0
    assert "SWARMSCOPE_HOST" in said.stderr


@pytest.mark.parametrize("measurement", schema.HOST, ids=lambda measurement: measurement.name)
def test_each_host_metric_of_the_data_dictionary_arrives(
    stack: Stack, measurement: schema.Measurement
) -> None:
    wanted = {(name, kind) for name, (kind, _) in measurement.fields.items()}

    def types(rows: Rows) -> set[tuple[str, FieldType]]:
        return {(row["_field"], _FLUX_TYPES[row["type"]]) for row in rows}

    rows = stack.points(measurement.name, lambda rows: wanted <= types(rows))
    for row in rows:
        assert measurement.tags.keys() <= row.keys()
        assert (row["host"], row["role"]) == (HOST, "generator")


@pytest.mark.parametrize("query", ["host_cpu", "host_memory", "host_disk", "host_network"])
def test_the_queries_of_the_panels_find_this_machine(stack: Stack, query: str) -> None:
    settings = Settings(url=stack.influx.url, token=stack.influx.token, org=stack.influx.org)
    start = int(time.time() * 1_000) - 60_000
    deadline = time.monotonic() + _PATIENCE_S
    with FluxReader(settings) as reader:
        rows: list[tuple[object, ...]] = []
        while not rows:
            question = Question(query, "", start, start + 600_000, 1, stack.bucket)
            table = reader.ask(question)
            rows = [row for row in table.rows if HOST in row and "generator" in row]
            assert time.monotonic() < deadline, f"{query} has no row of {HOST}"


def test_network_counters_are_those_of_the_kernel(stack: Stack) -> None:
    """Nothing is mixed up between the columns: a counter lies between two looks at it."""
    names = [f"{what}_recv" for what in ("bytes", "packets")] + ["err_in", "drop_in"]
    names += [f"{what}_sent" for what in ("bytes", "packets")] + ["err_out", "drop_out"]
    before = _interfaces()
    since = time.time_ns()
    rows = stack.points("net", lambda rows: any(_ns(row) > since + 1_000_000_000 for row in rows))
    after = _interfaces()
    # A bridge can come or go meanwhile: others use this machine's Docker too.
    known = before.keys() & after.keys()
    written = [row for row in rows if _ns(row) > since and row["interface"] in known]
    assert written
    for row in written:
        column = names.index(row["_field"])
        low, high = (look[row["interface"]][column] for look in (before, after))
        assert low <= int(row["_value"]) <= high, row


def _interfaces() -> dict[str, list[int]]:
    table = {}
    for row in Path("/proc/1/net/dev").read_text().splitlines()[2:]:
        name, _, numbers = row.partition(":")
        columns = [int(number) for number in numbers.split()]
        table[name.strip()] = columns[0:4] + columns[8:12]
    return table


def _ns(row: dict[str, str]) -> int:
    moment = time.strptime(row["_time"][:19], "%Y-%m-%dT%H:%M:%S")
    return calendar.timegm(moment) * 1_000_000_000


def test_lines_of_the_same_millisecond_all_become_points_of_their_own(stack: Stack) -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.123+00:00", time.gmtime())
    line = {"time": moment, "level": "info", "service": "burst", "host": "web-1"}
    with (stack.telegraf.logs / "burst.log").open("w") as file:
        for number in range(50):
            file.write(json.dumps(line | {"message": f"line {number}"}) + "\n")
    rows = stack.points("app_log", lambda rows: len(_of("burst", rows)) >= 50)
    burst = sorted(_of("burst", rows), key=lambda row: row["_time"].rstrip("Z").ljust(29, "0"))
    assert [row["_value"] for row in burst] == [f"line {number}" for number in range(50)]
    assert len({row["_time"] for row in burst}) == 50
    assert {row["_time"][:23] for row in burst} == {moment[:23]}


def test_the_shop_s_log_line_arrives_with_its_own_time_host_and_level(stack: Stack) -> None:
    with applog.writer(stack.telegraf.logs / "shop.log") as write:
        write("error", "GET /cart 500", 500, 12.5)
    said = json.loads((stack.telegraf.logs / "shop.log").read_text())
    rows = stack.points("app_log", lambda rows: _of("shop", rows))
    (row,) = _of("shop", rows)
    assert (row["_field"], row["_value"]) == ("message", "GET /cart 500")
    assert (row["level"], row["host"]) == ("error", socket.gethostname())
    assert row["_time"].rstrip("Z")[:21] == said["time"][:21]
    assert "role" not in row


def test_what_a_service_tells_of_itself_arrives_as_floats_and_nothing_else_of_it(
    stack: Stack,
) -> None:
    """Each field keeps its type, whatever a service writes one day."""
    odd = {"pool_waiting": 3, "rate": 0.5, "state": "fine", "open": True, "n" * 65: 1}
    with applog.lines(stack.telegraf.logs / "shop.gauges") as write_line:
        write_line({"gauges": {"state": "fine"}})
        write_line({"gauges": odd, "pool": 9})
    said = json.loads((stack.telegraf.logs / "shop.gauges").read_text().splitlines()[-1])
    rows = stack.points("app_gauges", lambda rows: rows)
    assert {(row["_field"], float(row["_value"]), row["type"]) for row in rows} == {
        ("pool_waiting", 3.0, "double"),
        ("rate", 0.5, "double"),
    }
    for row in rows:
        assert (row["service"], row["host"]) == ("shop", socket.gethostname())
        assert row["_time"].rstrip("Z")[:21] == said["time"][:21]
        assert "role" not in row


def test_a_broken_line_is_reported_and_the_next_one_still_arrives(stack: Stack) -> None:
    with applog.writer(stack.telegraf.logs / "broken.log") as write:
        with (stack.telegraf.logs / "broken.log").open("a") as raw:
            raw.write("Traceback (most recent call last):\n")
        write("info", "after a broken line", 200, 1.0)
    stack.points("app_log", lambda rows: any(r["_value"] == "after a broken line" for r in rows))
    assert "Traceback" in stack.telegraf.said.read_text()


def _of(service: str, rows: Rows) -> Rows:
    return [row for row in rows if row["service"] == service]


def test_an_event_that_is_posted_arrives_with_its_kind_and_nothing_else(stack: Stack) -> None:
    assert stack.telegraf.post('{"kind": "deploy", "text": "shop 1.4.2", "extra": 1}') == 204
    (row,) = stack.points("event", lambda rows: rows)
    assert (row["kind"], row["_field"], row["_value"]) == ("deploy", "text", "shop 1.4.2")
    assert row.keys().isdisjoint({"host", "role"})


@pytest.mark.parametrize("body", ['{"kind": "deploy"}', '{"text": "shop"}', "shop 1.4.2", ""])
def test_an_event_that_lacks_something_is_refused(stack: Stack, body: str) -> None:
    assert stack.telegraf.post(body) == 400


@pytest.mark.long
def test_what_it_writes_can_be_a_threshold(stack: Stack) -> None:
    """A machine's metrics, and a business number."""
    began = time.time() - 60
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"orders.lost:2|c", ("127.0.0.1", stack.telegraf.statsd_port))
    stack.points("statsd_orders_lost", lambda rows: rows)
    stack.points("cpu", lambda rows: rows)
    settings = Settings(
        url=stack.influx.url,
        token=stack.influx.token,
        org=stack.influx.org,
        bucket=stack.bucket,
    )
    course = Course(began, time.time() + 1, ())
    idle = f'{{host="{HOST}", cpu="cpu-total"}}'
    with FluxReader(settings) as reader:
        fields = Fields(reader, "a run", course)

        def held(sentence: str) -> Result:
            threshold = read(sentence)
            assert isinstance(threshold.metric, Field)
            samples = fields.samples(threshold.metric)
            return evaluate_field(threshold, threshold.metric, samples, course, 0)

        assert held(f"min(cpu.usage_idle{idle}) >= -1").outcome is Outcome.KEPT
        assert held(f"max(cpu.usage_idle{idle}) > 101 for 1s").outcome is Outcome.BROKEN
        lost = held("sum(statsd_orders_lost.value) == 0")
        assert (lost.outcome, lost.value) == (Outcome.BROKEN, 2)
        assert "has no field usage_active" in fields.lack("cpu", "usage_active", ())
        why = fields.lack("cpu", "usage_idle", (("host", "machine-of-the-test"),))
        assert why.endswith(f': did you mean host="{HOST}"?')


def test_a_statsd_counter_arrives_under_a_name_that_no_host_metric_has(stack: Stack) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"cpu:3|c|#region:eu", ("127.0.0.1", stack.telegraf.statsd_port))
    (row,) = stack.points("statsd_cpu", lambda rows: rows)
    assert (row["_field"], float(row["_value"]), row["region"]) == ("value", 3.0, "eu")


def test_a_token_that_was_replaced_is_used_without_a_restart(stack: Stack) -> None:
    """While the old one is refused, points wait and are not lost."""
    good = stack.telegraf.token.read_text()
    before = stack.telegraf.said.stat().st_size
    stack.telegraf.token.write_text("unknown-token")
    deadline = time.monotonic() + _PATIENCE_S
    while "401" not in stack.telegraf.said.read_text()[before:]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    refused = time.time_ns()
    assert stack.telegraf.post('{"kind": "rotation", "text": "while refused"}') == 204
    stack.telegraf.token.write_text(good)
    rows = stack.points("cpu", lambda rows: any(_ns(row) > refused for row in rows))
    seconds = sorted({_ns(row) // 1_000_000_000 for row in rows})
    around = [second for second in seconds if abs(second - refused // 1_000_000_000) <= 3]
    assert around == list(range(around[0], around[-1] + 1))
    stack.points("event", lambda rows: any(row["kind"] == "rotation" for row in rows))
