"""Who is let in."""

from collections.abc import Iterator

import pytest
from tests.fixtures.server_thread import RunningServer, running_server

WRITE = "/api/v2/write?org=swarmscope&bucket=loadtest"
OPEN_THE_PAGE = "Open this page as /?token=…, with the token."
GUARDED = [("POST", WRITE), ("GET", "/api/queries"), ("GET", "/"), ("GET", "/static/app.js")]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store"), token="s3cret") as running:
        yield running


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize("given", [None, "Token no", "Basic czNjcmV0", "s3cret", "Token s3crét"])
def test_without_the_token_nothing_is_answered(
    guarded: RunningServer, method: str, path: str, given: str | None
) -> None:
    headers = {"Authorization": given.encode().decode("latin-1")} if given else {}
    answer = guarded.call(method, path, b"m f=1" if method == "POST" else None, **headers)
    assert answer.status == 401
    assert answer.json["code"] == "unauthorized"
    # Clients of InfluxDB look for its words; who opens the page is told how.
    assert answer.json["message"] in ("unauthorized access", OPEN_THE_PAGE)
    assert (answer.json["message"] == OPEN_THE_PAGE) is (path == "/")


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize("given", ["Token s3cret", "Bearer s3cret", "token s3cret"])
def test_the_token_opens_everything(
    guarded: RunningServer, method: str, path: str, given: str
) -> None:
    body = b"m f=1" if method == "POST" else None
    assert guarded.call(method, path, body, Authorization=given).status in (200, 204)


@pytest.mark.parametrize(("path", "status"), [("/ping", 204), ("/health", 200)])
def test_health_is_open_to_monitors(guarded: RunningServer, path: str, status: int) -> None:
    assert guarded.call("GET", path).status == status


def test_a_browser_trades_the_token_for_a_cookie(guarded: RunningServer) -> None:
    answer = guarded.call("GET", "/?run=r1&token=s3cret")
    assert answer.status == 303
    assert answer.headers["location"].endswith("/?run=r1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert guarded.call("GET", "/api/queries", Cookie=cookie.split(";")[0]).status == 200
    assert guarded.call("GET", "/?token=wrong").status == 401


def test_a_page_of_another_site_can_neither_write_nor_read(unguarded: RunningServer) -> None:
    for method, path in GUARDED:
        body = b"m f=1" if method == "POST" else None
        assert unguarded.call(method, path, body, Origin="http://evil.example").status == 403
        assert unguarded.call(method, path, body, Origin="null").status == 403
    own = unguarded.url
    assert unguarded.call("POST", WRITE, b"m f=1", Origin=own).status == 204


def test_without_a_token_only_loopback_names_are_answered(unguarded: RunningServer) -> None:
    answer = unguarded.call("GET", "/api/queries", Host="evil.example")
    assert answer.status == 403
    assert "token" in answer.json["message"]
    for host in ("localhost", "localhost:8086", "127.0.0.1:1", "[::1]:8086"):
        assert unguarded.call("GET", "/api/queries", Host=host).status == 200
