"""A store that sends us elsewhere gets nothing sent there: not the token, not a byte."""

import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fixtures import hostile_store as harm
from tests.fixtures.askers import ASKERS, EVERYBODY, Asker
from tests.fixtures.hostile_store import Hostile, hostile
from tests.fixtures.server_process import swarmscope

from swarmscope.delivery.trouble import Trouble
from swarmscope.errors import ExitCode, SwarmscopeError
from swarmscope.grafana.connection import GrafanaError, Place, connect, explained
from swarmscope.settings import Settings
from swarmscope.transport.causes import RedirectedError
from swarmscope.transport.http import send
from swarmscope.transport.write_api import Answer, AnswerKind

STATUSES = ("301 x", "302 x", "303 x", "307 x", "308 x")


@contextmanager
def thief() -> Iterator[Hostile]:
    """Listen where a token would be welcome."""
    with hostile(lambda: iter([harm.whole("200 OK", b"{}")]), kind=None) as running:
        yield running


def sent_elsewhere(ask: Asker, status: str, target: str, kind: str | None) -> str:
    """Return what is said to a redirect to *target*."""
    with hostile(harm.redirect(status, target), kind=kind) as store:
        settings = Settings(url=store.url, token="token-to-lose", timeout_ms=5_000)
        try:
            return str(ask(settings))
        except SwarmscopeError as error:
            return str(error)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", ["influxdb", "swarmscope", None])
@pytest.mark.parametrize("ask", EVERYBODY.values(), ids=EVERYBODY)
def test_no_redirect_to_another_server_is_followed(
    ask: Asker, status: str, kind: str | None
) -> None:
    with thief() as other:
        told = sent_elsewhere(ask, status, f"{other.url}/somewhere?else=1", kind)
        assert not other.asked
        if not (kind and ask is ASKERS["health"]):
            assert other.url in told
            assert "else=1" not in told


@pytest.mark.parametrize(
    "target",
    ["/elsewhere", "", "http://[", "file:///etc/passwd", "//evil.example", "http://u:p@e.x/"],
)
@pytest.mark.parametrize("ask", EVERYBODY.values(), ids=EVERYBODY)
def test_nor_is_any_other(ask: Asker, target: str) -> None:
    told = sent_elsewhere(ask, "307 x", target, None)
    assert "u:p@" not in told
    assert "root:" not in told


@pytest.mark.long_sample(12)
@pytest.mark.sample(5)
@pytest.mark.parametrize(
    "words",
    [
        ("runs",),
        ("doctor",),
        ("annotate", "a deploy"),
        ("audit", "r"),
        ("report", "r"),
        ("export", "r"),
        ("buckets", "create"),
        ("delete", "r", "--yes"),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize(
    "kind", ["influxdb", pytest.param("swarmscope", marks=pytest.mark.long), None]
)
def test_every_command_says_where_it_would_have_led(
    tmp_path: Path, words: tuple[str, ...], kind: str | None
) -> None:
    with thief() as other, hostile(harm.redirect("307 x", f"{other.url}/x"), kind=kind) as store:
        env = harm.environment(store.url, SWARMSCOPE_SPOOL_DIR=str(tmp_path / "spool"))
        done = swarmscope(*words, cwd=tmp_path, env=env)
        assert not other.asked
        assert f"wants us to ask {other.url} instead (307)" in done.stdout + done.stderr
    assert done.returncode == ExitCode.STORE_UNREACHABLE


def test_a_worker_keeps_its_data_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with thief() as other, hostile(harm.redirect("308 x", other.url), kind=None) as store:
        settings = Settings(url=store.url, token="token-to-lose")
        answer = ASKERS["delivery"](settings)
        assert isinstance(answer, Answer)
        assert answer.kind is AnswerKind.REFUSED
        with caplog.at_level(logging.WARNING):
            Trouble(settings).say("loadtest", answer)
        assert f"it wants us to ask {other.url} instead, where nothing was sent" in caplog.text
        assert "windows are kept" in caplog.text
        assert not other.asked


@pytest.mark.parametrize("header", ["URI", "uri", "Location"])
@pytest.mark.parametrize("within", [False, True])
def test_no_header_leads_anywhere_else(header: str, *, within: bool) -> None:
    """urllib goes where an old one of the name `URI` leads, if there is no other."""
    with thief() as other:
        away = harm.whole("302 x", b"", f"{header}: {other.url}/somewhere")
        with (
            hostile(lambda: iter([away]), kind=None) as page,
            pytest.raises(RedirectedError, match="wants us to ask"),
        ):
            send(urllib.request.Request(page.url), 60, within=within)
        assert not other.asked


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "data:,x"])
def test_nothing_but_http_is_spoken(url: str) -> None:
    with pytest.raises(urllib.error.URLError, match="unknown url type"):
        send(urllib.request.Request(url), 60)


@pytest.mark.parametrize("status", STATUSES)
def test_a_grafana_that_sends_us_elsewhere_gets_nothing_sent_there_either(status: str) -> None:
    """A data source that is published has the store's token in it."""
    with thief() as other, hostile(harm.redirect(status, f"{other.url}/x"), kind=None) as grafana:
        place = Place(f"{grafana.url}/", "token-to-lose")
        with (
            pytest.raises(GrafanaError, match=f"wants us to ask {other.url} instead"),
            explained(place, "No board was changed."),
        ):
            connect(place).datasource.create_datasource({"secureJsonData": {"token": "t"}})
        assert not other.asked
