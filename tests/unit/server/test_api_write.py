"""The write endpoint answers as InfluxDB 2 does."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from tests.fixtures.server_thread import ORG, RunningServer, running_server

from swarmscope.server.body import MAX_BODY


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


def stored(server: RunningServer) -> list[tuple[Any, ...]]:
    with server.database.cursor() as cursor:
        return cursor.execute(
            "SELECT measurement, field, number, time FROM samples ORDER BY ALL"
        ).fetchall()


@pytest.mark.parametrize("use_gzip", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("precision", "factor"),
    [
        (WritePrecision.NS, 1),
        (WritePrecision.US, 10**3),
        (WritePrecision.MS, 10**6),
        (WritePrecision.S, 10**9),
    ],
)
def test_the_stock_client_writes_in_every_precision(
    server: RunningServer, precision: WritePrecision, factor: int, use_gzip: bool
) -> None:
    with (
        InfluxDBClient(server.url, "any", org=ORG, enable_gzip=use_gzip) as client,
        client.write_api(write_options=SYNCHRONOUS) as api,
    ):
        api.write("loadtest", record=Point("m").field("f", 1.5).time(7, precision))
        api.write("loadtest", record="m i=2i 8", write_precision=precision)
        assert client.ping()
        assert client.version() == "v2.9.1"
    assert stored(server) == [("m", "f", 1.5, 7 * factor), ("m", "i", 2.0, 8 * factor)]


def test_the_stock_client_sees_the_reason_of_a_refusal(server: RunningServer) -> None:
    with (
        InfluxDBClient(server.url, "any", org=ORG) as client,
        client.write_api(write_options=SYNCHRONOUS) as api,
        pytest.raises(ApiException) as caught,
    ):
        api.write("nowhere", record="m f=1")
    assert caught.value.status == 404
    assert caught.value.message == 'bucket "nowhere" not found'


def test_a_datetime_of_the_stock_client_keeps_its_nanoseconds(server: RunningServer) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    point = Point("m").field("f", 1.0).time(moment)
    assert server.write(point.to_line_protocol()).status == 204
    assert stored(server)[0][3] == int(moment.timestamp()) * 10**9 + 678_901_000


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        (
            "bucket=loadtest&precision=m",
            400,
            "invalid precision; valid precision units are ns, us, ms, and s",
        ),
        ("precision=ns", 404, "bucket not found"),
        ("bucket=zz", 404, 'bucket "zz" not found'),
    ],
)
def test_wrong_parameters_are_refused_as_by_influxdb(
    server: RunningServer, query: str, status: int, message: str
) -> None:
    answer = server.write("m f=1", query)
    assert (answer.status, answer.json["message"]) == (status, message)


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("", 400, "Please provide either orgID or org"),
        ("&org=", 400, "Please provide either orgID or org"),
        ("&org=zz", 404, 'organization name "zz" not found'),
        (
            "&orgID=0123456789abcdef",
            404,
            "organization not found: this store knows its one by name",
        ),
    ],
)
def test_the_organization_must_be_ours(
    server: RunningServer, query: str, status: int, message: str
) -> None:
    answer = server.call("POST", f"/api/v2/write?bucket=loadtest{query}", b"m f=1")
    assert (answer.status, answer.json["message"]) == (status, message)


def test_a_bad_line_is_named_and_nothing_is_stored(server: RunningServer) -> None:
    answer = server.write("m f=1 1\nm,t f=1\nm f=2 2")
    assert answer.status == 400
    assert answer.json == {
        "code": "invalid",
        "message": "unable to parse 'm,t f=1': missing tag value",
    }
    assert stored(server) == []


def test_a_type_conflict_is_counted_and_the_rest_is_stored(server: RunningServer) -> None:
    server.write("m x=1i 1")
    answer = server.write("m x=1.5 2\nm y=1 2")
    assert answer.status == 422
    assert answer.json == {
        "code": "unprocessable entity",
        "message": "failure writing points to database: partial write: field type conflict: "
        'input field "x" on measurement "m" is type float, already exists as type integer '
        "dropped=1",
    }
    assert stored(server) == [("m", "x", 1.0, 1), ("m", "y", 1.0, 2)]


def test_an_empty_body_is_fine(server: RunningServer) -> None:
    assert server.write("").status == 204


def test_several_gzip_members_are_one_body(server: RunningServer) -> None:
    body = gzip.compress(b"m f=1 1\n") + gzip.compress(b"m f=2 2")
    assert server.write(body, Content_Encoding="gzip").status == 204
    assert len(stored(server)) == 2


@pytest.mark.parametrize(
    "body",
    [b"m f=1 1", gzip.compress(b"m f=1 1")[:-3], gzip.compress(b"m f=1 1") + b"junk"],
    ids=["not gzip", "cut", "junk behind"],
)
def test_a_body_that_isnt_whole_gzip_is_refused(server: RunningServer, body: bytes) -> None:
    answer = server.write(body, Content_Encoding="gzip")
    assert (answer.status, answer.json["code"]) == (400, "invalid")
    assert stored(server) == []


def test_an_unknown_encoding_is_refused(server: RunningServer) -> None:
    answer = server.write("m f=1", Content_Encoding="br")
    assert answer.status == 400
    assert "'br'" in answer.json["message"]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip bomb"])
def test_a_body_past_the_limit_is_refused(server: RunningServer, packed: bool) -> None:
    body = b"#" * (MAX_BODY + 1)
    if packed:
        answer = server.write(gzip.compress(body, 1), Content_Encoding="gzip")
    else:
        answer = server.write(body)
    assert (answer.status, answer.json["code"]) == (413, "request too large")


def test_a_store_that_fails_is_no_fault_of_the_sender(server: RunningServer) -> None:
    with server.database.cursor() as cursor:
        cursor.execute("ALTER TABLE points RENAME TO away")
    answer = server.write("m f=1 1")
    assert answer.status == 503
    assert "Nothing of this write is stored" in answer.json["message"]
    with server.database.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO points")
    assert server.write("m f=1 1").status == 204


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("write?bucket=loadtest", "m{} f=1i 2", 422),
        ("write?bucket=loadtest", 'm f{}="" 2', 422),
        ("write?bucket={}", "m f=1", 404),
        ("write?bucket=loadtest&org={}", "m f=1", 404),
    ],
)
def test_no_refusal_repeats_a_name_without_an_end(
    tmp_path: Path, path: str, body: str, status: int
) -> None:
    """Each control sign is six in JSON, and as many answers as connections may be left unread."""
    sign = "\x01"
    with running_server(tmp_path) as server:
        server.write(f"m{sign * 60_000} f=1 1\nm f{sign * 60_000}=1 1")
        query = path.format(quote(sign * 15_000))
        query += "" if "org=" in query else "&org=swarmscope"
        refused = server.call("POST", f"/api/v2/{query}", body.format(sign * 60_000).encode())
        assert refused.status == status
        assert len(refused.body) < 2**16
        # A worker reads there how many of its points weren't stored.
        assert ("dropped=1" in refused.json["message"]) == (status == 422)
