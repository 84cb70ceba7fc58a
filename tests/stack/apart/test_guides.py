"""What the tutorial and the how-tos say of the stack, typed as it stands there."""

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import compose, guides, readme
from tests.fixtures.ports import free_port
from tests.fixtures.terminals import Terminals

# Most commands are README's, too, and typed into a stack by the long tests.
pytestmark = [pytest.mark.long, pytest.mark.release, pytest.mark.timeout(900)]

PAGES = [
    page
    for page in guides.guides()
    if any("docker" in block.said for block in guides.blocks_of(page))
]


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    return {of: str(free_port()) for of in ("LOCUST", "GRAFANA", "EVENTS", "INFLUXDB")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A clone, and the name of the stack that is started there, beside any other."""
    if reason := compose.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("clone")
    folder.chmod(0o755)
    project = f"test-{secrets.token_hex(3)}"
    try:
        yield readme.clone(folder), project
    finally:
        line = ["docker", "compose", "--project-name", project, "--env-file", "/dev/null"]
        down = [*line, "down", "--volumes", "--remove-orphans", "--timeout", "5"]
        subprocess.run(down, check=True, capture_output=True)


@pytest.mark.parametrize("page", PAGES)
def test_each_block_does_what_the_page_says(
    page: str, place: tuple[Path, str], ports: dict[str, str], tmp_path: Path
) -> None:
    folder, project = place
    env = {"COMPOSE_PROJECT_NAME": project} | {f"{of}_PORT": port for of, port in ports.items()}
    instead = {
        "USERS=20 TIME=1m": "USERS=5 TIME=5s",
        "USERS=100 TIME=2m": "USERS=5 TIME=5s",
        ":8186/": f":{ports['EVENTS']}/",
    }
    with Terminals(folder, tmp_path, env, instead=instead) as terminals:
        for block in guides.blocks_of(page):
            if block.said.keys() & {"docker", "file"}:
                terminals.follow(block)
