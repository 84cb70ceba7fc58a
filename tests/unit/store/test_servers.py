"""What a server says of itself, and by whom it is asked then."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.servers import EMBEDDED, INFLUXDB, ServerHealth, health, open_server

READY = b'{"name": "influxdb", "status": "pass", "version": "2.9.1", "checks": []}'
DATE = "Thu, 28 May 2026 20:27:03 "


def of(body: bytes, status: int = 200, **headers: str) -> ServerHealth:
    with answering({"/health": Said(body, status, headers)}) as url:
        return health(Settings(url=f"{url}/"))


def test_kind_version_and_state_are_told() -> None:
    assert of(READY) == ServerHealth(INFLUXDB, "2.9.1", ready=True, date=None)
    assert of(b'{"name": "swarmscope", "status": "pass"}') == ServerHealth(
        EMBEDDED, "?", ready=True, date=None
    )


def test_an_influxdb_that_is_not_ready_says_so_with_503() -> None:
    assert not of(b'{"name": "influxdb", "status": "fail"}', 503).ready


@pytest.mark.parametrize(
    ("zone", "offset"), [("GMT", 0), ("+0200", 2), ("-0000", 0), ("-0530", -5.5)]
)
def test_its_clock_is_a_moment_whatever_its_zone(zone: str, offset: float) -> None:
    local = datetime(2026, 5, 28, 20, 27, 3, tzinfo=timezone(timedelta(hours=offset)))
    assert of(READY, Date=DATE + zone).date == local
    assert of(READY, Date=DATE + zone).date != datetime(2026, 5, 28, 20, 27, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["soon", "", "Thu, 99 May 2026 20:27:03 GMT", "+" * 50])
def test_a_date_that_is_none_is_none(text: str) -> None:
    assert of(READY, Date=text).date is None


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"name": "grafana"}', b'{"name": null}'])
def test_another_program_is_told_apart(body: bytes) -> None:
    with pytest.raises(StoreUnreachableError) as caught:
        of(body)
    assert "it is neither an InfluxDB 2 nor `swarmscope serve`" in caught.value.happened
    assert caught.value.remedy == "Correct INFLUXDB_V2_URL or --url."


def test_where_nobody_answers_the_ways_to_a_store_are_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnreachableError, match=f"Nothing answers at {url}") as caught:
        health(Settings(url=url))
    for way in ("swarmscope serve", "INFLUXDB_V2_URL", "--url", "--data"):
        assert way in caught.value.remedy


def test_each_kind_has_its_reader() -> None:
    with answering({"/health": Said(READY)}) as url, open_server(Settings(url=url)) as reader:
        assert isinstance(reader, FluxReader)
    heard: list[Heard] = []
    said = {"/health": Said(b'{"name": "swarmscope"}'), "/": Said(b"{}", 404)}
    with answering(said, heard) as url:
        own = open_server(Settings(url=url, token="t"))
        assert isinstance(own, HttpReader)
        assert own.url == url
    # What it is says every server to everybody: no token is needed, and none is sent.
    assert "Authorization" not in heard[0].headers
