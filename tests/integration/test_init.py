"""What `swarmscope init` wrote runs at once: its locustfile, and its workflow step by step."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import junitparser
import pytest
import yaml
from tests.fixtures.locusts import ORACLE, SHORT, locusts
from tests.fixtures.shops import open_shop
from tests.fixtures.stores import Store

from swarmscope.runs.audit import newest_run
from swarmscope.store.question import Question

BIN = Path(sys.executable).parent


def init(folder: Path, *options: str) -> None:
    """Write a starter folder as a user does."""
    subprocess.run([BIN / "swarmscope", "init", str(folder), *options], check=True)


DESCRIBED = {
    "openapi": "3.0.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/products/{number}": {
            "parameters": [{"name": "number", "in": "path", "required": True, "example": 2}],
            "get": {"responses": {"200": {"description": "fine"}}},
        },
        "/checkout": {"post": {"responses": {"200": {"description": "paid"}}}},
    },
}
OF_THE_DEMO = {"/", "/products?category=[value]&page=[value]", "/search?q=[value]"}


@pytest.mark.long
@pytest.mark.parametrize("names", [OF_THE_DEMO, {"/products/[number]"}], ids=["demo", "described"])
def test_its_locustfile_runs_against_the_demo_shop_and_is_stored(
    tmp_path: Path, store: Store, names: set[str]
) -> None:
    folder, described = tmp_path / "mine", tmp_path / "shop.json"
    described.write_text(json.dumps(DESCRIBED))
    source = () if names is OF_THE_DEMO else ("--from", str(described))
    with open_shop(tmp_path) as shop, locusts(tmp_path, store.env) as swarm:
        init(folder, "--host", shop, *source)
        process = swarm.start(*SHORT, files=(folder / "locustfile.py", ORACLE))
        assert swarm.wait(process) == 0, swarm.log(process)
    seen = {name: len(found.times) for (name, _), found in swarm.witnessed().items()}
    assert seen.keys() & names == seen.keys() != set()
    rows = store.reader.ask(Question("endpoint_totals", newest_run(store.reader))).records()
    stored = {row["name"]: row["requests"] for row in rows if row["name"] != "Aggregated"}
    assert stored == seen


@pytest.mark.release
@pytest.mark.long
def test_its_readme_s_way_to_run_it_takes_the_settings_of_its_env(
    tmp_path: Path, store: Store
) -> None:
    folder = tmp_path / "mine"
    with open_shop(tmp_path) as shop:
        init(folder, "--host", shop)
        settings = folder / ".env"
        told = settings.read_text()
        assert f"LOCUST_HOST={shop}\n" in told
        url = f"INFLUXDB_V2_URL={store.env['INFLUXDB_V2_URL']}\n"
        told = re.sub(r"INFLUXDB_V2_URL=.*\n", url, told)
        settings.write_text(told.replace("LOCUST_RUN_TIME=1m", "LOCUST_RUN_TIME=3s"))
        way = "set -a; . ./.env; set +a\n    locust --headless"
        assert way in (folder / "README.md").read_text()
        done = subprocess.run(
            ["bash", "-ec", way],
            cwd=folder,
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    rows = store.reader.ask(Question("runs")).records()
    (row,) = (row for row in rows if row["test"] == "mine")
    assert (row["users"], row["target"]) == (5, shop)
    assert row["requests"] > 0


@pytest.mark.long
def test_its_workflow_ends_well_as_it_is_written(tmp_path: Path) -> None:
    """Each of its steps but the installation, in a network where the usual ports are free."""
    if not shutil.which("unshare"):
        pytest.skip("no unshare on PATH: the workflow's ports may be taken here")
    init(tmp_path / "mine")
    (path,) = (tmp_path / "mine" / ".github" / "workflows").iterdir()
    thresholds = tmp_path / "mine" / "thresholds.yaml"
    # Of some seconds on a full machine: what is asked for here is that it is asked.
    short = thresholds.read_text().replace("warm_up: 10s", "warm_up: 1s\ngenerators: off")
    thresholds.write_text(short.replace("p95 < 1s", "p95 < 60s"))
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = workflow["jobs"]["load-test"]["steps"]
    script = "\n".join(one["run"] for one in steps if one.get("name") != "Install" and "run" in one)
    process = subprocess.Popen(
        ["unshare", "--net", "bash", "-exc", f"ip link set lo up\n{script}"],
        cwd=tmp_path / "mine",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ
        | workflow["env"]
        | {
            "HOME": str(tmp_path),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(tmp_path),
            "LOCUST_RUN_TIME": "8s",
            "LOCUST_USERS": "40",
            "LOCUST_SPAWN_RATE": "40",
        },
    )
    try:
        said, _ = process.communicate(timeout=120)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    if "unshare failed" in said:
        pytest.skip("no network of its own can be made here: the workflow's ports may be taken")
    assert process.returncode == 0, said
    assert re.search(r"Run \S+ passed", said), said
    assert junitparser.JUnitXml.fromfile(str(tmp_path / "thresholds.xml")).failures == 0
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
