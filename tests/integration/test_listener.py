"""The listener in real Locust processes, beside a witness that writes down every request."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.fixtures import stores
from tests.fixtures.agreement import (
    assert_complete,
    assert_parts_of_all,
    assert_store_agrees,
)
from tests.fixtures.locusts import (
    BESIDE,
    LISTENER,
    ORACLE,
    SCENARIOS,
    SHORT,
    STEADY,
    Locusts,
    free_port,
    locusts,
)
from tests.fixtures.locusts_page import get_when_up, post
from tests.fixtures.stores import Store

from swarmscope import schema
from swarmscope.store.question import Question


@pytest.mark.parametrize(
    "files",
    [
        (STEADY, ORACLE, LISTENER),
        (SCENARIOS / "imports_listener.py", ORACLE),
        # Also in the fast tests of users who react to failures.
        pytest.param((SCENARIOS / "attaches.py", ORACLE), marks=pytest.mark.long),
        (SCENARIOS / "imports_listener.py", SCENARIOS / "attaches.py", ORACLE, LISTENER),
    ],
    ids=["beside", "imported", "attached", "all-at-once"],
)
def test_each_way_in_counts_each_request_once(
    swarm: Locusts, store: Store, run: str, files: tuple[Path, ...]
):
    local = swarm.start(*SHORT, files=files)
    assert swarm.wait(local) == 1, swarm.log(local)  # Locust's own word for failed requests
    assert_store_agrees(store, run, swarm.witnessed())
    assert_complete(store, run)
    assert "0 pending" in swarm.log(local)
    # Minutes hold what the seconds hold.
    assert requests_in("loadtest_long", store, run) == requests_in("loadtest", store, run) > 0


def requests_in(bucket: str, store: Store, run: str) -> int:
    answer = store.reader.ask(Question("endpoint_totals", run, bucket=bucket))
    return sum(row["requests"] for row in answer.records())


@pytest.mark.sample(2)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_loses_nothing(
    swarm: Locusts, store: Store, run: str, how: signal.Signals
):
    local = swarm.start("--headless", "-u", "10", "-r", "10", "--only-summary", files=BESIDE)
    swarm.wait_for_users(local)
    swarm.wait_for_requests(100)
    local.send_signal(how)
    swarm.wait(local)
    assert_store_agrees(store, run, swarm.witnessed())
    assert_complete(store, run)


@pytest.mark.release
@pytest.mark.long
def test_each_start_from_the_web_ui_is_a_run_of_its_own(swarm: Locusts, store: Store, run: str):
    port = free_port()
    local = swarm.start("--web-host", "127.0.0.1", "--web-port", str(port), files=BESIDE)
    page = f"http://127.0.0.1:{port}/"
    swarm.wait_for(local, "Starting web interface")
    assert 'href="swarmscope"' in get_when_up(page)
    for _ in range(2):
        post(f"{page}swarm", user_count="3", spawn_rate="10")
        swarm.wait_for_requests(50)
        post(f"{page}stop")
        time.sleep(1)
    local.send_signal(signal.SIGTERM)
    swarm.wait(local)
    assert_parts_of_all(store, swarm, run, f"{run}-2")


@pytest.mark.release
@pytest.mark.long
@pytest.mark.parametrize("pause", [0.0, pytest.param(0.8, marks=pytest.mark.long)])
def test_a_start_before_locust_has_said_that_the_last_run_ended_is_a_run_of_its_own(
    swarm: Locusts, store: Store, run: str, pause: float
):
    """Locust's master takes up to a second to fire `test_stop`, and can be started meanwhile.

    After no pause it fires it at the end of the second run, after a longer one at its beginning.
    """
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    master = swarm.master("--web-host", "127.0.0.1", "--web-port", str(port), files=BESIDE)
    worker = swarm.worker(files=BESIDE)
    swarm.wait_for(master, "1 workers connected")
    get_when_up(page)
    post(f"{page}swarm", user_count="3", spawn_rate="10", run_time="3s")
    swarm.wait_for(master, "reported as ready", times=2)
    time.sleep(pause)
    post(f"{page}swarm", user_count="3", spawn_rate="10")
    time.sleep(2)  # the last run may end for Locust's master until then
    swarm.wait_for_requests(50)
    for process in (master, worker):
        process.send_signal(signal.SIGTERM)
        swarm.wait(process)
    assert_parts_of_all(store, swarm, run, f"{run}-2")


@pytest.mark.release
@pytest.mark.long
def test_a_start_while_local_users_still_stop_is_a_run_of_its_own(
    swarm: Locusts, store: Store, run: str
):
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    web = ("--web-host", "127.0.0.1", "--web-port", str(port), "--stop-timeout", "5")
    local = swarm.start(*web, files=BESIDE)
    get_when_up(page)
    post(f"{page}swarm", user_count="20", spawn_rate="100")
    time.sleep(2)
    stopping = threading.Thread(target=post, args=(f"{page}stop",))
    stopping.start()
    time.sleep(0.05)
    post(f"{page}swarm", user_count="3", spawn_rate="10")
    stopping.join()
    time.sleep(2)
    local.send_signal(signal.SIGTERM)
    swarm.wait(local)
    assert_parts_of_all(store, swarm, run, f"{run}-2")


@pytest.mark.long
def test_a_store_that_starts_late_gets_everything(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    port = free_port()
    env = {"INFLUXDB_V2_URL": f"http://127.0.0.1:{port}", "SWARMSCOPE_RUN_ID": "late-store"}
    with locusts(tmp_path, env) as swarm:
        options = ("--headless", "-u", "4", "-r", "10", "-t", "6", "--only-summary")
        local = swarm.start(*options, files=BESIDE)
        swarm.wait_for(local, "swarmscope serve")  # what to do is said at once
        assert "Traceback" not in swarm.log(local)
        time.sleep(2)
        with stores.embedded(tmp_path_factory.mktemp("late"), port) as store:
            swarm.wait(local)
            assert_store_agrees(store, "late-store", swarm.witnessed())
            assert_complete(store, "late-store")


def test_what_was_left_is_delivered_by_the_next_start(tmp_path: Path, store: Store):
    env = {
        "INFLUXDB_V2_URL": "http://127.0.0.1:9",
        "SWARMSCOPE_RUN_ID": "left",
        "SWARMSCOPE_FLUSH_TIMEOUT": "1s",
    }
    with locusts(tmp_path, env) as swarm:
        first = swarm.start(*SHORT, files=BESIDE)
        swarm.wait(first)
        assert "sent when the store answers" in swarm.log(first)
        witnessed = swarm.witnessed()
        second = swarm.start(
            *SHORT, files=(STEADY, LISTENER), env={**store.env, "SWARMSCOPE_RUN_ID": "next"}
        )
        swarm.wait(second)
        assert_store_agrees(store, "left", witnessed)
        assert_complete(store, "left")


def test_locusts_own_http_clients_are_recorded_with_status_and_reason(
    swarm: Locusts, store: Store, run: str, target: str
):
    files = (SCENARIOS / "web.py", ORACLE, LISTENER)
    local = swarm.start(*SHORT, "--host", target, files=files)
    swarm.wait(local)
    assert_store_agrees(store, run, swarm.witnessed())
    failures = store.reader.ask(Question("exceptions", run)).records()
    told = {(f["name"], f["exception"], f["status"], f["reason"]) for f in failures}
    assert ("/missing/[id]", "HTTPError", "404") in {t[:3] for t in told}
    assert ("/missing/[id] (fast)", "404") in {(t[0], t[2]) for t in told}
    assert ("/judged", "CatchResponseError", "200", "answer # is wrong") in told
    answers = store.reader.ask(Question("endpoint_statuses", run)).records()
    assert {(row["name"], row["status"]) for row in answers} == {
        ("/plain", "200"),
        ("/fast", "200"),
        ("/judged", "200"),
        ("/missing/[id]", "404"),
        ("/missing/[id] (fast)", "404"),
    }


@pytest.mark.release
@pytest.mark.long
def test_requests_that_nobody_answers_have_no_status(swarm: Locusts, store: Store, run: str):
    nobody = f"http://127.0.0.1:{free_port()}"
    local = swarm.start(*SHORT, "--host", nobody, files=(SCENARIOS / "web.py", ORACLE, LISTENER))
    swarm.wait(local)
    assert_store_agrees(store, run, swarm.witnessed())
    answers = store.reader.ask(Question("endpoint_statuses", run)).records()
    assert {row["status"] for row in answers} == {schema.NO_STATUS}


@pytest.fixture
def target() -> Iterator[str]:
    """A site that knows no page of ``/missing``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self.send_response(404 if "missing" in self.path else 200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.long
def test_odd_requests_are_all_counted(swarm: Locusts, store: Store, run: str):
    options = ("--headless", "-u", "1", "-r", "1", "-t", "3", "--only-summary")
    local = swarm.start(*options, files=(SCENARIOS / "hostile.py", LISTENER))
    assert swarm.wait(local) == 0, swarm.log(local)
    rows = store.reader.ask(Question("endpoint_totals", run)).records()
    counts = {row["name"]: row["requests"] for row in rows}
    assert len(counts) == 501
    assert (
        sum(n for name, n in counts.items() if name.startswith("/item/")) + counts["(other)"]
        >= 3_000
    )
    assert counts["/odd-time"] == 6
    for name in ("with, comma", "with space", 'with "quotes"', "with␊newline", "with 😀"):
        assert counts[name] == 1
    assert counts["<script>alert(1)</script>"] == counts["(Aggregated)"] == 1
    assert counts["(unnamed)"] == 2
    assert swarm.log(local).count("SWARMSCOPE_MAX_NAMES") == 1
    assert_complete(store, run)


@pytest.mark.long
def test_locust_does_not_notice_when_measuring_breaks(swarm: Locusts):
    files = (SCENARIOS / "breaks_listener.py",)
    local = swarm.start(*SHORT, "--exit-code-on-error", "0", files=files)
    assert swarm.wait(local) == 0, swarm.log(local)
    assert "the test runs on" in swarm.log(local)
    assert "Aggregated" in swarm.log(local)


@pytest.mark.long
def test_a_run_that_ends_while_its_last_second_is_being_kept_loses_nothing(
    tmp_path: Path, store: Store, run: str
):
    env = {**os.environ, **store.env, "SWARMSCOPE_RUN_ID": run}
    env["SWARMSCOPE_SPOOL_DIR"] = str(tmp_path)
    command = [sys.executable, str(SCENARIOS / "ends_in_a_tick.py")]
    subprocess.run(command, env=env, check=True)
    assert_complete(store, run)
    (account,) = store.reader.ask(Question("delivery", run)).records()
    assert account["stored"] == 8_000
