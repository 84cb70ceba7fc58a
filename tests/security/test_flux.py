"""Flux scripts of whoever may ask InfluxDB: they reach nobody, and it starts again after them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.fixtures import containers, gateways
from tests.fixtures.containers import docker
from tests.fixtures.gateways import Site, until
from tests.fixtures.influxd import Influx

pytestmark = pytest.mark.long

_PORT = 3000
_SERVER = f"from http.server import *; HTTPServer(('', {_PORT}), SimpleHTTPRequestHandler)"
_CALLS = {
    "http/requests": 'requests.get(url: "URL").statusCode',
    "http": 'http.post(url: "URL")',
    "experimental/http": 'http.get(url: "URL").statusCode',
    "experimental/http/requests": 'requests.get(url: "URL").statusCode',
    "slack": 'slack.message(url: "URL", token: "", channel: "c", text: "t", color: "good")',
    "experimental/influxdb": 'influxdb.api(method: "get", path: "/", host: "URL", token: "t")',
    "experimental/mqtt": 'mqtt.publish(broker: "tcp://HOST", topic: "t", message: "m")',
}
_SOURCES = {
    "experimental/csv": 'csv.from(url: "URL")',
    "experimental/prometheus": 'prometheus.scrape(url: "URL")',
    "socket": 'socket.from(url: "tcp://HOST", decoder: "line")',
    "influxdata/influxdb": 'influxdb.from(bucket: "x", host: "URL", org: "o", token: "t")'
    " |> range(start: -1h)",
}
_DATABASES = {
    "postgres": "postgres://u:p@HOST/x?sslmode=disable",
    "mysql": "u:p@tcp(HOST)/x",
    "sqlserver": "sqlserver://u:p@HOST",
    "vertica": "vertica://u:p@HOST/x",
    "hdb": "hdb://u:p@HOST",
}
_SCRIPTS = [
    *(
        f'import "array"\nimport "{package}"\narray.from(rows: [{{x: display(v: {call})}}])'
        for package, call in _CALLS.items()
    ),
    *(f'import "{package}"\n{source}' for package, source in _SOURCES.items()),
    *(
        'import "sql"\n'
        f'sql.from(driverName: "{driver}", dataSourceName: "{name}", query: "select 1")'
        for driver, name in _DATABASES.items()
    ),
]
_INTO_SQLITE = """
import "array"
import "sql"
array.from(rows: [{id: 9999, name: "x"}])
    |> sql.to(driverName: "sqlite3", dataSourceName: "PATH", table: "migrations")
"""


@dataclass(frozen=True)
class Asked:
    """An InfluxDB as the stack has it, who may ask it and no more, and who stands beside it."""

    site: Site
    reader: Influx
    beside: str

    def ask(self, script: str) -> tuple[int, bytes]:
        body = {"query": script, "type": "flux"}
        return self.reader.call("POST", "/api/v2/query?org=swarmscope", body)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    if reason := gateways.missing():
        pytest.skip(reason)
    with gateways.site(tmp_path_factory.mktemp("s"), tmp_path_factory.mktemp("h")) as site:
        beside = site.room.start(
            *("grafana", "--network", site.networks["data"], "--network-alias", "grafana"),
            *(gateways.python(), "python", "-u", "-c", f"{_SERVER}.serve_forever()"),
        )
        token = site.influx.token_for(read=["loadtest"])
        yield Asked(site, Influx(site.influx.url, token, "swarmscope", ""), beside)


def knocked(asked: Asked) -> int:
    """Return how many requests were made of the container beside InfluxDB."""
    return containers.logs(asked.beside).count(" HTTP/1.")


def test_the_container_beside_could_be_reached(asked: Asked) -> None:
    """Without this the others would prove nothing."""
    curl = f"curl -s -o /dev/null -m 3 -w '%{{http_code}}' http://grafana:{_PORT}/; true"
    inside = ("exec", asked.site.containers["influxdb"], "sh", "-c", curl)
    until(lambda: docker(*inside) == "200", lambda: containers.logs(asked.beside))
    # The engine writes down a moment later what a container says.
    until(lambda: knocked(asked) > 0, lambda: containers.logs(asked.beside))


@pytest.mark.long_sample(4)
@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.splitlines()[-1][:40])
@pytest.mark.parametrize("where", ["name", "address", "itself"])
def test_a_script_reaches_nobody(asked: Asked, script: str, where: str) -> None:
    before = knocked(asked)
    host = {
        "name": f"grafana:{_PORT}",
        "address": f"{gateways.address(asked.beside, asked.site.networks['data'])}:{_PORT}",
        "itself": "127.0.0.1:8086",
    }[where]
    status, answer = asked.ask(script.replace("URL", f"http://{host}/x").replace("HOST", host))
    assert status in (400, 500), answer
    assert knocked(asked) == before


@pytest.mark.parametrize(
    "remote", [f"http://grafana:{_PORT}/t.yml", "http://127.0.0.1:8086/", "file:///etc/passwd"]
)
def test_a_template_is_fetched_from_nowhere(asked: Asked, remote: str) -> None:
    before = knocked(asked)
    body = {"orgID": asked.site.influx.org_id, "dryRun": True, "remotes": [{"url": remote}]}
    status, answer = asked.reader.call("POST", "/api/v2/templates/apply", body)
    assert status >= 400
    assert b"root:" not in answer
    assert knocked(asked) == before


_OF_ITSELF: dict[str, dict[str, object]] = {
    "tasks": {"flux": 'option task = {name: "x", every: 1h}\nbuckets()'},
    "notificationEndpoints": {"name": "n", "type": "http", "url": "URL", "authMethod": "none"},
    "remotes": {
        "name": "n",
        "remoteURL": "URL",
        "remoteAPIToken": "t",
        "remoteOrgID": "0" * 15 + "1",
    },
    "replications": {"name": "n", "remoteID": "0" * 15 + "1"},
    "scrapers": {"name": "n", "type": "prometheus", "url": "URL"},
    "stacks": {"name": "n", "urls": ["URL"]},
}


@pytest.mark.parametrize("what", _OF_ITSELF)
@pytest.mark.parametrize("right", ["read", "write"])
def test_a_service_s_token_lets_nothing_run_by_itself(asked: Asked, what: str, right: str) -> None:
    rights = {right: ["loadtest"]}
    token = asked.site.influx.token_for(read=rights.get("read", ()), write=rights.get("write", ()))
    service = Influx(asked.site.influx.url, token, "swarmscope", "")
    before = knocked(asked)
    bucket = asked.site.influx.bucket("loadtest")["id"]
    body = {"orgID": asked.site.influx.org_id, "bucketID": bucket, "localBucketID": bucket}
    wanted = json.dumps({**body, **_OF_ITSELF[what]}).replace("URL", f"http://grafana:{_PORT}/x")
    status, answer = service.call("POST", f"/api/v2/{what}", raw=wanted.encode())
    assert status in (400, 401, 403, 404, 500), answer
    assert b"unauthorized" in answer or b"not authorized" in answer
    assert knocked(asked) == before


@pytest.mark.parametrize("path", ["/metrics", "/debug/pprof/", "/debug/pprof/heap"])
def test_nothing_of_its_inside_is_told_without_a_token(asked: Asked, path: str) -> None:
    nobody = Influx(asked.site.influx.url, "", "swarmscope", "")
    assert nobody.call("GET", path)[0] == 403


def test_influxdb_starts_again_with_its_data_after_scripts_wrote_to_its_own_files(
    asked: Asked,
) -> None:
    """One path is refused, another isn't: what lies there is none that InfluxDB reads."""
    asked.site.influx.write("loadtest", ["kept v=1"])
    own = "/var/lib/influxdb2/influxd.sqlite"
    for path in (own, f"file:{own}", f"//1.1.1.1/..{own}", f"x://1.1.1.1/../../../..{own}"):
        asked.ask(_INTO_SQLITE.replace("PATH", path))
    docker("restart", "--time", "20", asked.site.containers["influxdb"])
    kept = '|> filter(fn: (r) => r._measurement == "kept") |> keep(columns: ["_value"])'

    def there() -> bool:
        try:
            return ",1" in asked.site.ask(kept)
        except OSError:
            return False

    until(there, lambda: containers.logs(asked.site.containers["influxdb"]))
