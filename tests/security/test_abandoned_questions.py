"""Questions that nobody waits for, too long ones and answers that nobody reads: all of them end.

Without a token any program of this machine can ask, and with one a hurried user's browser does.
"""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.fixtures import server_process
from tests.fixtures.patience import wait_until
from tests.fixtures.raw_http import request
from tests.fixtures.server_process import Server
from tests.fixtures.server_thread import RunningServer, running_server

from swarmscope import schema
from swarmscope.embedded.database import Database
from swarmscope.server.patience import READERS, Patience

POINTS = 8_000_000
"""A second's work for DuckDB, or several."""
HEAVY = f"/api/queries/points?run=heavy&from=0&to={POINTS}"
TOO_LONG = "/api/queries/points?run=heavy&from=0&to=1100000"
"""No more than it takes to be refused."""
MANY = 350_000
"""Rows whose text is more than the kernel takes from who sends to somebody that doesn't read."""
LONG = f"/api/queries/points?run=heavy&from=0&to={MANY}"
HONEST = "/api/queries/users?run=r"


def fill(database: Database, points: int = POINTS) -> None:
    """Put in a point for each millisecond since 1970, and a small run."""
    lines = ["probe,run=heavy value=1 1", "locust_users,run=r,worker=w count=3i 1000000000"]
    database.write(schema.BUCKET, "\n".join(lines))
    with database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO points (series, time, field, f) SELECT s.id, r.range * 1_000_000, f.id, 1 "
            "FROM range(?) r, series s, fields f "
            "WHERE s.measurement = 'probe' AND f.measurement = 'probe'",
            [points],
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store")) as running:
        fill(running.database)
        yield running


def begin(server: RunningServer | Server, path: str) -> socket.socket:
    """Ask for *path*, and don't read the answer."""
    parts = urlsplit(server.url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=60)
    connection.sendall(request("GET", path))
    return connection


@pytest.mark.parametrize("path", [HEAVY, "/api/audit?run=heavy"])
def test_who_leaves_takes_the_question_along(server: RunningServer, path: str) -> None:
    """Eighty of them would keep all readers busy for minutes."""
    for _ in range(20 * READERS):
        begin(server, path).close()
    assert server.call("GET", HONEST).json["rows"] == [[1000, "", 3]]


def test_who_leaves_the_line_leaves_it(server: RunningServer) -> None:
    waiting = [begin(server, HEAVY) for _ in range(20 * READERS)]
    for connection in waiting:
        connection.close()
    assert server.call("GET", HONEST).status == 200


@pytest.mark.release
@pytest.mark.long
def test_what_takes_too_long_is_given_up_and_said(tmp_path: Path) -> None:
    with running_server(tmp_path, patience=Patience(question=0.2)) as server:
        fill(server.database)
        answer = server.call("GET", HEAVY)
        assert (answer.status, answer.json["code"]) == (503, "unavailable")
        assert "Ask for a shorter range" in answer.json["message"]
        # On a busy machine an honest one, too, can take longer than so short a patience.
        wait_until(lambda: server.call("GET", HONEST).status == 200)


@pytest.mark.long
def test_an_answer_that_is_too_long_is_refused_before_it_fills_a_memory(
    server: RunningServer,
) -> None:
    answer = server.call("GET", TOO_LONG)
    assert answer.status == 400
    assert "more than 1,000,000 rows" in answer.json["message"]


@pytest.mark.release
@pytest.mark.long
def test_answers_that_nobody_reads_take_no_more_than_their_room(tmp_path: Path) -> None:
    """The next one is told to come again, and finds room when a silent one is given up."""
    patience = Patience(answers=30 * 2**20, answer=1.0)
    with running_server(tmp_path, patience=patience) as server:
        fill(server.database, MANY)
        size = len(server.call("GET", LONG).body)
        assert patience.answers / 2 < size < patience.answers
        statuses = set()
        # Either of the two may come first.
        while 503 not in statuses:
            with begin(server, LONG) as silent:
                busy = server.call("GET", LONG)
                statuses.add(busy.status)
                if busy.status == 503:
                    assert busy.headers["retry-after"] == "1"
                    assert "busy with other questions" in busy.json["message"]
                # Given up: the connection ends in the middle of the answer.
                while server.call("GET", LONG).status == 503:
                    continue
                silent.settimeout(60)
                assert _rest(silent) < size
        assert server.call("GET", LONG).status == 200


def _rest(connection: socket.socket) -> int:
    received = 0
    try:
        while piece := connection.recv(2**20):
            received += len(piece)
    except ConnectionResetError:
        return received
    return received


@pytest.mark.release
@pytest.mark.long
def test_a_server_that_is_ended_calls_off_what_it_looks_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """After some seconds' grace, in order: its file is closed, and nothing is left beside it."""
    points = 60_000_000
    with Database(tmp_path) as database:
        fill(database, points)
    server = server_process.start(tmp_path, "--no-host-metrics")
    with begin(server, f"/api/queries/points?run=heavy&from=0&to={points}"):
        # It has begun when DuckDB has no more room for it in memory.
        while not list(tmp_path.glob("*.tmp/*")):
            assert server.process.poll() is None
            time.sleep(0.02)
        server.end()
    assert server.process.returncode == 0
    assert "Traceback" not in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["swarmscope.duckdb"]
