"""A machine on a network of its own writes through the gateway, and can do nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures import compose_file, containers, gateways, telegrafs
from tests.fixtures.containers import HARDENED, docker
from tests.fixtures.gateways import WRITE, Site, until
from tests.fixtures.influxd import Influx

from swarmscope.stack import enroll
from swarmscope.stack.vault import Vault

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Measured:
    """A site, the Telegraf of the stack, and that of the machine."""

    site: Site
    generator: str
    target: str

    def said(self) -> str:
        return containers.logs(self.target) + containers.logs(self.generator)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    if reason := gateways.missing():
        pytest.skip(reason)
    secrets = tmp_path_factory.mktemp("secrets")
    handed = tmp_path_factory.mktemp("handed")
    hostfs = telegrafs.of_the_host()
    with gateways.site(secrets, handed) as site:
        gateways.readable(handed / "stack", {"token": site.influx.token})
        generator = site.room.start(
            *("generator", "--network", site.networks["write"], *HARDENED, *hostfs),
            *(
                "--env",
                "SWARMSCOPE_HOST=generator-1",
                "--env",
                "INFLUXDB_V2_URL=http://intake:8086",
            ),
            *("--volume", f"{telegrafs.FOLDER}:/etc/telegraf:ro"),
            *("--volume", f"{handed / 'stack'}:/run/swarmscope:ro"),
            *compose_file.images("telegraf"),
            *("telegraf", "--strict-env-handling"),
            *("--config", "/etc/telegraf/telegraf.conf", "--config", "/etc/telegraf/host.conf"),
        )
        names = {n: Vault(secrets).find(f"enrolled/web-1/{n}") for n in ("telegraf.conf", "ca.pem")}
        gateways.readable(handed / "web-1", names)
        target = site.room.start(
            *("target", "--network", site.networks["outside"], *HARDENED, *hostfs),
            *("--volume", f"{handed / 'web-1'}:/etc/telegraf:ro", *compose_file.images("telegraf")),
        )
        yield Measured(site, generator, target)


@pytest.fixture
def site(measured: Measured) -> Site:
    return measured.site


def test_the_machine_s_cpu_stands_beside_the_generator_s_told_apart_by_role(
    measured: Measured,
) -> None:
    site = measured.site

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
        lambda: (
            f"{seen()} {containers.logs(measured.target)} {containers.logs(measured.generator)}"
        ),
    )


def test_all_that_a_machine_s_telegraf_measures_is_taken(measured: Measured) -> None:
    """Each measurement of host.conf, and none of its points is told to have a type of its own."""

    def seen() -> set[str]:
        flux = (
            '|> filter(fn: (r) => r.host == "web-1") |> keep(columns: ["_measurement"])'
            ' |> group() |> distinct(column: "_measurement")'
        )
        return {row.rpartition(",")[2] for row in measured.site.ask(flux).split()[1:]}

    of_a_machine = {"cpu", "mem", "diskio", "net", "system", "disk", "swap", "processes"}
    until(
        lambda: seen() >= of_a_machine | {"internal_write"}, lambda: f"{seen()} {measured.said()}"
    )
    assert "will be dropped" not in containers.logs(measured.target)


def test_the_stack_s_telegraf_counts_the_host_s_interfaces_and_not_its_own(
    measured: Measured,
) -> None:
    site = measured.site

    def counted() -> set[str]:
        flux = (
            '|> filter(fn: (r) => r._measurement == "net" and r.host == "generator-1")'
            ' |> keep(columns: ["interface"]) |> group() |> distinct(column: "interface")'
        )
        return {row.rpartition(",")[2] for row in site.ask(flux).split()[1:]}

    until(counted, lambda: containers.logs(measured.generator))
    lines = Path("/proc/1/net/dev").read_text().splitlines()[2:]
    host = {line.partition(":")[0].strip() for line in lines}
    physical = {name for name in host if not name.startswith(("veth", "br-")) and name != "lo"}
    # Bridges come and go with other people's networks.
    assert {name for name in counted() if not name.startswith("br-")} == physical
    assert any(name.startswith("br-") for name in counted())


def test_the_stack_s_telegraf_is_healthy_once_it_writes(measured: Measured) -> None:
    check = ("exec", measured.generator, "curl", "-s", "-w%{http_code}", "http://127.0.0.1:8080")
    until(lambda: "200" in docker(*check), lambda: containers.logs(measured.generator))


def test_writing_is_passed_on(site: Site) -> None:
    assert site.send(WRITE) == 204


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
    assert site.send(WRITE, method) == 404


def test_the_machine_s_token_reads_nothing_even_past_the_gateway(site: Site) -> None:
    inside = Influx(site.influx.url, site.token(), "swarmscope", "")
    ask = {"query": 'from(bucket: "loadtest") |> range(start: -1h)', "type": "flux"}
    status, answer = inside.call("POST", "/api/v2/query?org=swarmscope", ask)
    assert status == 404
    assert b"could not find bucket" in answer


def test_a_body_without_end_is_refused_before_influxdb_sees_it(site: Site) -> None:
    body = bytes(2**20 + 1)
    assert site.send(WRITE, body=body) == 413


def test_the_machine_reaches_nothing_of_the_stack_but_the_gateway_s_one_port(
    measured: Measured,
) -> None:
    inside = ("http://influxdb:8086/health", "http://intake:8086", "http://gateway:8088")
    for url in (f"{measured.site.influx.url}/health", *inside):
        asked = ["exec", measured.target, "sh", "-c", f"curl -s -o /dev/null -m 3 {url}; echo $?"]
        assert docker(*asked) in ("6", "7", "28"), url


def test_no_token_is_in_the_gateway_s_log(site: Site) -> None:
    """Not from a header, nor from a query, nor from a request that is refused."""
    path = f"{WRITE}&token=s3cret-of-a-test"
    site.send(path)
    site.send(path, "GET")
    site.send(path, body=bytes(2**20 + 1))

    def said() -> str:
        return containers.logs(site.containers["gateway"])

    # nginx writes a request down when it is answered, and the last of them comes last.
    until(lambda: " 413 " in said(), said)
    assert site.token() not in said()
    assert "s3cret-of-a-test" not in said()


def test_a_revoked_machine_is_refused(site: Site) -> None:
    before = site.token()
    enroll.main(["--host", "web-1", "--revoke"])
    assert site.send(WRITE, token=before) == 401
    enroll.main(["--host", "web-1", "--url", "https://gateway:8087"])
    assert site.token() != before
    assert site.send(WRITE) == 204
