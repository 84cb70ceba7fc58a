"""A stack that an earlier version made, brought to this one."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.fixtures import compose_file
from tests.fixtures.compose import Stack

INSIDE = ("data", "write", "swarm")


def _docker(*arguments: str) -> str:
    return subprocess.check_output(["docker", *arguments], text=True)


def _has_no_address(network: str) -> bool:
    (described,) = json.loads(_docker("network", "inspect", network))
    return described["Options"].get("com.docker.network.bridge.inhibit_ipv4") == "true"


@contextmanager
def _neighbour(network: str) -> Iterator[None]:
    """Somebody else's container in *network*."""
    (image,) = compose_file.images("cli")
    run = ("run", "--detach", "--rm", "--network", network, "--entrypoint", "sleep")
    name = _docker(*run, image, "300").strip()
    try:
        yield
    finally:
        _docker("rm", "--force", name)


@pytest.mark.release
@pytest.mark.long
def test_networks_in_which_the_machine_has_an_address_are_made_anew_and_data_stays(
    stack: Stack,
) -> None:
    stack.make("run", "USERS=2", "RATE=2", "TIME=8s")
    run = stack.last_run()
    stack.make("down")
    for name in INSIDE:
        labels = [f"project={stack.name}", f"network={name}"]
        labels = [f"--label=com.docker.compose.{label}" for label in labels]
        _docker("network", "create", "--internal", *labels, f"{stack.name}_{name}")
    with _neighbour(f"{stack.name}_write"):
        said = stack.up(code=2)
    assert f"something that isn't the stack's is in them: {stack.name}_write" in said
    said = stack.up()
    assert "to make its inner networks anew" in said
    assert all(_has_no_address(f"{stack.name}_{name}") for name in INSIDE)
    assert stack.last_run() == run
