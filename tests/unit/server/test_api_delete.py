"""`POST /api/v2/delete`, as InfluxDB answers it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.server_thread import RunningServer, running_server

WHOLE = {"start": "1970-01-01T00:00:00Z", "stop": "2262-01-01T00:00:00Z"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


def ask(server: RunningServer, body: object, query: str = "org=swarmscope&bucket=loadtest") -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.call("POST", f"/api/v2/delete?{query}", raw).status


def times(server: RunningServer) -> list[int]:
    with server.database.cursor() as cursor:
        return [t for (t,) in cursor.execute("SELECT time FROM points ORDER BY 1").fetchall()]


def test_what_predicate_and_times_mean_is_deleted(server: RunningServer) -> None:
    server.write("m,run=a f=1 1000000000\nm,run=a f=2 2000000000\nm,run=b f=3 3000000000")
    span = {"start": "1970-01-01T00:00:02Z", "stop": "1970-01-01T00:00:09+00:00"}
    assert ask(server, {**span, "predicate": 'run="a"'}) == 204
    assert times(server) == [1_000_000_000, 3_000_000_000]
    assert ask(server, {**WHOLE, "predicate": 'run="a"'}) == 204
    assert times(server) == [3_000_000_000]


@pytest.mark.parametrize(
    "body",
    [
        b"no JSON",
        b"[]",
        {"predicate": 'run="a"'},
        {**WHOLE, "predicate": ""},
        {**WHOLE, "predicate": 'run="a" OR run="b"'},
        {**WHOLE, "predicate": " AND ".join(["run='a'"] * 17)},
        {**WHOLE, "start": "yesterday", "predicate": 'run="a"'},
        {**WHOLE, "start": "2026-01-01T00:00:00", "predicate": 'run="a"'},
        {**WHOLE, "stop": 7, "predicate": 'run="a"'},
    ],
)
def test_what_can_not_be_read_deletes_nothing(server: RunningServer, body: object) -> None:
    server.write("m,run=a f=1 1000000000")
    assert ask(server, body) == 400
    assert times(server) == [1_000_000_000]


@pytest.mark.parametrize("query", ["org=swarmscope&bucket=nosuch", "org=other&bucket=loadtest"])
def test_an_unknown_bucket_or_organization_is_not_found(server: RunningServer, query: str) -> None:
    assert ask(server, {**WHOLE, "predicate": 'run="a"'}, query) == 404


def test_who_has_no_token_deletes_nothing(tmp_path: Path) -> None:
    with running_server(tmp_path, token="secret") as server:
        assert ask(server, {**WHOLE, "predicate": 'run="a"'}) == 401
