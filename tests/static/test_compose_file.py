"""docker-compose.yml, judged without an engine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fixtures import npm
from tests.fixtures.compose_file import SNAPSHOT_BYTES

from swarmscope.settings.targets import MACHINE
from swarmscope.starter.credentials import Credential
from swarmscope.starter.files import Place, contents
from swarmscope.starter.source import DEMO, DEMO_HOST, Source

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMPOSE = re.sub(r"(?m)^ *#.*", "", (ROOT / "docker-compose.yml").read_text())
EXAMPLE = (ROOT / ".env.example").read_text()


def dclint(path: Path) -> "subprocess.CompletedProcess[str]":
    folder = npm.installed(HERE, "dclint")
    command = ["node", "node_modules/dclint/bin/dclint.cjs", "-c", ".dclintrc.cjs", str(path)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.release
@pytest.mark.long
def test_dclint_finds_nothing() -> None:
    done = dclint(ROOT / "docker-compose.yml")
    assert done.returncode == 0, done.stdout


@pytest.mark.release
@pytest.mark.long
def test_dclint_would_find_a_port_for_everybody(tmp_path: Path) -> None:
    open_door = tmp_path / "docker-compose.yml"
    open_door.write_text(
        COMPOSE.replace("services:\n", 'services:\n  x:\n    ports: ["80:80"]\n', 1)
    )
    assert "without specifying the interface" in dclint(open_door).stdout


def read_by_compose(*files: Path) -> None:
    """See that Compose reads *files*, each over those before it, and warns of nothing."""
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    named = [word for file in files for word in ("--file", str(file))]
    options = ("--env-file", "/dev/null", "--profile", "*", *named)
    command = ["docker", "compose", *options, "config", "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "is not a docker command" in done.stderr or "unknown flag" in done.stderr:
        pytest.skip("docker has no Compose plugin: Compose itself doesn't read the file")
    assert done.returncode == 0, done.stderr
    assert not done.stderr


def test_compose_reads_it() -> None:
    read_by_compose(ROOT / "docker-compose.yml")


@pytest.mark.parametrize("credentials", [[], [Credential("header", "X-Key")]])
def test_compose_reads_what_a_starter_folder_puts_over_it(
    tmp_path: Path, credentials: list[Credential]
) -> None:
    source = Source("t", "o", DEMO.calls, credentials=credentials)
    made = contents(source, DEMO_HOST, Place.of(tmp_path / "mine"))
    override = tmp_path / "compose.override.yml"
    override.write_text(made[tmp_path / "mine" / "compose.override.yml"])
    read_by_compose(ROOT / "docker-compose.yml", override)


def test_workers_know_the_machine_by_the_name_that_is_told() -> None:
    (worker,) = re.findall(r"(?ms)^  locust-worker:\n(.*?)^  \S", COMPOSE)
    assert f'extra_hosts: ["{MACHINE}:host-gateway"]' in worker


def test_each_image_is_built_for_one_service() -> None:
    """Compose writes which one into it: of two each build would take the tag from the other's."""
    assert sorted(re.findall(r"build: \{.*target: (\w+)", COMPOSE)) == ["cli", "locust"]


def defaults(text: str) -> dict[str, str]:
    """Return the default of each variable in the Compose file."""
    return dict(re.findall(r"\$\{([A-Z_]+):-((?:[^{}]|\$\{[^}]*\})*)\}", text))


def test_no_container_of_ours_looks_for_modules_in_its_current_folder() -> None:
    """The collector's is the results: each health check ran what lay there, beside its token."""
    started = re.findall(r"python, .*", COMPOSE)
    started += re.findall(r"ENTRYPOINT .*python.*", (ROOT / "locust" / "Dockerfile").read_text())
    assert len(started) > 8
    assert [line for line in started if not re.search(r"python\"?, \"?-P\"?, ", line)] == []


def test_a_full_machine_doesn_t_make_what_runs_unhealthy() -> None:
    """The shop's check took more than its five seconds, so that `make rotate-tokens` failed."""
    ours = re.findall(r"test: \[CMD, python, .*\n +interval: .*\n +timeout: (\d+)s", COMPOSE)
    assert len(ours) == COMPOSE.count("stack, health")
    assert {int(seconds) for seconds in ours} == {10}


def test_images_of_others_are_pinned_in_one_place() -> None:
    images = {k: v for k, v in defaults(COMPOSE).items() if k.endswith("_IMAGE")}
    assert len(images) == 7
    for variable, image in images.items():
        assert COMPOSE.count(f"${{{variable}") == 1
        tag = image.partition(":")[2]
        ours = variable in ("LOCUST_IMAGE", "CLI_IMAGE")
        # To the last number: a shorter tag is another image next week.
        assert ours or re.fullmatch(r"\d+\.\d+\.\d+(-slim-[a-z]+)?", tag), image


def test_each_variable_is_explained_with_the_default_that_holds() -> None:
    explained = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    set_by_make = {"SWARMSCOPE_UID", "SWARMSCOPE_GID", "DOCKER_GID", "LOCUSTFILE_SUM"}
    for variable, default in defaults(COMPOSE).items():
        if variable in set_by_make:
            continue
        assert variable in explained, f"{variable} is missing in .env.example"
        plain = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", default)
        # Without a default here, somebody else has it; make knows the host's own name.
        # Without thresholds the locustfile's folder stands in their folder's place.
        if plain and variable not in ("SWARMSCOPE_HOST", "THRESHOLDS"):
            assert explained[variable] == plain, variable


def test_nothing_listens_to_the_network_by_default() -> None:
    published = re.findall(r"host_ip: (\S+),", COMPOSE)
    assert len(published) == 4
    assert all(re.fullmatch(r'"\$\{[A-Z]+_BIND:-127\.0\.0\.1\}"', ip) for ip in published)


def test_influxdb_is_measured_as_the_stack_has_it() -> None:
    assert f'INFLUXD_STORAGE_CACHE_SNAPSHOT_MEMORY_SIZE: "{SNAPSHOT_BYTES}"' in COMPOSE
