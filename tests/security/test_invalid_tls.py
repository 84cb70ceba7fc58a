"""A store whose TLS isn't what it should be gets no token, and its user is told what is wrong."""

import logging
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fixtures.askers import ASKERS, Asker
from tests.fixtures.hostile_store import environment
from tests.fixtures.server_process import swarmscope
from tests.fixtures.tls_servers import Authority, Listening, listening, of_old

from swarmscope.delivery.trouble import Trouble
from swarmscope.errors import ExitCode, StoreUnreachableError, SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.transport.write_api import Answer, AnswerKind

Make = Callable[[Authority], ssl.SSLContext | None]
WRONG: dict[str, tuple[Make, str]] = {
    "expired": (lambda ca: ca.context(days=-1), "its certificate has expired: renew it"),
    "another host's": (
        lambda ca: ca.context("DNS:store.example"),
        "its certificate is not for the name or address by which it was asked",
    ),
    "TLS 1.1": (lambda ca: of_old(ca.context()), "it knows no TLS newer than 1.1"),
    "no TLS": (lambda _: None, "it doesn't speak TLS: give its address with http:"),
}
UNKNOWN = "signed by nobody whom this machine trusts: name the file of its CA"
# Nor Grafana's: whom to trust there, requests is told by a variable of its own.
_OTHERS = ("Locust's master", "operator", "Grafana, a mark", "Grafana, its boards")
OF_THE_STORE = {name: ask for name, ask in ASKERS.items() if name not in _OTHERS}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module", params=WRONG.values(), ids=WRONG)
def wrong(request: pytest.FixtureRequest, authority: Authority) -> Iterator[tuple[Listening, str]]:
    make, told = request.param
    with listening(make(authority)) as running:
        yield running, told


def trusting(running: Listening, authority: Authority) -> Settings:
    """Return the settings of somebody who knows the CA, and has a token to lose."""
    return Settings(
        url=running.url, token="token-to-lose", ssl_ca_cert=str(authority.ca), timeout_ms=5_000
    )


def told_by(ask: Asker, settings: Settings) -> str:
    """Return what is said of the store."""
    try:
        answer = ask(settings)
    except StoreUnreachableError as error:
        return str(error)
    assert isinstance(answer, Answer)
    assert answer.kind is AnswerKind.RETRY
    return answer.message


@pytest.mark.parametrize("ask", OF_THE_STORE.values(), ids=OF_THE_STORE)
def test_who_asks_is_told_what_is_wrong_and_sends_nothing(
    ask: Asker, wrong: tuple[Listening, str], authority: Authority
) -> None:
    running, told = wrong
    assert told in told_by(ask, trusting(running, authority))
    assert b"token-to-lose" not in b"".join(running.heard)


@pytest.mark.parametrize("ask", OF_THE_STORE.values(), ids=OF_THE_STORE)
def test_a_certificate_that_nobody_signed_is_told_with_the_setting_for_it(
    ask: Asker, authority: Authority
) -> None:
    with listening(authority.context()) as running:
        assert UNKNOWN in told_by(ask, Settings(url=running.url, token="token-to-lose"))
        assert not running.heard


@pytest.mark.long
@pytest.mark.long_sample(6)
@pytest.mark.parametrize(
    "words",
    [("doctor",), pytest.param(("runs",), marks=pytest.mark.long), ("annotate", "a deploy")],
)
def test_a_command_says_it_too(
    words: tuple[str, ...], wrong: tuple[Listening, str], authority: Authority, tmp_path: Path
) -> None:
    running, told = wrong
    env = environment(
        running.url,
        INFLUXDB_V2_SSL_CA_CERT=str(authority.ca),
        SWARMSCOPE_SPOOL_DIR=str(tmp_path / "spool"),
    )
    done = swarmscope(*words, cwd=tmp_path, env=env)
    assert done.returncode == ExitCode.STORE_UNREACHABLE
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_says_it_and_keeps_its_data(
    wrong: tuple[Listening, str], authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    running, told = wrong
    settings = trusting(running, authority)
    answer = ASKERS["delivery"](settings)
    assert isinstance(answer, Answer)
    with caplog.at_level(logging.WARNING):
        Trouble(settings).say("loadtest", answer)
    assert told in caplog.text
    assert "windows are kept" in caplog.text


@pytest.mark.parametrize("ask", OF_THE_STORE.values(), ids=OF_THE_STORE)
def test_a_certificate_as_it_should_be_is_taken(ask: Asker, authority: Authority) -> None:
    """So that the refusals above are about what is wrong in each: this server hears the request."""
    with listening(authority.context()) as running:
        try:
            told = str(ask(trusting(running, authority)))
        except SwarmscopeError as error:
            told = str(error)
        assert "certificate" not in told
        assert running.heard
