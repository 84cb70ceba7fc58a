"""Audits of more workers than anybody has: whoever may write can make them up.

Each answer was 92 MB, none of them in any bound, and each client that didn't read had its own.
"""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.server_process import swarmscope
from tests.fixtures.server_thread import RunningServer, running_server

from swarmscope.runs.accounts import MOST_WORKERS
from swarmscope.runs.audit import MOST_LISTED
from swarmscope.server.patience import Patience

AT = int(time.time()) - 3_600
MORE = 500
QUERY = "bucket=loadtest&precision=s"


def _lines(run: str, count: int, name: str) -> bytes:
    told = "requests_seen=5i,points_rejected=1i,cpu_percent=99.0,loop_lag_ms=1.0"
    lines = [f"locust_worker,run={run},worker={name}{i} {told} {AT}" for i in range(count)]
    started = f'locust_run,run={run},event=start,test=t message="x" {AT}'
    return gzip.compress("\n".join([started, *lines]).encode(), 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    patience = Patience(answers=30 * 2**20)
    with running_server(tmp_path_factory.mktemp("store"), patience=patience) as running:
        for run, count, name in (
            ("many", MOST_WORKERS + MORE, "w" * 200),
            ("long", 300, "w" * 60_000),
        ):
            body = _lines(run, count, name)
            assert running.write(body, QUERY, Content_Encoding="gzip").status == 204
        yield running


def test_an_audit_of_too_many_workers_names_some_and_says_how_many_more(
    server: RunningServer,
) -> None:
    answer = server.call("GET", "/api/audit?run=many")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert len(answer.body) < 4 * 2**20
    told = answer.json
    assert (len(told["workers"]), told["more_workers"]) == (MOST_LISTED, MOST_WORKERS - MOST_LISTED)
    assert (len(told["findings"]), told["more_findings"]) == (MOST_LISTED, 19_001)
    assert told["notes"][MOST_LISTED] == "and 9,001 more"
    assert told["generators"]["strained"][-1] == "and 9,500 more"
    assert told["line"].endswith("; and 19,901 more")
    assert told["verdict"] == "incomplete"


@pytest.mark.long
def test_an_audit_takes_its_room_of_the_memory_for_answers(server: RunningServer) -> None:
    """Names of 60 KB: with them even a list of 300 is long."""
    answer = server.call("GET", "/api/audit?run=long")
    assert answer.status == 503
    assert "busy with other questions" in answer.json["message"]
    # What was taken of it is given back.
    assert server.call("GET", "/api/audit?run=many").status == 200


def test_the_command_names_some_and_says_how_many_more(
    server: RunningServer, tmp_path: Path
) -> None:
    done = swarmscope("audit", "many", "--wait", "0", "--url", server.url, cwd=tmp_path)
    assert done.returncode == 5
    lines = done.stdout.splitlines()
    assert "  and 9,000 more" in lines
    assert len(lines) < 2 * MOST_LISTED + 10
