"""A machine that is enrolled gets a token that writes and does nothing else, on a real InfluxDB."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures import telegrafs
from tests.fixtures.influxd import Influx

from swarmscope.errors import ConfigurationError
from swarmscope.stack import access, bootstrap, enroll, vault
from swarmscope.stack.vault import Vault

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="openssl is not on PATH: the gateway has no certificate"
)

ACCESS = Path(__file__).parents[2] / "influxdb/access.toml"
READ = 'from(bucket: "loadtest") |> range(start: 0) |> limit(n: 1)'


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("secrets")


@dataclass(frozen=True)
class Stack:
    """The stack as the job sees it: environment, secrets and InfluxDB."""

    url: str
    secrets: Path

    def enroll(self, *arguments: str) -> int:
        return enroll.main(arguments)

    def files(self, host: str) -> Path:
        return self.secrets / "enrolled" / host

    def token(self, host: str) -> str:
        text = (self.files(host) / "telegraf.conf").read_text(encoding="utf-8")
        return text.partition('token = "')[2].partition('"')[0]

    def as_machine(self, token: str) -> Influx:
        return Influx(self.url, token, "swarmscope", "")

    def may_write(self, token: str, bucket: str = "loadtest") -> int:
        path = f"/api/v2/write?org=swarmscope&bucket={bucket}"
        return self.as_machine(token).call("POST", path, raw=b"m v=1")[0]


@pytest.fixture
def stack(bare_influx: str, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("INFLUXDB_V2_URL", bare_influx)
    monkeypatch.setenv("GATEWAY_NAMES", "load.example.com")
    monkeypatch.setenv("SWARMSCOPE_HOST", "generator-1")
    monkeypatch.setattr(bootstrap, "SECRETS", secrets)
    monkeypatch.setattr(bootstrap, "ACCESS", ACCESS)
    monkeypatch.setattr(enroll, "HOST_METRICS", telegrafs.FOLDER / "host.conf")
    operator = bootstrap.operator(Vault(secrets), {"INFLUXDB_V2_URL": bare_influx})
    operator.set_up(bootstrap.USER, Vault(secrets).get(vault.INFLUXDB_PASSWORD), "loadtest")
    for name, retention in access.load(ACCESS, {}).buckets.items():
        operator.ensure_bucket(name, retention)
    return Stack(bare_influx, secrets)


def test_the_token_writes_raw_points_and_neither_reads_nor_writes_elsewhere(stack: Stack) -> None:
    stack.enroll("--host", "web-1")
    token = stack.token("web-1")
    assert stack.may_write(token) == 204
    assert stack.may_write(token, "loadtest_long") == 403
    machine = stack.as_machine(token)
    path = "/api/v2/query?org=swarmscope"
    status, body = machine.call("POST", path, {"query": READ, "type": "flux"})
    assert status == 404
    assert b"could not find bucket" in body
    status, body = machine.call("GET", "/api/v2/buckets")
    assert b'"name"' not in body


def test_the_files_are_for_the_owner_alone_and_what_is_printed_has_no_token(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.enroll("--host", "web-2")
    folder = stack.files("web-2")
    assert {f.name: f.stat().st_mode & 0o777 for f in folder.iterdir()} == {
        "telegraf.conf": 0o600,
        "ca.pem": 0o600,
    }
    assert (folder / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
    said = capsys.readouterr()
    assert "enrolled/web-2/telegraf.conf" in said.out
    assert stack.token("web-2") not in said.out + said.err


def test_a_machine_that_is_enrolled_again_has_one_token_and_the_old_one_is_refused(
    stack: Stack,
) -> None:
    stack.enroll("--host", "web-3")
    old = stack.token("web-3")
    stack.enroll("--host", "web-3")
    assert stack.may_write(old) == 401
    assert stack.may_write(stack.token("web-3")) == 204


def test_revoking_takes_one_machine_s_token_and_no_other(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    for host in ("web-4", "web-40"):
        stack.enroll("--host", host)
    token = stack.token("web-4")
    stack.enroll("--host", "web-4", "--revoke")
    assert stack.may_write(token) == 401
    assert stack.may_write(stack.token("web-40")) == 204
    capsys.readouterr()
    stack.enroll("--host", "web-4", "--revoke")
    assert "web-4 had no token" in capsys.readouterr().out


def test_revoking_leaves_no_file_of_the_machine_here(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    for host in ("web-8", "web-80"):
        stack.enroll("--host", host)
    capsys.readouterr()
    stack.enroll("--host", "web-8", "--revoke")
    assert "Its files are removed" in capsys.readouterr().out
    assert not stack.files("web-8").exists()
    assert sorted(path.name for path in stack.files("web-80").iterdir()) == [
        "ca.pem",
        "telegraf.conf",
    ]
    stack.enroll("--host", "web-8", "--revoke")
    assert "files" not in capsys.readouterr().out


def test_a_machine_whose_name_is_now_the_stack_s_own_can_be_revoked(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a backup was restored on it: its token worked on, and nobody could take it back."""
    stack.enroll("--host", "web-9")
    token = stack.token("web-9")
    monkeypatch.setenv("SWARMSCOPE_HOST", "web-9")
    with pytest.raises(ConfigurationError, match="recorded already"):
        stack.enroll("--host", "web-9")
    stack.enroll("--host", "web-9", "--revoke")
    assert stack.may_write(token) == 401
    assert not stack.files("web-9").exists()


def test_the_bucket_keeps_its_retention(stack: Stack) -> None:
    operator = Influx(stack.url, Vault(stack.secrets).get(vault.OPERATOR_TOKEN), "swarmscope", "")
    path = "/api/v2/buckets?name=loadtest"
    before = operator.call("GET", path)
    stack.enroll("--host", "web-5")
    assert operator.call("GET", path) == before


@pytest.mark.parametrize(
    ("bind", "said"), [("", "NOTHING LISTENS THERE YET"), ("10.0.0.5", "listens on 10.0.0.5:8087")]
)
def test_it_says_whether_anything_listens(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bind: str,
    said: str,
) -> None:
    monkeypatch.setenv("INFLUXDB_BIND", bind)
    stack.enroll("--host", "web-6")
    assert said in capsys.readouterr().out


def test_without_the_metrics_to_measure_no_token_is_made(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(enroll, "HOST_METRICS", tmp_path / "host.conf")
    operator = bootstrap.operator(Vault(stack.secrets), {"INFLUXDB_V2_URL": stack.url})
    operator.set_up(bootstrap.USER, "", "loadtest")
    before = operator.authorizations()
    with pytest.raises(ConfigurationError, match="No token was made"):
        stack.enroll("--host", "web-7")
    assert operator.authorizations() == before
    assert not stack.files("web-7").exists()
