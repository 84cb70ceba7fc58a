"""What a stack leaves on the disk: volumes that have a name, and no others."""

import json
import subprocess
from typing import Any

from tests.fixtures.compose import Stack


def inspected(containers: list[str]) -> list[dict[str, Any]]:
    """Return what Docker mounts into *containers* as volumes."""
    told = json.loads(subprocess.check_output(["docker", "inspect", *containers]))
    return [mount for one in told for mount in one["Mounts"] if mount["Type"] == "volume"]


def test_influxdb_leaves_nothing_but_its_data(stack: Stack) -> None:
    """Its image declares one volume more: unmounted, each start would leave a new one behind."""
    (data,) = inspected(stack.compose("ps", "--quiet", "influxdb").split())
    assert (data["Name"], data["Destination"]) == (
        f"{stack.name}_influxdb-data",
        "/var/lib/influxdb2",
    )
    # What was meant to lie there has its place, for who works in the container.
    remembered = ["influx", "config", "create", "-n", "x", "-u", "http://x:1", "-o", "o", "-t", "t"]
    stack.compose("exec", "-T", "influxdb", *remembered)
    assert "x" in stack.compose("exec", "-T", "influxdb", "influx", "config", "ls")


def test_every_volume_of_the_stack_has_a_name(stack: Stack) -> None:
    mounts = inspected(stack.compose("ps", "--all", "--quiet").split())
    assert len(mounts) >= 8
    assert {m["Name"] for m in mounts if not m["Name"].startswith(stack.name)} == set()
