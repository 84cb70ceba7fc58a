"""What a stack leaves on the disk: volumes that have a name, and no others."""

import json
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from tests.fixtures import compose_file
from tests.fixtures.compose import ROOT, Stack


def inspected(containers: list[str]) -> list[dict[str, Any]]:
    """Return what Docker mounts into *containers* as volumes."""
    told = json.loads(subprocess.check_output(["docker", "inspect", *containers]))
    return [mount for one in told for mount in one["Mounts"] if mount["Type"] == "volume"]


def compose(project: str, *words: str) -> str:
    line = ["docker", "compose", "--env-file", "/dev/null", "--project-name", project, *words]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def project() -> Iterator[str]:
    """A stack of InfluxDB alone."""
    image = ["docker", "image", "inspect", "influxdb:2.9.1"]
    there = (
        shutil.which("docker")
        and not subprocess.run(image, capture_output=True, check=False).returncode
    )
    if not there:
        pytest.skip("no docker on PATH, or it has no image of InfluxDB")
    name = f"test-{secrets.token_hex(3)}"
    try:
        # What the job `owners` does, whose image may not be built yet.
        root = ("--user", "0:0", "--cap-add", "CHOWN", "--entrypoint", "chown")
        owner, place = compose_file.service("influxdb")["user"], "/var/lib/influxdb2"
        compose(name, "run", "--rm", "--no-deps", *root, "influxdb", owner, place)
        compose(name, "up", "--detach", "--wait", "--no-deps", "influxdb")
        yield name
    finally:
        compose(name, "down", "--volumes")


def test_influxdb_leaves_nothing_but_its_data(project: str) -> None:
    """Its image declares one volume more: unmounted, each start would leave a new one behind."""
    (container,) = compose(project, "ps", "--quiet", "influxdb").split()
    (data,) = inspected([container])
    assert (data["Name"], data["Destination"]) == (
        f"{project}_influxdb-data",
        "/var/lib/influxdb2",
    )
    # What was meant to lie there has its place, for who works in the container.
    remembered = ["influx", "config", "create", "-n", "x", "-u", "http://x:1", "-o", "o", "-t", "t"]
    compose(project, "exec", "-T", "influxdb", *remembered)
    assert "x" in compose(project, "exec", "-T", "influxdb", "influx", "config", "ls")


def test_every_volume_of_the_stack_has_a_name(stack: Stack) -> None:
    mounts = inspected(stack.compose("ps", "--all", "--quiet").split())
    assert len(mounts) >= 8
    assert {m["Name"] for m in mounts if not m["Name"].startswith(stack.name)} == set()
