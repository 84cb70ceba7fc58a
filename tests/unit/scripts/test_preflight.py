"""Without a Docker that can run the stack, make says so and points to the demo."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKER = """#!/bin/sh
case "$1" in
compose) [ "{compose}" ] || exit 1; echo "{compose}" ;;
version) [ "{engine}" ] || exit 1; echo "{engine}" ;;
*) exit 99 ;;
esac
"""


def preflight(folder: Path, docker: str | None) -> "subprocess.CompletedProcess[str]":
    """Run it with *docker* as the only docker there is."""
    for tool in ("sh", "dirname", "printf", "tr", "awk", "wc"):
        found = next(p for p in (Path("/bin") / tool, Path("/usr/bin") / tool) if p.exists())
        (folder / tool).symlink_to(found)
    if docker is not None:
        (folder / "docker").write_text(docker)
        (folder / "docker").chmod(0o755)
    return subprocess.run(
        [ROOT / "scripts/preflight.sh"],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("compose", "engine"),
    [("2.24.0", "25.0.0"), ("v2.40.3-desktop.1", "28.5.2+dfsg4"), ("3.0", "100.1")],
)
def test_a_docker_that_is_new_enough_passes(tmp_path: Path, compose: str, engine: str) -> None:
    done = preflight(tmp_path, DOCKER.format(compose=compose, engine=engine))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("docker", "says"),
    [
        (None, "Docker is not installed"),
        (DOCKER.format(compose="", engine="28.0.0"), "Docker has no Compose plugin"),
        (DOCKER.format(compose="2.23.3", engine="28.0.0"), "Docker Compose is 2.23.3"),
        (DOCKER.format(compose="1.29.2", engine="28.0.0"), "Docker Compose is 1.29.2"),
        (DOCKER.format(compose="2.40.3", engine=""), "The Docker engine doesn't answer"),
        (DOCKER.format(compose="2.40.3", engine="20.10.24"), "The Docker engine is 20.10.24"),
        (DOCKER.format(compose="2.40.3", engine="9.0"), "The Docker engine is 9.0"),
    ],
)
def test_any_other_is_refused_with_its_reason_and_the_demo_is_named(
    tmp_path: Path, docker: str | None, says: str
) -> None:
    done = preflight(tmp_path, docker)
    assert done.returncode == 2
    assert says in done.stderr
    assert "make demo" in done.stderr


def settings(file: Path, *given: str) -> str:
    subprocess.run([ROOT / "scripts/settings.sh", file, *given], check=True, env=dict(os.environ))
    return file.read_text()


def test_settings_are_remembered_and_replaced_and_others_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    settings(file, "A=1", "AB=2")
    file.write_text(file.read_text() + "# mine\nC=a b\n")
    text = settings(file, "A=https://x/?y=1&z=2")
    assert text.splitlines()[1:] == ["AB=2", "# mine", "C=a b", "A=https://x/?y=1&z=2"]


def test_settings_are_for_their_owner_alone(tmp_path: Path) -> None:
    settings(tmp_path / ".env", "A=1")
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
