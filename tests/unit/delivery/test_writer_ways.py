"""The way to the store: over TLS, and through a proxy."""

import gzip
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.fake_influx import FakeInflux, fake_influx

from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.transport.write_api import Answer, AnswerKind

BODY = gzip.compress(b"m f=1i 1\n", mtime=0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate of 127.0.0.1, signed by itself, and beside it its key."""
    file = tmp_path_factory.mktemp("tls") / "store.crt"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-out", str(file), "-keyout", str(file.with_suffix(".key"))),
        ],
        check=True,
        capture_output=True,
    )
    return file


@pytest.fixture
def url(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with fake_influx(FakeInflux(), tls=context) as running:
        yield running.url.replace("http:", "https:")


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_reason(url: str):
    answer = Writer(Settings(url=url, timeout_ms=5_000)).write("b", BODY)
    assert (answer.kind, answer.status) == (AnswerKind.RETRY, None)
    assert "signed by nobody whom this machine trusts" in answer.message


def test_a_certificate_that_the_settings_name_is_trusted(url: str, certificate: Path):
    settings = Settings(url=url, timeout_ms=5_000, ssl_ca_cert=str(certificate))
    assert Writer(settings).write("b", BODY) == Answer(AnswerKind.TAKEN, 204)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_who_wants_no_certificate_checked_has_it_so(url: str):
    settings = Settings(url=url, timeout_ms=5_000, verify_ssl=False)
    assert Writer(settings).write("b", BODY) == Answer(AnswerKind.TAKEN, 204)


def test_a_proxy_gets_what_is_for_a_store_that_only_it_knows():
    with fake_influx(FakeInflux()) as running:
        settings = Settings(url="http://store.test:8086", timeout_ms=5_000, own_proxy=running.url)
        assert Writer(settings).write("b", BODY) == Answer(AnswerKind.TAKEN, 204)
        assert running.buckets == ["b"]
