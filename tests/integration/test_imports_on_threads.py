"""No module is first imported on a native thread: gevent's import lock may never wake it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.fixtures import processes
from tests.fixtures.delivery_program import deliver
from tests.fixtures.fake_influx import FakeInflux, Reply, fake_influx
from tests.fixtures.locusts import BESIDE, ROOT, Locusts
from tests.fixtures.ports import free_port
from tests.fixtures.stores import Store

NOTING = ROOT / "tests" / "fixtures" / "imports_seen.py"


@pytest.mark.long
def test_of_thirty_deliveries_in_a_process_each_one_sends(tmp_path: Path):
    with fake_influx(FakeInflux()) as fake:
        url = fake.url.replace("127.0.0.1", "localhost")  # a name, that a thread has to look up
        said = deliver(tmp_path, 30, INFLUXDB_V2_URL=url)
    assert said == "30 delivered; imported on threads: []\n"
    assert len(fake.lines) == 60


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9",
        "http://no-such-host.invalid",
        "https://localhost:9",
        "{fake}",
    ],
)
def test_nothing_is_imported_on_a_thread_however_the_store_fails(tmp_path: Path, url: str):
    with fake_influx(FakeInflux(answer=lambda _: Reply(500, "{" * 5_000))) as fake:
        said = deliver(
            tmp_path,
            1,
            INFLUXDB_V2_URL=url.format(fake=fake.url),
            INFLUXDB_V2_TOKEN_FILE="/nowhere/token",
            FAILS="yes",
        )
    assert said == "0 delivered; imported on threads: []\n"


@pytest.mark.long
def test_nothing_is_imported_on_a_thread_in_a_whole_run(
    swarm: Locusts, store: Store, tmp_path: Path
):
    noted, port = tmp_path / "imports", free_port()
    sink: Mapping[str, str] = {
        "IMPORTS_SEEN": str(noted),
        "LOCUST_LOG_FILE": str(tmp_path / "locust.log"),
        "SWARMSCOPE_LOG_SINK": f"tcp://127.0.0.1:{port}",
        "SWARMSCOPE_RAW_REQUESTS": "on",
        "SWARMSCOPE_LOG_MAX_BYTES": "20000",
        "INFLUXDB_V2_URL": store.env["INFLUXDB_V2_URL"].replace("127.0.0.1", "localhost"),
    }
    collect = [str(Path(sys.executable).parent / "swarmscope"), "collect"]
    env = {**os.environ, "ZMQ_SINK_LOG_FILE": str(tmp_path / "all.jsonl"), **store.env}
    bind = ("--bind", f"tcp://127.0.0.1:{port}")
    with processes.running([*collect, *bind], tmp_path / "collector", env=env):
        local = swarm.start(
            "--headless", "-u", "4", "-r", "10", "-t", "5", files=(NOTING, *BESIDE), env=sink
        )
        swarm.wait(local)
    assert "0 pending" in swarm.log(local)
    assert not noted.exists(), noted.read_text()
