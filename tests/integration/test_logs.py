"""Log records and single requests of real Locust processes, in one place."""

import json
import os
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import Any

import pytest
import zmq
from tests.fixtures import zmtp
from tests.fixtures.agreement import assert_complete
from tests.fixtures.collectors import Collector, collecting, until
from tests.fixtures.locusts import LISTENER, ORACLE, SCENARIOS, SHORT, Locusts, free_port, locusts
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store

from swarmscope.logs.curve import PUBLIC_FILE, SECRET_FILE
from swarmscope.logs.lines import Message, parse_iso, record_line
from swarmscope.store.question import Question

FILES = (SCENARIOS / "talkative.py", ORACLE, LISTENER)
RAW = {"SWARMSCOPE_RAW_REQUESTS": "on"}
each_store = pytest.mark.parametrize(
    "any_store", ["embedded", pytest.param("influxd", marks=pytest.mark.long)], indirect=True
)


def points(store: Store, run: str, measurement: str, field: str) -> list[dict[str, Any]]:
    """Return time, tags and value of the points of *measurement* in *run*."""
    rows = store.reader.ask(Question("points", run)).records()
    return [
        {"time": row["time_ns"], **json.loads(row["tags"]), "value": row["text"] or row["number"]}
        for row in rows
        if row["measurement"] == measurement and row["field"] == field
    ]


def witnessed(swarm: Locusts) -> Counter[str]:
    return Counter({name: len(seen.times) for (name, _), seen in swarm.witnessed().items()})


@dataclass(frozen=True)
class Collected:
    """What three processes said of one run, in the store and in one file."""

    store: Store
    run: str
    made: Counter[str]
    """Every request that was made, by its name."""
    said: str
    own: Path
    """The folder of the processes' own files."""
    collector: Collector


@pytest.fixture(scope="module")
def collected(any_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """A run whose collector comes late."""
    folder = tmp_path_factory.mktemp("collected")
    run = f"logs-{folder.name}"
    port = free_port()
    ended = folder / "ended"
    env = {
        **any_store.env,
        **RAW,
        "SCENARIO_END": str(ended),
        "SWARMSCOPE_RUN_ID": run,
        "SWARMSCOPE_LOG_SINK": f"tcp://127.0.0.1:{port}",
        "LOCUST_LOG_FILE": str(folder / "own" / "worker.lines"),
        "SWARMSCOPE_TAGS": "team=web",
    }
    with locusts(folder, env) as swarm:
        headless = ("--headless", "-u", "6", "-r", "6", "--only-summary")
        files = (*FILES, SCENARIOS / "ends_when_told.py")
        master = swarm.master(*headless, "--expect-workers", "2", files=files)
        workers = [swarm.worker(files=files) for _ in range(2)]
        swarm.wait_for_users(master)
        # It comes late: what was logged before waits for it.
        with collecting(folder, any_store.env, bind=f"tcp://127.0.0.1:{port}") as collector:
            until(lambda: len(collector.requests()) > 200)
            ended.touch()
            for process in (*workers, master):
                swarm.wait(process)
            said = collector.end()
    return Collected(any_store, run, witnessed(swarm), said, folder / "own", collector)


@pytest.mark.long
@each_store
def test_every_request_of_all_workers_is_a_line_and_a_point(collected: Collected):
    requests, made = collected.collector.requests(), collected.made
    assert made["/buy"] > 50 < made["/fail"] + 51
    assert Counter(line["name"] for line in requests) == made
    records = collected.collector.records()
    assert f"{len(records):,} log records, {len(requests):,} requests." in collected.said
    assert_complete(collected.store, collected.run)

    # The same requests, at the same times, as points: each once.
    raw = points(collected.store, collected.run, "locust_request", "response_time")
    assert Counter(point["name"] for point in raw) == made
    assert {point["team"] for point in raw} == {"web"}
    assert sorted((point["worker"], point["time"]) for point in raw) == sorted(
        (line["worker"], parse_iso(line["time"])) for line in requests
    )
    failed = next(line for line in requests if line["name"] == "/fail")
    assert failed["exception"] == "LookupError: no stock"
    assert (failed["class"], failed["result"]) == ("Talkative", "failure")
    assert failed["other"] == {"context": '{"basket":3}'}


@each_store
def test_log_records_have_level_worker_and_run_in_the_file_and_in_the_store(collected: Collected):
    records = collected.collector.records()
    own = [line for line in records if line["logger"] == "shop.checkout"]
    assert {(line["level"], line["message"]) for line in own} == {
        ("info", "a user started"),
        ("warning", "no stock left for A-17"),
    }
    assert Counter(line["message"] for line in own)["a user started"] == 6
    assert {line["run"] for line in own} == {collected.run}
    assert {line["worker"].split("-")[1] for line in own} == {"0", "1"}
    assert "master" in {line["worker"] for line in records}
    stored = points(collected.store, collected.run, "locust_log", "message")
    assert Counter(point["value"] for point in stored) == Counter(
        line["message"] for line in records if line["run"] == collected.run
    )


@each_store
def test_each_process_has_its_lines_in_order_in_a_file_of_its_own_too(collected: Collected):
    assert len(list(collected.own.iterdir())) == 3
    by_sender: Counter[str] = Counter()
    for path in collected.own.iterdir():
        text = path.read_text(encoding="utf-8").splitlines()
        times = [parse_iso(json.loads(line)["time"]) for line in text]
        assert times == sorted(times)
        assert len(set(times)) == len(times)
        by_sender.update(text)
    file = collected.collector.file
    assert by_sender == Counter(file.read_text(encoding="utf-8").splitlines())
    assert len(collected.collector.lines()) == sum(by_sender.values())


@pytest.mark.release
@pytest.mark.long
def test_a_collector_that_never_appears_is_not_noticed(swarm: Locusts, store: Store, run: str):
    env = {**RAW, "SWARMSCOPE_LOG_SINK": f"tcp://127.0.0.1:{free_port()}"}
    local = swarm.start(*SHORT, "--exit-code-on-error", "0", files=FILES, env=env)
    assert swarm.wait(local) == 0, swarm.log(local)
    assert_complete(store, run)
    made = witnessed(swarm)
    raw = points(store, run, "locust_request", "response_time")
    assert Counter(point["name"] for point in raw) == made


@pytest.mark.long
def test_a_collector_with_keys_is_killed_comes_back_and_goes_on_with_whole_lines(
    tmp_path: Path, swarm: Locusts, store: Store, run: str
):
    port = free_port()
    bind = f"tcp://127.0.0.1:{port}"
    keys = tmp_path / "keys"
    assert swarmscope("collect", "--make-keys", str(keys)).returncode == 0
    secret = ("--no-store", "--key-file", str(keys / SECRET_FILE))
    env = {
        **RAW,
        "SWARMSCOPE_LOG_SINK": bind,
        "SWARMSCOPE_LOG_SINK_KEY_FILE": str(keys / PUBLIC_FILE),
    }
    options = ("--headless", "-u", "6", "-r", "6", "-t", "8", "--only-summary")
    with collecting(tmp_path, store.env, *secret, bind=bind) as first:
        local = swarm.start(*options, files=FILES, env=env)
        until(lambda: len(first.requests()) > 20)
        first.process.kill()
        first.process.wait()
        before = len(first.requests())
        with collecting(tmp_path, store.env, *secret, bind=bind) as second:
            swarm.wait(local)
            second.end()
            lines = second.requests()
    made = witnessed(swarm)
    # What was on its way when it was killed may be gone, and nothing else: no line twice.
    assert before < len(lines) <= made.total()
    assert len({line["time"] for line in lines}) == len(lines)
    assert "run-time limit reached" in swarm.log(local)
    assert_complete(store, run)
    raw = points(store, run, "locust_request", "response_time")
    assert Counter(point["name"] for point in raw) == made


@pytest.mark.long
def test_a_pipe_gets_the_lines_as_they_come(tmp_path: Path, swarm: Locusts, run: str):
    """As a container's /dev/stdout, which it is in place of here."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    env = {**RAW, "LOCUST_LOG_FILE": str(pipe), "SWARMSCOPE_LOG_MAX_BYTES": "100"}
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        os.set_blocking(reader.fileno(), True)
        local = swarm.start(*SHORT, "--exit-code-on-error", "0", files=FILES, env=env)
        first = reader.readline() if select([reader], [], [], 60)[0] else b""
        lines = [json.loads(line) for line in (first, *reader)]
        assert swarm.wait(local) == 0, swarm.log(local)
    asked = [line for line in lines if "request_type" in line]
    assert Counter(line["name"] for line in asked) == witnessed(swarm)
    assert {line["run"] for line in asked} == {run}
    assert pipe.is_fifo()
    assert not list(tmp_path.glob("pipe*[!e]"))


@pytest.mark.long
def test_a_sample_of_the_requests_says_so_and_windows_count_them_all(
    swarm: Locusts, store: Store, run: str
):
    local = swarm.start(*SHORT, files=FILES, env={**RAW, "SWARMSCOPE_RAW_SAMPLE": "0.5"})
    swarm.wait(local)
    assert_complete(store, run)
    rates = points(store, run, "locust_request", "sample_rate")
    made = witnessed(swarm).total()
    assert {point["value"] for point in rates} == {0.5}
    assert made / 10 < len(rates) < made * 9 / 10
    counted = store.reader.ask(Question("endpoint_totals", run)).records()
    assert sum(row["requests"] for row in counted) == made


def test_whoever_sends_whatever_the_collector_stays(tmp_path: Path):
    with collecting(tmp_path, {}, "--no-store") as collector:
        host, _, port = collector.address.removeprefix("tcp://").partition(":")
        with socket.create_connection((host, int(port))) as other:
            other.sendall(b"POST / HTTP/1.1\r\n\r\n" + b"\x00\xff" * 50_000)
        context = zmq.Context()
        stranger = context.socket(zmq.PUSH)
        stranger.connect(collector.address)
        good = record_line(time.time_ns(), "info", "x", "good", host="h", run="r", worker="w")
        for frame in (b"", b"{", b"\x00" * 100_000, b"[" * 200_000, b"x" * 300_000):
            stranger.send(frame)
        stranger.send_multipart([b"two", b"frames"])
        stranger.send(Message("s", 0, {}, [b"{}", good.encode(), b"\xff"]).encode())
        until(lambda: len(collector.records()) >= 1)
        # Above its limit ZeroMQ itself ends the connection.
        stranger.send(b"x" * (8 * 2**20))
        stranger.close(0)
        context.term()
        # It may be dropped before it is through, with all others, if it takes too much memory.
        with zmtp.connect(collector.address) as endless, suppress(OSError):
            for _ in range(10):
                endless.sendall(zmtp.part(b"x" * 100_000, more=True))
            endless.sendall(b"\x07 nonsense")
        context = zmq.Context()
        honest = context.socket(zmq.PUSH)
        honest.connect(collector.address)
        honest.send(Message("t", 0, {}, [good.encode()]).encode())
        until(lambda: sum(line["message"] == "good" for line in collector.records()) == 2)
        honest.close(0)
        context.term()
        said = collector.end()
    assert "2 log records" not in said.split("Collected")[0]
    assert "8 malformed pieces dropped" in said
    assert "1 connection refused" in said


def test_endless_messages_take_no_more_memory_than_is_allowed(tmp_path: Path):
    with collecting(tmp_path, {}, "--no-store") as collector:
        part = zmtp.part(b"x" * 900_000, more=True)
        sent = 0
        stranger = zmtp.connect(collector.address)
        for _ in range(600):
            try:
                stranger.sendall(part)
                sent += len(part)
            except OSError:
                break
        stranger.close()
        assert "All connections were dropped" in collector.end()
        assert sent < 540_000_000


@pytest.mark.long
def test_what_cannot_be_used_is_said_with_what_to_do(tmp_path: Path):
    with collecting(tmp_path, {}, "--no-store") as collector:
        taken = swarmscope("collect", "--bind", collector.address)
        assert (taken.returncode, "End what listens there" in taken.stderr) == (2, True)
    wrong = swarmscope("collect", "--bind", "127.0.0.1:5558")
    assert (wrong.returncode, "tcp://127.0.0.1:5558" in wrong.stderr) == (2, True)
    lost = swarmscope("collect", "--key-file", str(tmp_path / "none"))
    assert (lost.returncode, "--make-keys" in lost.stderr) == (2, True)


def test_beyond_loopback_and_without_keys_it_warns(tmp_path: Path):
    with collecting(tmp_path, {}, "--no-store", bind="tcp://0.0.0.0:0") as collector:
        assert "use keys" in " ".join(collector.end().split())
