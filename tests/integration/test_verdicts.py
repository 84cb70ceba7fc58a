"""The master's audits: boards have the verdict when a run is over, and nobody waits for it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.kept_audits import known_record
from tests.fixtures.locusts import BESIDE, LISTENER, SCENARIOS, SHORT, Locusts, locusts
from tests.fixtures.ports import free_port
from tests.fixtures.stores import Store, real

from swarmscope.gate.judgement import judge
from swarmscope.gate.thresholds_file import given
from swarmscope.runs.audit import Verdict, audit, audit_when_settled
from swarmscope.runs.record import Record, keep_record
from swarmscope.settings import Settings
from swarmscope.store.question import Question
from swarmscope.store.write import post

_PATIENCE_S = 60
CALM = (SCENARIOS / "calm.py", LISTENER)


@pytest.fixture
def swarm(tmp_path: Path, any_store: Store, request: pytest.FixtureRequest) -> Iterator[Locusts]:
    """Locust processes whose run is named after the test."""
    env = {**any_store.env, "SWARMSCOPE_RUN_ID": request.node.name}
    with locusts(tmp_path, env) as started:
        yield started


def board_of_all(store: Store) -> dict[str, str]:
    """Return what the board of runs says of the data of each."""
    rows = store.reader.ask(Question("run_summaries")).records()
    return {row["run"]: row["audit"] for row in rows}


def board(store: Store, run: str) -> tuple[str, float | None]:
    """Return what the board of runs says of the data of *run*, and its p95."""
    rows = store.reader.ask(Question("run_summaries")).records()
    (row,) = (row for row in rows if row["run"] == run)
    return row["audit"], row["p95"]


def test_a_local_run_is_judged_when_its_process_has_ended(
    swarm: Locusts, any_store: Store, run: str
):
    local = swarm.start(*SHORT, files=CALM)
    assert swarm.wait(local) == 0, swarm.log(local)
    found = known_record(any_store.reader, run)
    assert found
    assert found == Record.of(audit_when_settled(any_store.reader, run, 0))
    assert found.verdict == Verdict.COMPLETE
    rows = any_store.reader.ask(Question("endpoint_percentiles", run)).records()
    p95 = {row["name"]: row["p95"] for row in rows}["Aggregated"]
    assert board(any_store, run) == ("complete", pytest.approx(p95))


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_a_second_run_of_one_id_is_warned_of_and_never_passes(
    swarm: Locusts, any_store: Store, run: str
):
    """Each by itself is complete: a verdict was had of what nobody ran."""
    told = "2 runs have this id, or its master was started anew: it began at "
    for warned in (False, True):
        local = swarm.start(*SHORT, files=CALM)
        assert swarm.wait(local) == 0, swarm.log(local)
        assert (told in swarm.log(local)) is warned
    found = audit_when_settled(any_store.reader, run, 0)
    assert (found.verdict, len(found.starts)) == (Verdict.INCOMPLETE, 2)
    # What lists, boards, trends and comparisons read.
    assert known_record(any_store.reader, run) == Record.of(found)
    verdict = judge(any_store.reader, found, given(["requests > 1"], []))
    assert (verdict.verdict, told in verdict.doubts[0]) == ("inconclusive", True)


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_a_distributed_run_is_judged_when_its_master_has_ended(
    swarm: Locusts, any_store: Store, run: str
):
    master = swarm.master(*SHORT, "--expect-workers", "2", files=CALM)
    workers = [swarm.worker(files=CALM) for _ in range(2)]
    assert swarm.wait(master) == 0, swarm.log(master)
    for worker in workers:
        swarm.wait(worker)
    found = known_record(any_store.reader, run)
    assert found
    assert (found.verdict, found.workers) == (Verdict.COMPLETE, 2)


@pytest.mark.release
@pytest.mark.long_sample(2)
@pytest.mark.long
def test_a_run_is_judged_while_it_goes_on(swarm: Locusts, any_store: Store, run: str):
    local = swarm.start("--headless", "-u", "4", "-r", "10", "--only-summary", files=CALM)
    deadline = time.monotonic() + _PATIENCE_S
    while known_record(any_store.reader, run) is None:
        assert time.monotonic() < deadline
        assert local.poll() is None, swarm.log(local)
        time.sleep(0.5)
    assert board(any_store, run)[0] == "running"
    local.send_signal(signal.SIGTERM)
    swarm.wait(local)
    assert board(any_store, run)[0] == "complete"


def test_a_run_that_made_no_request_is_no_data(swarm: Locusts, any_store: Store, run: str):
    """A host without a scheme: each task raises before it requests anything."""
    files = (SCENARIOS / "no_scheme.py", LISTENER)
    local = swarm.start(*SHORT, "--host", "nohost.example", files=files)
    swarm.wait(local)
    assert board(any_store, run)[0] == "no data to judge"
    found = known_record(any_store.reader, run)
    assert found
    assert found.user_errors > 0
    errors = any_store.reader.ask(Question("user_errors", run)).records()
    assert {row["exception"] for row in errors} == {"MissingSchema"}


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_a_killed_worker_is_told_by_the_board_and_its_p95_is_of_every_second(
    swarm: Locusts, any_store: Store, run: str
):
    """Of its last minute there is no point: by minutes its requests would not be in the p95."""
    forever = ("--headless", "-u", "4", "-r", "10", "-t", "8s", "--only-summary")
    master = swarm.master(*forever, "--expect-workers", "2", files=BESIDE)
    victim, other = (swarm.worker(files=BESIDE) for _ in range(2))
    swarm.wait_for_users(master)
    deadline = time.monotonic() + _PATIENCE_S
    while len(any_store.reader.ask(Question("delivery", run)).records()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    os.kill(victim.pid, signal.SIGKILL)
    swarm.wait(master)
    swarm.wait(other)
    said, _ = board(any_store, run)
    # Whether its last second is missing nobody knows yet: more of it might come for a minute.
    assert said.startswith(Verdict.PENDING)
    done = subprocess.run(
        [sys.executable, "-c", "from swarmscope.cli import main; main()", "audit", run],
        env={**os.environ, **any_store.env},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 5, done.stdout
    said, p95 = board(any_store, run)
    assert said.startswith(Verdict.INCOMPLETE)
    rows = any_store.reader.ask(Question("endpoint_percentiles", run)).records()
    assert p95 == pytest.approx({row["name"]: row["p95"] for row in rows}["Aggregated"])


@pytest.mark.long
def test_a_token_that_may_only_write_leaves_the_run_unjudged_and_holds_up_nothing(
    tmp_path: Path, influx: Influx, run: str
):
    with real(influx) as store:
        buckets = [store.env["INFLUXDB_V2_BUCKET"], store.env["SWARMSCOPE_BUCKET_LONG"]]
        env = {
            **store.env,
            "INFLUXDB_V2_TOKEN": influx.token_for(write=buckets),
            "SWARMSCOPE_RUN_ID": run,
        }
        with locusts(tmp_path, env) as swarm:
            local = swarm.start(*SHORT, files=CALM)
            assert swarm.wait(local) == 0, swarm.log(local)
            assert "is not audited by its master" in swarm.log(local)
            assert "swarmscope audit" in swarm.log(local)
        assert board(store, run)[0] == "not audited yet"
        assert audit_when_settled(store.reader, run, 30).verdict is Verdict.COMPLETE


@pytest.mark.release
@pytest.mark.long
def test_a_run_whose_rest_came_with_the_next_process_is_judged_then(
    tmp_path: Path, store: Store, run: str
):
    """While the first one ran the store was away; its spool is sent by the second."""
    away = {"INFLUXDB_V2_URL": f"http://127.0.0.1:{free_port()}", "SWARMSCOPE_FLUSH_TIMEOUT": "1s"}
    with locusts(tmp_path, {**store.env, "SWARMSCOPE_RUN_ID": run}) as swarm:
        swarm.wait(swarm.start(*SHORT, files=CALM, env=away))
        later = {"SWARMSCOPE_RUN_ID": f"{run}-later"}
        second = swarm.start("--headless", "-u", "2", "--only-summary", files=CALM, env=later)
        deadline = time.monotonic() + _PATIENCE_S
        while board_of_all(store).get(run) != "complete":
            assert time.monotonic() < deadline, board_of_all(store)
            assert second.poll() is None, swarm.log(second)
            time.sleep(0.5)


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_what_a_master_could_not_wait_for_the_next_one_judges(
    swarm: Locusts, any_store: Store, run: str
):
    """A worker was killed just before the end: nobody knew then whether more of it would come."""
    left, now = f"{run}-left", int(time.time())
    settings = Settings.from_env(any_store.env)
    killed = Told(final=False, heard=303, left=302)
    post(run_lines(left, now, [killed, Told("worker-1")]), settings, what="", data="")
    found = audit(any_store.reader, left, now_ms=(now - 297) * 1_000)
    keep_record(any_store.reader, found, lambda lines: post(lines, settings, what="", data=""))
    assert board(any_store, left)[0].startswith(Verdict.PENDING)
    following = swarm.start("--headless", "-u", "2", "--only-summary", files=CALM)
    deadline = time.monotonic() + _PATIENCE_S
    while not board_of_all(any_store)[left].startswith(Verdict.INCOMPLETE):
        assert time.monotonic() < deadline, board_of_all(any_store)
        assert following.poll() is None, swarm.log(following)
        time.sleep(0.5)


def test_nothing_is_imported_on_the_thread_of_an_audit(any_store: Store, run: str, tmp_path: Path):
    """There it could wait for ever in the import lock that gevent has patched."""
    settings = Settings.from_env(any_store.env)
    post(run_lines(run, int(time.time()), [Told()]), settings, what="", data="")
    done = subprocess.run(
        [sys.executable, str(SCENARIOS / "imports_late.py"), run],
        env={**os.environ, **any_store.env, "SWARMSCOPE_SPOOL_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "complete 4\n", done.stdout + done.stderr


class Mute:
    """A server that takes connections and never answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._held: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                self._held.append(self._socket.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        self._socket.close()
        for one in self._held:
            one.close()


@pytest.mark.release
@pytest.mark.long
def test_a_store_that_never_answers_holds_up_no_end(tmp_path: Path, run: str):
    mute = Mute()
    env = {
        "INFLUXDB_V2_URL": mute.url,
        "SWARMSCOPE_RUN_ID": run,
        "SWARMSCOPE_FLUSH_TIMEOUT": "2s",
    }
    with locusts(tmp_path, env) as swarm:
        local = swarm.start(*SHORT, files=CALM)
        assert swarm.wait(local) == 0, swarm.log(local)
        assert "Traceback" not in swarm.log(local)
    mute.close()
