"""A store behind a proxy: for workers, for every command, and for Grafana's connection."""

import gzip
import json
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.fixtures import server_process
from tests.fixtures.fake_influx import FakeInflux, fake_influx
from tests.fixtures.http_proxy import HttpProxy, http_proxy
from tests.fixtures.influxd import Influx
from tests.fixtures.locusts import LISTENER, ORACLE, SHORT, STEADY, locusts
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import swarmscope

from swarmscope.delivery.writer import Writer
from swarmscope.errors import ExitCode, StoreUnreachableError
from swarmscope.grafana.connection import GrafanaError, Place, connect, explained
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question
from swarmscope.transport.write_api import AnswerKind

HOST = "store.test"
"""A name that nobody but the proxy knows."""
URL = f"http://{HOST}:8086"
TOKEN = "token-of-the-store"
BODY = gzip.compress(b"locust_users,run=r,worker=w,user_class=U count=1i 1000000000\n")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded store with a token; its own address."""
    with server_process.store_process(tmp_path_factory.mktemp("store"), token=TOKEN) as url:
        yield url


@pytest.fixture
def proxy(store: str) -> Iterator[HttpProxy]:
    with http_proxy({HOST: urlsplit(store).port or 0}) as running:
        yield running


def behind(proxy: str, **more: str) -> dict[str, str]:
    return {
        "INFLUXDB_V2_URL": URL,
        "INFLUXDB_V2_TOKEN": TOKEN,
        "HTTP_PROXY": proxy,
        "NO_PROXY": "",
        "no_proxy": "",
        **more,
    }


@pytest.mark.long
def test_a_load_test_is_recorded_through_it(tmp_path: Path, proxy: HttpProxy, store: str) -> None:
    env = behind(proxy.address, SWARMSCOPE_RUN_ID="proxied")
    with locusts(tmp_path, env) as swarm:
        local = swarm.start(*SHORT, files=(STEADY, ORACLE, LISTENER))
        swarm.wait(local)
    assert proxy.passed
    # The requests to its target are nobody's business but Locust's own.
    assert {passed.split()[1] for passed in proxy.passed} == {HOST}
    with HttpReader(store, TOKEN) as reader:
        (account,) = reader.ask(Question("delivery", "proxied")).records()
    assert account["seen"] == account["stored"] > 0


@pytest.mark.release
@pytest.mark.long
def test_every_command_goes_through_it(tmp_path: Path, proxy: HttpProxy) -> None:
    env = behind(proxy.address, SWARMSCOPE_SPOOL_DIR=str(tmp_path))
    words: tuple[tuple[str, ...], ...] = (
        ("doctor",),
        ("annotate", "a deploy", "--run", "noted"),
        ("runs",),
        ("buckets", "create"),
        ("delete", "noted", "--yes"),
    )
    for command in words:
        before = len(proxy.passed)
        done = swarmscope(*command, env=env)
        assert done.returncode == ExitCode.FINE, (command, done.stdout, done.stderr)
        assert len(proxy.passed) > before, command


def test_influxdb_is_asked_and_written_to_through_it(influx: Influx) -> None:
    influx.make_bucket("behind a proxy")
    with http_proxy({HOST: urlsplit(influx.url).port or 0}) as proxy:
        settings = Settings(
            url=URL,
            token=influx.token,
            org=influx.org,
            bucket="behind a proxy",
            own_proxy=proxy.address,
        )
        assert Writer(settings).write("behind a proxy", BODY).kind is AnswerKind.TAKEN
        with FluxReader(settings) as reader:
            assert reader.ask(Question("users", "r", 0, 10_000, 1)).rows == [(1_000, "U", 1)]
    assert proxy.passed[0] == f"POST {HOST}"
    assert len(proxy.passed) >= 2


@pytest.mark.long
def test_a_proxy_s_password_is_given_and_never_shown(store: str, tmp_path: Path) -> None:
    with http_proxy({HOST: urlsplit(store).port or 0}, "me", "s3cr:t@") as proxy:
        given = proxy.address.replace("://", "://me:s3cr%3At%40@")
        env = behind("", SWARMSCOPE_PROXY=given, SWARMSCOPE_SPOOL_DIR=str(tmp_path))
        done = swarmscope("doctor", "--json", env=env)
        assert done.returncode == ExitCode.FINE, done.stdout
        settings = Settings.from_env(env)
        assert Writer(settings).write("loadtest", BODY).kind is AnswerKind.TAKEN

        wrong = replace(settings, own_proxy=proxy.address.replace("://", "://me:wrong@"))
        assert Writer(wrong).write("loadtest", BODY).status == 407
    shown = json.loads(done.stdout)["settings"]["SWARMSCOPE_PROXY"]
    assert shown == proxy.address.replace("://", "://***@")
    assert "s3cr" not in done.stdout
    assert f"through the proxy {proxy.address}" in done.stdout


def test_a_proxy_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    env = behind(gone, SWARMSCOPE_SPOOL_DIR=str(tmp_path))
    done = swarmscope("runs", env=env)
    assert done.returncode == ExitCode.STORE_UNREACHABLE
    assert f"Nothing answers at {URL} through the proxy {gone}" in done.stderr
    assert Writer(Settings.from_env(env)).write("loadtest", BODY).kind is AnswerKind.RETRY


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    "more",
    [{}, {"SWARMSCOPE_PROXY": "off"}, {"NO_PROXY": "127.0.0.1"}],
    ids=["loopback", "off", "excepted"],
)
def test_a_store_on_this_machine_needs_none(store: str, more: dict[str, str]) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    env = behind(dead, **more, INFLUXDB_V2_URL=store)
    assert swarmscope("runs", env=env).returncode == ExitCode.FINE
    assert Writer(Settings.from_env(env)).write("loadtest", BODY).kind is AnswerKind.TAKEN


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for the store, which nobody trusts by himself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on PATH: a store with TLS behind a proxy is not tested")
    folder = tmp_path_factory.mktemp("certificate")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def test_a_store_with_tls_is_reached_through_a_tunnel(certificate: tuple[Path, Path]) -> None:
    """What it says stays between it and us: the proxy sees the host's name and no more."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    with fake_influx(FakeInflux(), tls=tls) as fake:
        hosts = {HOST: urlsplit(fake.url).port or 0}
        with http_proxy(hosts, "me", "pass") as proxy:
            env = {
                "INFLUXDB_V2_URL": f"https://{HOST}",
                "https_proxy": proxy.address.replace("://", "://me:pass@"),
                "INFLUXDB_V2_SSL_CA_CERT": str(certificate[0]),
            }
            assert Writer(Settings.from_env(env)).write("loadtest", BODY).kind is AnswerKind.TAKEN
            done = swarmscope("annotate", "a deploy", env=env)
            assert done.returncode == ExitCode.FINE, done.stderr
            stranger = {**env, "INFLUXDB_V2_SSL_CA_CERT": ""}
            assert (
                Writer(Settings.from_env(stranger)).write("loadtest", BODY).kind is AnswerKind.RETRY
            )
    assert set(proxy.passed) == {f"CONNECT {HOST}"}
    assert [line.partition(",")[0] for line in fake.lines] == ["locust_users", "event", "event"]


def test_grafana_is_reached_through_the_environment_s(
    store: str, proxy: HttpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that this store were a Grafana: it is enough to see who was asked."""
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, proxy.address)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.delenv("no_proxy", raising=False)
    for url in (f"http://{HOST}:3000/", f"{store}/"):
        place = Place(url, "token")
        with pytest.raises(GrafanaError), explained(place, ""):
            connect(place).folder.get_all_folders()
    # The second is on this machine.
    assert proxy.passed == [f"GET {HOST}"]


def test_an_odd_proxy_is_said_by_a_command() -> None:
    done = swarmscope("runs", env=behind("socks5://me:secret@p:1080"))
    assert done.returncode == ExitCode.WRONG_USAGE
    assert "HTTP_PROXY is 'socks5://***@p:1080', which can't be used" in done.stderr
    settings = replace(Settings(), url=URL, own_proxy=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnreachableError, match="through the proxy"):
        FluxReader(settings).ask(Question("runs"))
