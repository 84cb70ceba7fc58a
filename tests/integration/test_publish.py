"""Boards, data source and rules brought to a Grafana that knows nothing of us."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures import boards, grafana
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.grafana import Grafana
from tests.fixtures.influxd import Influx
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import COMMAND
from typer.testing import CliRunner

from swarmscope.cli import app
from swarmscope.errors import ExitCode, SwarmscopeError
from swarmscope.grafana import content

pytestmark = pytest.mark.long

BOARDS = {board["title"] for board in boards.published().values()}
OVERLAY = "swarmscope-overlay"
_END = ("Grafana at", "Nothing was written.")
STORE = {
    "INFLUXDB_V2_URL": "http://influxdb.example:8086",
    "INFLUXDB_V2_TOKEN": "a-token-that-may-read",
    "INFLUXDB_V2_ORG": "team",
    "INFLUXDB_V2_BUCKET": "tests",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    """A Grafana without provisioning."""
    grafana.skip_where_missing()
    with grafana.bare(tmp_path_factory.mktemp("grafana")) as running:
        yield running


@pytest.fixture(scope="module")
def token(server: Grafana) -> str:
    """The token of a service account that may do what publishing takes."""
    account = server.call("/api/serviceaccounts", {"name": "publisher", "role": "Admin"})
    made = server.call(f"/api/serviceaccounts/{account['id']}/tokens", {"name": "of a test"})
    return str(made["key"])


@dataclass(frozen=True)
class Done:
    """What the command said, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def publish(server: Grafana, token: str, *options: str, **env: str) -> Done:
    """Run the command; what it raises is what `main` prints."""
    given = {**STORE, "GRAFANA_URL": server.url, "GRAFANA_TOKEN": token, **env}
    result = CliRunner().invoke(app, ["dashboards", "publish", *options], env=given)
    if isinstance(result.exception, SwarmscopeError):
        return Done(result.exception.exit_code, result.stdout, str(result.exception))
    assert result.exception is None, result.exc_info
    return Done(result.exit_code, result.stdout, result.stderr)


def states(done: Done) -> set[str]:
    """Return what was said to have become of each thing."""
    assert done.returncode == 0, done.stderr
    steps = takewhile(lambda line: not line.startswith(_END), done.stdout.splitlines())
    return {line.rpartition(": ")[2] for line in steps}


def overlay(server: Grafana) -> dict[str, Any]:
    found: dict[str, Any] = server.call(f"/api/dashboards/uid/{OVERLAY}")
    return found


def test_publishing_takes_a_grafana_from_nothing_to_all(server: Grafana, token: str) -> None:
    tried = publish(server, token, "--alerts", "--dry-run")
    assert states(tried) == {"new"}
    assert server.call("/api/search?type=dash-db") == []

    assert states(publish(server, token, "--alerts")) == {"new"}
    found = server.call("/api/search?type=dash-db")
    assert {board["title"] for board in found} == BOARDS
    assert {board["folderTitle"] for board in found} == {"swarmscope"}
    source = server.call("/api/datasources/uid/swarmscope-influxdb")
    assert (source["url"], source["database"]) == (STORE["INFLUXDB_V2_URL"], "")
    assert source["jsonData"]["organization"] == "team"
    assert source["jsonData"]["defaultBucket"] == "tests"
    assert source["secureJsonFields"] == {"token": True}
    rules = server.call("/api/v1/provisioning/alert-rules")
    assert {rule["folderUID"] for rule in rules} == {"swarmscope"}
    assert len(rules) == 6


def test_publishing_again_changes_nothing(server: Grafana, token: str) -> None:
    publish(server, token, "--alerts")
    before = overlay(server)["dashboard"]["version"]
    assert states(publish(server, token, "--alerts")) == {"unchanged"}
    assert overlay(server)["dashboard"]["version"] == before


def test_boards_of_an_older_version_are_updated(server: Grafana, token: str) -> None:
    """Such a board fits its own digest, which is another."""
    publish(server, token)
    ours = boards.boards()["overlay"]
    older = content.stamped_board({**ours, "title": "Overlay of yesterday"})
    server.call("/api/dashboards/db", {"dashboard": older, "overwrite": True})
    done = publish(server, token)
    assert "board Load test overlay: updated" in done.stdout
    assert overlay(server)["dashboard"]["title"] == "Load test overlay"


@pytest.mark.release
def test_change_by_hand_is_not_overwritten_without_force(server: Grafana, token: str) -> None:
    publish(server, token, "--alerts")
    mine = overlay(server)["dashboard"] | {"title": "My overlay"}
    server.call("/api/dashboards/db", {"dashboard": mine, "folderUid": "swarmscope"})
    rule = server.call("/api/v1/provisioning/alert-rules/swarmscope-p95")
    rule["data"][2]["model"]["conditions"][0]["evaluator"]["params"] = [250]
    server.call("/api/v1/provisioning/alert-rules/swarmscope-p95", rule, method="PUT")

    refused = publish(server, token, "--alerts", INFLUXDB_V2_BUCKET="other")
    assert refused.returncode == ExitCode.WRONG_USAGE
    assert "Changed by hand" in refused.stderr
    assert "board Load test overlay; alert rules Load tests" in refused.stderr
    assert "Nothing was published" in refused.stderr
    assert "--force" in refused.stderr
    assert overlay(server)["dashboard"]["title"] == "My overlay"
    source = server.call("/api/datasources/uid/swarmscope-influxdb")
    assert source["jsonData"]["defaultBucket"] == "tests"

    assert publish(server, token, "--alerts", "--force").returncode == 0
    assert overlay(server)["dashboard"]["title"] == "Load test overlay"
    again = server.call("/api/v1/provisioning/alert-rules/swarmscope-p95")
    assert again["data"][2]["model"]["conditions"][0]["evaluator"]["params"] == [1000]
    assert states(publish(server, token, "--alerts")) == {"unchanged"}


@pytest.mark.release
def test_new_token_of_the_store_is_an_update(server: Grafana, token: str) -> None:
    publish(server, token)
    done = publish(server, token, INFLUXDB_V2_TOKEN="another")
    assert "data source swarmscope: updated" in done.stdout
    source = server.call("/api/datasources/uid/swarmscope-influxdb")
    server.call(
        "/api/datasources/uid/swarmscope-influxdb", source | {"url": "http://mine"}, method="PUT"
    )
    assert "data source swarmscope" in publish(server, token).stderr
    assert publish(server, token, "--force").returncode == 0


@pytest.mark.release
def test_boards_read_minutes_where_they_are_written(server: Grafana, token: str) -> None:
    for name, literal in (('the "long" one', '"the \\"long\\" one"'), ("", "v.defaultBucket")):
        for options in ((), ("--no-data-source",)):
            assert publish(server, token, *options, SWARMSCOPE_BUCKET_LONG=name).returncode == 0
            text = json.dumps(overlay(server)["dashboard"])
            assert json.dumps(f"long = {literal}\n")[1:-1] in text
            assert "loadtest_long" not in text
            assert publish(server, token).returncode == 0
            assert "loadtest_long" in json.dumps(overlay(server)["dashboard"])


def test_it_says_what_the_boards_find(server: Grafana, token: str, influx: Influx) -> None:
    """Of a store with one bucket, and then with minutes beside it."""
    bucket, long = (influx.make_bucket(secrets.token_hex(4)) for _ in range(2))
    now = int(time.time())
    influx.write(bucket, run_lines("shop-1", now, [Told()]))
    store = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_ORG": influx.org,
        "INFLUXDB_V2_BUCKET": bucket,
        "SWARMSCOPE_BUCKET_LONG": long,
        "INFLUXDB_V2_TOKEN": influx.token,
    }
    told = publish(server, token, **store).stdout.splitlines()[-3:]
    assert told[0] == f"Bucket {bucket}: its newest run is shop-1.", told
    assert told[1].startswith(f"Long ranges: read from the seconds in {bucket}, for want of")
    assert told[2].startswith(f"Host metrics: none in {bucket}")

    influx.write(long, [line for line in run_lines("shop-1", now, [Told()]) if "stats" in line])
    influx.write(bucket, [f"cpu,host=web-1,cpu=cpu-total usage_idle=5.0 {now}000000000"])
    told = publish(server, token, **store).stdout.splitlines()[-3:]
    assert told[1:] == [
        f"Long ranges: read from the minutes in {long}.",
        "Host metrics: of web-1.",
    ]
    missing = publish(server, token, **{**store, "INFLUXDB_V2_BUCKET": "nowhere"})
    assert missing.returncode == 0
    assert "can't be asked for the bucket nowhere" in missing.stdout.splitlines()[-1]
    publish(server, token)


def test_folder_may_be_another_one(server: Grafana, token: str) -> None:
    publish(server, token)
    done = publish(server, token, "--no-data-source", "--folder", "Load and performance")
    assert "folder Load and performance: new" in done.stdout
    assert "data source swarmscope:" not in done.stdout
    assert overlay(server)["meta"]["folderTitle"] == "Load and performance"
    assert publish(server, token).returncode == 0
    assert overlay(server)["meta"]["folderTitle"] == "swarmscope"


def test_refusals_say_what_to_do(server: Grafana, token: str) -> None:
    unknown = publish(server, "wrong")
    assert unknown.returncode == ExitCode.STORE_UNREACHABLE
    assert "GRAFANA_TOKEN" in unknown.stderr
    account = server.call("/api/serviceaccounts", {"name": "reader", "role": "Viewer"})
    made = server.call(f"/api/serviceaccounts/{account['id']}/tokens", {"name": "of a reader"})
    reader = publish(server, made["key"], "--folder", "never made")
    assert "service account" in reader.stderr
    nobody = publish(server, token, GRAFANA_URL=f"http://127.0.0.1:{free_port()}")
    assert nobody.returncode == ExitCode.STORE_UNREACHABLE
    assert "GRAFANA_URL" in nobody.stderr
    unnamed = publish(server, token, GRAFANA_URL="")
    assert unnamed.returncode == ExitCode.WRONG_USAGE
    assert "No Grafana is named" in unnamed.stderr
    for done in (unknown, reader, nobody, unnamed):
        assert token not in done.stderr + done.stdout


@pytest.mark.long
def test_wheel_has_the_boards(tmp_path: Path) -> None:
    """Whoever installed it has no clone to generate them in."""
    sources = ("locust/swarmscope", "dashboards/json", "grafana/provisioning/alerting")
    for folder in sources:
        shutil.copytree(grafana.ROOT / folder, tmp_path / folder, symlinks=True)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(grafana.ROOT / file, tmp_path)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "--wheel-dir", str(tmp_path), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path / "out")], check=True
    )
    packed = tmp_path / "out" / "swarmscope" / "grafana"
    assert {json.loads(p.read_text("utf-8"))["title"] for p in packed.glob("boards/*")} == BOARDS
    assert json.loads((packed / "rules.json").read_text("utf-8"))["groups"]

    written, brought = (
        {file.name for file in (root / "swarmscope" / "queries").rglob("*.flux")}
        for root in (tmp_path / "locust", tmp_path / "out")
    )
    assert brought == written

    # The generator is not in it, and says so.
    without = subprocess.run(
        [*COMMAND, "dashboards", "check"],
        cwd=tmp_path / "out",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "out")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert without.returncode == ExitCode.WRONG_USAGE
    assert "in a clone of the repository" in without.stderr


def test_generator_finds_the_committed_files_current() -> None:
    """In a clone the commands are those of `make dashboards`."""
    assert CliRunner().invoke(app, ["dashboards", "check"]).exit_code == 0
