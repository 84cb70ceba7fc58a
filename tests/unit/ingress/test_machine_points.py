"""What is taken of an enrolled machine's points, and what isn't."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmscope import schema
from swarmscope.embedded.parser import Point, parse
from swarmscope.ingress import machine_points
from swarmscope.ingress.machine_points import Series
from swarmscope.schema import FieldType

NOW = time.time_ns()
DAY_NS = 86_400 * 10**9
VALUES = {
    FieldType.INTEGER: "1i",
    FieldType.FLOAT: "1.5",
    FieldType.STRING: '"text"',
    FieldType.BOOLEAN: "true",
}


def point(line: str) -> Point:
    (read,) = parse(line, "ns", NOW)
    return read


def why_not(line: str) -> str:
    return machine_points.complaint(point(line), NOW)


def fields_of_all() -> Iterator[tuple[str, str, FieldType]]:
    for measurement in (*schema.HOST, schema.APP_LOG, schema.EVENT):
        for name, (kind, _) in measurement.fields.items():
            yield measurement.name, name, kind


@pytest.mark.parametrize(("measurement", "name", "kind"), [*fields_of_all()])
def test_a_field_that_boards_read_has_the_type_of_the_data_dictionary_or_is_refused(
    measurement: str, name: str, kind: FieldType
) -> None:
    taken = {k for k, value in VALUES.items() if not why_not(f"{measurement} {name}={value}")}
    assert taken == {kind}


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("cpu usage_of_tomorrow=", "1.5"),
        ("mem active=", "1i"),
        ("mem available_percent=", "1.5"),
        ("disk inodes_used_percent=", "1.5"),
        ("diskio io_util=", "1.5"),
        ("swap in=", "1i"),
        ("processes running=", "1i"),
        ("internal_write metrics_dropped=", "1i"),
        ("system n_users=", "1i"),
        ("system uptime_format=", '"text"'),
        ("docker_container_cpu usage_percent=", "1.5"),
        ("docker_container_mem container_id=", '"text"'),
        ("statsd_orders value=", "1.5"),
    ],
)
def test_what_else_the_stack_writes_itself_has_its_type_too(line: str, good: str) -> None:
    """One point with another makes that of all others be refused until the shard ends."""
    for value in (*VALUES.values(), "1u"):
        assert (why_not(line + value) == "") == (value == good), value


def test_of_what_only_machines_write_any_type_is_taken() -> None:
    for value in (*VALUES.values(), "1u"):
        assert why_not(f"nginx,server=a waiting={value}") == ""


@pytest.mark.parametrize("measurement", [m.name for m in schema.OWN])
def test_nothing_that_runs_are_made_of_is_a_machine_s(measurement: str) -> None:
    assert machine_points.is_of_a_run(point(f"{measurement},run=z count=1i"))


@pytest.mark.parametrize("measurement", ["cpu", "app_log", "event", "locust", "nginx"])
def test_what_machines_measure_is_of_no_run(measurement: str) -> None:
    assert not machine_points.is_of_a_run(point(f"{measurement} v=1"))


@pytest.mark.parametrize(
    ("days", "taken"),
    [
        (0, True),
        (0.9, True),
        (1.1, False),
        (3_650, False),
        (-30, True),
        (-365, True),
        (-400, False),
    ],
)
def test_a_time_makes_no_shard_that_nobody_needs(days: float, *, taken: bool) -> None:
    """What was kept through an outage comes late, and a clock can be a time zone off."""
    assert (why_not(f"a v=1 {NOW + int(days * DAY_NS)}") == "") == taken


@pytest.mark.parametrize(
    "line",
    [
        "a\x1b[2J v=1",
        '"a" v=1',
        "a\\b v=1",
        "a,b\x7f=c v=1",
        'a "b"=1',
        "a b\\c=1",
        f"{'a' * 201} v=1",
        f"a {'b' * 201}=1",
        "a,_value=1 v=1",
        "a," + ",".join(f"t{n}=1" for n in range(33)) + " v=1",
    ],
)
def test_what_is_no_name_is_refused(line: str) -> None:
    assert why_not(line)


def test_a_complaint_is_short_and_shows_no_control_sign() -> None:
    told = why_not("a\x1b" + "b" * 60_000 + " v=1")
    assert len(told) < 300
    assert told.isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "cpu,cpu=cpu-total,host=web-1 usage_idle=99.5,usage_user=1e-05 1700000000000000000",
        'event,kind=a\\ b text="say \\"so\\", \\\\ and\nmore" 1700000000000000000',
        "a,b=c\\,d\\=e\\ f n=5u,m=-3i,yes=true,no=false 1700000000000000000",
        "disk,path=C:\\Users used=1i 1700000000000000000",
    ],
)
def test_a_point_is_passed_on_as_what_it_was_read_as(line: str) -> None:
    read = point(line)
    again = point(machine_points.encoded(read))
    assert again == read
    assert list(map(type, again.fields.values())) == list(map(type, read.fields.values()))


def test_a_machine_has_so_many_series_and_keeps_those_it_has() -> None:
    series = Series(of_one=3, of_all=5)
    assert series.complaint(b"web-1", point("a,x=1 v=1,w=2")) == ""
    assert "this machine has its 3" in series.complaint(b"web-1", point("a,x=2 v=1,w=2"))
    assert series.complaint(b"web-1", point("a,x=2 v=1")) == ""
    for _ in range(2):
        assert series.complaint(b"web-1", point("a,x=1 v=3,w=4")) == ""
    assert series.complaint(b"web-2", point("a,x=1 v=1,w=1")) == ""
    assert "all machines together have their 5" in series.complaint(b"web-3", point("a,x=9 v=1"))
    assert "docker compose restart machines" in series.complaint(b"web-1", point("b v=1"))


def test_what_the_machines_telegraf_is_told_to_measure_has_types_here() -> None:
    """Of each input of host.conf: none is `other`, whose types anybody could spoil."""
    text = (Path(__file__).parents[3] / "telegraf/host.conf").read_text(encoding="utf-8")
    inputs = {
        line.split(".")[1].strip("]\n")
        for line in text.splitlines()
        if line.startswith("[[inputs.")
    }
    written = inputs - {"file", "internal"} | {"net", "internal_write"}
    for measurement in written:
        assert why_not(f"{measurement} whatever=true"), measurement
