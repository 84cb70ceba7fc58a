"""Who may talk to the server: holders of the token, or without one this machine's programs."""

import hmac
import secrets
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from swarmscope.server.refusals import refusal

OPEN_PATHS = frozenset({"/ping", "/health"})
"""Answered to anyone, as InfluxDB does: monitors ask there."""
PAGE = "/"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_OTHERS = frozenset({"cross-site", "same-site"})
"""`Sec-Fetch-Site` of what a page of another origin asks for; another port is another origin."""


LET_IN = "swarmscope.let_in"
"""In a request's scope: it was let in, to more than what is open to all."""


class AccessControl:
    """Middleware that answers 401 or 403 to whom the server isn't for."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()
        # A browser sends a cookie to every port of a host, whoever listens there: it mustn't hold
        # the token, nor anything from which it could be found.
        self._session = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refusal = self._judge(HTTPConnection(scope))
        if refusal is None and scope["path"] not in OPEN_PATHS:
            scope[LET_IN] = True
        await (refusal or self._app)(scope, receive, send)

    def _judge(self, request: HTTPConnection) -> Response | None:
        if {"content-length", "transfer-encoding"} <= set(request.headers):
            # A proxy in between may see its end elsewhere, and the next one's beginning.
            return refusal(400, "invalid", "a body has one length", {"Connection": "close"})
        # Not request.url: it has the Host in it, which may be anything.
        path = request.scope["path"]
        if path in OPEN_PATHS:
            return None
        if _is_foreign(request):
            return refusal(403, "forbidden", "Requests from other web sites are not answered.")
        return self._judge_token(request, path) if self._token else self._judge_host(request)

    def _judge_token(self, request: HTTPConnection, path: str) -> Response | None:
        given = request.query_params.get("token", "")
        if given and path == PAGE and self._matches(given):
            return self._remember(request)
        if self._matches(_token_of(request)) or self._is_known(request):
            return None
        if path == PAGE:
            return refusal(401, "unauthorized", "Open this page as /?token=…, with the token.")
        return refusal(401, "unauthorized", "unauthorized access")

    def _judge_host(self, request: HTTPConnection) -> Response | None:
        # Without a token a web site could reach this server by pointing its own name at
        # 127.0.0.1; its requests still carry that name.
        if _host_name(request.headers.get("host", "")) in _LOOPBACK_NAMES:
            return None
        return refusal(
            403,
            "forbidden",
            "This server has no token, so it answers to localhost and 127.0.0.1 alone. "
            "Start it with a token to use another name.",
        )

    def _matches(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token)

    def _is_known(self, request: HTTPConnection) -> bool:
        given = request.cookies.get(_cookie(request), "")
        return hmac.compare_digest(given.encode(), self._session.encode())

    def _remember(self, request: HTTPConnection) -> Response:
        """Let a browser in: for the token in the address it gets a session, which no script reads.

        The session ends with the server: then the address with the token is opened again.
        """
        rest = [(k, v) for k, v in request.query_params.multi_items() if k != "token"]
        response = RedirectResponse(f"{PAGE}?{urlencode(rest)}" if rest else PAGE, 303)
        response.set_cookie(_cookie(request), self._session, httponly=True, samesite="strict")
        return response


def _cookie(request: HTTPConnection) -> str:
    # Servers on several ports of a host would overwrite one another's.
    return f"swarmscope_{request.scope['server'][1]}"


def _token_of(request: HTTPConnection) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() in ("token", "bearer") else ""


def _is_foreign(request: HTTPConnection) -> bool:
    """Whether a browser sends this for a page of another site, or of another port."""
    headers = request.headers
    if headers.get("sec-fetch-site") in _OTHERS and not _is_visit(request):
        return True
    origin = headers.get("origin")
    return origin is not None and _netloc(origin) != headers.get("host")


def _is_visit(request: HTTPConnection) -> bool:
    """Whether somebody follows a link to our page: it comes to the front, and asks by itself."""
    headers: Headers = request.headers
    return (
        request.scope["method"] == "GET"
        and request.scope["path"] == PAGE
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
