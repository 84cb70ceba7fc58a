"""`swarmscope serve` and a browser that has other pages open too: they get nothing of it.

Those of another port of this machine are other pages as well, such as the service under test.
"""

import http.server
import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from tests.fixtures.browsers import launched
from tests.fixtures.server_thread import ORG, Answer, RunningServer, running_server

TOKEN = "a token/with+odd=characters"
WRITE = f"/api/v2/write?org={ORG}&bucket=loadtest"
PATHS = [
    *("/api/queries", "/api/queries/runs", "/api/audit?run=r", "/api/queries/users?run=r"),
    *("/static/app.js", "/static/plotly.min.js", "/nowhere", "/"),
]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store"), token=TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store")) as running:
        yield running


def enter(server: RunningServer, more: str = "") -> Answer:
    """Open the page with the token in its address."""
    return server.call("GET", f"/?{more}token={quote(TOKEN, safe='')}")


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("mode", ["no-cors", "cors", "navigate"])
@pytest.mark.parametrize("path", PATHS)
def test_what_another_page_asks_for_is_not_looked_for(
    unguarded: RunningServer, guarded: RunningServer, path: str, mode: str, site: str
) -> None:
    """Neither by an image, a script or a frame, nor by a link to what isn't a page."""
    said = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": mode, "Sec_Fetch_Dest": "iframe"}
    assert unguarded.call("GET", path, **said).status == 403
    assert unguarded.call("HEAD", path, **said).status == 403
    assert guarded.call("GET", path, Cookie=cookie_of(enter(guarded)), **said).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_leads_to_the_page_and_to_nothing_else(unguarded: RunningServer, site: str) -> None:
    """As the one in Locust's page does, which is on another port."""
    visit = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert unguarded.call("GET", "/?run=r", **visit).status == 200
    assert unguarded.call("POST", "/", b"", **visit).status == 403
    for path in PATHS[:-1]:
        assert unguarded.call("GET", path, **visit).status == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
@pytest.mark.parametrize("path", ["/api/queries", "/static/app.js", "/"])
def test_the_page_itself_and_who_types_an_address_are_answered(
    unguarded: RunningServer, path: str, site: str
) -> None:
    assert unguarded.call("GET", path, Sec_Fetch_Site=site).status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://[", "", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", WRITE), ("POST", "/api/v2/delete"), ("GET", "/")]
)
def test_another_origin_writes_deletes_and_reads_nothing(
    unguarded: RunningServer, method: str, path: str, origin: str
) -> None:
    body = b"m f=1" if method == "POST" else None
    assert unguarded.call(method, path, body, Origin=origin).status == 403


def test_a_cookie_tells_nothing_of_the_token(guarded: RunningServer) -> None:
    """It goes to every port of the host, whoever listens there."""
    answer = enter(guarded, "run=r%26x&")
    assert answer.status == 303
    assert answer.headers["location"] == "/?run=r%26x"
    said = answer.headers["set-cookie"]
    name, value = cookie_of(answer).split("=", 1)
    assert name == f"swarmscope_{guarded.url.rpartition(':')[2]}"
    assert re.fullmatch(r"[\w-]{40,}", value)
    assert TOKEN not in unquote(said)
    assert {"httponly", "samesite=strict"} <= {part.strip().lower() for part in said.split(";")}
    assert "domain" not in said.lower()


def test_a_cookie_opens_this_server_until_it_ends(guarded: RunningServer, tmp_path: Path) -> None:
    cookie = cookie_of(enter(guarded))
    assert guarded.call("GET", "/api/queries", Cookie=cookie).status == 200
    name, value = cookie.split("=", 1)
    for odd in (f"{name}={value[:-1]}", f"{name}=", f"other={value}", f"{name}={quote(TOKEN)}"):
        assert guarded.call("GET", "/api/queries", Cookie=odd).status == 401
    # A session is no token: what another server on this host saw of it opens no door for writers.
    assert guarded.call("GET", "/api/queries", Authorization=f"Token {value}").status == 401
    with running_server(tmp_path, token=TOKEN) as again:
        port = again.url.rpartition(":")[2]
        later = again.call("GET", "/api/queries", Cookie=f"swarmscope_{port}={value}")
        assert later.status == 401


def test_who_comes_with_an_old_cookie_is_told_what_to_do(guarded: RunningServer) -> None:
    answer = guarded.call("GET", "/", Cookie="swarmscope_1=old")
    assert answer.status == 401
    assert "?token=" in answer.json["message"]


@pytest.mark.parametrize("path", ["/", "/?run=r", "/api/queries/runs"])
def test_a_token_in_any_other_address_lets_nobody_in(guarded: RunningServer, path: str) -> None:
    joint = "&" if "?" in path else "?"
    assert guarded.call("GET", f"{path}{joint}token=wrong").status == 401
    if path.startswith("/api"):
        assert guarded.call("GET", f"{path}{joint}token={quote(TOKEN)}").status == 401


class _Neighbour(http.server.ThreadingHTTPServer):
    """Another server of this machine, which notes what browsers send along."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _NeighboursPage)
        self.link = ""
        self.cookies: list[str] = []


class _NeighboursPage(http.server.BaseHTTPRequestHandler):
    server: _Neighbour

    def do_GET(self) -> None:
        self.server.cookies.append(self.headers.get("Cookie", ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><a href='{self.server.link}'>there</a>".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_ASK = """async ([url, mode]) => {
    try { return (await fetch(url + "/api/queries/runs", {mode})).type; }
    catch { return "refused"; }
}"""


@pytest.mark.long
def test_a_browser_lets_its_user_in_and_no_neighbour(
    guarded: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "uvicorn.access")
    with launched() as browser, _Neighbour() as neighbour:
        threading.Thread(target=neighbour.serve_forever, daemon=True).start()
        neighbour.link = f"{guarded.url}/?run=r"
        tab = browser.new_page()
        tab.goto(f"{guarded.url}/?token={quote(TOKEN, safe='')}")
        assert tab.evaluate(_ASK, ["", "same-origin"]) == "basic"
        assert "token" not in tab.url
        tab.goto(f"http://127.0.0.1:{neighbour.server_port}/")
        assert TOKEN not in unquote("".join(neighbour.cookies))
        caplog.clear()
        assert tab.evaluate(_ASK, [guarded.url, "no-cors"]) == "opaque"
        assert tab.evaluate(_ASK, [guarded.url, "cors"]) == "refused"
        assert caplog.text.count('/api/queries/runs HTTP/1.1" 403') == 2
        # Its link is another thing: it leads to the page, which asks by itself.
        tab.click("a")
        assert tab.evaluate(_ASK, ["", "same-origin"]) == "basic"
        neighbour.shutdown()
