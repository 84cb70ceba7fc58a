"""Getting in by a login: again when a session has ended, and without a word to other servers."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.webui.login import COOKIE, PASSWORD, USERNAME, Credentials, Visitor

ADA = Credentials("ada", "s3cret")
FORM = {"username_password_callback": "/enter"}


class Guarded(HTTPServer):
    """A page behind Locust's login; *sessions* are the cookies that it knows."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.login = "/login"
        self.arguments: dict[str, object] = dict(FORM)
        self.page = ""
        self.sessions: set[str] = set()
        self.cookies: list[str] = []
        self.logins = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Guarded

    def do_GET(self) -> None:
        self._read()
        if self.path.startswith("/login"):
            drawn = json.dumps(self.server.arguments)
            self._answer(200, self.server.page or f"<script>window.authArgs = {drawn}\n</script>")
        elif not self.server.sessions & set(self.server.cookies[-1:]):
            self._answer(302 if self.server.login else 401, to=self.server.login)
        else:
            self._answer(200, f"{self.command} {self.path}")

    def do_POST(self) -> None:
        if self.path != "/enter":
            self.do_GET()
            return
        sent = {name: values[0] for name, values in parse_qs(self._read()).items()}
        self.server.logins += 1
        if sent != {"username": "ada", "password": "s3cret"}:
            self._answer(403)
            return
        session = f"session={self.server.logins}"
        self.server.sessions.add(session)
        self._answer(302, to="/", cookie=session)

    def _read(self) -> str:
        self.server.cookies.append(self.headers.get("Cookie", ""))
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def _answer(self, status: int, text: str = "", to: str = "", cookie: str = "") -> None:
        self.send_response(status)
        for name, value in (("Location", to), ("Set-Cookie", cookie)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def _serving() -> Iterator[Guarded]:
    with Guarded() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def guarded() -> Iterator[Guarded]:
    with _serving() as server:
        yield server


def ask(server: Guarded, who: Credentials) -> str:
    return Visitor(server.url, who).ask("/stats", None, 5).decode()


def test_who_is_in_stays_in_and_comes_back_when_the_session_has_ended(guarded: Guarded) -> None:
    visitor = Visitor(guarded.url, ADA)
    assert visitor.ask("/stats", None, 5) == b"GET /stats"
    assert visitor.ask("/swarm", b"user_count=1", 5) == b"POST /swarm"
    assert guarded.logins == 1
    guarded.sessions.clear()
    # As after a restart of the master, in the middle of a test.
    assert visitor.ask("/stop", b"", 5) == b"POST /stop"
    assert guarded.logins == 2


def test_a_password_is_tried_once(guarded: Guarded) -> None:
    with pytest.raises(ConfigurationError, match=r"doesn't let 'ada' in \(403 Forbidden\)"):
        ask(guarded, Credentials("ada", "guessed"))
    assert guarded.logins == 1


def test_a_login_that_lets_nobody_in_is_not_tried_for_ever(guarded: Guarded) -> None:
    guarded.sessions = Forgetful()
    with pytest.raises(ConfigurationError, match="doesn't let 'ada' in"):
        ask(guarded, ADA)
    assert guarded.logins == 1


class Forgetful(set[str]):
    def add(self, _: str) -> None:
        """Forget it."""


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"auth_providers": []},
        {"custom_form": None},
        {"custom_form": ["x"]},
        {"custom_form": {"inputs": {"a": 1}}},
        {"custom_form": {"callback_url": "/login", "inputs": {"a": 1}}},
        {"custom_form": {"callback_url": "/login", "inputs": ["x"]}},
        {"custom_form": {"callback_url": 7, "inputs": []}},
        {"username_password_callback": ["/login"]},
    ],
)
def test_a_page_without_a_form_is_told_apart(
    guarded: Guarded, arguments: dict[str, object]
) -> None:
    guarded.arguments = arguments
    with pytest.raises(ConfigurationError, match="isn't Locust's form"):
        ask(guarded, ADA)


@pytest.mark.parametrize("drawn", ["[" * 100_000, "{" * 100_000, "window.authArgs = {" * 20_000])
def test_a_page_that_looks_like_a_form_without_an_end_is_none(guarded: Guarded, drawn: str) -> None:
    guarded.page = f"<script>window.authArgs = {drawn}"
    with pytest.raises(ConfigurationError, match="isn't Locust's form"):
        ask(guarded, ADA)


def test_a_login_without_a_page_is_told_apart(guarded: Guarded) -> None:
    guarded.login = ""
    with pytest.raises(ConfigurationError, match="isn't Locust's form"):
        ask(guarded, ADA)


def test_a_cookie_gets_in_without_a_form(guarded: Guarded) -> None:
    guarded.sessions.add("session=mine")
    assert ask(guarded, Credentials(cookie="session=mine")) == "GET /stats"


def test_a_redirect_to_another_server_gets_nothing(guarded: Guarded) -> None:
    with ExitStack() as stack:
        company = stack.enter_context(_serving())
        guarded.login = f"{company.url}/login"
        for who in (Credentials(cookie="session=mine"), ADA):
            with pytest.raises(ConfigurationError):
                ask(guarded, who)
        assert (company.cookies, company.logins, guarded.logins) == ([], 0, 0)


def test_credentials_come_from_the_environment() -> None:
    assert Credentials.from_env({}) == Credentials()
    given = {USERNAME: "ada", PASSWORD: " s3cret", COOKIE: " session=x\n"}
    assert Credentials.from_env(given) == Credentials("ada", " s3cret", "session=x")
    assert "s3cret" not in repr(Credentials.from_env(given))
    for cookie in ("only-its-value", "session=a\nHost: x", "session=…"):
        with pytest.raises(ConfigurationError, match=COOKIE):
            Credentials.from_env({COOKIE: cookie})
