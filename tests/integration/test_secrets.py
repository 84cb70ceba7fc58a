"""A token is nowhere but where it was set: not in what is said, kept, reported or exported."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.locusts import LISTENER, SCENARIOS, SHORT, Locusts, locusts
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import store_process, swarmscope

pytestmark = pytest.mark.long

TOKEN = f"do-not-tell-{secrets.token_hex(16)}"
PASSWORD = f"hunter2-{secrets.token_hex(8)}"
RUN = "secretive"


def traces(folder: Path) -> list[str]:
    """Every file below *folder* that holds the token or the password, in any encoding of it."""
    marks = [mark.encode(code) for mark in (TOKEN, PASSWORD) for code in ("utf-8", "utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path) for path in files if any(mark in path.read_bytes() for mark in marks)]


def env(url: str) -> dict[str, str]:
    return {"INFLUXDB_V2_URL": url, "INFLUXDB_V2_TOKEN": TOKEN}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A store behind the token with a run in it, and all that the run left behind."""
    folder = tmp_path_factory.mktemp("secretive")
    data = folder / "data"
    with store_process(data, TOKEN) as url:
        run = {**env(url), "SWARMSCOPE_RUN_ID": RUN, "SECRET_PASSWORD": PASSWORD}
        with locusts(folder, run) as swarm:
            run_once(swarm)
        yield url, folder


def run_once(swarm: Locusts) -> None:
    files = (SCENARIOS / "tells_secrets.py", LISTENER)
    target = f"http://bob:{PASSWORD}@shop.example"
    process = swarm.start(*SHORT, "--loglevel", "DEBUG", "--host", target, files=files)
    # Locust's own exit code when requests failed.
    assert swarm.wait(process) == 1
    # Locust itself logs what a user's code raises; what is ours must not repeat it.
    ours = [line for line in swarm.log(process).splitlines() if "swarmscope" in line]
    assert ours
    assert not [line for line in ours if PASSWORD in line or TOKEN in line]
    (swarm.folder / "0.log").write_text("\n".join(ours), encoding="utf-8")


COMMANDS = (
    ("runs",),
    ("audit", RUN, "--json"),
    ("report", RUN),
    ("export", RUN, "--format", "jsonl"),
    ("doctor",),
)


def test_no_command_tells_the_token(told: tuple[str, Path], tmp_path: Path) -> None:
    url, _ = told
    for command in COMMANDS:
        done = swarmscope(*command, cwd=tmp_path, env=env(url))
        said = done.stdout + done.stderr
        assert said
        assert "Traceback" not in said, f"{command}: {said}"
        assert TOKEN not in said, command
        assert PASSWORD not in said, command
    assert traces(tmp_path) == []


def test_nothing_that_a_run_leaves_behind_holds_a_credential(told: tuple[str, Path]) -> None:
    _, folder = told
    assert traces(folder) == []


@pytest.mark.long
def test_no_failure_tells_the_token(told: tuple[str, Path], tmp_path: Path) -> None:
    url, _ = told
    wrong = {
        "refused": {"INFLUXDB_V2_URL": url, "INFLUXDB_V2_TOKEN": TOKEN[::-1]},
        "absent": env(f"http://127.0.0.1:{free_port()}"),
        "unusable": {**env(url), "INFLUXDB_V2_TIMEOUT": "soon"},
        "password in the address": env(f"http://bob:{PASSWORD}@127.0.0.1:1"),
        "in a header": {**env(url), "INFLUXDB_V2_TOKEN": f"{TOKEN}\u20ac"},
    }
    for kind, settings in wrong.items():
        done = swarmscope("report", RUN, cwd=tmp_path, env=settings)
        said = done.stdout + done.stderr
        assert done.returncode != 0, kind
        for secret in (TOKEN, TOKEN[::-1], PASSWORD):
            assert secret not in said, f"{kind}: {said}"
