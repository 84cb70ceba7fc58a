"""Whether a store answers, takes data and shows it, as the doctor says it."""

import time
from pathlib import Path

from tests.fixtures import server_thread
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Said, answering

from swarmscope.doctor.finding import Finding, Level
from swarmscope.doctor.store import check_store
from swarmscope.settings import Settings

READY = Said(b'{"name": "influxdb", "status": "pass", "version": "2.9.1"}')


def found(settings: Settings) -> dict[str, Finding]:
    return {one.topic: one for one in check_store(settings)}


def test_one_that_works_is_told_from_its_answer_to_its_runs(tmp_path: Path) -> None:
    with server_thread.running_server(tmp_path) as server:
        server.write("\n".join(run_lines("r", int(time.time()), [Told()])))
        told = found(Settings(url=server.url))
    assert {one.level for one in told.values()} == {Level.FINE}
    assert told["store"].message.startswith(f"{server.url} is an embedded store, swarmscope ")
    assert told["reading"].message == "It can be asked: 1 run in the last hour."
    assert {"clock", "bucket loadtest", "bucket loadtest_long"} < told.keys()


def test_of_one_that_is_away_nothing_else_is_looked_at() -> None:
    told = found(Settings(url=f"http://127.0.0.1:{free_port()}"))
    assert told.keys() == {"store"}
    assert told["store"].level is Level.UNREACHABLE
    assert "swarmscope serve" in told["store"].remedy


def test_one_that_takes_and_does_not_show_is_wrong() -> None:
    said = {"/health": READY, "/api/v2/write": Said(status=204), "/": Said(b"{}", 403)}
    with answering(said) as url:
        told = found(Settings(url=url))
    assert told["store"].message == f"{url} is an InfluxDB 2.9.1."
    assert told["bucket loadtest"].level is Level.FINE
    assert told["reading"].level is Level.WRONG
    assert "refused the token (403)" in told["reading"].message
    assert "may read the bucket" in told["reading"].remedy


def test_one_that_is_not_ready_says_so() -> None:
    starting = Said(b'{"name": "influxdb", "status": "fail", "version": "2.9.1"}', 503)
    with answering({"/health": starting, "/": Said(b"{}", 503)}) as url:
        told = found(Settings(url=url))
    assert told["store"].level is Level.WARNING
    assert told["store"].message.endswith(", and says that it isn't ready.")
