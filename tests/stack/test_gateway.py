"""A machine on a network of its own writes through the gateway, and can do nothing else."""

import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures import containers, telegrafs
from tests.fixtures.containers import HARDENED, docker
from tests.fixtures.influxd import Influx

from swarmscope.stack import bootstrap, certificate, enroll, vault
from swarmscope.stack.vault import Vault

ROOT = Path(__file__).parents[2]
IMAGES = ("influxdb:2.9.1", "telegraf:1.39.3", "nginx:1.26.3")
HOSTFS = (
    *("--volume", "/:/hostfs:ro", "--env", "HOST_PROC=/hostfs/proc"),
    *("--env", "HOST_SYS=/hostfs/sys", "--env", "HOST_MOUNT_PREFIX=/hostfs"),
)
_PATIENCE_S = 60

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Site:
    """The stack's side, and a machine that only reaches the gateway."""

    influx: Influx
    gateway: str
    container: str
    generator: str
    target: str
    secrets: Path

    def token(self) -> str:
        text = (self.secrets / "enrolled/web-1/telegraf.conf").read_text()
        return text.partition('token = "')[2].partition('"')[0]

    def send(
        self, path: str, method: str = "POST", body: bytes = b"m v=1", *, token: str = ""
    ) -> int:
        """Ask the gateway with the machine's *token*, as the machine's CA knows it."""
        trust = ssl.create_default_context(cafile=str(self.secrets / certificate.CA))
        request = urllib.request.Request(
            self.gateway + path,
            data=None if method == "GET" else body,
            method=method,
            headers={"Authorization": f"Token {token or self.token()}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20, context=trust) as response:
                status: int = response.status
                return status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def ask(self, flux: str) -> str:
        """Ask InfluxDB itself, as its operator."""
        body = {"query": f'from(bucket: "loadtest") |> range(start: -1h) {flux}', "type": "flux"}
        status, answer = self.influx.call("POST", "/api/v2/query?org=swarmscope", body)
        assert status == 200, answer
        return answer.decode()


def until(true: Callable[[], object], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, what()
        time.sleep(0.3)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    reason = containers.missing(*IMAGES)
    if reason or not shutil.which("openssl"):
        pytest.skip(reason or "openssl is not on PATH: the gateway has no certificate")
    secrets = tmp_path_factory.mktemp("secrets")
    handed = tmp_path_factory.mktemp("handed")
    with containers.room() as room, pytest.MonkeyPatch.context() as patch:
        data = room.network("data", "--internal")
        outside = room.network("outside")
        influxdb = room.start(
            *("influxdb", "--network", data, "--network-alias", "influxdb"),
            *("--entrypoint", "influxd", "influxdb:2.9.1", "--reporting-disabled"),
        )
        address = containers.inspect(influxdb)["NetworkSettings"]["Networks"][data]["IPAddress"]
        influx = _set_up(f"http://{address}:8086", secrets, patch)
        _readable(handed / "stack", {"token": influx.token})
        generator = room.start(
            *("generator", "--network", data, "--user", "999:999", *HARDENED, *HOSTFS),
            *("--env", "SWARMSCOPE_HOST=generator-1"),
            *("--volume", f"{telegrafs.FOLDER}:/etc/telegraf:ro"),
            *("--volume", f"{handed / 'stack'}:/run/swarmscope:ro"),
            *("telegraf:1.39.3", "telegraf", "--strict-env-handling"),
            *("--config", "/etc/telegraf/telegraf.conf", "--config", "/etc/telegraf/host.conf"),
        )
        enroll.main(["--host", "web-1", "--url", "https://gateway:8087"])
        files = {name: Vault(secrets).find(f"gateway/{name}") for name in ("cert.pem", "key.pem")}
        _readable(handed / "gateway", files)
        gateway = room.start(
            *("gateway", "--network", outside, "--network-alias", "gateway"),
            *("--user", "101:101", *HARDENED, "--tmpfs", "/tmp:uid=101,gid=101,mode=0700"),
            *("--volume", f"{ROOT / 'gateway/nginx.conf'}:/etc/nginx/gateway.conf:ro"),
            *("--volume", f"{handed / 'gateway'}:/run/swarmscope:ro"),
            *("--publish", "127.0.0.1::8087", "--entrypoint", "nginx", "nginx:1.26.3"),
            *("-c", "/etc/nginx/gateway.conf", "-g", "daemon off;"),
        )
        docker("network", "connect", data, gateway)
        names = {n: Vault(secrets).find(f"enrolled/web-1/{n}") for n in ("telegraf.conf", "ca.pem")}
        _readable(handed / "web-1", names)
        target = room.start(
            *("target", "--network", outside, "--user", "999:999", *HARDENED, *HOSTFS),
            *("--volume", f"{handed / 'web-1'}:/etc/telegraf:ro", "telegraf:1.39.3"),
        )
        port = docker("port", gateway, "8087").rpartition(":")[2]
        url = f"https://127.0.0.1:{port}"
        yield Site(influx, url, gateway, generator, target, secrets)


def _set_up(url: str, secrets: Path, patch: pytest.MonkeyPatch) -> Influx:
    operator = bootstrap.operator(Vault(secrets), {"INFLUXDB_V2_URL": url})
    token = Vault(secrets).get(vault.OPERATOR_TOKEN)
    influx = Influx(url, token, "swarmscope", "")
    until(lambda: _healthy(influx), lambda: f"{url} does not answer")
    operator.set_up(bootstrap.USER, Vault(secrets).get(vault.INFLUXDB_PASSWORD), "loadtest")
    patch.setenv("INFLUXDB_V2_URL", url)
    patch.setenv("GATEWAY_NAMES", "gateway,127.0.0.1")
    patch.setattr(bootstrap, "SECRETS", secrets)
    patch.setattr(bootstrap, "ACCESS", ROOT / "influxdb/access.toml")
    patch.setattr(enroll, "HOST_METRICS", telegrafs.FOLDER / "host.conf")
    certificate.ensure(Vault(secrets), ("gateway", "127.0.0.1"))
    return influx


def _healthy(influx: Influx) -> bool:
    try:
        return influx.call("GET", "/health")[0] == 200
    except OSError:
        return False


def _readable(folder: Path, files: dict[str, str]) -> None:
    """Write *files* where a container's user can read them: a test can't give files away."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)


def test_the_machine_s_cpu_stands_beside_the_generator_s_told_apart_by_role(site: Site) -> None:
    def seen() -> set[tuple[str, str]]:
        flux = (
            '|> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_idle")'
            ' |> last() |> group() |> keep(columns: ["host", "role"])'
        )
        rows = [row.split(",") for row in site.ask(flux).split()[1:]]
        return {(row[-2], row[-1]) for row in rows}

    both = {("web-1", "target"), ("generator-1", "generator")}
    until(
        lambda: seen() == both,
        lambda: f"{seen()} {containers.logs(site.target)} {containers.logs(site.generator)}",
    )


def test_the_stack_s_telegraf_counts_the_host_s_interfaces_and_not_its_own(site: Site) -> None:
    def counted() -> set[str]:
        flux = (
            '|> filter(fn: (r) => r._measurement == "net" and r.host == "generator-1")'
            ' |> keep(columns: ["interface"]) |> group() |> distinct(column: "interface")'
        )
        return {row.rpartition(",")[2] for row in site.ask(flux).split()[1:]}

    until(counted, lambda: containers.logs(site.generator))
    lines = Path("/proc/1/net/dev").read_text().splitlines()[2:]
    host = {line.partition(":")[0].strip() for line in lines}
    physical = {name for name in host if not name.startswith(("veth", "br-")) and name != "lo"}
    # Bridges come and go with other people's networks.
    assert {name for name in counted() if not name.startswith("br-")} == physical
    assert any(name.startswith("br-") for name in counted())


def test_the_stack_s_telegraf_is_healthy_once_it_writes(site: Site) -> None:
    check = ("exec", site.generator, "curl", "-fsS", "http://127.0.0.1:8080")
    until(
        lambda: "200" in docker("exec", site.generator, "curl", "-s", "-w%{http_code}", check[-1]),
        lambda: containers.logs(site.generator),
    )
    docker(*check)


def test_writing_is_passed_on(site: Site) -> None:
    assert site.send("/api/v2/write?org=swarmscope&bucket=loadtest") == 204


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health",
        "/ping",
        "/metrics",
        "/write?db=loadtest",
        "/query?db=loadtest&q=show+measurements",
        "/api/v2/setup",
        "/api/v2/query?org=swarmscope",
        "/api/v2/buckets",
        "/api/v2/authorizations",
        "/api/v2/write/",
        "/api/v2/write/../query?org=swarmscope",
        "/api/v2/write%2f..%2fquery",
        "/api/v2/delete?org=swarmscope&bucket=loadtest",
    ],
)
def test_everything_else_is_not_found(site: Site, method: str, path: str) -> None:
    assert site.send(path, method) == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_writing_is_done_by_post_only(site: Site, method: str) -> None:
    assert site.send("/api/v2/write?org=swarmscope&bucket=loadtest", method) == 404


def test_the_machine_s_token_reads_nothing_even_past_the_gateway(site: Site) -> None:
    inside = Influx(site.influx.url, site.token(), "swarmscope", "")
    ask = {"query": 'from(bucket: "loadtest") |> range(start: -1h)', "type": "flux"}
    status, answer = inside.call("POST", "/api/v2/query?org=swarmscope", ask)
    assert status == 404
    assert b"could not find bucket" in answer


def test_a_body_without_end_is_refused_before_influxdb_sees_it(site: Site) -> None:
    body = bytes(10 * 2**20 + 1)
    assert site.send("/api/v2/write?org=swarmscope&bucket=loadtest", body=body) == 413


def test_the_machine_reaches_nothing_of_the_stack_but_the_gateway_s_one_port(site: Site) -> None:
    for url in (f"{site.influx.url}/health", "http://influxdb:8086/health", "http://gateway:8088"):
        asked = ["exec", site.target, "sh", "-c", f"curl -s -o /dev/null -m 3 {url}; echo $?"]
        assert docker(*asked) in ("6", "7", "28"), url


def test_no_token_is_in_the_gateway_s_log(site: Site) -> None:
    """Not from a header, nor from a query, nor from a request that is refused."""
    path = "/api/v2/write?org=swarmscope&bucket=loadtest&token=s3cret-of-a-test"
    site.send(path)
    site.send(path, "GET")
    site.send(path, body=bytes(10 * 2**20 + 1))
    said = containers.logs(site.container)
    assert said.count(" 413 ") >= 1
    assert site.token() not in said
    assert "s3cret-of-a-test" not in said


def test_a_revoked_machine_is_refused(site: Site) -> None:
    before = site.token()
    enroll.main(["--host", "web-1", "--revoke"])
    assert site.send("/api/v2/write?org=swarmscope&bucket=loadtest", token=before) == 401
    enroll.main(["--host", "web-1", "--url", "https://gateway:8087"])
    assert site.token() != before
    assert site.send("/api/v2/write?org=swarmscope&bucket=loadtest") == 204
