"""Deletions that nobody would ask for, that take too long or that nobody waits for: each ends.

Without a token any program of this machine can ask for one, and no write gets through meanwhile.
"""

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.fixtures.raw_http import request
from tests.fixtures.server_thread import Answer, RunningServer, running_server

from swarmscope.server.patience import Patience

PATH = "/api/v2/delete?org=swarmscope&bucket=loadtest"
POINTS = 10_000_000
"""Of the run, and as many between them of another: half a second's work for DuckDB."""


def body(predicate: str) -> bytes:
    span = {"start": "1970-01-01T00:00:00Z", "stop": "2262-01-01T00:00:00Z"}
    return json.dumps({**span, "predicate": predicate}).encode()


def delete(server: RunningServer, predicate: str) -> Answer:
    return server.call("POST", PATH, body(predicate))


def fill(server: RunningServer) -> None:
    server.write("probe,run=heavy value=1 0\nprobe,run=between value=1 1")
    with server.database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO points (series, time, field, f) "
            "SELECT r.range % 2, r.range, 0, 1 FROM range(2, ?) r",
            [2 * POINTS],
        )


def count(server: RunningServer) -> object:
    with server.database.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM samples WHERE run = 'heavy'").fetchall()[0][0]


@pytest.mark.parametrize("conditions", [17, 4_000])
def test_a_predicate_of_thousands_of_conditions_is_refused(tmp_path: Path, conditions: int) -> None:
    """What DuckDB plans of them took all of a machine's memory."""
    with running_server(tmp_path) as server:
        refused = delete(server, " and ".join(f'a{i}=""' for i in range(conditions)))
        assert (refused.status, refused.json["code"]) == (400, "invalid")
        assert "more than 16 parts" in refused.json["message"]


@pytest.mark.release
@pytest.mark.long
def test_what_takes_too_long_is_given_up_said_and_not_done(tmp_path: Path) -> None:
    with running_server(tmp_path, patience=Patience(question=0.02)) as server:
        fill(server)
        given_up = delete(server, 'run="heavy"')
        assert (given_up.status, given_up.json["code"]) == (503, "unavailable")
        assert "nothing was deleted" in given_up.json["message"]
        assert server.write("probe,run=r value=1 1").status == 204
        assert count(server) == POINTS


@pytest.mark.release
@pytest.mark.long
def test_who_leaves_takes_the_deletion_along(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        fill(server)
        parts = urlsplit(server.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
            connection.sendall(request("POST", PATH, {}, body('run="heavy"')))
        assert server.write("probe,run=r value=1 1").status == 204
        assert delete(server, 'run="r"').status == 204
        assert count(server) == POINTS
