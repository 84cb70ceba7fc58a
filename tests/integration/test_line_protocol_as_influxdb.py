"""Our table of line protocol says what a real InfluxDB 2 answers, and both store the same."""

import json
from pathlib import Path

import pytest
from influxdb_client import InfluxDBClient
from tests.fixtures import line_cases
from tests.fixtures.influxd import Influx

from swarmscope.embedded.database import Database

SAME_CONTENT = [
    case
    for case in line_cases.TAKEN
    # Years that Python's dates don't reach.
    if case.endswith((" 1", " 2", " 3", " 5", " 6")) and "#" not in case
]


@pytest.fixture(scope="module")
def bucket(influx: Influx) -> str:
    return influx.make_bucket("lines")


def answer(influx: Influx, bucket: str, body: str) -> tuple[int, str]:
    path = f"/api/v2/write?org={influx.org}&bucket={bucket}&precision=ns"
    status, raw = influx.call("POST", path, raw=body.encode())
    return status, json.loads(raw)["message"] if raw else ""


@pytest.mark.parametrize("body", line_cases.TAKEN)
def test_influxdb_takes_what_the_table_says_it_takes(
    influx: Influx, bucket: str, body: str
) -> None:
    # 422: read well, but another case gave the field another type.
    assert answer(influx, bucket, body)[0] in (204, 422)


@pytest.mark.parametrize(("body", "why"), line_cases.REFUSED.items())
def test_influxdb_refuses_with_the_words_of_the_table(
    influx: Influx, bucket: str, body: str, why: str
) -> None:
    assert answer(influx, bucket, body) == (400, f"unable to parse '{body.lstrip()}': {why}")


@pytest.mark.parametrize("body", line_cases.REFUSED_IN_OTHER_WORDS)
def test_influxdb_refuses_these_in_words_of_its_own(influx: Influx, bucket: str, body: str) -> None:
    assert answer(influx, bucket, body)[0] == 400


@pytest.mark.long
@pytest.mark.long_sample(10)
@pytest.mark.parametrize("number", range(len(SAME_CONTENT)))
def test_both_stores_hold_the_same_afterwards(influx: Influx, number: int, tmp_path: Path) -> None:
    body = SAME_CONTENT[number]
    own_bucket = influx.make_bucket(f"same-{number}")
    influx.write(own_bucket, [body])
    with Database(tmp_path, [own_bucket]) as database, database.cursor() as cursor:
        database.write(own_bucket, body)
        rows = cursor.execute(
            "SELECT measurement, tags, field, number, text, flag FROM samples"
        ).fetchall()
    assert in_influxdb(influx, own_bucket) == {
        (m, tuple(sorted(tags.items())), field, plain(next(v for v in values if v is not None)))
        for m, tags, field, *values in rows
    }


def in_influxdb(influx: Influx, bucket: str) -> set[tuple[object, ...]]:
    with InfluxDBClient(influx.url, influx.token, org=influx.org) as client:
        flux = f'from(bucket: "{bucket}") |> range(start: 1969-01-01T00:00:00Z)'
        tables = client.query_api().query(flux)
    own = {"result", "table", "_start", "_stop", "_time", "_value", "_field", "_measurement"}
    return {
        (
            r.get_measurement(),
            tuple(sorted((k, v) for k, v in r.values.items() if k not in own and v is not None)),
            r.get_field(),
            plain(from_csv(r.get_value())),
        )
        for table in tables
        for r in table.records
    }


def from_csv(value: object) -> object:
    """What was meant: InfluxDB's CSV has no empty text, and ends lines inside a text with CR LF."""
    return (value or "").replace("\r\n", "\n") if value is None or isinstance(value, str) else value


def plain(value: object) -> str:
    """The value as text: our column of numbers is of one type, and in Python 1 equals True."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return repr(float(value)) if number else repr(value)
