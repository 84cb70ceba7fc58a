"""README's commands about the stack, typed one after the other into a clone, as a new user does."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from tests.fixtures import compose, readme
from tests.fixtures.compose import ROOT, until
from tests.fixtures.ports import free_port
from tests.fixtures.readme import Reader

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

SCENARIOS = ROOT / "tests/stack/scenarios"
FEW = {"FAIL_RATIO=1%": "USERS=2 TIME=3s FAIL_RATIO=100%"}
RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One with a stack that `make up` has started, beside any other of this machine."""
    if reason := compose.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("clone")
    folder.chmod(0o755)
    name = f"test-{secrets.token_hex(3)}"
    ports = {f"{of}_PORT": str(free_port()) for of in ("LOCUST", "GRAFANA", "EVENTS", "INFLUXDB")}
    typing = Reader(readme.clone(folder), {"COMPOSE_PROJECT_NAME": name, **ports})
    try:
        said = typing.types("make up")
        assert f"Locust   http://127.0.0.1:{ports['LOCUST_PORT']}" in said
        assert f"Grafana  http://127.0.0.1:{ports['GRAFANA_PORT']}" in said
        assert "Target   the demo shop" in said
        yield typing
    finally:
        remove(name)


def remove(project: str) -> None:
    line = ["docker", "compose", "--project-name", project, "--env-file", "/dev/null"]
    down = [*line, "down", "--volumes", "--remove-orphans", "--timeout", "5"]
    subprocess.run(down, check=True, capture_output=True)


def services(reader: Reader) -> list[str]:
    """Return the services that run, one for each container."""
    label = f"label=com.docker.compose.project={reader.env['COMPOSE_PROJECT_NAME']}"
    form = '{{.Label "com.docker.compose.service"}}'
    line = ["docker", "ps", "--filter", label, "--format", form]
    return subprocess.check_output(line, text=True).split()


def worker(reader: Reader) -> dict[str, str]:
    """Return the environment of a worker, with the folder that it has its locustfile from."""
    label = f"label=com.docker.compose.project={reader.env['COMPOSE_PROJECT_NAME']}"
    of = ["--filter", label, "--filter", "label=com.docker.compose.service=locust-worker"]
    (one, *_) = subprocess.check_output(["docker", "ps", "--quiet", *of], text=True).split()
    (told,) = json.loads(subprocess.check_output(["docker", "inspect", one]))
    mounted = {m["Destination"]: m["Source"] for m in told["Mounts"]}
    # Without a value: one that nobody set.
    parted = [line.partition("=") for line in told["Config"]["Env"]]
    return {name: value for name, _, value in parted} | {"mounted": mounted["/mnt/locust"]}


def test_a_first_run_and_what_it_left(reader: Reader) -> None:
    # A minute of so many users is for who looks on, and takes the cores from all other tests.
    said = reader.types("make run USERS=100 TIME=1m", {"TIME=1m": "TIME=10s"})
    run = RUN.search(said)
    assert run, said
    assert "is complete" in said
    assert list((reader.folder / "results" / run[0]).glob("*.html"))
    audit = reader.types("make cli ARGS='audit RUN'", {"RUN": run[0]})
    assert "is complete" in audit
    # Without a number of users it says which word is missing.
    for command in ("make run", "make run FAIL_RATIO=1%"):
        assert "make run USERS=100 TIME=1m" in reader.types(command, code=2)
    reader.types("make run FAIL_RATIO=1%", FEW)
    short = {"--users 100 --time 1m": "--users 2 --time 3s --max-fail-ratio 100%"}
    assert "is complete" in reader.types("scripts/run.sh --users 100 --time 1m", short)


def test_what_runs_and_what_it_says(reader: Reader) -> None:
    said = reader.types("make status")
    assert re.search(r"(?m)^locust-master\s.*\(healthy\)", said), said
    with reader.starts("make logs SERVICE=locust-worker", until=r"locust-worker-\d+ +\|"):
        pass


@pytest.mark.release
def test_a_shop_that_suffers(reader: Reader) -> None:
    assert "On: lock:25" in reader.types("make shop FAULT=lock")
    reader.types("make up FAULT=cliff")
    assert "FAULT=cliff" in (reader.folder / ".env").read_text().splitlines()
    # The shop was begun anew, with that one.
    assert "On: cliff:10" in reader.types("make shop FAULT=lock", {"FAULT=lock": ""})
    reader.types("make up FAULT=cliff", {"cliff": ""})
    assert "On: no fault" in reader.types("make shop FAULT=lock", {"FAULT=lock": ""})
    refused = reader.types("make up FAULT=cliff", {"cliff": "nonsense"}, code=2)
    assert "There are linear, cliff" in refused


@pytest.mark.release
def test_more_workers(reader: Reader) -> None:
    reader.types("make scale WORKERS=8")
    assert services(reader).count("locust-worker") == 8
    refused = subprocess.run(
        ["make", "scale"],
        cwd=reader.folder,
        env=os.environ | reader.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "WORKERS isn't given; 8 of them run. Nothing was changed." in refused.stderr
    assert services(reader).count("locust-worker") == 8
    # Compose by itself has the same settings.
    reader.types("docker compose up -d --scale locust-worker=8")
    assert services(reader).count("locust-worker") == 8
    assert "WORKERS=8" in (reader.folder / ".env").read_text().splitlines()
    # For what comes now these are enough.
    reader.types("make scale WORKERS=8", {"8": "2"})


@pytest.mark.release
def test_a_copy_of_all_data_and_back_and_new_tokens(reader: Reader) -> None:
    reader.types("make run FAIL_RATIO=1%", FEW)
    short = {"--users 100 --time 1m": "--users 2 --time 3s --max-fail-ratio 100%"}
    assert "is complete" in reader.types("scripts/run.sh --users 100 --time 1m", short)
    assert "6 replaced tokens were revoked" in reader.types("make rotate-tokens")
    reader.types("make backup")
    (made,) = (reader.folder / "backups").iterdir()
    file = {"FILE=…": f"FILE=backups/{made.name}"}
    told = reader.types("make restore FILE=…", file, code=2)
    assert "Nothing was changed" in told
    assert "YES=1" in told
    assert "Restored" in reader.types("make restore FILE=…", file, answer="y\n")
    assert RUN.search(reader.types("make cli ARGS='audit RUN'", {"audit RUN": "runs"}))


@pytest.mark.release
def test_a_machine_that_is_let_in_and_out_again(reader: Reader) -> None:
    open_gate = Reader(reader.folder, reader.env | {"INFLUXDB_BIND": "127.0.0.1"})
    open_gate.types("make up")
    assert {"gateway", "door", "machines"} <= set(services(reader))
    said = open_gate.types("make enroll HOST=web-1")
    assert "web-1" in said
    assert (reader.folder / "secrets/enrolled/web-1").is_dir()
    open_gate.types("make revoke HOST=web-1")
    assert not (reader.folder / "secrets/enrolled/web-1").exists()
    # Closed again, and so it is gone.
    said = reader.types("make up")
    assert (
        "Stopped, as no setting asks for it now: door gateway gateway-certificate machines" in said
    )
    assert not {"gateway", "door", "machines"} & set(services(reader))


def test_a_test_of_one_s_own_stop_and_start(reader: Reader) -> None:
    own = reader.folder / "path/to"
    own.mkdir(parents=True)
    shutil.copy(SCENARIOS / "steady.py", own / "mine.py")
    said = reader.types("make up LOCUSTFILE=path/to/mine.py LOCUST_HOST=https://staging.example")
    assert "Stopped, as no setting asks for it now: shop" in said
    assert "Target" not in said
    env = worker(reader)
    assert env["mounted"] == str(own)
    assert env["LOCUST_HOST"] == "https://staging.example"
    assert "shop" not in services(reader)
    shutil.copy(SCENARIOS / "behind_a_login.py", own / "mine.py")
    reader.types("make up LOCUST_WEB_LOGIN=true")
    known = {"SWARMSCOPE_WEB_USERNAME": "ada", "SWARMSCOPE_WEB_PASSWORD": "s3cret"}
    login = Reader(reader.folder, reader.env | known)
    refused = run_for_a_moment(reader)
    assert "asks for a login (--web-login). Locust did nothing" in refused, refused
    # By the environment, where CI has its secrets.
    said = run_for_a_moment(login)
    assert "is complete" in said, said
    assert "s3cret" not in (reader.folder / ".env").read_text()
    reader.types("make down")
    assert services(reader) == []
    said = reader.types("make status")
    assert "The stack isn't up: `make up` starts it." in said
    # What was given can be taken back.
    shutil.copy(SCENARIOS / "steady.py", own / "mine.py")
    reader.types("make up LOCUST_WEB_LOGIN=true", {"=true": "="})
    assert worker(reader)["LOCUST_WEB_LOGIN"] == ""


def run_for_a_moment(reader: Reader) -> str:
    """Run a test of somebody's own, to whom nobody answers."""
    given = {"USERS=100": "USERS=2", "TIME=1m": "TIME=3s"}
    return reader.types("make run USERS=100 TIME=1m", given, code=None)


@pytest.mark.release
def test_another_stack_beside_it(reader: Reader) -> None:
    command = "make up NAME=second LOCUST_PORT=8090 GRAFANA_PORT=3001 EVENTS_PORT=8187"
    label = "label=com.docker.compose.project=second"
    there = ["docker", "volume", "ls", "--quiet", "--filter", label]
    if subprocess.check_output(there, text=True):
        pytest.skip("this machine has a stack called `second`, which isn't this test's to touch")
    for port in (8090, 3001, 8187):
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))):
            continue
        pytest.skip(f"port {port} of this machine is taken")
    # Its own are given, and win over those of the first.
    second = Reader(reader.folder, {})
    try:
        assert "http://127.0.0.1:8090" in second.types(command)
    finally:
        remove("second")


@pytest.mark.release
def test_whatever_env_holds_it_can_be_seen_and_stopped_and_at_last_removed(reader: Reader) -> None:
    reader.types("make up")
    file = reader.folder / ".env"
    kept = file.read_text()
    (reader.folder / "results/a-run").mkdir(exist_ok=True)
    file.write_text(f"{kept}WORKERS=abc\nLOCUSTFILE=gone.py\nno setting\n")
    assert "(healthy)" in reader.types("make status")
    with reader.starts("make logs SERVICE=locust-worker", until=r"locust-worker-\d+ +\|"):
        pass
    reader.types("make cli ARGS='audit RUN'", {"audit RUN": "runs"})
    refused = reader.types("make up", code=2)
    assert "Nothing was started, and .env is as it was." in refused
    reader.types("make down")
    until(lambda: services(reader), [].__eq__, seconds=60, what="no container")
    said = reader.types("make clean", answer="y\n")
    for command in ("rm .env", "rm -r './results'", "docker image rm"):
        assert command in said, said
    label = f"label=com.docker.compose.project={reader.env['COMPOSE_PROJECT_NAME']}"
    left = ["docker", "volume", "ls", "--quiet", "--filter", label]
    assert subprocess.check_output(left, text=True) == ""
