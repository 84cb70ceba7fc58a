"""A service's token in its volume: for the one user who runs it, whatever volume that is."""

import re
from pathlib import Path

import pytest

from swarmscope.stack.access import load
from swarmscope.stack.vault import Handover

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
USERS = {
    "locust": ("", 10001),
    "locust-master": ("", 10001),
    "telegraf": (r'user: "(\d+):', None),
    "grafana": (r'user: "(\d+):', None),
    "cli": (r"user: \$\{SWARMSCOPE_UID:-(\d+)\}", None),
    "collector": (r"user: \$\{SWARMSCOPE_UID:-(\d+)\}", None),
}
"""Service to how the Compose file says who runs it; the image says it of Locust."""


def test_a_token_that_is_handed_over_is_readable_by_one_user(tmp_path: Path) -> None:
    owner = tmp_path.stat().st_uid
    Handover(tmp_path, owner).put("token", "a")
    found = (tmp_path / "token").stat()
    assert (found.st_mode & 0o7777, found.st_uid) == (0o400, owner)


def test_a_token_that_everybody_could_read_is_closed(tmp_path: Path) -> None:
    """As an earlier version left it."""
    for name in ("token", "token-id"):
        (tmp_path / name).write_text("a")
        (tmp_path / name).chmod(0o444)
    Handover(tmp_path, tmp_path.stat().st_uid).own()
    assert {path.stat().st_mode & 0o7777 for path in tmp_path.iterdir()} == {0o400}


@pytest.mark.parametrize("service", USERS)
def test_the_one_user_is_the_one_who_runs_the_service(service: str) -> None:
    pattern, uid = USERS[service]
    if uid is None:
        begin = "x-telegraf:" if service == "telegraf" else rf"  {service}:(?: &\S+)?\n"
        block = re.split(rf"\n{begin}", COMPOSE)[1].partition("\n\n")[0]
        found = re.search(pattern, block)
        assert found
        uid = int(found[1])
    (token,) = (
        s.uid for s in load(ROOT / "influxdb/access.toml", {}).services if s.name == service
    )
    assert token == uid


def test_bootstrap_is_told_who_that_is() -> None:
    block = COMPOSE.partition("\n  bootstrap:")[2].partition("\n\n")[0]
    assert "SWARMSCOPE_UID: ${SWARMSCOPE_UID:-10001}" in block
