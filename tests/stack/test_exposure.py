"""Who can reach what, and where a secret could leak."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.fixtures.compose import ROOT, Stack
from tests.fixtures.port_probe import KNOCK

LOOPBACK = ("0000007F", "0100007F", "0B00007F", "00000000000000000000000001000000")
"""How /proc/net/tcp writes it; the third is where Docker answers for names."""


@pytest.fixture(scope="module")
def secrets(stack: Stack) -> dict[str, str]:
    """Every secret of the stack, by where it is kept."""
    folder = ROOT / "secrets" / stack.name
    found = {str(p.relative_to(folder)): p.read_text().strip() for p in folder.iterdir()}
    for service in ("locust-master", "locust-worker", "telegraf", "grafana"):
        found[service] = stack.compose("exec", "-T", service, "cat", "/run/swarmscope/token")
    assert len(found) == 7
    assert all(len(secret) > 20 for secret in found.values())
    return found


def test_secrets_on_the_host_are_for_their_owner_alone(stack: Stack) -> None:
    folder = ROOT / "secrets" / stack.name
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    ignored = subprocess.run(
        ["git", "check-ignore", *(str(path) for path in folder.iterdir())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(ignored.stdout.splitlines()) == len(list(folder.iterdir()))


def _containers(stack: Stack) -> list[str]:
    return stack.compose("ps", "--all", "--quiet").split()


def _running(stack: Stack) -> list[str]:
    return stack.compose("ps", "--quiet").split()


def test_no_secret_is_in_what_docker_tells(stack: Stack, secrets: dict[str, str]) -> None:
    told = {
        "inspect": subprocess.check_output(["docker", "inspect", *_containers(stack)], text=True),
        "config": stack.compose("--profile", "*", "config"),
        "logs": stack.compose("logs", "--no-color"),
        "status": stack.make("status"),
    }
    images = set(stack.compose("config", "--images").split())
    assert len(images) >= 5
    for image in images:
        history = ["docker", "history", "--no-trunc", image]
        told[image] = subprocess.check_output(history, text=True)
    leaks = [
        (where, name) for where, text in told.items() for name, s in secrets.items() if s in text
    ]
    assert not leaks
    assert all(told.values())


def test_every_container_runs_without_root_and_without_rights(stack: Stack) -> None:
    described = json.loads(subprocess.check_output(["docker", "inspect", *_containers(stack)]))
    for container in described:
        host, name = container["HostConfig"], container["Name"]
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert host["Memory"], name
        assert host["PidsLimit"], name
        if not name.endswith(("-bootstrap-1", "-owners-1")):
            assert container["Config"]["User"].split(":")[0] not in ("", "0", "root"), name
            assert not host["CapAdd"], name


def test_each_token_opens_only_what_its_service_needs(
    stack: Stack, secrets: dict[str, str]
) -> None:
    script = (
        "import os, sys, urllib.request as u, urllib.error as e\n"
        "at = os.environ['INFLUXDB_V2_URL'] + '/api/v2/'\n"
        "r = u.Request(at + sys.argv[1], data=sys.argv[2].encode(),"
        " headers={'Authorization': 'Token ' + open('/run/swarmscope/token').read(),"
        " 'Content-Type': sys.argv[3]})\n"
        "try: print(u.urlopen(r).status)\n"
        "except e.HTTPError as x: print(x.code)\n"
    )

    def tried(path: str, body: str, kind: str, service: str = "locust-worker") -> str:
        line = ("exec", "-T", service, "python", "-c", script, path, body, kind)
        return stack.compose(*line).strip()

    write = "write?org=swarmscope&precision=ns&bucket="
    read = 'from(bucket: "loadtest") |> range(start: -1h) |> limit(n: 1)'
    assert tried(write + "loadtest", 'event,kind=test text="t"', "text/plain") == "204"
    asked = ("query?org=swarmscope", read, "application/vnd.flux")
    assert tried(*asked) in ("401", "403", "404")
    # It audits its runs.
    assert tried(*asked, service="locust-master") == "200"
    assert tried(write + "_monitoring", "m v=1", "text/plain") in ("401", "403", "404")


@pytest.fixture
def namespace(stack: Stack) -> Iterator[str]:
    """A network namespace with a way to this machine, as another machine of its network has."""
    name = f"{stack.name}-ns"
    run = ["ip", "netns", "exec", name]
    for line in (
        ["ip", "netns", "add", name],
        ["ip", "link", "add", "ssout", "type", "veth", "peer", "name", "ssin", "netns", name],
        ["ip", "addr", "add", "198.51.100.1/24", "dev", "ssout"],
        ["ip", "link", "set", "ssout", "up"],
        [*run, "ip", "addr", "add", "198.51.100.2/24", "dev", "ssin"],
        [*run, "ip", "link", "set", "ssin", "up"],
        [*run, "ip", "route", "add", "default", "via", "198.51.100.1"],
        # As a neighbour on the same wire does who wants to reach what listens on 127.0.0.1 there.
        [*run, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/ssin/route_localnet"],
        [*run, "ip", "route", "add", "127.0.0.1/32", "via", "198.51.100.1"],
    ):
        if (done := subprocess.run(line, capture_output=True, text=True, check=False)).returncode:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
            pytest.skip(f"no network namespace can be made here: {done.stderr.strip()}")
    yield name
    subprocess.run(["ip", "link", "del", "ssout"], check=True)
    subprocess.run(["ip", "netns", "del", name], check=True)


@pytest.mark.long
def test_no_port_answers_from_another_network(stack: Stack, namespace: str) -> None:
    published = (stack.locust_port, stack.grafana_port, stack.events_port)
    inside = (8086, 8087, 8088, 8089, 5557, 5558, 3000, 8186, 8125, 8080)
    described = json.loads(subprocess.check_output(["docker", "inspect", *_containers(stack)]))
    addresses = {
        network["IPAddress"]
        for container in described
        for network in container["NetworkSettings"]["Networks"].values()
        if network["IPAddress"]
    }
    assert len(addresses) > 6
    doors = [f"{at}:{port}" for at in ("198.51.100.1", "127.0.0.1") for port in published]
    doors += [f"{address}:{port}" for address in addresses for port in inside]
    knock = ["python3", "-c", KNOCK]
    with closing(socket.create_server(("198.51.100.1", 0))) as control:
        open_door = f"198.51.100.1:{control.getsockname()[1]}"
        answered = subprocess.check_output(
            ["ip", "netns", "exec", namespace, *knock, open_door, *doors], text=True
        )
    # The control proves that the namespace can reach this machine at all.
    assert answered.split() == [open_door]


def _doors(stack: Stack) -> dict[str, str]:
    """Return each port that a container listens on beyond itself: `service in network`, by door."""
    doors = {}
    for container in json.loads(subprocess.check_output(["docker", "inspect", *_running(stack)])):
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        # Without IPv6 there is no second one.
        tables = ("exec", "-T", service, "cat", "/proc/net/tcp", "/proc/net/tcp6")
        sockets = [line.split() for line in stack.compose(*tables, check=False).splitlines()]
        listening = [local for _, local, _, state, *_ in sockets if state == "0A"]
        ports = {int(at.partition(":")[2], 16) for at in listening if not at.startswith(LOOPBACK)}
        for network, its in container["NetworkSettings"]["Networks"].items():
            name = network.removeprefix(f"{stack.name}_")
            doors |= {f"{its['IPAddress']}:{port}": f"{service} in {name}" for port in ports}
    return doors


def _devices(stack: Stack) -> dict[str, str]:
    """Return the name of each of its networks, by that of its bridge on this machine."""
    label = f"label=com.docker.compose.project={stack.name}"
    line = ["docker", "network", "ls", "--filter", label, "--format", "{{.ID}} {{.Name}}"]
    networks = subprocess.check_output(line, text=True).split()
    names = [name.removeprefix(f"{stack.name}_") for name in networks[1::2]]
    return {f"br-{i}": name for i, name in zip(networks[::2], names, strict=True)}


@pytest.mark.release
@pytest.mark.long
def test_other_users_of_this_machine_reach_no_more_than_is_said(stack: Stack) -> None:
    """They need no port that is published: each container is their neighbour on a bridge."""
    doors, devices = _doors(stack), _devices(stack)
    assert {"influxdb in data", "intake in write", "locust-master in swarm"} <= set(doors.values())
    assert len(devices) == 6
    knock = ["python3", "-c", KNOCK, *(f"{door}@{device}" for door in doors for device in devices)]
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    answered: set[str] = set()
    # The second time by what containers have told of themselves as they answered the first.
    for _ in range(2):
        answered |= set(subprocess.check_output(knock, text=True, **nobody).split())
    found = [door.partition("@") for door in answered]
    # SECURITY.md: of Locust's page and of Grafana it is the port that is published anyway.
    assert sorted(
        f"{doors[at]}, {at.partition(':')[2]} by {devices[by]}" for at, _, by in found
    ) == [
        "events in load, 8186 by load",
        "grafana in web, 3000 by web",
        "locust-master in page, 8089 by page",
        "shop in load, 8080 by load",
    ]


@pytest.mark.release
@pytest.mark.long
def test_a_taken_port_is_named_with_what_to_do(stack: Stack) -> None:
    other = Stack(f"{stack.name}-taken")
    with closing(socket.create_server(("127.0.0.1", other.grafana_port))):
        try:
            said = other.up("WORKERS=1", code=2)
        finally:
            other.remove()
    assert f"Port {other.grafana_port} of this machine is taken" in said
    assert f"make up NAME={other.name} GRAFANA_PORT={other.grafana_port + 10}" in said


@pytest.mark.release
@pytest.mark.long
def test_a_second_stack_runs_beside_the_first(stack: Stack, tmp_path: Path) -> None:
    locustfile = tmp_path / "mine.py"
    locustfile.write_text(
        "from locust import HttpUser, task\nfrom helper import PATH\n\n\n"
        "class Mine(HttpUser):\n    @task\n    def one(self):\n        self.client.get(PATH)\n"
    )
    (tmp_path / "helper.py").write_text('PATH = "/health"\n')
    tmp_path.chmod(0o755)
    second = Stack(f"{stack.name}-second", {"WORKERS": "1", "LOCUSTFILE": str(locustfile)})
    second.settings["DEMO"] = "on"
    before = _running(stack)
    try:
        second.up()
        stack.compose("up", "--detach", "--wait")
        assert _running(stack) == before
        said = second.make("run", "USERS=2", "RATE=2", "TIME=8s")
        assert "is complete" in said, said
        assert second.token_ids().keys() == stack.token_ids().keys()
        assert not set(second.token_ids().values()) & set(stack.token_ids().values())
        listed = stack.make("cli", "ARGS=runs", code=None)
        assert "mine" not in listed
        assert "mine" in second.make("cli", "ARGS=runs")
    finally:
        second.remove()
