"""What `swarmscope init` wrote runs at once: its locustfile, and its workflow step by step."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.long
def test_its_workflow_ends_well_as_it_is_written(tmp_path: Path) -> None:
    """Each of its steps but the installation, in a network where the usual ports are free."""
    if not shutil.which("unshare"):
        pytest.skip("no unshare on PATH: the workflow's ports may be taken here")
    init(tmp_path / "mine")
    (path,) = (tmp_path / "mine" / ".github" / "workflows").iterdir()
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
            "LOCUST_RUN_TIME": "3s",
        },
    )
    try:
        said, _ = process.communicate(timeout=120)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    if "unshare failed" in said:
        pytest.skip("no network of its own can be made here: the workflow's ports may be taken")
    assert process.returncode == 0, said
    assert "is complete" in said
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
