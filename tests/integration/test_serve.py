"""`swarmscope serve` as a process: its addresses, its end, and what really writes to it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.fixtures.server_process import COMMAND

from swarmscope import schema
from swarmscope.embedded.database import connect
from swarmscope.embedded.folder import FILE_NAME
from swarmscope.embedded.server_note import NOTE
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.location import open_folder
from swarmscope.store.question import Question


@contextmanager
def server(
    folder: Path, *options: str, **environment: str
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Start a server on a free port; yield its URL and process, and end it."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--data", str(folder), "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SWARMSCOPE_HOST": "bench-7", **environment},
    )
    assert process.stdout
    try:
        first = process.stdout.readline()
        assert first.startswith("Live page: http://127.0.0.1:"), first
        yield first.split()[2].partition("?")[0].rstrip("/"), process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def refused(*options: str, **environment: str) -> tuple[int, str]:
    """Start a server that can't start; return its exit code and what it said."""
    done = subprocess.run(
        [*COMMAND, "serve", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stderr


def write(url: str, body: str, bucket: str = "loadtest") -> int:
    path = f"{url}/api/v2/write?org=swarmscope&bucket={bucket}"
    with urllib.request.urlopen(path, data=body.encode()) as answer:
        return int(answer.status)


def until(found: Callable[[], Any]) -> Any:
    """Wait for *found* to find something; the test's own timeout ends the wait."""
    while not (result := found()):
        time.sleep(0.2)
    return result


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_with_everything_in_one_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    with server(tmp_path, "--no-host-metrics") as (url, process):
        assert write(url, "locust_users,run=r,worker=w count=3i 1000000000") == 204
        assert json.loads((tmp_path / NOTE).read_text()) == {"url": url, "pid": process.pid}
        process.send_signal(number)
        assert process.wait(timeout=60) == 0
        assert process.stderr
        assert process.stderr.read() == ""
    assert [file.name for file in tmp_path.iterdir()] == ["swarmscope.duckdb"]
    with open_folder(tmp_path) as reader:
        assert reader.ask(Question("users", "r")).rows == [(1000, "", 3)]


def test_a_store_has_the_buckets_that_the_settings_name(tmp_path: Path) -> None:
    """Those that it says Locust's processes shall use; its own host metrics are there too."""
    names = {"INFLUXDB_V2_BUCKET": "mine", "SWARMSCOPE_BUCKET_LONG": "mine by minutes"}
    with server(tmp_path, **names) as (url, process):
        assert process.stdout
        said = [process.stdout.readline() for _ in range(4)]
        assert "  export SWARMSCOPE_BUCKET_LONG='mine by minutes'\n" in said
        body = "locust_stats,run=r,worker=w,name=Aggregated count=60i 60000000000"
        assert write(url, body, bucket="mine") == 204
        assert write(url, body, bucket="mine%20by%20minutes") == 204
        with pytest.raises(urllib.error.HTTPError, match="404"):
            write(url, body)
        reader = HttpReader(url)
        until(lambda: reader.ask(Question("host_cpu", window=1)).rows)
        by_minutes = Question("requests_per_second", "r", bucket="mine by minutes")
        assert reader.ask(by_minutes).rows == [(60_000, 1.0)]


def test_a_killed_server_can_be_started_again(tmp_path: Path) -> None:
    with server(tmp_path, "--no-host-metrics") as (url, process):
        assert write(url, "locust_users,run=r,worker=w count=3i 1000000000") == 204
        process.kill()
        process.wait()
    with server(tmp_path, "--no-host-metrics") as (url, _):
        assert HttpReader(url).ask(Question("users", "r")).rows == [(1000, "", 3)]


def test_a_second_server_on_the_same_store_is_refused(tmp_path: Path) -> None:
    with server(tmp_path) as (_, process):
        code, said = refused("--data", str(tmp_path), "--port", "0")
    assert code == 2
    assert f"held by process {process.pid}" in said


@pytest.mark.long
def test_a_port_in_use_is_said_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused("--data", str(tmp_path), "--port", str(port))
    assert code == 2
    assert f"Port {port}" in said
    assert "--port 0" in said


@pytest.mark.long
def test_another_address_needs_a_token(tmp_path: Path) -> None:
    code, said = refused("--data", str(tmp_path), "--host", "0.0.0.0", INFLUXDB_V2_TOKEN="")
    assert code == 2
    assert "without a token" in said


@pytest.mark.long
def test_a_data_folder_that_cant_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = refused("--data", str(tmp_path / "file" / "store"), "--port", "0")
    assert code == 4
    assert "can't be made" in said


@pytest.mark.long
@pytest.mark.parametrize(("content", "said"), [(None, "can't be read"), (" \n", "is empty")])
def test_a_token_file_that_holds_none_is_said(
    tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    code, message = refused("--data", str(tmp_path), "--token-file", str(path))
    assert code == 2
    assert said in message


def test_a_token_file_guards_the_server(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret\n")
    with (
        server(tmp_path / "store", "--no-host-metrics", "--token-file", str(token)) as (url, _),
        pytest.raises(urllib.error.HTTPError) as caught,
    ):
        write(url, "m f=1")
    assert caught.value.code == 401
    caught.value.close()


@pytest.mark.long
def test_the_machines_own_metrics_arrive_at_whole_seconds(tmp_path: Path) -> None:
    before = set(psutil.net_io_counters(pernic=True))
    with server(tmp_path) as (url, _), HttpReader(url) as reader:
        until(lambda: len(reader.ask(Question("host_cpu", window=1)).rows) > 3)
        cpu = reader.ask(Question("host_cpu", window=1)).rows
        memory = reader.ask(Question("host_memory", window=1)).rows[-1]
        network = reader.ask(Question("host_network", window=1)).rows
    with connect(tmp_path / FILE_NAME, read_only=True) as closed:
        times = closed.execute("SELECT DISTINCT time % 1000000000 FROM points")
        assert times.fetchall() == [(0,)]
    assert all(row[1:3] == ("bench-7", "generator") and 0 <= row[3] <= 100 for row in cpu)
    now = psutil.virtual_memory()
    assert memory[3] == pytest.approx(100 * now.used / now.total, abs=20)
    # Containers' networks come and go meanwhile.
    after = set(psutil.net_io_counters(pernic=True))
    assert before & after <= {row[3] for row in network} <= before | after


def test_the_sampler_writes_the_fields_that_the_schema_names(tmp_path: Path) -> None:
    with server(tmp_path) as (url, _), HttpReader(url) as reader:
        until(lambda: len(reader.ask(Question("host_cpu", window=1)).rows) > 1)
    with connect(tmp_path / FILE_NAME, read_only=True) as closed:
        found = closed.execute(
            "SELECT DISTINCT s.measurement, f.name, f.type FROM points p "
            "JOIN series s ON s.id = p.series JOIN fields f ON f.id = p.field"
        ).fetchall()
    named = {
        (m.name, field, kind.value) for m in schema.HOST for field, (kind, _) in m.fields.items()
    }
    seldom = {"disk"}  # each ten seconds
    assert {n for n in named if n[0] not in seldom} <= set(found)


def test_telegraf_writes_to_it(tmp_path: Path) -> None:
    telegraf = shutil.which("telegraf")
    if not telegraf:
        pytest.skip("telegraf is not on PATH: that it writes to our store is not shown")
    with server(tmp_path / "store") as (url, _), HttpReader(url) as reader:
        config = tmp_path / "telegraf.conf"
        config.write_text(
            '[agent]\ninterval = "1s"\nflush_interval = "1s"\nhostname = "target-1"\n'
            '[global_tags]\nrole = "target"\n'
            f'[[outputs.influxdb_v2]]\nurls = ["{url}"]\ntoken = "any"\n'
            'organization = "swarmscope"\nbucket = "loadtest"\n'
            "[[inputs.cpu]]\n[[inputs.mem]]\n[[inputs.diskio]]\n[[inputs.net]]\n[[inputs.system]]\n"
        )
        log = (tmp_path / "telegraf.log").open("wb")
        process = subprocess.Popen([telegraf, "--config", str(config)], stdout=log, stderr=log)
        try:
            hosts = until(lambda: both_hosts(reader))
        finally:
            process.terminate()
            process.wait(timeout=60)
            log.close()
    assert hosts == {("bench-7", "generator"), ("target-1", "target")}
    # Types that disagree with our own sampler's would show as refused points here.
    assert " E! " not in (tmp_path / "telegraf.log").read_text()


def both_hosts(reader: HttpReader) -> set[tuple[str, str]] | None:
    """Who all four kinds of host metrics are known of, when that is two hosts."""
    known = [
        {(row[1], row[2]) for row in reader.ask(Question(name, window=1)).rows}
        for name in ("host_cpu", "host_memory", "host_disk", "host_network")
    ]
    return known[0] if all(len(hosts) == 2 for hosts in known) else None
