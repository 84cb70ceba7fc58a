"""A service under test, a page and another machine beside a whole stack."""

import ipaddress
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.fixtures import compose, compose_file
from tests.fixtures.compose import Stack
from tests.fixtures.containers import docker
from tests.fixtures.port_probe import KNOCK

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

_PORTS = (3000, 5557, 5558, 8080, 8086, 8087, 8088, 8089, 8186)
_POST = """
import sys, urllib.error, urllib.request
let_in = {"Authorization": "Token " + open("/run/swarmscope/token").read().strip()}
request = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), let_in)
try:
    print(urllib.request.urlopen(request, timeout=5).status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError:
    print("unreached")
"""

_RESOLVED = """
import json, os, socket, sys, urllib.parse
settings = [os.environ[name] for name in ("INFLUXDB_V2_URL", "SWARMSCOPE_LOG_SINK")]
hosts = [urllib.parse.urlsplit(url).hostname for url in settings]
line = open("/proc/1/cmdline").read().split("\\0")
hosts += [line[line.index("--master-host") + 1]]
print(json.dumps({name: socket.gethostbyname(name) for name in (*hosts, *sys.argv[1:])}))
"""

_REDIRECTING = """
import http.server
class To(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(307)
        self.send_header("Location", self.path.partition("?")[2])
        self.end_headers()
http.server.HTTPServer(("", 8080), To).serve_forever()
"""
_FOLLOWING = """
import sys, time, requests
def ask(**more):
    return requests.post(sys.argv[1], timeout=5, **more)
for _ in range(100):
    try:
        first = ask(allow_redirects=False)
        break
    except requests.ConnectionError:
        time.sleep(0.1)
try:
    end = ask().status_code
except requests.RequestException as error:
    end = type(error).__name__
print("sent on:" if first.status_code == 307 else "not sent on:", end)
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    yield from compose.running({"LOGS": "on", "DOCKER_METRICS": "on"})


def described(stack: Stack) -> dict[str, dict[str, str]]:
    """Return the addresses of each container: service to network to address."""
    containers = stack.compose("ps", "--quiet").split()
    found: dict[str, dict[str, str]] = {}
    for container in json.loads(subprocess.check_output(["docker", "inspect", *containers])):
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        networks = container["NetworkSettings"]["Networks"]
        found[service] = {
            name.removeprefix(f"{stack.name}_"): network["IPAddress"]
            for name, network in networks.items()
        }
    return found


def nobodys(stack: Stack, network: str) -> str:
    """Return an address of *network* that no container has.

    This machine has no way into some of them, and hands on what is for them: whoever stands there
    may answer for all addresses, and for this one just as well.
    """
    (about,) = json.loads(docker("network", "inspect", f"{stack.name}_{network}"))
    return str(ipaddress.ip_network(about["IPAM"]["Config"][0]["Subnet"])[-2])


def from_network(stack: Stack, network: str, *command: str) -> str:
    """Run *command* in a container of the user's own that joined *network*."""
    python = compose_file.read()["x-images"]["python"]
    return docker("run", "--rm", "--network", f"{stack.name}_{network}", python, *command)


def test_a_service_under_test_reaches_only_who_is_there_for_it(stack: Stack) -> None:
    """Neither the master's port nor its page, by no address and by no name."""
    services = described(stack)
    addresses = {a: service for service, at in services.items() for a in at.values() if a}
    nobody = {nobodys(stack, network): network for at in services.values() for network in at}
    doors = {f"{a}:{port}" for a in (*addresses, *nobody) for port in _PORTS}
    names = {f"{name}:{port}" for name in (*services, "master-of-swarm") for port in _PORTS}
    knock = ("python", "-c", KNOCK)
    opened = from_network(stack, "load", *knock, *sorted(doors | names)).split()
    elsewhere = {nobody[d.partition(":")[0]] for d in opened if d.partition(":")[0] in nobody}
    assert not elsewhere & {"load", "page", "web"}
    beyond = {a for at in services.values() for name, a in at.items() if name in elsewhere}
    opened = [d for d in opened if d.partition(":")[0] not in beyond | nobody.keys()]
    by = {
        (addresses.get(d.partition(":")[0], d.partition(":")[0]), d.partition(":")[2])
        for d in opened
    }
    # Who takes events goes by two names, and who sees the host by neither.
    assert by == {("events", "8186"), ("telegraf", "8186"), ("shop", "8080")}
    assert services["telegraf"].keys() == {"write"}


def test_who_is_reached_from_outside_reaches_neither_master_nor_collector(stack: Stack) -> None:
    """`events` takes what a service under test sends: who gets in there gets no further."""
    services = described(stack)
    doors = [
        f"{address}:{port}"
        for service in ("locust-master", "collector", "influxdb", "grafana")
        for address in services[service].values()
        for port in _PORTS
    ]
    opened = from_network(stack, "write", "python", "-c", KNOCK, *doors, "intake:8086").split()
    assert opened == ["intake:8086"]


def test_a_service_under_test_that_is_called_as_one_of_ours_is_not_taken_for_it(
    stack: Stack,
) -> None:
    called = ("intake", "master-of-swarm", "collector")
    python = compose_file.read()["x-images"]["python"]
    aliases = [word for name in called for word in ("--network-alias", name)]
    run = ("run", "--detach", "--rm", "--network", f"{stack.name}_load", *aliases, python)
    stranger = docker(*run, "sleep", "300").strip()
    try:
        told = stack.compose("exec", "-T", "locust-worker", "python", "-c", _RESOLVED, *called)
    finally:
        docker("rm", "--force", stranger)
    resolved = json.loads(told)
    services = described(stack)
    ours = {name: services[name.replace("master-of-swarm", "locust-master")] for name in called}
    # The control: it is there, and Docker gives out its address for the name alone.
    assert any(resolved[name] != ours[name]["swarm"] for name in called)
    asked = {name.partition(".")[0]: at for name, at in resolved.items() if "." in name}
    assert asked == {name: ours[name]["swarm"] for name in called}


def test_the_master_listens_to_each_in_his_own_network_only(stack: Stack) -> None:
    master = described(stack)["locust-master"]
    assert master.keys() == {"data", "page", "swarm"}
    told = stack.compose("exec", "-T", "locust-master", "cat", "/proc/net/tcp")
    sockets = [line.split() for line in told.splitlines()[1:]]
    listening = {local for _, local, _, state, *_ in sockets if state == "0A"}
    for network, port in (("swarm", "15B5"), ("page", "1F99")):
        at = "".join(f"{int(part):02X}" for part in reversed(master[network].split(".")))
        assert {where for where in listening if where.endswith(port)} == {f"{at}:{port}"}
    assert len(stack.workers()) == 2


def test_an_answer_of_the_service_under_test_leads_no_user_to_locusts_page(stack: Stack) -> None:
    """Users follow redirects from within the stack, with the method of the request (307)."""
    answers = compose_file.read()["x-images"]["python"], "python", "-c", _REDIRECTING
    run = ("run", "--detach", "--rm", "--network", f"{stack.name}_load", "--network-alias", "evil")
    master = described(stack)["locust-master"]
    stranger = docker(*run, *answers).strip()
    try:
        for name in ("locust-master", "page-of-locust", *master.values()):
            asked = (_FOLLOWING, f"http://evil:8080/?http://{name}:8089/stop")
            got = stack.compose("exec", "-T", "locust-worker", "python", "-c", *asked).strip()
            # Sent there, and not answered as Locust does. Something else may, where addresses that
            # this machine has no way to are handed on to its network.
            assert got.startswith("sent on: "), (name, got)
            assert not got.endswith(": 200"), (name, got)
    finally:
        docker("rm", "--force", stranger)


@pytest.mark.parametrize("service", ["locust-worker", "collector"])
def test_who_may_only_write_can_neither_delete_nor_ask(stack: Stack, service: str) -> None:
    def posted(url: str, body: str) -> str:
        return stack.compose("exec", "-T", service, "python", "-c", _POST, url, body).strip()

    influxdb = f"http://{described(stack)['influxdb']['data']}:8086"
    span = '{"start": "2000-01-01T00:00:00Z", "stop": "2000-01-02T00:00:00Z"}'
    write = "/api/v2/write?org=swarmscope&bucket=loadtest"
    delete = "/api/v2/delete?org=swarmscope&bucket=loadtest"
    assert posted(f"http://intake:8086{write}", "of_a_test v=1") == "204"
    assert posted(f"http://intake:8086{delete}", span) == "404"
    assert posted("http://intake:8086/api/v2/query?org=swarmscope", "buckets()") == "404"
    as_nobody = posted(f"http://{nobodys(stack, 'data')}:8086{delete}", span)
    assert posted(f"{influxdb}{delete}", span) == as_nobody
    assert posted(f"http://influxdb:8086{delete}", span) == "unreached"


def test_no_container_carries_packets_between_its_networks(stack: Stack) -> None:
    services = described(stack)
    forwarding = {
        service: stack.compose(
            "exec", "-T", service, "cat", "/proc/sys/net/ipv4/ip_forward"
        ).strip()
        for service in services
    }
    assert set(forwarding.values()) == {"0"}, forwarding


def test_nothing_speaks_ipv6_inside_and_nothing_is_published_on_it(stack: Stack) -> None:
    for service in described(stack):
        shown = "cat /proc/net/if_inet6 2>/dev/null; true"
        spoken = stack.compose("exec", "-T", service, "sh", "-c", shown).splitlines()
        assert all(line.split()[-1] == "lo" for line in spoken), service
    told = subprocess.check_output(["docker", "inspect", *stack.compose("ps", "-q").split()])
    for container in json.loads(told):
        for at in container["NetworkSettings"]["Ports"].values():
            assert all(place["HostIp"] == "127.0.0.1" for place in at or ()), container["Name"]


def visited(url: str) -> tuple[int, str, str]:
    """Return the status of *url*, where one ended up, and what is shown there."""
    try:
        with urllib.request.urlopen(url, timeout=15) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, url, error.read().decode()


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/metrics/plugins/influxdb",
        "/swagger",
        "/swagger-ui",
        "/openapi3",
        "/api/datasources",
        "/api/search",
        "/api/admin/settings",
        "/d/swarmscope-overlay",
        "/explore",
        "/apis",
        "/openapi/v3",
    ],
)
def test_grafana_shows_nothing_to_whom_has_no_password(stack: Stack, path: str) -> None:
    status, at, shown = visited(stack.grafana + path)
    # What answers well is the login, and what stands in the place of a page of Grafana's.
    refused = status in (401, 403, 404)
    login = urlsplit(at).path == "/login"
    assert refused or login or "switched off" in shown, (status, at, shown[:200])
    assert "process_cpu_seconds_total" not in shown


def test_metrics_of_containers_come_with_the_socket_and_only_its_own_telegraf_has_it(
    stack: Stack,
) -> None:
    asked = """
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "docker_container_cpu")
        |> filter(fn: (r) => r._field == "usage_percent")
        |> keep(columns: ["container_name", "_value", "_time"])
        |> group() |> distinct(column: "container_name")
    """
    names = compose.until(
        lambda: {row["_value"] for row in stack.ask(asked)},
        seconds=90,
        what="metrics of containers",
    )
    assert any("influxdb" in name for name in names)
    mounted = {}
    for container in json.loads(
        subprocess.check_output(["docker", "inspect", *stack.compose("ps", "-q").split()])
    ):
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        mounted[service] = {m["Source"] for m in container["Mounts"]}
    with_socket = {s for s, sources in mounted.items() if any("docker.sock" in x for x in sources)}
    assert with_socket == {"telegraf-docker"}
    assert {s for s, sources in mounted.items() if "/" in sources} == {"telegraf"}
