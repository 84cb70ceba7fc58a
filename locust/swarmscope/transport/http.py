"""Requests to a server: to the store through the proxy that the settings name, if they name one."""

import ssl
import urllib.request
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection
from http.cookiejar import CookieJar
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

from swarmscope.settings import Settings
from swarmscope.transport.bounded import Long
from swarmscope.transport.causes import RedirectedError


def send(
    request: urllib.request.Request,
    timeout_s: float,
    settings: Settings | None = None,
    *,
    cookies: CookieJar | None = None,
    within: bool = False,
    answer: type[Long] = Long,
) -> HTTPResponse:
    """Send *request* and return the answer, to be closed.

    *settings* are those of the store that is asked. Other servers are our own, and are asked
    directly. *cookies* are sent along, and those that come back are kept there. Of redirects, those
    *within* the server are followed if that is said. *answer* is how much of it is read.

    Raises:
        ConfigurationError: the proxy is of a kind that can't be used.
        RedirectedError: the server sends us elsewhere.
        urllib.error.HTTPError: a status of 400 and more.
        OSError: it can't be sent, or isn't answered within *timeout_s* seconds.

    """
    proxy = settings.proxy if settings else None
    through = {request.type: proxy.with_password} if proxy else {}
    # Not build_opener's, who would speak FTP as well, and open files.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(through),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Http(answer),
        _Https(answer, tls_context(settings) if settings else None),
        _Within() if within else _Nowhere(),
        *([] if cookies is None else [urllib.request.HTTPCookieProcessor(cookies)]),
    ):
        opener.add_handler(handler)
    response: HTTPResponse = opener.open(request, timeout=timeout_s)
    return response


def _connection(
    kind: type[HTTPConnection], answer: type[Long], *args: Any, **more: Any
) -> HTTPConnection:
    connection = kind(*args, **more)
    connection.response_class = answer
    return connection


class _Http(urllib.request.HTTPHandler):
    def __init__(self, answer: type[Long]) -> None:
        super().__init__()
        self._connect: Callable[..., HTTPConnection] = partial(_connection, HTTPConnection, answer)

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._connect, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, answer: type[Long], context: ssl.SSLContext | None) -> None:
        super().__init__()
        self._connect: Callable[..., HTTPConnection] = partial(
            _connection, HTTPSConnection, answer, context=context
        )

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._connect, req)


class _Nowhere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would take the token along, wherever that leads."""

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> HTTPResponse | None:
        del msg
        fp.close()
        raise RedirectedError(req.full_url, code, headers.get("Location", ""))

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class _Within(_Nowhere):
    """Follows those that stay with the server."""

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> HTTPResponse | None:
        # Without a Location urllib goes where an old header leads, `URI`.
        if "Location" in headers and _stays(req.full_url, headers["Location"]):
            follow = urllib.request.HTTPRedirectHandler.http_error_302
            return follow(self, req, fp, code, msg, headers)
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _stays(url: str, location: str) -> bool:
    try:
        return urlsplit(urljoin(url, location))[:2] == urlsplit(url)[:2]
    except ValueError:
        return False


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Return how to check the certificate of the server at the settings' URL."""
    if not settings.url.startswith("https:"):
        return None
    context = ssl.create_default_context(cafile=settings.ssl_ca_cert or None)
    if not settings.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
