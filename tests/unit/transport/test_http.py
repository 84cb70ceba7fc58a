"""Requests over HTTP: no redirect takes a token elsewhere, and no file is opened for an address."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from swarmscope.settings import Settings
from swarmscope.transport.bounded import Brief
from swarmscope.transport.causes import RedirectedError
from swarmscope.transport.http import send, tls_context


class Answering(BaseHTTPRequestHandler):
    """Redirects from /to?PLACE, sets a cookie, fails, or tells what it was asked."""

    def do_GET(self) -> None:
        path, _, place = self.path.partition("?")
        status = {"/to": int(self.headers.get("X-Status", 302)), "/fails": 503}.get(path, 200)
        self.send_response(status)
        if path == "/to":
            self.send_header("Location", place)
        if path == "/cookie":
            self.send_header("Set-Cookie", "session=1")
        told = f"{self.path} {self.headers.get('Authorization')} {self.headers.get('Cookie')}"
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def listening() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    yield from listening()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    yield from listening()


def asked(url: str, **headers: str) -> urllib.request.Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib.request.Request(url, headers={"Authorization": "Token t", **named})


def test_what_is_asked_is_answered(url: str) -> None:
    with send(asked(f"{url}/a"), 30, answer=Brief) as answer:
        assert (answer.status, answer.read()) == (200, b"/a Token t None")


def test_an_error_of_the_server_is_one_and_says_what_it_said(url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        send(asked(f"{url}/fails"), 30)
    with caught.value as error:
        assert (error.code, error.read()) == (503, b"/fails Token t None")


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_no_redirect_is_followed(url: str, elsewhere: str, status: str) -> None:
    for place in (f"{elsewhere}/stolen", "/within"):
        with pytest.raises(RedirectedError):
            send(asked(f"{url}/to?{place}", X_Status=status), 30)


@pytest.mark.parametrize("place", ["/within", "within", "{0}/within", "//{1}/within"])
def test_those_within_the_server_are_where_that_is_said(url: str, place: str) -> None:
    there = place.format(url, url.removeprefix("http://"))
    with send(asked(f"{url}/to?{there}"), 30, within=True) as answer:
        assert answer.read().startswith(b"/within")


@pytest.mark.parametrize(
    "place", ["{0}/stolen", "https://127.0.0.1/", "file:///etc/passwd", "http://[", "ftp://a/b"]
)
def test_no_other_is_followed_even_then(url: str, elsewhere: str, place: str) -> None:
    with pytest.raises(RedirectedError):
        send(asked(f"{url}/to?{place.format(elsewhere)}"), 30, within=True)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,a"])
def test_nothing_but_http_is_spoken(address: str) -> None:
    with pytest.raises(urllib.error.URLError, match="unknown url type"):
        send(urllib.request.Request(address), 30)


def test_cookies_come_back_to_who_keeps_them(url: str) -> None:
    kept = CookieJar()
    for _ in range(2):
        with send(asked(f"{url}/cookie"), 30, cookies=kept) as answer:
            told = answer.read()
    assert told == b"/cookie Token t session=1"
    with send(asked(f"{url}/cookie"), 30) as answer:
        assert answer.read() == b"/cookie Token t None"


def test_the_environments_proxy_is_for_nobody(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with send(asked(f"{url}/a"), 30) as answer:
        assert answer.status == 200


def test_a_certificate_is_looked_at_unless_it_is_said_that_it_is_not() -> None:
    assert tls_context(Settings(url="http://a")) is None
    strict = tls_context(Settings(url="https://a"))
    lax = tls_context(Settings(url="https://a", verify_ssl=False))
    assert strict is not None
    assert lax is not None
    assert (strict.check_hostname, lax.check_hostname) == (True, False)
    assert (strict.verify_mode.name, lax.verify_mode.name) == ("CERT_REQUIRED", "CERT_NONE")
