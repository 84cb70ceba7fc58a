"""The login that may stand before Locust's page (`--web-login`), and how a program gets in by it.

What is asked there is up to the locustfile. Common to all is that a cookie tells who is in; and
most use the form that Locust draws, whose page says where it is sent and with which fields.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from swarmscope.errors import ConfigurationError
from swarmscope.redaction import redact
from swarmscope.transport.bounded import BRIEF_BYTES
from swarmscope.transport.causes import RedirectedError, said
from swarmscope.transport.http import send

USERNAME = "SWARMSCOPE_WEB_USERNAME"
PASSWORD = "SWARMSCOPE_WEB_PASSWORD"  # noqa: S105 - where it is found
COOKIE = "SWARMSCOPE_WEB_COOKIE"
_FORM = "window.authArgs = "
_BROKEN = b"Locust auth exception: "
_UNDONE = "Locust did nothing of what it was asked for; a test that runs goes on."
_BY_FORM = f"set {USERNAME} and {PASSWORD}"
_BY_COOKIE = (
    f"log in with a browser and set {COOKIE} to the Cookie header that it sends then (session=…)"
)


@dataclass(frozen=True)
class Credentials:
    """What gets somebody in: a name and a password, or the cookie of who is in already."""

    username: str = ""
    password: str = field(default="", repr=False)
    cookie: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Credentials":
        """Return what *environ* has; all of it may be missing.

        Raises:
            ConfigurationError: it can't be the header of a cookie.

        """
        cookie = environ.get(COOKIE, "").strip()
        if cookie and not (cookie.isascii() and cookie.isprintable() and "=" in cookie):
            raise ConfigurationError(
                f"{COOKIE} isn't a Cookie header like session=….",
                remedy=f"To get one, {_BY_COOKIE}.",
            )
        return cls(environ.get(USERNAME, ""), environ.get(PASSWORD, ""), cookie)


class Visitor:
    """Somebody who asks the Locust at *url* for pages, and logs in when that is asked back."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._url = url
        self._credentials = credentials
        self._cookies = CookieJar()

    def ask(self, path: str, body: bytes | None, timeout_s: float) -> bytes:
        """Return what is at *path*; with *body*, after posting it there.

        Raises:
            ConfigurationError: a login is in the way.
            urllib.error.HTTPError: any other status of 400 and more.
            OSError: it can't be sent, or isn't answered in time.

        """
        answer, login = self._send(self._url + path, body, timeout_s)
        if login:
            self._log_in(login, answer, timeout_s)
            # A session ends, or its master begins anew: so this may happen at any time.
            answer, login = self._send(self._url + path, body, timeout_s)
        if login:
            raise self._refused()
        return answer

    def _send(self, url: str, body: bytes | None, timeout_s: float) -> tuple[bytes, str]:
        """Return the answer, and where the login is if it is that of a login."""
        request = urllib.request.Request(url, data=body)  # noqa: S310 - http only
        if self._credentials.cookie:
            # For this server alone: a redirect may lead to another.
            request.add_unredirected_header("Cookie", self._credentials.cookie)
        try:
            with send(request, timeout_s, cookies=self._cookies, within=True) as response:
                answer = response.read()
                if answer.startswith(_BROKEN):
                    why = answer.removeprefix(_BROKEN).partition(b"<br/>")[0]
                    raise self._error(
                        "has --web-login, but its locustfile doesn't set the login up "
                        f"({redact(said(why))})",
                        "Locust's documentation shows how, under \"Adding authentication to the "
                        'web UI"; or start it without --web-login.',
                    )
                # None of Locust's own pages that are asked for here redirects.
                return answer, "" if _at(url, response) else response.url
        except RedirectedError as error:
            return b"", error.target  # a login of somebody else's: nothing was sent there
        except urllib.error.HTTPError as error:
            if error.code != 401:  # a login without a page
                raise
            with error:
                return error.read(BRIEF_BYTES), url

    def _log_in(self, login: str, page: bytes, timeout_s: float) -> None:
        who = self._credentials
        if who.cookie:
            raise self._error(
                f"doesn't know the cookie in {COOKIE}, or no longer",
                f"To get another, {_BY_COOKIE}.",
            )
        form = _form(page)
        target = urljoin(login, form[0]) if form else ""
        # A password is for this server alone.
        if not form or urlsplit(target)[:2] != urlsplit(self._url)[:2]:
            raise self._error(
                f"asks for a login, at {_shown(login)}, which isn't Locust's form for a name and a "
                "password",
                f"For this one command, {_BY_COOKIE}.",
            )
        if not who.password:
            raise self._error(
                "asks for a login (--web-login)",
                f"For this one command, {_BY_FORM}, or {_BY_COOKIE}.",
            )
        body = urlencode(_filled(form[1], who)).encode()
        try:
            answer, _ = self._send(target, body, timeout_s)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(f"{error.code} {error.reason}") from error
        # Said once: the next page that is asked for takes it out of the session.
        if why := _arguments(answer).get("error"):
            raise self._refused(str(why))

    def _refused(self, why: str = "") -> ConfigurationError:
        told = f" ({redact(said(why)).rstrip('.!')})" if why else ""
        return self._error(
            f"doesn't let {self._credentials.username!r} in{told}",
            f"Correct {USERNAME} and {PASSWORD}; or {_BY_COOKIE}.",
        )

    def _error(self, what: str, remedy: str) -> ConfigurationError:
        return ConfigurationError(
            f"The Locust master at {self._url} {what}.", data=_UNDONE, remedy=remedy
        )


def _shown(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _at(url: str, response: HTTPResponse) -> bool:
    return urlsplit(response.url).path == urlsplit(url).path


def _arguments(page: bytes) -> dict[str, Any]:
    """Return what Locust's page of the login was drawn with; empty if it is another page."""
    _, _, drawn = page.decode("utf-8", "replace").partition(_FORM)
    try:
        arguments, _ = json.JSONDecoder().raw_decode(drawn)
    except (ValueError, RecursionError):
        return {}
    return arguments if isinstance(arguments, dict) else {}


def _form(page: bytes) -> tuple[str, list[dict[str, Any]]] | None:
    """Return where the form of *page* is sent, and its fields; None where it isn't as Locust's."""
    arguments = _arguments(page)
    own, callback = arguments.get("custom_form"), arguments.get("username_password_callback")
    inputs: Any = [{"name": "username"}, {"name": "password", "is_secret": True}]
    if isinstance(own, dict):
        callback, inputs = own.get("callback_url", ""), own.get("inputs") or []
    if not isinstance(callback, str) or not isinstance(inputs, list):
        return None
    return (callback, inputs) if callback and all(isinstance(i, dict) for i in inputs) else None


def _filled(inputs: list[dict[str, Any]], who: Credentials) -> dict[str, str]:
    """Return what a person would send: the name stands first, what is not asked for as it is."""
    filled: dict[str, str] = {}
    who_is_in = who.username
    for one in inputs:
        name, given = str(one.get("name", "")), one.get("default_value")
        choices = one.get("choices")
        if not given and isinstance(choices, list) and choices:
            given = choices[0]
        if one.get("is_secret"):
            filled[name] = who.password
        elif isinstance(given, bool):
            filled |= {name: "on"} if given else {}
        elif given:
            filled[name] = str(given)
        else:
            filled[name], who_is_in = who_is_in, ""
    return filled
