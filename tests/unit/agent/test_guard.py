"""What stands before Locust's page lets its own users in, and pages of other sites not."""

import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from swarmscope.agent.guard import SETTING, Guard, guard

HERE = "load.internal:8089"
CORS = ("Access-Control-Allow-Origin", "*")


class Page:
    """A page behind the guard; *own* are further names and origins."""

    def __init__(self, *own: str, any_host: bool = False) -> None:
        self.reached = 0
        self.headers: list[tuple[str, str]] = []
        self._guard = Guard(self._answer, own, any_host=any_host)

    def _answer(self, _: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        self.reached += 1
        start("200 OK", [("Content-Type", "text/html"), CORS, ("ACCESS-CONTROL-MAX-AGE", "5")])
        return [b"page"]

    def ask(self, host: str = HERE, method: str = "GET", **headers: str) -> tuple[int, str]:
        """Return status and text of the answer to a request with *headers*."""
        told: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            told.append(status)
            self.headers = headers

        request = {"REQUEST_METHOD": method, "HTTP_HOST": host}
        request |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        text = b"".join(self._guard(request, start)).decode()
        return int(told[0].split()[0]), text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": f"http://{HERE}"},
        {"origin": "http://LOAD.internal:8089"},
        {"origin": "https://proxy.example", "x_forwarded_host": "proxy.example"},
        {"origin": "https://dash.example"},
        {"origin": "https://Dash.example", "sec_fetch_site": "cross-site"},
    ],
)
def test_its_own_pages_programs_and_those_that_may_are_let_in(said: dict[str, str]) -> None:
    page = Page("https://dash.example")
    assert page.ask(method="POST", **said) == (200, "page")


@pytest.mark.parametrize(
    "said",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://load.internal:8090"},
        {"origin": "http://["},
        {"sec_fetch_site": "cross-site", "origin": f"http://{HERE}"},
        {"origin": "http://evil.example", "x_forwarded_host": ""},
    ],
)
def test_a_page_of_another_site_does_nothing(said: dict[str, str]) -> None:
    page = Page()
    status, text = page.ask(method="POST", **said)
    assert (status, page.reached) == (403, 0)
    assert "Nothing was started or stopped." in text
    assert SETTING in text
    assert not any(name.lower().startswith("access-control") for name, _ in page.headers)


@pytest.mark.parametrize(
    ("own", "method", "shown", "status"),
    [
        ((), "GET", "document", 200),
        ((), "HEAD", "document", 200),
        ((), "POST", "document", 403),
        ((), "GET", "iframe", 403),
        (("https://dash.example",), "GET", "iframe", 200),
        (("https://dash.example",), "GET", "image", 403),
    ],
)
def test_links_are_followed_and_frames_drawn_where_they_may(
    own: tuple[str, ...], method: str, shown: str, status: int
) -> None:
    said = {"sec_fetch_site": "cross-site", "sec_fetch_dest": shown}
    assert Page(*own).ask(method=method, sec_fetch_mode="navigate", **said)[0] == status
    assert Page(*own).ask(method=method, sec_fetch_mode="cors", **said)[0] == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8089", 200),
        ("127.0.0.1", 200),
        ("[::1]:8089", 200),
        ("10.1.2.3:8089", 200),
        ("gen-a", 200),
        ("gen-a.", 200),
        ("locust.load.svc:8089", 200),
        ("", 200),
        ("mine.example", 200),
        ("MINE.example:80", 200),
        ("evil.example", 403),
        ("mine.example.evil.example", 403),
        ("[evil", 403),
        ("a@evil.example", 403),
    ],
)
def test_only_names_that_nobody_else_can_have_are_answered_to(host: str, status: int) -> None:
    page = Page("mine.example")
    assert page.ask(host)[0] == status
    # A session's cookie is of the name by which its user logged in.
    assert Page(any_host=True).ask(host)[0] == 200


def test_answers_invite_no_page_but_those_that_may() -> None:
    page = Page("https://dash.example")
    page.ask()
    assert page.headers == [
        ("Content-Type", "text/html"),
        ("Content-Security-Policy", "frame-ancestors 'self' https://dash.example"),
    ]
    page.ask(origin="https://dash.example")
    assert ("Access-Control-Allow-Origin", "https://dash.example") in page.headers
    assert ("ACCESS-CONTROL-MAX-AGE", "5") in page.headers


def test_each_reason_is_said_once_and_not_many(caplog: pytest.LogCaptureFixture) -> None:
    page = Page()
    for number in range(20):
        for _ in range(2):
            page.ask(f"evil-{number}.example")
    assert len(caplog.records) == 10
    assert len(set(caplog.messages)) == 10
    assert "'evil-0.example'" in caplog.messages[0]


def test_a_long_name_is_cut() -> None:
    _, text = Page().ask(f"{'x' * 5_000}.example")
    assert len(text) < 500


@pytest.mark.parametrize(
    ("allowed", "login", "guarded"), [((), False, True), (("*",), False, False), ((), True, True)]
)
def test_it_stands_before_the_page_unless_everybody_may(
    allowed: tuple[str, ...], login: bool, guarded: bool
) -> None:
    inside = Page()._answer
    web: Any = SimpleNamespace(
        app=SimpleNamespace(wsgi_app=inside), host="page.example", web_login=login
    )
    guard(web, allowed)
    assert isinstance(web.app.wsgi_app, Guard) is guarded
    if not guarded:
        return
    for host, status in (
        ("page.example", 200),
        (socket.gethostname().upper(), 200),
        ("evil.example", 200 if login else 403),
    ):
        told: list[str] = []
        request = {"REQUEST_METHOD": "GET", "HTTP_HOST": host}
        web.app.wsgi_app(request, lambda status, *_, told=told: told.append(status))
        assert told[0].startswith(str(status))


def test_where_there_is_no_page_nothing_is_guarded() -> None:
    web: Any = SimpleNamespace(app=None)
    guard(web, ())
    assert web.app is None
